"""A visit: one probe, one site, one time; how it ended, and whose fault it was."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auditor.model.ids import Digest, ProbeId, RunId

__all__ = ["Blame", "Cause", "Ending", "Visit", "VisitRecord"]


class Blame(StrEnum):
    """Whose fault a failure is."""

    THEIRS = "theirs"
    REFUSING = "refusing"
    OURS = "ours"
    OPEN = "open"


class Cause(StrEnum):
    """Why something could not be had: a closed list (DESIGN section 6)."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    PROTOCOL = "protocol"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    REDIRECTS = "redirects"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    ROBOTS = "robots"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    CHALLENGE = "challenge"
    OWN_LINK = "own_link"
    BUDGET = "budget"
    CAPABILITY = "capability"
    CRASHED = "crashed"
    NOT_RUN = "not_run"
    AMBIGUOUS = "ambiguous"
    UNCONFIRMED = "unconfirmed"
    NOT_DECLARED = "not_declared"

    @property
    def blame(self) -> Blame:
        """Say whose fault this cause is."""
        return _BLAME[self]

    @property
    def transient(self) -> bool:
        """Tell whether it may be gone an hour later; what a site means, and what is wrong with us, will not."""
        return self in _TRANSIENT


_BLAME = {
    **dict.fromkeys(
        (
            Cause.DNS,
            Cause.CONNECT,
            Cause.TLS,
            Cause.PROTOCOL,
            Cause.HTTP_4XX,
            Cause.HTTP_5XX,
            Cause.REDIRECTS,
            Cause.TIMEOUT,
            Cause.TOO_LARGE,
        ),
        Blame.THEIRS,
    ),
    **dict.fromkeys((Cause.ROBOTS, Cause.BLOCKED, Cause.RATE_LIMITED, Cause.CHALLENGE), Blame.REFUSING),
    **dict.fromkeys((Cause.OWN_LINK, Cause.BUDGET, Cause.CAPABILITY, Cause.CRASHED, Cause.NOT_RUN), Blame.OURS),
    **dict.fromkeys((Cause.AMBIGUOUS, Cause.UNCONFIRMED, Cause.NOT_DECLARED), Blame.OPEN),
}
_TRANSIENT = {
    Cause.DNS,
    Cause.CONNECT,
    Cause.TLS,
    Cause.PROTOCOL,
    Cause.TIMEOUT,
    Cause.HTTP_5XX,
    Cause.RATE_LIMITED,
    Cause.OWN_LINK,
    Cause.AMBIGUOUS,
}


class Ending(StrEnum):
    """How a visit ended: whole, cut off by a limit, or without anything seen."""

    DONE = "done"
    CUT = "cut"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit that is due: this probe on this site, within this run."""

    run: RunId
    probe: ProbeId
    site: str

    @property
    def key(self) -> str:
        """Name the visit once and for all, so that it may be tried again and counted once."""
        return f"{self.run}/{self.probe}/{self.site}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """What is kept of a visit. ``seen`` names the blob of what was seen; None when nothing was (``crashed``, ``budget``)."""

    visit: Visit
    version: int
    ending: Ending
    cause: Cause | None
    requests: int
    bytes: int
    seconds: str
    started_at: datetime
    ended_at: datetime
    seen: Digest | None
    known: Digest
