"""Can mail in the agency's name be forged, and is mail to it protected on its way?"""

from auditor.model.agency import SiteRole
from auditor.model.ids import MeasureId, ProbeId
from auditor.model.note import Json, Note, quoted
from auditor.model.reading import Kind, Measure, Measured, NotApplicable, Reading, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.details import CAUSE, told
from auditor.sdk.doors import DnsAnswer, SmtpTalk
from auditor.sdk.probe import Known, Probe
from probes.mailing import notes
from probes.mailing.dane import Bound, bound
from probes.mailing.dmarc import judge_dmarc
from probes.mailing.looking import look
from probes.mailing.seen import MailSeen, alias_of, proofs_of, servers_of, why
from probes.mailing.spf import MOST_VOID, Spf, judge_spf
from probes.mailing.spf import records_of as spf_records
from probes.mailing.sts import Sts, judge_sts
from probes.mailing.txt import failure_of

__all__ = ["PROBE"]

_SPF, _DMARC, _STARTTLS = MeasureId("mail.spf"), MeasureId("mail.dmarc"), MeasureId("mail.starttls")
_STS, _DANE = MeasureId("mail.mta_sts"), MeasureId("mail.dane")
_WHOLE = 100
_GIVEN_UP = {"SSLv3": "SSL 3.0", "TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1"}
"""Of what a server has the newest is agreed on, for every version is offered."""
_STATES = ("absent", "invalid", "weak", "sound")


def assess(seen: MailSeen, known: Known) -> list[Reading]:  # noqa: ARG001 - a probe's own signature
    """Judge SPF, DMARC, STARTTLS, MTA-STS and DANE, each by its own evidence."""
    if not seen.domain or seen.mx is None:
        return [NotApplicable(measure=measure.id, because=notes.NO_NAME) for measure in PROBE.measures]
    return [_spf(seen), _dmarc(seen), _starttls(seen, seen.mx), _mta_sts(seen, seen.mx), _dane(seen, seen.mx)]


def _spf(seen: MailSeen) -> Reading:
    answers = {answer.name: answer for answer in seen.spf}
    found = judge_spf(seen.domain, answers, seen.spf_hosts)
    record = next(iter(spf_records(answers[seen.domain])), None)
    proofs = proofs_of(seen.spf, {seen.domain: record}) + proofs_of(seen.spf_hosts, {})
    facts: dict[str, Json] = {"domain": seen.domain, "record": record, "lookups": found.lookups}
    facts["problem"] = "" if found.problem is None else str(found.problem)
    facts["void"] = [*found.void]
    if found.leads and not found.problem and found.cause is None:
        note = notes.OPEN_SPF(domain=seen.domain, leads=found.leads)
        return Unavailable(measure=_SPF, because=note, cause=Cause.AMBIGUOUS, evidence=proofs, facts=facts)
    if found.cause is not None and not found.problem:
        failed = next(one for one in (*seen.spf, *seen.spf_hosts) if one.name == found.failed and failure_of(one) is not None)
        note = notes.DNS_FAILED(name=found.failed, detail=told(why(failed)))
        return Unavailable(measure=_SPF, because=note, cause=found.cause, evidence=proofs, facts=facts)
    state, note = _spf_state(found, seen.domain)
    return Measured(measure=_SPF, value=state, because=note, evidence=proofs, facts=facts)


def _spf_state(found: Spf, domain: str) -> tuple[str, Note]:
    if not found.present and found.near:
        return "absent", notes.NEAR_SPF(domain=domain, record=quoted(found.near))
    if not found.present:
        return "absent", notes.NO_SPF(domain=domain)
    if found.problem:
        return "invalid", notes.BAD_SPF(domain=domain, problem=found.problem)
    if found.open_to:
        return "weak", notes.WIDE_SPF(domain=domain, kinds=[*found.open_to])
    if found.policy in {"?", "+"}:
        return "weak", notes.WEAK_SPF(domain=domain, policy=found.policy)
    if len(found.void) > MOST_VOID:
        return "sound", notes.VOID_SPF(domain=domain, policy=found.policy, names=[*found.void])
    if found.ptr:
        return "sound", notes.PTR_SPF(domain=domain, policy=found.policy)
    return "sound", notes.SOUND_SPF(domain=domain, policy=found.policy, lookups=found.lookups)


def _dmarc(seen: MailSeen) -> Reading:
    found = judge_dmarc(seen.dmarc)
    proofs = proofs_of(seen.dmarc, {found.name: found.record or None})
    facts: dict[str, Json] = {
        "name": found.name,
        "record": found.record,
        "inherited": found.inherited,
        "policy": found.policy,
        "percent": found.percent,
        "testing": found.testing,
        "least": found.least,
        "passed_over": [*found.passed_over],
        "problem": "" if found.problem is None else str(found.problem),
    }
    if found.cause is not None:
        failed = next(answer for answer in seen.dmarc if answer.name == found.name)
        note = notes.DNS_FAILED(name=found.name, detail=told(why(failed)))
        return Unavailable(measure=_DMARC, because=note, cause=found.cause, evidence=proofs, facts=facts)
    if not found.present:
        own = seen.domain == seen.organisation
        state, note = "absent", notes.NO_DMARC_ALONE(domain=seen.domain)
        note = note if own else notes.NO_DMARC(domain=seen.domain, organisation=seen.organisation)
    elif found.problem:
        state, note = "invalid", notes.BAD_DMARC(problem=found.problem)
    elif found.sound and found.lowered:
        given: dict[str, Json] = {"name": found.name, "policy": found.policy, "least": found.least}
        tested = found.testing and found.percent >= _WHOLE
        state, note = "sound", notes.TESTED_DMARC(**given) if tested else notes.LOWERED_DMARC(**given, percent=found.percent)
    elif found.sound and found.below == "none" and not found.inherited:
        state, note = "sound", notes.BELOW_DMARC(name=found.name, policy=found.policy, below=found.below)
    elif found.sound:
        state, note = "sound", notes.SOUND_DMARC(name=found.name, policy=found.policy)
    elif found.testing and found.policy != "none":
        state, note = "weak", notes.TEST_DMARC(name=found.name, policy=found.policy)
    else:
        state, note = "weak", notes.WEAK_DMARC(name=found.name, policy=found.policy, percent=found.percent)
    return Measured(measure=_DMARC, value=state, because=note, evidence=proofs, facts=facts)


def _starttls(seen: MailSeen, mx: DnsAnswer) -> Reading:
    proofs = (*proofs_of((mx,), {}), *(talk.proof for talk in seen.talks if talk.proof is not None))
    failed = failure_of(mx)
    if failed is not None:
        note = notes.DNS_FAILED(name=mx.name, detail=told(why(mx)))
        return Unavailable(measure=_STARTTLS, because=note, cause=failed, evidence=proofs)
    if not servers_of(mx):
        if seen.duty:
            return Measured(measure=_STARTTLS, value=False, because=notes.NO_SERVER(domain=seen.domain), evidence=proofs)
        return NotApplicable(measure=_STARTTLS, because=_no_server(seen, mx), evidence=proofs)
    answered = [talk for talk in seen.talks if talk.starttls is not None]
    facts: dict[str, Json] = {"servers": [_facts(talk) for talk in seen.talks], "left_out": [*_left_out(seen, mx)]}
    facts["aliases"] = [f"{one.name} → {alias}" for one in seen.hosts if (alias := alias_of(one))]
    if not answered:
        talk = seen.talks[0] if seen.talks else None
        cause = (talk.cause if talk else None) or Cause.AMBIGUOUS
        note = notes.NO_TALK(domain=seen.domain, cause=cause.value, detail=told(talk.detail if talk else ""))
        return Unavailable(measure=_STARTTLS, because=note, cause=cause, evidence=proofs, facts=facts)
    bare = next((talk for talk in answered if not talk.tls_version and talk.tls_verified is None), None)
    if bare is not None:
        detail = bare.detail or "STARTTLS is not offered"
        note = notes.NO_STARTTLS(server=bare.host, domain=seen.domain, detail=told(detail))
    else:
        servers: list[Json] = [f"{talk.host} ({talk.tls_version or 'TLS'})" for talk in answered]
        bad = next((talk for talk in answered if talk.tls_verified is False), None)
        note = notes.STARTTLS(domain=seen.domain, servers=servers)
        old = next((talk for talk in answered if talk.tls_version in _GIVEN_UP), None)
        if old is not None:
            note = notes.OLD_STARTTLS(domain=seen.domain, servers=servers, server=old.host, version=_GIVEN_UP[old.tls_version])
        elif bad is not None:  # delivery between servers is not kept from going on (RFC 7435), so it is told and costs nothing
            note = notes.UNVERIFIED(domain=seen.domain, servers=servers, server=bad.host, detail=told(bad.tls_detail))
    return Measured(measure=_STARTTLS, value=bare is None, because=note, evidence=proofs, facts=facts)


def _mta_sts(seen: MailSeen, mx: DnsAnswer) -> Reading:
    """Without mail there is nothing to protect; what the DNS could not say is never "absent"."""
    servers = servers_of(mx)
    if failure_of(mx) is not None or not servers:
        return _no_mail(_STS, seen, mx)
    if seen.sts is None:
        note = notes.STS_OPEN(domain=seen.domain, cause=Cause.NOT_RUN.value)
        return Unavailable(measure=_STS, because=note, cause=Cause.NOT_RUN, evidence=proofs_of((mx,), {}))
    found = judge_sts(seen.sts, seen.policy, servers)
    final = [seen.policy.final.proof()] if seen.policy is not None else []
    proofs = (*proofs_of((seen.sts,), {}), *filter(None, final))
    facts: dict[str, Json] = {"mode": found.mode, "days": found.days, "servers": [*found.servers]}
    if found.cause is not None and not found.lost:
        note = notes.STS_OPEN(domain=seen.domain, cause=found.cause.value)
        if not found.present:
            note = notes.DNS_FAILED(name=seen.sts.name, detail=told(why(seen.sts)))
        return Unavailable(measure=_STS, because=note, cause=found.cause, evidence=proofs, facts=facts)
    state, note = _sts_state(found, seen.domain)
    return Measured(measure=_STS, value=state, because=note, evidence=proofs, facts=facts)


def _sts_state(found: Sts, domain: str) -> tuple[str, Note]:
    if not found.present:
        return "absent", notes.NO_STS(domain=domain)
    if found.cause is not None:
        return "invalid", notes.STS_NO_POLICY(domain=domain, cause=found.cause.value)
    if found.record:
        return "invalid", notes.STS_RECORD(domain=domain, record=quoted(found.record))
    if found.field:
        return "invalid", notes.STS_FIELD(domain=domain, field=found.field)
    if found.unnamed:
        return "invalid", notes.STS_SERVER(domain=domain, server=found.unnamed)
    if found.mode != "enforce":
        return "weak", notes.WEAK_STS(domain=domain, mode=found.mode)
    return "sound", notes.STS(domain=domain, days=found.days, servers=[*found.servers])


def _dane(seen: MailSeen, mx: DnsAnswer) -> Reading:
    """DANE counts only where DNSSEC proves it. A record that fits nothing is worse than none: mail is not brought."""
    if failure_of(mx) is not None or not servers_of(mx):
        return _no_mail(_DANE, seen, mx)
    proofs = proofs_of((mx, *seen.tlsa), {})
    if mx.security == "insecure":
        return Measured(measure=_DANE, value="absent", because=notes.DANE_UNSIGNED(domain=seen.domain), evidence=proofs)
    if mx.security != "secure":
        cause = Cause.DNS if mx.security == "bogus" else Cause.CAPABILITY
        note = notes.DANE_OPEN(server=seen.domain, detail=told(mx.security_detail))
        return Unavailable(measure=_DANE, because=note, cause=cause, evidence=proofs)
    found = [bound(talk, answer, seen.domain) for talk, answer in zip(seen.talks, seen.tlsa, strict=True)]
    proofs = (*proofs, *(talk.proof for talk in seen.talks if talk.proof is not None))
    servers: list[Json] = [{"host": one.server, "records": [*one.records], "fits": one.fits} for one in found]
    lost = next((one for one in found if one.cause is not None), None)
    bad = next((one for one in found if one.records and not one.fits and one.cause is None), None)
    facts: dict[str, Json] = {"servers": servers, "left_out": [*(left := _left_out(seen, mx))]}
    if lost is not None and bad is None:
        note = notes.DANE_OPEN(server=lost.server, detail=told(lost.detail))
        cause = lost.cause or Cause.AMBIGUOUS
        return Unavailable(measure=_DANE, because=note, cause=cause, evidence=proofs, facts=facts)
    state, note = _dane_state(found, bad, seen.domain)
    if left and state in {"absent", "sound"}:  # of every server nothing is known
        note = notes.DANE_OPEN(server=left[0], detail=CAUSE(cause=Cause.BUDGET.value))
        return Unavailable(measure=_DANE, because=note, cause=Cause.BUDGET, evidence=proofs, facts=facts)
    return Measured(measure=_DANE, value=state, because=note, evidence=proofs, facts=facts)


def _dane_state(found: list[Bound], bad: Bound | None, domain: str) -> tuple[str, Note]:
    if bad is not None:
        return "invalid", (notes.BAD_DANE if bad.sent else notes.UNSENT_DANE)(server=bad.server)
    if not any(one.fits for one in found):
        return "absent", notes.NO_DANE(domain=domain)
    without: list[Json] = [one.server for one in found if not one.fits]
    if without:
        return "weak", notes.SOME_DANE(domain=domain, servers=without)
    return "sound", notes.DANE(domain=domain, servers=[one.server for one in found])


def _left_out(seen: MailSeen, mx: DnsAnswer) -> list[str]:
    """Give the mail servers that were not greeted, for there are more than we greet."""
    return servers_of(mx)[len(seen.talks) :]


def _no_mail(measure: MeasureId, seen: MailSeen, mx: DnsAnswer) -> Reading:
    proofs = proofs_of((mx,), {})
    if (failed := failure_of(mx)) is not None:
        note = notes.DNS_FAILED(name=mx.name, detail=told(why(mx)))
        return Unavailable(measure=measure, because=note, cause=failed, evidence=proofs)
    return NotApplicable(measure=measure, because=_no_server(seen, mx), evidence=proofs)


def _no_server(seen: MailSeen, mx: DnsAnswer) -> Note:
    """Say that there is no mail server; only a null MX says that there is no mail either (RFC 7505, RFC 5321 section 5.1)."""
    return (notes.NULL_MX if mx.records else notes.NO_MAIL)(domain=seen.domain)


def _facts(talk: SmtpTalk) -> dict[str, Json]:
    return {
        "host": talk.host,
        "starttls": talk.starttls,
        "tls": talk.tls_version,
        "verified": talk.tls_verified,
        "certificate": talk.tls_detail,
        "cause": talk.cause.value if talk.cause else None,
    }


PROBE = Probe(
    id=ProbeId("mail"),
    version=6,
    look=look,
    assess=assess,
    seen=MailSeen,
    roles=frozenset({SiteRole.PORTAL, SiteRole.MAIL}),
    measures=(
        Measure(id=_SPF, kind=Kind.WORD, meaning="What the SPF record of the site's mail domain does (RFC 7208).", words=_STATES),
        Measure(id=_DMARC, kind=Kind.WORD, meaning="What DMARC asks for the site's mail domain (RFC 7489).", words=_STATES),
        Measure(id=_STARTTLS, kind=Kind.BOOLEAN, meaning="Every mail server that answers takes mail over TLS."),
        Measure(
            id=_STS, kind=Kind.WORD, meaning="What MTA-STS asks of those who bring the domain mail (RFC 8461).", words=_STATES
        ),
        Measure(
            id=_DANE,
            kind=Kind.WORD,
            meaning="Whether DANE binds the mail servers to their certificates (RFC 7672).",
            words=_STATES,
        ),
    ),
)
