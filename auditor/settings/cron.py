"""A cron line of five fields, checked when it is read and not first when a night does not begin."""

__all__ = ["check_cron"]

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


def _fits(text: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    """Tell whether this is ``*``, a number or word, or a range of them, with or without a step."""
    span, stepped, step = text.partition("/")
    if stepped and not (step.isascii() and step.isdigit() and 1 <= int(step) <= high):
        return False
    if span == "*":
        return True
    ends = [
        low + words.index(end.lower()) if end.lower() in words else int(end) if end.isascii() and end.isdigit() else -1
        for end in span.split("-")
    ]
    return len(ends) <= 2 and all(low <= end <= high for end in ends) and ends == sorted(ends)  # noqa: PLR2004 - a range's ends
