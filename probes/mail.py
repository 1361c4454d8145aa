"""Can mail in the agency's name be forged, and is mail to it protected on its way?"""

import ipaddress
import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Proof
from auditor.model.ids import MeasureId, ProbeId
from auditor.model.note import Json, Note
from auditor.model.reading import Kind, Measure, Measured, NotApplicable, Reading, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer, Doors, SmtpTalk
from auditor.sdk.probe import Known, Probe
from probes.front.names import domain_of
from probes.mailing.dmarc import judge_dmarc
from probes.mailing.dmarc import records_of as dmarc_records
from probes.mailing.spf import MOST_LOOKUPS, Spf, hosts_of, judge_spf, next_names
from probes.mailing.spf import records_of as spf_records
from probes.mailing.txt import failure_of

__all__ = ["PROBE", "MailSeen"]

_MAX_SERVERS = 4
_PREFERENCE = re.compile(r"[0-9]{1,5}")
_SPF, _DMARC, _STARTTLS = MeasureId("mail.spf"), MeasureId("mail.dmarc"), MeasureId("mail.starttls")
_STATES = ("absent", "invalid", "weak", "sound")

NO_NAME = Note(key="mail.no_name", text="The site is an address without a name, so there is no mail in its name.")
DNS_FAILED = Note(key="mail.dns_failed", text="The DNS gave no answer about {name}: {detail}")
NO_SPF = Note(key="mail.no_spf", text="{domain} has no SPF record, so anybody can send mail in its name.")
BAD_SPF = Note(key="mail.bad_spf", text="The SPF record of {domain} is not valid, so receivers disregard it: {problem}.")
WEAK_SPF = Note(
    key="mail.weak_spf", text="The SPF record of {domain} turns nobody away: it ends with {policy}all or says nothing of others."
)
SOUND_SPF = Note(
    key="mail.sound_spf", text="The SPF record of {domain} turns away others with {policy}all; it costs {lookups} look-ups of 10."
)
NO_DMARC = Note(key="mail.no_dmarc", text="Neither {domain} nor the organisation's {organisation} has a DMARC record.")
BAD_DMARC = Note(key="mail.bad_dmarc", text="The DMARC record is not valid, so receivers disregard it: {problem}.")
WEAK_DMARC = Note(
    key="mail.weak_dmarc",
    text="The DMARC record {name} keeps forged mail away from nobody or only in part: p={policy}, pct={percent}.",
)
TEST_DMARC = Note(
    key="mail.test_dmarc",
    text="The DMARC record {name} asks for p={policy} only as a test (t=y), and receivers that heed this do less than it says.",
)
SOUND_DMARC = Note(key="mail.sound_dmarc", text="The DMARC record {name} keeps forged mail away: p={policy}.")
NO_MAIL = Note(key="mail.no_mail", text="{domain} takes no mail (no MX record), so there is nothing to protect.")
NO_SERVER = Note(key="mail.no_server", text="The site is for mail, and {domain} has no mail server (no MX record).")
STARTTLS = Note(key="mail.starttls", text="Every mail server of {domain} that answered takes mail over TLS: {servers}.")
UNVERIFIED = Note(
    key="mail.starttls_unverified",
    text="Every mail server of {domain} that answered takes mail over TLS: {servers}."
    " The certificate of {server} does not verify: {detail}",
)
NO_STARTTLS = Note(key="mail.no_starttls", text="The mail server {server} of {domain} does not take mail over TLS: {detail}")
NO_TALK = Note(key="mail.no_talk", text="No mail server of {domain} could be talked to ({cause}): {detail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSeen:
    """What the DNS and the mail servers said. ``domain`` is empty when the site has no name.

    ``spf`` are the TXT answers of the domain and of every name that its record leads to, ``spf_hosts`` those about the hosts that
    these records name; ``dmarc`` the TXT answers of the domain and, if it had none, of its organisation.
    """

    domain: str
    organisation: str = ""
    duty: bool = False
    mx: DnsAnswer | None = None
    spf: tuple[DnsAnswer, ...] = ()
    spf_hosts: tuple[DnsAnswer, ...] = ()
    dmarc: tuple[DnsAnswer, ...] = ()
    talks: tuple[SmtpTalk, ...] = ()


async def look(site: Site, doors: Doors) -> MailSeen:
    """Ask for the domain's records and greet its mail servers."""
    host = (urlsplit(site.url).hostname or "").rstrip(".").removeprefix("www.")
    if not host or _is_address(host):
        return MailSeen(domain="")
    organisation = _organisation(host)
    duty = SiteRole.MAIL in site.roles
    domain, mx = host, await doors.dns.query(host, "MX")
    if duty and host != organisation and failure_of(mx) is None and not mx.records:
        # mail.khanhhoa.gov.vn is where mail is read; the addresses end in the organisation's name.
        domain, mx = organisation, await doors.dns.query(organisation, "MX")
    dmarc = [await doors.dns.query(f"_dmarc.{domain}", "TXT")]
    if domain != organisation and failure_of(dmarc[0]) is None and not dmarc_records(dmarc[0]):
        dmarc.append(await doors.dns.query(f"_dmarc.{organisation}", "TXT"))
    spf = await _spf_answers(domain, doors)
    return MailSeen(
        domain=domain,
        organisation=organisation,
        duty=duty,
        mx=mx,
        spf=spf,
        spf_hosts=await _spf_hosts(spf, doors),
        dmarc=tuple(dmarc),
        talks=tuple([await doors.smtp.talk(server) for server in _servers(mx)[:_MAX_SERVERS]]),
    )


async def _spf_answers(domain: str, doors: Doors) -> tuple[DnsAnswer, ...]:
    """Follow the record as far as a receiver would: its look-ups bound ours."""
    found: dict[str, DnsAnswer] = {}
    due = [domain]
    while due and len(found) <= MOST_LOOKUPS + 1:
        name = due.pop(0)
        if name in found:
            continue
        found[name] = await doors.dns.query(name, "TXT")
        records = spf_records(found[name])
        due += next_names(records[0]) if len(records) == 1 else ()
    return tuple(found.values())


async def _spf_hosts(spf: tuple[DnsAnswer, ...], doors: Doors) -> tuple[DnsAnswer, ...]:
    """Ask whether there is anything under the names that the records' ``a`` and ``mx`` terms look up."""
    pairs = [(records[0], answer.name) for answer in spf if len(records := spf_records(answer)) == 1]
    hosts = dict.fromkeys(host for record, name in pairs for host in hosts_of(record, name))
    found: list[DnsAnswer] = []
    for name, kinds in list(hosts)[:MOST_LOOKUPS]:
        for kind in kinds:
            found.append(await doors.dns.query(name, kind))
            if found[-1].records or found[-1].rcode != "NOERROR":
                break
    return tuple(found)


def assess(seen: MailSeen, known: Known) -> list[Reading]:  # noqa: ARG001 - a probe's own signature
    """Judge SPF, DMARC and STARTTLS, each by its own evidence."""
    if not seen.domain or seen.mx is None:
        return [NotApplicable(measure=measure.id, because=NO_NAME) for measure in PROBE.measures]
    return [_spf(seen), _dmarc(seen), _starttls(seen, seen.mx)]


def _spf(seen: MailSeen) -> Reading:
    answers = {answer.name: answer for answer in seen.spf}
    found = judge_spf(seen.domain, answers, seen.spf_hosts)
    record = next(iter(spf_records(answers[seen.domain])), None)
    proofs = _proofs(seen.spf, {seen.domain: record}) + _proofs(seen.spf_hosts, {})
    facts: dict[str, Json] = {"domain": seen.domain, "record": record, "lookups": found.lookups, "problem": found.problem}
    if found.cause is not None and not found.problem:
        note = DNS_FAILED(name=found.failed, detail=_why(answers[found.failed]))
        return Unavailable(measure=_SPF, because=note, cause=found.cause, evidence=proofs, facts=facts)
    state, note = _spf_state(found, seen.domain)
    return Measured(measure=_SPF, value=state, because=note, evidence=proofs, facts=facts)


def _spf_state(found: Spf, domain: str) -> tuple[str, Note]:
    if not found.present:
        return "absent", NO_SPF(domain=domain)
    if found.problem:
        return "invalid", BAD_SPF(domain=domain, problem=found.problem)
    if found.policy in {"?", "+"}:
        return "weak", WEAK_SPF(domain=domain, policy=found.policy)
    return "sound", SOUND_SPF(domain=domain, policy=found.policy, lookups=found.lookups)


def _dmarc(seen: MailSeen) -> Reading:
    found = judge_dmarc(seen.dmarc)
    proofs = _proofs(seen.dmarc, {found.name: found.record or None})
    facts: dict[str, Json] = {
        "name": found.name,
        "record": found.record,
        "inherited": found.inherited,
        "policy": found.policy,
        "percent": found.percent,
        "testing": found.testing,
        "problem": found.problem,
    }
    if found.cause is not None:
        failed = next(answer for answer in seen.dmarc if answer.name == found.name)
        note = DNS_FAILED(name=found.name, detail=_why(failed))
        return Unavailable(measure=_DMARC, because=note, cause=found.cause, evidence=proofs, facts=facts)
    if not found.present:
        state, note = "absent", NO_DMARC(domain=seen.domain, organisation=seen.organisation)
    elif found.problem:
        state, note = "invalid", BAD_DMARC(problem=found.problem)
    elif found.sound:
        state, note = "sound", SOUND_DMARC(name=found.name, policy=found.policy)
    elif found.testing and found.policy != "none":
        state, note = "weak", TEST_DMARC(name=found.name, policy=found.policy)
    else:
        state, note = "weak", WEAK_DMARC(name=found.name, policy=found.policy, percent=found.percent)
    return Measured(measure=_DMARC, value=state, because=note, evidence=proofs, facts=facts)


def _starttls(seen: MailSeen, mx: DnsAnswer) -> Reading:
    proofs = (*_proofs((mx,), {}), *(talk.proof for talk in seen.talks if talk.proof is not None))
    failed = failure_of(mx)
    if failed is not None:
        note = DNS_FAILED(name=mx.name, detail=_why(mx))
        return Unavailable(measure=_STARTTLS, because=note, cause=failed, evidence=proofs)
    if not _servers(mx):
        if seen.duty:
            return Measured(measure=_STARTTLS, value=False, because=NO_SERVER(domain=seen.domain), evidence=proofs)
        return NotApplicable(measure=_STARTTLS, because=NO_MAIL(domain=seen.domain), evidence=proofs)
    answered = [talk for talk in seen.talks if talk.starttls is not None]
    facts: dict[str, Json] = {"servers": [_facts(talk) for talk in seen.talks]}
    if not answered:
        talk = seen.talks[0] if seen.talks else None
        cause = (talk.cause if talk else None) or Cause.AMBIGUOUS
        note = NO_TALK(domain=seen.domain, cause=cause.value, detail=talk.detail if talk else "")
        return Unavailable(measure=_STARTTLS, because=note, cause=cause, evidence=proofs, facts=facts)
    bare = next((talk for talk in answered if not talk.tls_version), None)
    if bare is not None:
        detail = bare.detail or "STARTTLS is not offered"
        note = NO_STARTTLS(server=bare.host, domain=seen.domain, detail=detail)
    else:
        servers: list[Json] = [f"{talk.host} ({talk.tls_version})" for talk in answered]
        bad = next((talk for talk in answered if talk.tls_verified is False), None)
        note = STARTTLS(domain=seen.domain, servers=servers)
        if bad is not None:  # delivery between servers is not kept from going on (RFC 7435), so it is told and costs nothing
            note = UNVERIFIED(domain=seen.domain, servers=servers, server=bad.host, detail=bad.tls_detail)
    return Measured(measure=_STARTTLS, value=bare is None, because=note, evidence=proofs, facts=facts)


def _servers(mx: DnsAnswer) -> list[str]:
    """Give the mail servers, the most preferred first; a null MX (RFC 7505) is none."""
    pairs = [record.split() for record in mx.records]
    ranked = sorted(
        (int(pair[0]), pair[1].rstrip(".").lower()) for pair in pairs if len(pair) > 1 and _PREFERENCE.fullmatch(pair[0])
    )
    return [name for _, name in ranked if name]


def _facts(talk: SmtpTalk) -> dict[str, Json]:
    return {
        "host": talk.host,
        "starttls": talk.starttls,
        "tls": talk.tls_version,
        "verified": talk.tls_verified,
        "certificate": talk.tls_detail,
        "cause": talk.cause.value if talk.cause else None,
    }


def _proofs(answers: tuple[DnsAnswer, ...], passages: dict[str, str | None]) -> tuple[Proof, ...]:
    return tuple(replace(one.proof, passage=passages.get(one.name)) for one in answers if one.proof is not None)


def _why(answer: DnsAnswer) -> str:
    return answer.detail or answer.rcode


def _organisation(host: str) -> str:
    """Give the organisational domain (RFC 7489 section 3.2): one label more than the public suffix; the host if there is none."""
    return domain_of(host) or host


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


PROBE = Probe(
    id=ProbeId("mail"),
    version=2,
    look=look,
    assess=assess,
    seen=MailSeen,
    roles=frozenset({SiteRole.PORTAL, SiteRole.MAIL}),
    measures=(
        Measure(id=_SPF, kind=Kind.WORD, meaning="What the SPF record of the site's mail domain does (RFC 7208).", words=_STATES),
        Measure(id=_DMARC, kind=Kind.WORD, meaning="What DMARC asks for the site's mail domain (RFC 7489).", words=_STATES),
        Measure(id=_STARTTLS, kind=Kind.BOOLEAN, meaning="Every mail server that answers takes mail over TLS."),
    ),
)
