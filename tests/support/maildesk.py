"""A domain's DNS as a table and its mail servers by name, for the mail probe's tests; every promise is checked on the way."""

from dataclasses import replace
from datetime import UTC, datetime

import anyio
from readers import legible

from auditor.model.agency import Site, SiteRole
from auditor.model.codec import Codec
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.reading import Measured, fits
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer, SmtpTalk
from auditor.sdk.probe import Known
from probes.mail import PROBE, assess
from probes.mailing.seen import MailSeen

AT = datetime(2026, 3, 1, tzinfo=UTC)
DOMAIN, ORGANISATION = "stttt.khanhhoa.gov.vn", "khanhhoa.gov.vn"
SITE = Site(url=f"https://www.{DOMAIN}/", roles=(SiteRole.PORTAL,), agencies=("so-a",))


def proof(text):
    return Proof(digest=digest_of(text.encode()), kind=ProofKind.BLOB, media_type="application/dns-message", size=len(text))


class Doors:
    """DNS as a table of texts (or a failure) by name and type, mail servers by name. Keeps what was asked."""

    def __init__(self, zone, servers=None, policy=None):
        self.zone, self.servers, self.policy, self.asked = zone, servers or {}, policy, []
        self.dns = self.smtp = self.http = self

    async def query(self, name, type, *, validate=False):
        self.asked.append((name, type))
        found = self.zone.get((name, type), ())
        base = DnsAnswer(name=name, type=type, rcode="NOERROR", at=AT, proof=proof(name + type))
        if isinstance(found, Cause):
            return replace(base, rcode="", cause=found, detail="nobody answered")
        if isinstance(found, str):
            return replace(base, rcode=found)
        security = self.zone.get((name, type, "security"), "insecure") if validate else ""
        base = replace(base, security=security, security_detail="as told")
        quoted = tuple('"' + text + '"' if type == "TXT" else text for text in found)
        return replace(base, records=quoted)

    async def get(self, url, *, why, follow):
        assert not follow
        self.asked.append(url)
        return self.policy

    async def talk(self, host):
        given = self.servers.get(host, {"cause": Cause.AMBIGUOUS, "starttls": None})
        return SmtpTalk(host=host, port=25, at=AT, proof=proof(host), **given)


def known():
    return Known(captured_at=AT, site=SITE, agencies=(), document=lambda exchange: None)


def visit(zone, servers=None, site=SITE, policy=None):
    """Look at a table and judge; every promise is checked on the way."""
    doors = Doors(zone, servers, policy)
    seen = anyio.run(PROBE.look, site, doors)
    codec = Codec(MailSeen)
    assert codec.load(codec.dump(seen)) == seen
    found = legible(assess(seen, known()))
    assert [one.measure for one in found] == [measure.id for measure in PROBE.measures]
    for measure, one in zip(PROBE.measures, found, strict=True):
        assert "{" not in str(one.because).replace("%{", "")
        if isinstance(one, Measured):
            assert fits(measure, one.value) is None
            assert one.evidence
    return {one.measure.removeprefix("mail."): one for one in found}, doors


def spf(*records, **more):
    zone = {(DOMAIN, "TXT"): records, **{(name.replace("__", "."), "TXT"): value for name, value in more.items()}}
    return visit(zone)[0]["spf"]


def dmarc(own=(), organisation=()):
    return visit({(f"_dmarc.{DOMAIN}", "TXT"): own, (f"_dmarc.{ORGANISATION}", "TXT"): organisation})[0]["dmarc"]
