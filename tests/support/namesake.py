"""What a look at a name saw, made by hand: answers, name servers, addresses that were reached, and a door that says them."""

from dataclasses import replace

from knowing import NOW, SITE, by_id, known

from auditor.model.agency import Site
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer, Reached
from probes.dns import PROBE
from probes.naming.seen import Asked, DnsSeen, NameServer

V6 = "2001:dc8:0:1::80"


def proof(name, kind):
    return Proof(
        digest=digest_of(f"{name}{kind}".encode()),
        kind=ProofKind.BLOB,
        media_type="application/dns-message",
        size=9,
        url=f"dns:{name}?type={kind}",
    )


def told(name, kind, *records, rcode="NOERROR", **given):
    base = {"canonical": name, "at": NOW, "proof": proof(name, kind)}
    return DnsAnswer(name=name, type=kind, rcode=rcode, records=records, **{**base, **given})


def dead(name, kind, cause=Cause.DNS):
    return DnsAnswer(name=name, type=kind, rcode="", cause=cause, detail="no answer", at=NOW)


def spoke(address, *, serial="7", four=("203.113.1.1",), six=(V6,), **given):
    """What a name server says itself; with a cause, or another answer, it says nothing of the host."""
    soa = told(
        "so.test", "SOA", f"ns1.so.test. host.so.test. {serial} 1 1 1 1", **{"authoritative": True, "server": address, **given}
    )
    if soa.cause is not None or not soa.records:
        return Asked(address=address, soa=soa)
    return Asked(address=address, soa=soa, hosts=(told("so.test", "A", *four), told("so.test", "AAAA", *six)))


def server(name, *addresses, cause=None, asked=None, **said):
    answers = [told(name, "A", *(a for a in addresses if ":" not in a)), told(name, "AAAA", *(a for a in addresses if ":" in a))]
    answers = tuple(replace(a, cause=cause) if cause else a for a in answers)
    return NameServer(name=name, answers=answers, asked=tuple(spoke(a, **said) for a in addresses) if asked is None else asked)


def lame(name, address, cause=Cause.DNS, **given):
    """A name server that was asked itself, in vain."""
    soa = replace(told("so.test", "SOA", **{"rcode": "", "server": address, "cause": cause, **given}), records=())
    return server(name, address, asked=(Asked(address=address, soa=soa),))


def took(address, cause=None, **given):
    return Reached(address=address, port=443, cause=cause, at=NOW, proof=proof(address, "tcp"), **given)


def seen(**given):
    base = {
        "host": "so.test",
        "ipv4": told("so.test", "A", "203.113.1.1", security="secure"),
        "ipv6": told("so.test", "AAAA", V6, security="secure"),
        "delegations": (told("so.test", "NS", "ns1.so.test.", "ns2.so.test."),),
        "servers": (server("ns1.so.test", "203.113.1.2"), server("ns2.so.test", "1.53.9.9", "2001:dc8::2")),
        "caa": (told("so.test", "CAA", '0 issue "letsencrypt.org"'),),
        "beside": (told("x1.test", "A", rcode="NXDOMAIN"), told("x1.test", "AAAA", rcode="NXDOMAIN")),
        "reached": (took(V6),),
    }
    return DnsSeen(**{**base, **given})


def readings(**given):
    return by_id(PROBE.assess(seen(**given), known()))


class Asking:
    """A DNS door over tables: what each address says of the host, one saying after the other, and of no other name."""

    def __init__(self, addresses, said):
        self.addresses, self.said, self.asked = addresses, said, []
        self.dns = self.reach = self
        self.own, self.above = (), {}

    def left_to(self, name, address):
        """Say to whom a server of the zone above leaves a name: a tuple; a list is of one that serves both zones."""
        found = self.above.get(address, ())
        return told(name, "NS", *found, authoritative=isinstance(found, list))

    def now(self):
        return NOW

    async def query(self, name, type, *, validate=False):
        return told(name, type, *self.addresses.get((name, type), ()), security="insecure")

    async def ask(self, server, address, name, type, *, later=False, delegation=False):
        if type == "NS":
            return self.left_to(name, address) if delegation else told(name, type, *self.own, authoritative=True)
        self.asked.append((address, type, later))
        said = self.said.get(address)
        if said is None:
            return dead(name, type, Cause.TIMEOUT)
        if type == "SOA":
            serial = said[0][0]
            return told(name, type, f"ns1.so.test. host.so.test. {serial} 1 1 1 1", authoritative=True)
        if type == "A":
            return told(name, type, (said.pop(0) if len(said) > 1 else said[0])[1])
        return told(name, type)

    async def connect(self, host, address, port):
        return took(address)


def asked_of(said, **addresses):
    found = {("so.test", "NS"): tuple(f"{name}.so.test." for name in addresses), ("so.test", "A"): ("203.113.1.1",)}
    found |= {(f"{name}.so.test", "A"): places for name, places in addresses.items()}
    return Asking(found, said)


async def looked(doors):
    site = Site(url="https://so.test/", roles=SITE.roles, agencies=())
    return by_id(PROBE.assess(await PROBE.look(site, doors), known()))
