"""A task's edge: the one place where what goes wrong in the daemon's work is noted, said plainly, and survived."""

import errno
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType

from auditor.clock import Clock
from auditor.errors import AuditorError
from auditor.log import get_logger
from auditor.schedule.journal import Journal

__all__ = ["TaskEdge", "plainly"]

_log = get_logger("schedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEdge:
    """Lets one of the daemon's tasks fail without ending the daemon: it is noted in the journal, and its trace goes to the log.

    What breaks off because the daemon was told to stop is no failure.
    """

    journal: Journal
    clock: Clock
    task: str
    stopping: Callable[[], bool]

    def __enter__(self) -> None:
        """Note that the task begins."""
        self.journal.note(self.task, replace(self.journal.task(self.task), began_at=self.clock.now()))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        """Note how it ended."""
        task = replace(self.journal.task(self.task), ended_at=self.clock.now())
        if error is None:
            self.journal.note(self.task, replace(task, done=task.done + 1, failures=0, because=""))
            return False
        if not isinstance(error, Exception):
            return False
        if not self.stopping():
            because = plainly(error)
            expected = isinstance(_first(error), AuditorError | OSError)
            _log.error("task failed", task=self.task, because=because, exc_info=None if expected else error)
            if because != task.because:  # what fails each minute is said once, and counted
                self.journal.say(self.clock.now(), f"{self.task} failed: {because}")
            self.journal.note(self.task, replace(task, failures=task.failures + 1, because=because))
        return True


def plainly(error: BaseException) -> str:
    """Say in one line what went wrong."""
    first = _first(error)
    if isinstance(first, OSError) and first.errno == errno.ENOSPC:
        return f"the disk is full: {first.filename or first}"
    return str(first) if isinstance(first, AuditorError) else f"{type(first).__name__}: {first}"


def _first(error: BaseException) -> BaseException:
    """Give the first error of a group of them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
