"""Signed calls to a program: what a letter says, as JSON, by the rules of standardwebhooks.com, whose libraries verify them.

The key signs ``id.time.body`` with HMAC-SHA256, so that nobody else can write a call, and none can be played again later.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from auditor.model.codec import canonical_json
from auditor.model.delivery import Outcome
from auditor.model.notice import Notice
from auditor.visit.doors.http.post import Answered, Poster, Unanswered

__all__ = ["Hook", "call", "key_of", "origin_of", "signature"]

_PREFIX = "whsec_"
_LEAST_KEY = 24
_DIGITS = 32
_SHOWN = 200
_LONGEST_WAIT = timedelta(days=1)
_SECONDS = re.compile("[0-9]{1,6}")
_NEVER = {HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
"""Answers about this very call, which would be the same tomorrow; all others may be the operator's slip, and are tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Whom to call, and the key. The whole address may be a secret too: it is not shown."""

    url: str = field(repr=False)
    key: bytes = field(repr=False)
    user_agent: str


def key_of(text: str) -> bytes:
    """Read a key: base64, with or without ``whsec_``.

    Raises:
        ValueError: it is no base64, or shorter than 24 bytes. What it is is not said.
    """
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except ValueError:  # binascii.Error is one
        raise ValueError("the key is no base64") from None
    if len(key) < _LEAST_KEY:
        raise ValueError(f"the key has {len(key)} bytes, and {_LEAST_KEY} are the least")
    return key


def origin_of(url: str) -> str:
    """Give what may be kept and shown of a webhook's address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def signature(key: bytes, name: str, seconds: int, body: bytes) -> str:
    """Sign a call."""
    signed = hmac.digest(key, f"{name}.{seconds}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode('ascii')}"


async def call(hook: Hook, poster: Poster, notice: Notice, *, now: datetime) -> Outcome:
    """Tell a notice once. ``webhook-id`` is the same however often it is told, so that a program that has it can tell."""
    name = f"msg_{hashlib.sha256(notice.key.encode()).hexdigest()[:_DIGITS]}"
    body = canonical_json(
        {
            "type": notice.kind.value,
            "timestamp": notice.created_at.isoformat(),
            "data": {"agency": notice.agency, "run": notice.run, **notice.payload},
        }
    )
    seconds = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": hook.user_agent,
        "webhook-id": name,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(hook.key, name, seconds, body),
    }
    try:
        answer = await poster.post(hook.url, body, headers)
    except Unanswered as exc:
        return Outcome(down=str(exc)[:_SHOWN])
    return _outcome(answer, notice.to)


def _outcome(answer: Answered, to: tuple[str, ...]) -> Outcome:
    said = _printable(f"{answer.status} {answer.body[:_SHOWN].decode('utf-8', 'replace')}")
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome(taken=to, said=said)
    if answer.status in _NEVER:
        return Outcome(never=dict.fromkeys(to, said), said=said)
    asked = int(answer.retry_after) if _SECONDS.fullmatch(answer.retry_after) else 0
    return Outcome(later=dict.fromkeys(to, said), wait=min(timedelta(seconds=asked), _LONGEST_WAIT), said=said)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()[:_SHOWN]
