"""What the daemon does, in a file of its own, so that ``status`` can say it also while the database is locked or gone.

Nothing of it is evidence and nothing rests on it but one instant: since when this folder has a daemon at all, before which no
night can have been missed.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from auditor.evidence.files import write_whole
from auditor.log import get_logger

__all__ = ["Diary", "Journal", "Said", "Task", "read_diary"]

_FILE = "schedule.json"
_MOST_SAID = 100
_log = get_logger("schedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How one of the daemon's tasks stands. ``failures`` are those since it last went well."""

    next_at: datetime | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    done: int = 0
    failures: int = 0
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something out of the ordinary, and when it was said."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """All that is written down. ``beat_at`` is the last sign of life; ``ended_at`` is None while it lives, and after a kill.

    ``pid`` is its process on ``host``.
    """

    first_at: datetime
    started_at: datetime
    beat_at: datetime
    ended_at: datetime | None = None
    pid: int = 0
    host: str = ""
    tasks: Mapping[str, Task] = field(default_factory=dict)
    said: tuple[Said, ...] = ()


class Journal:
    """The daemon's hand on its file, from any thread. A disk that takes no more keeps it from writing, never from working."""

    def __init__(self, data: Path, *, now: datetime, pid: int, host: str) -> None:
        """Begin a life, after whatever was written in former ones."""
        self._path, self._fault = data / _FILE, ""
        self._pen = Lock()
        former = read_diary(data)
        self.former = former
        self.diary = Diary(
            first_at=min(former.first_at, now) if former else now,
            started_at=now,
            beat_at=now,
            pid=pid,
            host=host,
            tasks=former.tasks if former else {},
            said=former.said if former else (),
        )

    def say(self, at: datetime, what: str, *, wrong: bool = True) -> None:
        """Write down and log something that whoever runs this should know."""
        (_log.warning if wrong else _log.info)("schedule", what=what)
        with self._pen:
            self.diary = replace(self.diary, said=(*self.diary.said, Said(at=at, what=what))[-_MOST_SAID:])

    def task(self, name: str) -> Task:
        """Give how a task stands."""
        return self.diary.tasks.get(name, Task())

    def note(self, name: str, task: Task) -> None:
        """Write down how a task stands."""
        with self._pen:
            self.diary = replace(self.diary, tasks={**self.diary.tasks, name: task})

    def beat(self, at: datetime, *, ended: bool = False) -> None:
        """Give a sign of life, and bring the file up to date."""
        with self._pen:
            self.diary = replace(self.diary, beat_at=at, ended_at=at if ended else None)
        try:
            write_whole(self._path, json.dumps(asdict(self.diary), default=_plain, ensure_ascii=False, indent=1).encode())
        except OSError as exc:
            if self._fault != str(exc):
                _log.error("schedule", what=f"{self._path.name} cannot be written: {exc.strerror}")
            self._fault = str(exc)
        else:
            self._fault = ""


def read_diary(data: Path) -> Diary | None:
    """Read what a daemon wrote down in this folder; None where none did, or where it cannot be read."""
    try:
        table = json.loads((data / _FILE).read_text("utf-8"))
        return Diary(
            first_at=datetime.fromisoformat(table["first_at"]),
            started_at=datetime.fromisoformat(table["started_at"]),
            beat_at=datetime.fromisoformat(table["beat_at"]),
            ended_at=_instant(table["ended_at"]),
            pid=int(table["pid"]),
            host=str(table["host"]),
            tasks={name: _task(row) for name, row in table["tasks"].items()},
            said=tuple(Said(at=datetime.fromisoformat(row["at"]), what=str(row["what"])) for row in table["said"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _task(row: Mapping[str, str | int | None]) -> Task:
    return Task(
        next_at=_instant(row["next_at"]),
        began_at=_instant(row["began_at"]),
        ended_at=_instant(row["ended_at"]),
        done=int(row["done"] or 0),
        failures=int(row["failures"] or 0),
        because=str(row["because"]),
    )


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def _plain(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()
