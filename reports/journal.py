"""What the service's journal and the gate keep as English sentences, said in Vietnamese."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from auditor.model.note import Json, Note, quoted
from auditor.model.sayings import Sayings
from auditor.model.zone import VIETNAM
from reports.words import Words, vietnamese

__all__ = ["TASKS", "said"]

TASKS = {
    "night": "lượt đêm",
    "uptime": "kiểm tra sẵn sàng",
    "post": "gửi thư",
    "letters": "soạn thư",
    "plan": "lập lịch",
    "prune": "dọn dữ liệu cũ",
}
"""The service's tasks in words."""
_FAMILY = "journal."
_SHAPES = {
    **dict.fromkeys(("count", "planned", "free", "need"), r"\d{1,9}"),
    "seconds": r"[+-]?\d{1,12}",
    "run": r"[\w.:-]{1,80}",
    "task": "|".join(TASKS),
    "at": r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?Z",
}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d)(?::\d\d)?Z")
_VISIT = re.compile(r"([\w.-]+) on (\S+?)(?=, |$)")
_MOVED = re.compile(r"([\w.-]+) ([\w.-]+) (\d+) of (\d+), usually (\d+)%")
_DEEPEST, _MOST = 4, 2_000


def said(text: str, deep: int = 0) -> str:
    """Say a kept sentence in Vietnamese; what is none of ours (a library's words) is quoted."""
    words = vietnamese()
    text = text.strip()[:_MOST]
    found = _sayings().known(text) if deep < _DEEPEST else None
    if found is not None:
        note, fields = found
        return words.say(note(**{name: _fact(name, value, deep) for name, value in fields.items()}))
    first, semicolon, rest = text.partition("; ")
    if semicolon and deep < _DEEPEST:
        return f"{said(first, deep + 1)}; {said(rest, deep + 1)}"
    return words.say(Note(key="", text="{words}")(words=quoted(text)))


@cache
def _sayings() -> Sayings:
    known: Mapping[str, str] = Words("en").texts
    return Sayings([Note(key=key, text=text) for key, text in known.items() if key.startswith(_FAMILY)], _SHAPES)


def _fact(name: str, value: str, deep: int) -> Json:
    match name:
        case "because":
            return said(value, deep + 1)
        case "words":
            return quoted(value)
        case "task":
            return TASKS.get(value, value)
        case "at" | "times":
            return _MOMENT.sub(_local, value).replace(" to ", " đến ")
        case "visits":
            return _VISIT.sub(r"\1 · \2", value)
        case "moved":
            return _MOVED.sub(_share, value)
        case _:
            return value


def _local(found: re.Match[str]) -> str:
    moment = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def _share(found: re.Match[str]) -> str:
    words, outcome = vietnamese(), found[2]
    family = "ending" if f"ending.{outcome}" in words.texts else "blame"
    return f"{found[1]}: {words.term(family, outcome)} {found[3]} trên {found[4]}, thường là {found[5]} %"
