"""DANE for mail (RFC 7672): whether a server's certificate is bound by TLSA records that DNSSEC proves. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer, Sent, SmtpTalk
from probes.mailing.txt import failure_of

__all__ = ["Bound", "bound"]

_TA, _EE = 2, 3
"""The usages that count for mail; the two that lean on public authorities do not (section 3.1.3)."""
_SIZES = {1: 64, 2: 128}
_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What DANE comes to for one server.

    ``records`` are those that count, ``sent`` whether there was a certificate and ``fits`` whether one fits it; ``cause`` says
    why that is not known.
    """

    server: str
    records: tuple[str, ...] = ()
    sent: bool = True
    fits: bool = False
    cause: Cause | None = None
    detail: str = ""


def bound(talk: SmtpTalk, answer: DnsAnswer, domain: str) -> Bound:
    """Judge one server by its TLSA answer and what it sent. Records that DNSSEC does not prove are none (section 2.2)."""
    if (failed := failure_of(answer)) is not None:
        return Bound(server=talk.host, cause=failed, detail=answer.detail or answer.rcode)
    if answer.security not in {"secure", "insecure"}:
        cause = Cause.DNS if answer.security == "bogus" else Cause.CAPABILITY
        return Bound(server=talk.host, cause=cause, detail=answer.security_detail)
    records = tuple(text for text in answer.records[:_MOST] if _usable(text)) if answer.security == "secure" else ()
    if not records:
        return Bound(server=talk.host)
    if talk.starttls is None or (talk.starttls and not talk.certificates):
        cause = talk.cause or (Cause.AMBIGUOUS if talk.tls_verified is False else Cause.CAPABILITY)
        if talk.starttls and not talk.tls_version and talk.tls_verified is None:  # the handshake failed, by its own fault
            return Bound(server=talk.host, records=records, sent=False)
        return Bound(server=talk.host, records=records, cause=cause, detail=talk.detail)
    fits = any(_fits(text, talk, domain) for text in records)
    return Bound(server=talk.host, records=records, sent=bool(talk.certificates), fits=fits)


def _usable(record: str) -> bool:
    parts = _parts(record)
    if parts is None:
        return False
    usage, selector, matching, data = parts
    size = _SIZES.get(matching)
    return usage in {_TA, _EE} and selector in {0, 1} and matching in {0, 1, 2} and (size is None or len(data) == size)


def _parts(record: str) -> tuple[int, int, int, str] | None:
    words = record.split()
    if len(words) < 4 or not all(word.isascii() and word.isdigit() and len(word) < 4 for word in words[:3]):  # noqa: PLR2004
        return None
    return int(words[0]), int(words[1]), int(words[2]), "".join(words[3:]).lower()


def _fits(record: str, talk: SmtpTalk, domain: str) -> bool:
    """Tell whether a record fits the server's own certificate, or one further up that has signed one for the server's name."""
    if not talk.certificates:
        return False
    parts = _parts(record)
    assert parts is not None  # it is usable
    usage, selector, matching, data = parts
    try:
        digest = hashlib.sha256(bytes.fromhex(data)).hexdigest() if matching == 0 else data
    except ValueError:
        return False
    place = 1 if matching == 2 else 0  # noqa: PLR2004 - SHA-512
    matched = [number for number, one in enumerate(talk.certificates) if (one.key if selector else one.whole)[place] == digest]
    if usage == _EE:
        return 0 in matched
    own = talk.certificates[0]
    named = any(_is_for(name, host) for name in own.names for host in (talk.host, domain))
    return named and any(_signed(talk.certificates[:number]) for number in matched)


def _signed(below: Iterable[Sent]) -> bool:
    return all(one.issued for one in below)


def _is_for(name: str, host: str) -> bool:
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])
