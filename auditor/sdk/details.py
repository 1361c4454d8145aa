"""What a door's detail says, as a note: a reader of any language is told it, and what nobody knows is quoted."""

import re

from auditor.model.note import Json, Note, quoted
from auditor.model.sayings import Sayings
from auditor.sdk.sayings import OURS, THEIRS

__all__ = ["CAUSE", "NOTHING", "SAID", "SAYINGS", "SEVERAL", "told"]

_MOST = 300
_HOST = r"[\w.:\[\]-]{1,260}"
_SHAPES = {
    "server": _HOST, "host": _HOST, "seconds": r"\d{1,6}", "number": r"\d{1,5}", "type": r"[\w-]{1,20}", "reason": r"[^;]+?",
    "rcode": r"(?-i:[A-Z]{4,12})", "code": r"-?\d{1,5}", "day": r"\d{4}-\d\d-\d\d",
}  # fmt: skip
"""What stands for a field; for any other, anything."""
_NESTED, _QUOTED = {"detail", "reason"}, "words"
_WRAPPED = re.compile(r"\[SSL(?:: [A-Z0-9_]+)?\] ?(?P<words>.+?)(?: \(_ssl\.c:\d+\))?", re.DOTALL)
_RAISED = re.compile(r"[A-Z]\w*(?:Error|Exception|Timeout|Failure): ?(?P<words>.+)", re.DOTALL)
_NUMBERED = re.compile(r"\[Errno -?\d+\] ?(?P<words>.+)", re.DOTALL)
_BYTES = re.compile(r"b(['\"])(?P<words>.*)\1", re.DOTALL)
_PLACE = re.compile(r"\('([0-9A-Fa-f.]+|[0-9A-Fa-f:.]+)', (\d{1,5})(?:, \d+, \d+)?\)")
"""An address and port as Python writes them."""
_DEEPEST = 4
SAYINGS = tuple(Note(key=f"detail.{key}", text=text) for key, text in (*OURS.items(), *THEIRS.items()))
"""Every sentence that is known, with its key; the more special ones first."""
NOTHING = Note(key="detail.nothing", text="nothing more is known")
SEVERAL = Note(key="detail.several", text="{one}; {other}")
SAID = Note(key="detail.said", text="{words}")
CAUSE = Note(key="detail.cause", text="{cause}")
_KNOWN = Sayings(SAYINGS, _SHAPES)


def told(detail: str, *, deep: int = 0) -> Note:
    """Give what a detail says: a sentence that is known with its facts, else the words themselves, quoted."""
    text = " ".join(_PLACE.sub(_place, detail)[:_MOST].split()).rstrip(".: ")
    for wrapped in (_RAISED, _WRAPPED, _NUMBERED):
        if found := wrapped.fullmatch(text):
            text = found["words"].rstrip(".")
    if not text:
        return NOTHING
    if deep < _DEEPEST and (known := _KNOWN.known(text)):
        return known[0](**{name: _fact(name, value, deep) for name, value in known[1].items()})
    first, semicolon, rest = text.partition("; ")
    if semicolon and deep < _DEEPEST:
        return SEVERAL(one=told(first, deep=deep + 1), other=told(rest, deep=deep + 1))
    return SAID(words=quoted(text))


def _place(found: re.Match[str]) -> str:
    return f"[{found[1]}]:{found[2]}" if ":" in found[1] else f"{found[1]}:{found[2]}"


def _fact(name: str, value: str, deep: int) -> Json:
    if name in _NESTED:
        return told(value, deep=deep + 1).as_fact()
    if name == _QUOTED:
        found = _BYTES.fullmatch(value)
        return quoted(found["words"] if found else value.strip("'"))
    return ", ".join(re.findall(r"\d+", value)) or "–" if name == "alerts" else value
