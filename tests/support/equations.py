"""Does the sums of an explanation again from its printed lines alone."""

import re
from decimal import Decimal, localcontext
from itertools import pairwise

TINY = Decimal("1e-18")
_TAIL = re.compile(
    r"(?:(?:min|max)\(|[(≈\-\d])(?:[\d()≈×÷+−; \-]|(?<=\d),(?=\d))*$|(?:min|max)\((?:[\d;≈ \-]|(?<=\d),(?=\d))+\)$"
)
_HEAD = re.compile(r"≈?(-?\d+(?:,\d+)?)")
_SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-", ";": ",", "≈": ""})


def number_of(text):
    """Read a number as Vietnamese write it: a comma before its decimals, and never a point."""
    assert "." not in text, text
    return Decimal(text.replace(",", "."))


def value_of(expression):
    """Work an expression of numbers, × ÷ + − ( ) and min or max out."""
    assert "." not in expression, expression
    text = expression.replace(",", ".").translate(_SIGNS)
    assert re.fullmatch(r"[\d.()*/+\-, minax]+", text), expression
    python = re.sub(r"(?<![\w.)])-?\d+(?:\.\d+)?|\d+(?:\.\d+)?", lambda found: f"D('{found[0]}')", text)
    with localcontext(prec=60):
        return eval(python, {"__builtins__": {}, "D": Decimal, "min": min, "max": max})


def equations(line):
    """Give every sum of a line: what stands before ``=`` and the number behind it."""
    pieces = line.split(" = ")
    for left, right in pairwise(pieces):
        tail, head = _TAIL.search(left), _HEAD.match(right)
        if tail and head and re.search(r"[×÷+−;]", tail[0]):
            yield tail[0].strip(), number_of(head[1])


def checked(text):
    """Do every sum of a text again; give how many there were."""
    count = 0
    for line in text.splitlines():
        for left, right in equations(line):
            assert abs(value_of(left) - right) <= TINY * max(1, abs(right)), line
            count += 1
    return count


def percent_of(text):
    """Add an explanation's criteria up again, area by area, to the percent, from what each of their lines says."""
    points = possible = pending = Decimal(0)
    areas = re.split(r"\n\n(?=\d+\. )", text.split("\nTỔNG\n")[0])[1:]
    for area in areas:
        own = Decimal(0)
        # A heading's line is the sum of those below it.
        area = re.sub(r"^.*\(cộng các tiêu chí dưới đây\).*$", "", area, flags=re.MULTILINE)  # noqa: PLW2901
        for found in re.finditer(r"^  \S+ [^\n]*: (?:≈?(-?[\d,]+)|chưa xác định, [^/\n]*) / ≈?([\d,]+)$", area, re.MULTILINE):
            possible += number_of(found[2])
            own += number_of(found[1] or "0")
            pending += Decimal(0) if found[1] else number_of(found[2])
        raised = re.search(r"bù lại ≈?([\d,]+)", area)
        points += own + number_of(raised[1] if raised else "0")
    return points / (possible - pending) * 100 if possible - pending else None
