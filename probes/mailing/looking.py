"""Looks at a domain's mail: asks for its records and greets its servers."""

from urllib.parse import urlsplit

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Chain
from auditor.sdk.doors import DnsAnswer, Doors
from auditor.sdk.urls import is_address
from probes.front.names import domain_of
from probes.mailing.dmarc import records_of as dmarc_records
from probes.mailing.seen import MailSeen, servers_of
from probes.mailing.spf import MOST_LOOKUPS, hosts_of, next_names
from probes.mailing.spf import records_of as spf_records
from probes.mailing.sts import records_of as sts_records
from probes.mailing.txt import failure_of

__all__ = ["look"]

_MAX_SERVERS = 5
"""Mail servers that are greeted; some large hosts have five. What is left out is told."""


async def look(site: Site, doors: Doors) -> MailSeen:
    """Ask for the domain's records and greet its mail servers."""
    host = (urlsplit(site.url).hostname or "").rstrip(".").removeprefix("www.")
    if not host or is_address(host):
        return MailSeen(domain="")
    organisation = _organisation(host)
    duty = SiteRole.MAIL in site.roles
    domain, mx = host, await doors.dns.query(host, "MX", validate=True)
    if duty and host != organisation and failure_of(mx) is None and not mx.records:
        # mail.khanhhoa.gov.vn is where mail is read; the addresses end in the organisation's name.
        domain, mx = organisation, await doors.dns.query(organisation, "MX", validate=True)
    dmarc = [await doors.dns.query(f"_dmarc.{domain}", "TXT")]
    if domain != organisation and failure_of(dmarc[0]) is None and not dmarc_records(dmarc[0]):
        dmarc.append(await doors.dns.query(f"_dmarc.{organisation}", "TXT"))
    spf = await _spf_answers(domain, doors)
    sts, policy = await _sts(domain, doors) if servers_of(mx) else (None, None)
    servers = servers_of(mx)[:_MAX_SERVERS]
    signed = mx.security == "secure"
    return MailSeen(
        domain=domain,
        organisation=organisation,
        duty=duty,
        mx=mx,
        spf=spf,
        spf_hosts=await _spf_hosts(domain, spf, doors),
        dmarc=tuple(dmarc),
        talks=tuple([await doors.smtp.talk(server) for server in servers]),
        hosts=tuple([await doors.dns.query(server, "A") for server in servers]),
        sts=sts,
        policy=policy,
        tlsa=tuple([await doors.dns.query(f"_25._tcp.{one}", "TLSA", validate=True) for one in servers]) if signed else (),
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
        due += next_names(records[0], name, domain) if len(records) == 1 else ()
    return tuple(found.values())


async def _spf_hosts(domain: str, spf: tuple[DnsAnswer, ...], doors: Doors) -> tuple[DnsAnswer, ...]:
    """Ask whether there is anything under the names that the records' ``a`` and ``mx`` terms look up."""
    pairs = [(records[0], answer.name) for answer in spf if len(records := spf_records(answer)) == 1]
    hosts = dict.fromkeys(host for record, name in pairs for host in hosts_of(record, name, domain))
    found: list[DnsAnswer] = []
    for name, kinds in list(hosts)[:MOST_LOOKUPS]:
        for kind in kinds:
            found.append(await doors.dns.query(name, kind))
            if found[-1].records or found[-1].rcode != "NOERROR":
                break
    return tuple(found)


async def _sts(domain: str, doors: Doors) -> tuple[DnsAnswer, Chain | None]:
    """Ask for the MTA-STS record, and where there is one for its policy; a redirect counts for nothing (RFC 8461 section 3.3)."""
    record = await doors.dns.query(f"_mta-sts.{domain}", "TXT")
    if not sts_records(record):
        return record, None
    url = f"https://mta-sts.{domain}/.well-known/mta-sts.txt"
    return record, await doors.http.get(url, why="MTA-STS policy", follow=False)


def _organisation(host: str) -> str:
    """Give the organisational domain (RFC 7489 section 3.2): one label more than the public suffix; the host if there is none."""
    return domain_of(host) or host
