"""A cron line of five fields, checked when it is read and not first when a night does not begin."""

__all__ = ["check_cron", "cron_numbers"]

_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    ("weekday", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)
"""The fields of a cron line: name, least, most, and the words for its numbers from the least on."""


def check_cron(line: str) -> None:
    """Check a line: numbers, words for months and weekdays, ``*``, lists, ranges and steps.

    Raises:
        ValueError: it is not five fields, or one of them is not within its bounds.
    """
    fields = line.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f'"{line}" is not five fields: minute hour day month weekday')
    for text, (name, low, high, words) in zip(fields, _FIELDS, strict=True):
        if not all(_fits(part, low, high, words) for part in text.split(",")):
            raise ValueError(f'"{text}" is no {name} of a cron line ({low} to {high}, or *, with lists, ranges and steps)')


def cron_numbers(line: str) -> tuple[tuple[int, ...] | None, ...]:
    """Give each field's numbers, in order, of a line that was checked; None for a field that is ``*`` alone.

    A number with a step goes on to the field's end: 5/20 of the minutes is 5, 25 and 45.
    """
    fields = zip(line.split(), _FIELDS, strict=True)
    return tuple(None if text == "*" else _numbers(text, low, high, words) for text, (_, low, high, words) in fields)


def _numbers(text: str, low: int, high: int, words: tuple[str, ...]) -> tuple[int, ...]:
    found: set[int] = set()
    for part in text.split(","):
        span, stepped, step = part.partition("/")
        ends = [low, high] if span == "*" else [_number(end, low, words) for end in span.split("-")]
        last = ends[-1] if len(ends) > 1 or not stepped else high
        found.update(range(ends[0], last + 1, int(step or 1)))
    return tuple(sorted(found))


def _number(text: str, low: int, words: tuple[str, ...]) -> int:
    """Give a number or the number of a word; -1 for what is neither."""
    return low + words.index(text.lower()) if text.lower() in words else int(text) if text.isascii() and text.isdigit() else -1


def _fits(text: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    """Tell whether this is ``*``, a number or word, or a range of them, with or without a step."""
    span, stepped, step = text.partition("/")
    if stepped and not (step.isascii() and step.isdigit() and 1 <= int(step) <= high):
        return False
    if span == "*":
        return True
    ends = [_number(end, low, words) for end in span.split("-")]
    return len(ends) <= 2 and all(low <= end <= high for end in ends) and ends == sorted(ends)  # noqa: PLR2004 - a range's ends
