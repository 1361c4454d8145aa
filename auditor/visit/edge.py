"""The visit's edge: the one place where a probe's own failure, whatever it is, becomes an outcome with our blame."""

from dataclasses import dataclass
from types import TracebackType

from auditor.log import get_logger

__all__ = ["AtTheEdge"]

_log = get_logger("visit")


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheEdge:
    """Lets a block fail without failing the night: the trace goes to our log, and what it would have given stays ungiven.

    Cancellation and stops are no failures of a probe: they pass.
    """

    step: str
    visit: str
    probe: str

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        """Log a failure and end it here."""
        if not isinstance(error, Exception):
            return False
        _log.error(f"{self.step} crashed", visit=self.visit, probe=self.probe, exc_info=error)
        return True
