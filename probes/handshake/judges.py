"""What one address of a server gives for each measure: a value and how bad it is, or why there is none."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from auditor.model.note import Json, Note, quoted
from auditor.model.reading import Value
from auditor.model.visit import Cause
from auditor.sdk.details import told
from auditor.sdk.grading import pairs
from auditor.sdk.tls import PROTOCOLS, Certificate, Endpoint, Suite
from probes.handshake.revoked import judge_revoked
from probes.handshake.said import Rules, Said, untold

__all__ = ["JUDGES", "forward_secrecy", "is_forward_secret", "strength_of", "unmeasured_group"]

_EC_AS_RSA = 12
"""A curve of 256 bits is as strong as RSA of 3072: only to choose the weaker key among addresses where no guideline says it."""
_VIETNAM = timezone(timedelta(hours=7))
_MAX_NAMES = 20

TRUSTED = Note(key="tls.trusted", text="The certificate leads to a trusted root: {detail}.")
UNTRUSTED = Note(key="tls.untrusted", text="No path leads from the certificate to a root that browsers trust: {detail}.")
NO_CERTIFICATE = Note(key="tls.no_certificate", text="{address} accepts secure connections without showing any certificate.")
NAMED = Note(key="tls.named", text="The certificate is for {host}.")
MISNAMED = Note(key="tls.misnamed", text="The certificate is for {names}, not for {host}.")
NAMELESS = Note(key="tls.nameless", text="The certificate names no host in its subject alternative names, so not {host} either.")
VALID = Note(key="tls.valid", text="The certificate is valid from {since} to {until}.")
EXPIRED = Note(
    key="tls.expired", text="The certificate expired on {until} at {hour} (Vietnam), less than {ago} days before the visit."
)
TOO_EARLY = Note(key="tls.too_early", text="The certificate is valid only from {since} at {hour} (Vietnam) on.")
ISSUER_EXPIRED = Note(
    key="tls.issuer_expired", text="The intermediate certificate {subject}, sent with it, is valid from {since} to {until} only."
)
DAYS_LEFT = Note(key="tls.days_left", text="The certificate is valid until {until}: {days} more days.")
COMPLETE = Note(key="tls.complete", text="The server sends every intermediate certificate.")
INCOMPLETE = Note(key="tls.incomplete", text="An intermediate certificate is missing from what the server sends: {detail}.")
OLDEST = Note(key="tls.oldest", text="The oldest protocol that the server accepts is {protocol}.")
NEWEST = Note(key="tls.newest", text="The newest protocol that the server accepts is {protocol}.")
STRONG_SUITES = Note(key="tls.strong_suites", text="None of the {count} cipher suites that the server accepts is weak.")
WEAK_SUITES = Note(key="tls.weak_suites", text="The server accepts {count} weak cipher suites: {names}.")
KEY = Note(key="tls.key", text="The certificate's key is {type} of {bits} bits.")
KEY_UNKNOWN = Note(key="tls.key_unknown", text="the length of a key of type {type} is not known here")
UNSETTLED = Note(key="tls.unsettled", text="the server cuts off some connections by chance, each one of {protocol} among them")
GROUP_UNMEASURED = Note(key="tls.group_unmeasured", text="the Diffie-Hellman group of {suite} could not be measured")
NO_VULNERABILITY = Note(key="tls.no_vulnerability", text="None of the known vulnerabilities of TLS servers was found.")
VULNERABLE = Note(key="tls.vulnerable", text="The server has known vulnerabilities: {faults}.")


def _flag(value: bool, note: Note, **facts: Json) -> Said:
    return Said(value=value, rank=1 if value else float("-inf"), because=note, facts=facts)


def _certified(judge: Callable[[Rules, Endpoint, Certificate], Said], bare: Value) -> Callable[[Rules, Endpoint], Said]:
    """Make a judge of certificates one of addresses: one that shows none has the worst value."""

    def judged(rules: Rules, endpoint: Endpoint) -> Said:
        if endpoint.chain:
            return judge(rules, endpoint, endpoint.chain[0])
        if endpoint.chain_cause is not None:
            return untold(endpoint, endpoint.chain_cause, endpoint.trust_detail)
        if endpoint.cause is not None and not endpoint.anonymous:
            return untold(endpoint)
        return Said(value=bare, rank=float("-inf"), because=NO_CERTIFICATE(address=endpoint.address), facts={})

    return judged


def _trusted(_: Rules, endpoint: Endpoint, leaf: Certificate) -> Said:
    if endpoint.trusted is None:
        return untold(endpoint, Cause.CAPABILITY)
    note = (TRUSTED if endpoint.trusted else UNTRUSTED)(detail=told(endpoint.trust_detail))
    return _flag(endpoint.trusted, note, issuer=leaf.issuer, sha256=leaf.sha256)


def _hostname(rules: Rules, endpoint: Endpoint, leaf: Certificate) -> Said:
    names: list[Json] = [*leaf.sans[:_MAX_NAMES]]
    if endpoint.hostname_matches:
        return _flag(True, NAMED(host=rules.host), names=names)
    note = MISNAMED(host=rules.host, names=names) if names else NAMELESS(host=rules.host)
    return _flag(False, note, names=names)


def _valid_now(rules: Rules, endpoint: Endpoint, leaf: Certificate) -> Said:
    """Ask for the certificate and for those that were sent on its path to a root: any of them makes browsers refuse."""
    at = rules.at
    span: dict[str, Json] = {"since": _day(leaf.not_before), "until": _day(leaf.not_after)}
    if at > leaf.not_after:
        return _flag(False, _expired(leaf, at), **span)
    if at < leaf.not_before:
        return _flag(False, TOO_EARLY(since=_day(leaf.not_before), hour=_hour(leaf.not_before)), **span)
    for one in _issuers(endpoint, leaf, at):
        if not one.not_before <= at <= one.not_after:
            return _flag(
                False, ISSUER_EXPIRED(subject=one.subject, since=_day(one.not_before), until=_day(one.not_after)), **span
            )
    return _flag(True, VALID(**span), **span)


def _expired(leaf: Certificate, at: datetime) -> Note:
    """Say it with the day that was begun last, as the days left have it: minus four of them are less than four days ago."""
    return EXPIRED(until=_day(leaf.not_after), hour=_hour(leaf.not_after), ago=-(leaf.not_after - at).days)


def _issuers(endpoint: Endpoint, leaf: Certificate, at: datetime) -> list[Certificate]:
    """Give the intermediates of the path; where none leads to a root, the one that signed the certificate, a valid one first."""
    if endpoint.path:
        return [one for one in endpoint.chain if one.sha256 in endpoint.path and one.sha256 != leaf.sha256]
    signers = [one for one in endpoint.chain[1:] if one.subject == leaf.issuer and one.issuer != one.subject]
    return sorted(signers, key=lambda one: not one.not_before <= at <= one.not_after)[:1]


def _days_left(rules: Rules, _: Endpoint, leaf: Certificate) -> Said:
    at = rules.at
    days = (leaf.not_after - at).days
    until = _day(leaf.not_after)
    note = _expired(leaf, at) if at > leaf.not_after else DAYS_LEFT(until=until, days=days)
    return Said(value=days, rank=days, because=note, facts={"until": until})


def _chain_complete(_: Rules, endpoint: Endpoint, leaf: Certificate) -> Said:
    if endpoint.chain_complete is None:
        return untold(endpoint)
    sent: list[Json] = [one.subject for one in endpoint.chain]
    note = COMPLETE if endpoint.chain_complete else INCOMPLETE(detail=told(endpoint.trust_detail))
    return _flag(endpoint.chain_complete, note, sent=sent, issuer=leaf.issuer)


def strength_of(rules: Rules, leaf: Certificate) -> int:
    """Give the bits of an RSA key that is about as strong as this certificate's, as the guideline of grades has it."""
    if leaf.key_type in {"RSA", "DSA"}:
        return leaf.key_bits
    steps = pairs(rules.grading, "curves")
    return next((int(bits) for least, bits in steps if leaf.key_bits >= int(least)), leaf.key_bits * _EC_AS_RSA)


def _key_bits(rules: Rules, endpoint: Endpoint, leaf: Certificate) -> Said:
    if not leaf.key_bits:
        return untold(endpoint, Cause.CAPABILITY, KEY_UNKNOWN(type=quoted(leaf.key_type)))
    strength = strength_of(rules, leaf)
    facts: dict[str, Json] = {"type": leaf.key_type, "bits": leaf.key_bits, "as_rsa": strength}
    return Said(value=leaf.key_bits, rank=strength, because=KEY(type=leaf.key_type, bits=leaf.key_bits), facts=facts)


def _protocol(endpoint: Endpoint, note: Note, index: int) -> Said:
    if not endpoint.protocols:
        return untold(endpoint)
    named = sorted(endpoint.protocols, key=PROTOCOLS.index)
    outer = PROTOCOLS.index(named[index])
    open_ones = [one for one in endpoint.unsettled if (PROTOCOLS.index(one) < outer) is (index == 0)]
    if open_ones:
        return untold(endpoint, Cause.AMBIGUOUS, UNSETTLED(protocol=open_ones[0]))
    accepted: list[Json] = [*named]
    return Said(
        value=named[index], rank=PROTOCOLS.index(named[index]), because=note(protocol=named[index]), facts={"accepted": accepted}
    )


def _oldest(rules: Rules, endpoint: Endpoint) -> Said:
    said = _protocol(endpoint, OLDEST, 0)
    least = PROTOCOLS.index(rules.min_protocol)
    below: list[Json] = [name for name in PROTOCOLS[:least] if name in endpoint.protocols]
    return replace(said, facts={**said.facts, "minimum": rules.min_protocol, "below_minimum": below})


def _newest(_: Rules, endpoint: Endpoint) -> Said:
    return _protocol(endpoint, NEWEST, -1)


def _weak_suites(rules: Rules, endpoint: Endpoint) -> Said:
    """Count the weak ones by name, and those of a Diffie-Hellman group that was measured and is small.

    What was found counts though the list is not whole; a group that nobody could measure is no accusation.
    """
    weak = {suite.name: "" for suite in endpoint.suites if any(part.lower() in suite.name.lower() for part in rules.weak)}
    others = [suite for suite in endpoint.suites if suite.name not in weak]
    weak |= {one.name: f" (DH {one.dh_bits})" for one in others if one.dh_bits is not None and one.dh_bits < rules.min_dh_bits}
    unmeasured: list[Json] = [*sorted({one.name for one in others if unmeasured_group(one)} - weak.keys())]
    names: list[Json] = [f"{name}{why}" for name, why in sorted(weak.items())]
    total = len({suite.name for suite in endpoint.suites})
    facts: dict[str, Json] = {
        "names": names,
        "accepted": total,
        "unmeasured": unmeasured,
        "forward_secrecy": forward_secrecy(endpoint),
    }
    if names:
        note = WEAK_SUITES(count=len(names), names=names[:_MAX_NAMES])
        return Said(value=len(names), rank=-len(names), because=note, facts=facts, found=True)
    if endpoint.cause is not None:
        return untold(endpoint)
    if unmeasured:
        return untold(endpoint, Cause.CAPABILITY, GROUP_UNMEASURED(suite=unmeasured[0]))
    return Said(value=0, rank=0, because=STRONG_SUITES(count=total), facts=facts)


def unmeasured_group(suite: Suite) -> bool:
    """Tell whether a suite rests on a Diffie-Hellman group whose size is not known."""
    return "_DHE_" in suite.name and suite.dh_bits is None


def is_forward_secret(suite: Suite) -> bool:
    """Tell whether yesterday's traffic stays secret when the server's key is lost: TLS 1.3, or an ephemeral exchange."""
    return suite.protocol == "tls1.3" or "DHE_" in suite.name


def forward_secrecy(endpoint: Endpoint) -> str:
    """Say whether all, some or none of the accepted suites keep forward secrecy; empty if none is known."""
    kinds = {is_forward_secret(suite) for suite in endpoint.suites}
    return {frozenset(): "", frozenset({True}): "all", frozenset({False}): "none"}.get(frozenset(kinds), "some")


def _vulnerabilities(_: Rules, endpoint: Endpoint) -> Said:
    """Count what was found; a check that could not be done is not "nothing found"."""
    names: list[Json] = [*endpoint.vulnerabilities]
    facts: dict[str, Json] = {"names": names, "not_tested": list(endpoint.not_tested)}
    if names:
        return Said(value=len(names), rank=-len(names), because=VULNERABLE(faults=names), facts=facts, found=True)
    if endpoint.not_tested or endpoint.cause is not None:
        return untold(endpoint)
    return Said(value=0, rank=0, because=NO_VULNERABILITY, facts=facts)


def _hour(at: datetime) -> str:
    return f"{at.astimezone(_VIETNAM):%H:%M}"


def _day(at: datetime) -> str:
    return at.astimezone(_VIETNAM).date().isoformat()


JUDGES: Mapping[str, Callable[[Rules, Endpoint], Said]] = {
    "tls.trusted": _certified(_trusted, False),
    "tls.hostname": _certified(_hostname, False),
    "tls.valid_now": _certified(_valid_now, False),
    "tls.chain_complete": _certified(_chain_complete, False),
    "tls.days_left": _certified(_days_left, 0),
    "tls.revoked": _certified(judge_revoked, True),
    "tls.oldest_protocol": _oldest,
    "tls.newest_protocol": _newest,
    "tls.weak_suites": _weak_suites,
    "tls.key_bits": _certified(_key_bits, 0),
    "tls.vulnerabilities": _vulnerabilities,
}
