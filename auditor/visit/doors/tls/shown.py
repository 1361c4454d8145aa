"""The certificates that one address shows: of all its chains the one that serves its client worst, or why there is none."""

import base64
from dataclasses import dataclass
from datetime import datetime

from auditor.model.visit import Cause
from auditor.sdk.tls import Certificate
from auditor.visit.doors.tls.batch import Said
from auditor.visit.doors.tls.certificate import certificates, is_malformed, name_matches
from auditor.visit.doors.tls.chain import Roots, Verdict, verdict
from auditor.visit.doors.tls.plain import Plain

__all__ = ["Shown", "show"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A chain and what is thought of it; or ``cause`` and ``detail`` of why there is none, empty when none came."""

    chain: tuple[Certificate, ...] = ()
    verdict: Verdict | None = None
    cause: Cause | None = None
    detail: str = ""


def show(host: str, said: Said | None, plain: Plain, roots: Roots, now: datetime) -> Shown:
    """Choose among what the library was sent (None when it did not shake hands) and what our own hellos were."""
    library = said.chains if said is not None else ()
    sent = [*(tuple(base64.b64decode(one) for one in chain) for chain in library if chain), *plain.chains()]
    found = [(certificates(chain), verdict(chain, roots, now)) for chain in dict.fromkeys(sent)]
    readable = [(chain, judged) for chain, judged in found if chain]
    if readable:
        chain, judged = min(readable, key=lambda one: _worth(host, *one))
        return Shown(chain=chain, verdict=judged)
    cause, detail = _fault(sent, plain)
    if cause is None and said is not None:  # it shook hands and gives none: it has failed at it, which is no missing certificate
        cause = Cause.AMBIGUOUS if said.lost else Cause.CAPABILITY
        detail = said.errors.get("certificate_info", "the library gives no certificate")
    return Shown(cause=cause, detail=detail)


def _worth(host: str, chain: tuple[Certificate, ...], judged: Verdict) -> tuple[object, ...]:
    until = min(one.not_after for one in chain if one is chain[0] or one.sha256 in judged.path)
    return bool(judged.trusted), judged.complete, name_matches(host, chain[0]), until, chain[0].sha256


def _fault(sent: list[tuple[bytes, ...]], plain: Plain) -> tuple[Cause | None, str]:
    """Say why certificates that came gave no chain: ours unless nobody can read them."""
    if any(is_malformed(chain[0]) for chain in sent):
        return Cause.PROTOCOL, "what it sends as its certificate is none: no library can read it"
    if plain.oversized:
        return Cause.TOO_LARGE, "it sends more certificates than clients take"
    return (Cause.CAPABILITY, "our library cannot read its certificate") if sent else (None, "")
