"""Whether a certificate was revoked, by what each means says that was asked."""

from collections.abc import Iterable

from auditor.model.note import Json, Note
from auditor.model.visit import Cause
from auditor.sdk.tls import Certificate, Endpoint, Revocation
from probes.handshake.said import Rules, Said

__all__ = ["judge_revoked"]

REVOKED = Note(key="tls.revoked", text="Its authority has revoked the certificate: the server itself sends the signed word.")
REVOKED_OCSP = Note(key="tls.revoked_ocsp", text="Its authority has revoked the certificate: asked for it at {url}, it says so.")
REVOKED_CRL = Note(key="tls.revoked_crl", text="Its authority has revoked the certificate: it stands in the list at {url}.")
NOT_REVOKED = Note(key="tls.not_revoked", text="The server sends a signed word of its authority: the certificate is not revoked.")
NOT_REVOKED_OCSP = Note(
    key="tls.not_revoked_ocsp", text="Its authority, asked at {url}, says that the certificate is not revoked."
)
NOT_REVOKED_CRL = Note(key="tls.not_revoked_crl", text="The certificate does not stand in its authority's list at {url}.")
NO_STAPLE = Note(key="tls.no_staple", text="{address} sends no valid word of its authority whether the certificate is revoked.")
NO_WORD = Note(
    key="tls.no_word", text="Whether the certificate of {address} is revoked, nobody says whose word counts ({faults})."
)
NO_HARD_WORD = Note(
    key="tls.no_hard_word",
    text="Whether the certificate of {address} is revoked stays open: {means} has to say it, and does not ({faults}).",
)


MUST_STAPLE = Note(
    key="tls.must_staple",
    text="The certificate demands that its server sends its authority's word along (OCSP, RFC 7633), and {address}, asked twice,"
    " sends none: browsers that heed this, as Firefox does, refuse the connection.",
)


def judge_revoked(_: Rules, endpoint: Endpoint, leaf: Certificate) -> Said:
    """Say what the authority says, by whichever means; where a hard one is silent, nothing but bad news counts.

    Silence is never the site's fault: its authority answers for it. Only where the certificate itself demands a staple does the
    server owe it; that it lacks is told, but what the authority says by other means stands. Evidence of before other means were
    asked has the staple.
    """
    told = endpoint.revocation or (Revocation(means="staple", revoked=endpoint.revoked, cause=Cause.NOT_RUN),)
    facts: dict[str, Json] = {"serial": leaf.serial, **{one.means: _word(one) for one in told}}
    bad = next((one for one in told if one.revoked), None)
    if bad is not None:
        note = {"ocsp": REVOKED_OCSP(url=bad.url), "crl": REVOKED_CRL(url=bad.url)}.get(bad.means, REVOKED())
        return Said(value=True, rank=float("-inf"), because=note, facts=facts)
    owed = leaf.must_staple and any(one.means == "staple" and one.fault == _NOT_SENT for one in told)
    facts |= {"must_staple": True} if owed else {}
    hard = next((one for one in told if one.hard and one.revoked is None), None)
    good = next((one for one in told if one.revoked is False), None)
    if hard is not None:
        note = NO_HARD_WORD(address=endpoint.address, means=_NAMES.get(hard.means, hard.means), faults=_faults([hard]))
        return Said(rank=float("inf"), because=note, facts=facts, cause=hard.cause or Cause.AMBIGUOUS)
    if good is not None:
        note = {"ocsp": NOT_REVOKED_OCSP(url=good.url), "crl": NOT_REVOKED_CRL(url=good.url)}.get(good.means, NOT_REVOKED())
        return Said(value=False, rank=1, because=note, facts=facts)
    if owed:
        return Said(rank=float("inf"), because=MUST_STAPLE(address=endpoint.address), facts=facts, cause=Cause.TLS)
    asked = [one for one in told if one.cause not in {None, Cause.NOT_RUN}]
    faults = _faults(told)
    note = NO_WORD(address=endpoint.address, faults=faults) if faults else NO_STAPLE(address=endpoint.address)
    cause = (asked[-1].cause if asked else None) or Cause.NOT_RUN
    return Said(rank=float("inf"), because=note, facts=facts, cause=cause)


def _faults(told: Iterable[Revocation]) -> list[Json]:
    """Give, behind the name of each means, the short word for why its word does not count; old evidence has a sentence only."""
    return [f"{_NAMES.get(one.means, one.means)}: {one.fault or 'no_word'}" for one in told if one.fault or one.detail]


def _word(one: Revocation) -> str:
    """Give in a fact's words what a means says."""
    if one.revoked is None:
        return (one.cause or Cause.AMBIGUOUS).value
    return "revoked" if one.revoked else "good"


_NOT_SENT = "not_sent"
"""The fault of a server that staples nothing, as the door has it."""
_NAMES = {"staple": "OCSP stapling", "ocsp": "OCSP", "crl": "CRL"}
