"""What can go wrong, from the reader's side.

    AuditorError
    ├── ConfigError       config that cannot be used: exit 2, every problem listed
    ├── UsageError        wrong words on the command line: exit 2
    ├── InputError        a file somebody gave us (a declaration) is wrong: exit 1, every problem listed
    ├── EvidenceError     kept bytes are missing or changed
    ├── CapabilityError   this machine lacks something a probe needs
    └── NotDone           our own fault: exit 3

A failure of an audited site is none of these: it is an outcome, with a ``Cause``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = [
    "AuditorError",
    "CapabilityError",
    "ConfigError",
    "EvidenceError",
    "InputError",
    "NotDone",
    "Problem",
    "UsageError",
    "nearest",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a file.

    Reads as ``editions/x.toml: criterion "2.3": no measure "tls.day_left" (did you mean "tls.days_left"?)``.
    """

    file: str
    place: str
    what: str

    def __str__(self) -> str:
        """Give the line a person reads."""
        return ": ".join(part for part in (self.file, self.place, self.what) if part)


class AuditorError(Exception):
    """The root of all our errors."""


class _ListedError(AuditorError):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class ConfigError(_ListedError):
    """Config that cannot be used, with every problem found."""


class InputError(_ListedError):
    """A file that somebody gave us cannot be taken, with every problem found."""


class UsageError(AuditorError):
    """Wrong use of a command."""


class EvidenceError(AuditorError):
    """Kept bytes are missing, changed or unreadable."""


class CapabilityError(AuditorError):
    """This machine lacks what a probe needs."""


class NotDone(AuditorError):  # noqa: N818 - the name of exit code 3's meaning
    """Not done, by our own fault."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Give `` (did you mean "x"?)`` when a known word is near, else nothing."""
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' (did you mean "{found[0]}"?)' if found else ""
