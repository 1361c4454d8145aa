"""A notice: what is told to somebody of findings, once, whatever happens on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from auditor.model.ids import AgencyId, RunId

__all__ = ["Channel", "Notice", "NoticeKind"]


class NoticeKind(StrEnum):
    """What a notice is for.

    A run's digest to an agency, the polite request for access where its site refuses us, its draft or published result of a year,
    contradictions that it is asked to answer, or a trial.
    """

    DIGEST = "digest"
    ACCESS = "access"
    RESULT = "result"
    CONTRADICTION = "contradiction"
    TEST = "test"


class Channel(StrEnum):
    """How a notice travels."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One letter or one call, whole, as it is sent.

    ``key`` names what is told: the same key is never sent twice, though the process dies at any point. ``to`` are addresses of
    mail, or the scheme and host of a webhook, whose whole address stays in settings; ``text`` and ``html`` say the same,
    ``payload`` is what a webhook gets (JSON). ``thread`` is the same for all notices to one agency.
    """

    key: str
    kind: NoticeKind
    channel: Channel
    agency: AgencyId
    run: RunId | None
    to: tuple[str, ...]
    subject: str = ""
    text: str = ""
    html: str = ""
    payload: Mapping[str, object] = field(default_factory=dict)
    thread: str = ""
    created_at: datetime
