"""Text from sites made safe to look at: what would be invisible, or turn the line around, is shown as a sign."""

import re

__all__ = ["one_line", "visible"]

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_PICTURES, _DELETE, _LAST_CONTROL = 0x2400, 0x7F, 0x1F


def visible(text: str) -> str:
    """Show every control, bidirectional and zero-width character as a sign; line ends and tabs stay."""
    return _HIDDEN.sub(_sign, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Show a text on one line: line ends and tabs become signs too."""
    return visible(text).replace("\n", "⏎").replace("\t", "⇥")


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code <= _LAST_CONTROL:
        return chr(_PICTURES + code)
    return "␡" if code == _DELETE else f"‹U+{code:04X}›"
