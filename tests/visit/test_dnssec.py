"""DNSSEC with a small signed internet on loopback: what is proven, what is only unsigned, what is false, and what nobody can say."""

import dns.flags
import dns.rcode
import dns.rdata
import dns.rdatatype
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from dnssec import DAY, SignedZone, delegate, name, serve_signed
from servers import serve_dns

from auditor.clock import SystemClock
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.visit import Cause
from auditor.visit.doors.dns import signature as dns_signature
from auditor.visit.doors.dns.door import DnsVisit, Resolver, Trust, read_anchors
from auditor.visit.doors.dns.wire import exchange
from auditor.visit.doors.guard import Guard

pytestmark = pytest.mark.anyio
SITES = "so 300 IN A 192.0.2.80\nso 300 IN AAAA 2001:db8::80\nwww.so 300 IN CNAME so\n*.tu 300 IN A 192.0.2.81\nsau.trong.rong 300 IN TXT x\n"
NSEC3 = ("abcd", 3)


class Kept:
    def __init__(self):
        self.urls = []

    def __call__(self, body, media_type, url):
        self.urls.append(url)
        return Proof(digest=digest_of(body), kind=ProofKind.BLOB, media_type=media_type, size=len(body), url=url)


def internet(*, text=SITES, **given):
    """Give a root, .test and the zone khanhhoa.test below them, each signed by its own key."""
    root, test = SignedZone("."), SignedZone("test.", nsec3=given.get("nsec3"))
    delegate(root, test)
    zone = delegate(test, SignedZone("khanhhoa.test.", text, **given))
    return root, test, zone


def anchored(tmp_path, zone):
    path = tmp_path / "anchor"
    path.write_text(zone.anchor)
    return read_anchors(path)


def visit(tmp_path, top, *ports, blame=None):
    clock = SystemClock()
    resolver = Resolver(servers=tuple(("127.0.0.1", port) for port in ports), clock=clock, guard=Guard.of((), {}))
    door = DnsVisit(resolver, Kept(), Trust(anchored(tmp_path, top), clock), blame=blame)
    door.kept = door._keep
    return door


@pytest.mark.parametrize("nsec3", [None, NSEC3], ids=["nsec", "nsec3"])
@pytest.mark.parametrize(
    ("asked", "kind", "records"),
    [
        ("so.khanhhoa.test", "A", ("192.0.2.80",)),
        ("khanhhoa.test", "DS", None),
        ("khanhhoa.test", "DNSKEY", None),
        ("www.so.khanhhoa.test", "A", ("192.0.2.80",)),
        ("mot.tu.khanhhoa.test", "A", ("192.0.2.81",)),
        ("hai.mot.tu.khanhhoa.test", "A", ("192.0.2.81",)),
        ("so.khanhhoa.test", "MX", ()),
        ("mot.tu.khanhhoa.test", "MX", ()),
        ("trong.rong.khanhhoa.test", "A", ()),
        ("khong-co.khanhhoa.test", "A", ()),
        ("sau.khong-co.khanhhoa.test", "AAAA", ()),
    ],
)
async def test_what_a_signed_zone_says_is_secure_also_that_something_is_not_there(tmp_path, nsec3, asked, kind, records):
    zones = internet(nsec3=nsec3)
    with serve_signed(*zones) as server:
        answer = await visit(tmp_path, zones[0], server.port).query(asked, kind, validate=True)
    assert (answer.security, answer.cause) == ("secure", None), answer.security_detail
    assert records is None or answer.records == records
    assert all("CD" in flags for flags in server.flags)


async def test_the_chain_is_kept_as_evidence_and_walked_once(tmp_path):
    zones = internet()
    with serve_signed(*zones) as server:
        door = visit(tmp_path, zones[0], server.port)
        first = await door.query("so.khanhhoa.test", "A", validate=True)
        walked = list(server.asked)
        second = await door.query("so.khanhhoa.test", "AAAA", validate=True)
    assert (first.security, second.security) == ("secure", "secure")
    links = [
        "?type=DNSKEY",
        "test?type=DS",
        "test?type=DNSKEY",
        "khanhhoa.test?type=DS",
        "khanhhoa.test?type=DNSKEY",
        "so.khanhhoa.test?type=DS",
    ]
    assert [url.removeprefix("dns:").removeprefix(".") for url in door.kept.urls[:6]] == links
    assert server.asked[len(walked) :] == [("so.khanhhoa.test", "AAAA")]
    assert first.proof.url == "dns:so.khanhhoa.test?type=A"


@pytest.mark.parametrize("nsec3", [None, NSEC3], ids=["nsec", "nsec3"])
async def test_a_delegation_without_ds_is_insecure_by_proof(tmp_path, nsec3):
    root, test = SignedZone("."), SignedZone("test.", nsec3=nsec3)
    delegate(root, test)
    zone = delegate(test, SignedZone("khanhhoa.test.", SITES, signed=False), "no ds")
    with serve_signed(root, test, zone) as server:
        answer = await visit(tmp_path, root, server.port).query("so.khanhhoa.test", "A", validate=True)
    assert answer.security == "insecure"
    assert answer.security_detail == "test proves that khanhhoa.test is not signed"
    assert answer.records == ("192.0.2.80",)


async def test_a_gap_left_open_by_opt_out_is_insecure(tmp_path):
    root, test = SignedZone("."), SignedZone("test.", nsec3=NSEC3, opt_out=True)
    delegate(root, test)
    zone = delegate(test, SignedZone("khanhhoa.test.", SITES, signed=False), "no ds")
    with serve_signed(root, test, zone) as server:
        answer = await visit(tmp_path, root, server.port).query("so.khanhhoa.test", "A", validate=True)
        missing = await visit(tmp_path, root, server.port).query("khong-co.test", "A", validate=True)
    assert (answer.security, missing.security) == ("insecure", "insecure")


async def test_an_alias_into_an_unsigned_zone_is_insecure(tmp_path):
    root, test = SignedZone("."), SignedZone("test.")
    delegate(root, test)
    zone = delegate(test, SignedZone("khanhhoa.test.", "so 300 IN CNAME cdn.ngoai.test.\n"))
    cdn = delegate(test, SignedZone("ngoai.test.", "cdn 300 IN A 192.0.2.99\n", signed=False), "no ds")
    with serve_signed(root, test, zone, cdn) as server:
        answer = await visit(tmp_path, root, server.port).query("so.khanhhoa.test", "A", validate=True)
    assert (answer.security, answer.records) == ("insecure", ("192.0.2.99",))


async def test_an_alias_made_from_a_dname_is_proven_by_it(tmp_path):
    def lying(reply, question):
        for rrset in reply.answer:
            if rrset.rdtype == dns.rdatatype.CNAME:
                rrset.clear()
                rrset.add(dns.rdata.from_text("IN", "CNAME", "ns.khanhhoa.test."))
        return reply

    zones = internet(text="cu 300 IN DNAME moi\nmot.moi 300 IN A 192.0.2.90\n")
    with serve_signed(*zones) as server, serve_signed(*zones, spoil=lying) as liar:
        answer = await visit(tmp_path, zones[0], server.port).query("mot.cu.khanhhoa.test", "A", validate=True)
        false = await visit(tmp_path, zones[0], liar.port).query("mot.cu.khanhhoa.test", "A", validate=True)
    assert (answer.security, answer.records) == ("secure", ("192.0.2.90",)), answer.security_detail
    assert false.security == "bogus"


async def test_a_wrong_signature_is_bogus_and_was_asked_for_twice(tmp_path):
    zones = internet()
    for zone in zones:
        zone.build()
    with serve_signed(*zones) as server:
        zones[2].resign("so.khanhhoa.test.", "A", ec.generate_private_key(ec.SECP256R1()))
        answer = await visit(tmp_path, zones[0], server.port).query("so.khanhhoa.test", "A", validate=True)
        other = await visit(tmp_path, zones[0], server.port).query("so.khanhhoa.test", "AAAA", validate=True)
    assert answer.security == "bogus"
    assert "the A of so.khanhhoa.test is not proven by khanhhoa.test" in answer.security_detail
    assert "the signature does not fit" in answer.security_detail
    assert server.asked.count(("so.khanhhoa.test", "A")) == 2
    assert other.security == "secure"


@pytest.mark.parametrize(("begins", "ends", "word"), [(-30 * DAY, -DAY, "expired"), (DAY, 30 * DAY, "not yet valid")])
async def test_signatures_out_of_their_time_are_bogus(tmp_path, begins, ends, word):
    zones = internet(begins=begins, ends=ends)
    with serve_signed(*zones) as server:
        answer = await visit(tmp_path, zones[0], server.port).query("so.khanhhoa.test", "A", validate=True)
    assert answer.security == "bogus"
    assert word in answer.security_detail


async def test_a_ds_that_fits_no_key_is_bogus(tmp_path):
    root, test, zone = SignedZone("."), SignedZone("test."), SignedZone("khanhhoa.test.", SITES)
    delegate(root, test)
    delegate(test, zone, SignedZone("khanhhoa.test.").ds)
    with serve_signed(root, test, zone) as server:
        answer = await visit(tmp_path, root, server.port).query("so.khanhhoa.test", "A", validate=True)
    assert answer.security == "bogus"
    assert "no key that fits its DS" in answer.security_detail


async def test_a_zone_with_a_ds_that_stopped_signing_is_bogus(tmp_path):
    root, test = SignedZone("."), SignedZone("test.")
    delegate(root, test)
    zone = delegate(test, SignedZone("khanhhoa.test.", SITES, signed=False))
    with serve_signed(root, test, zone) as server:
        answer = await visit(tmp_path, root, server.port).query("so.khanhhoa.test", "A", validate=True)
    assert answer.security == "bogus"
    assert "has no DNSKEY" in answer.security_detail


def _strip(reply, kinds, only=None):
    for section in (reply.answer, reply.authority):
        section[:] = [r for r in section if not (r.rdtype in kinds and (only is None or only(r)))]
    return reply


FORGERIES = {
    "the proof of no DS is left out": lambda reply, question: (
        _strip(reply, {dns.rdatatype.NSEC, dns.rdatatype.DS, dns.rdatatype.RRSIG}) if question.name == name("khanhhoa.test.") and question.rdtype == dns.rdatatype.DS else reply
    ),
    "the signature is left out": lambda reply, question: (
        _strip(reply, {dns.rdatatype.RRSIG}) if question.rdtype == dns.rdatatype.A else reply
    ),
    "a name is said not to exist": lambda reply, question: (
        _nowhere(reply) if question.rdtype == dns.rdatatype.A else reply
    ),
    "records are changed": lambda reply, question: (_changed(reply) if question.rdtype == dns.rdatatype.A else reply),
}  # fmt: skip


def _nowhere(reply):
    reply.answer.clear()
    reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


def _changed(reply):
    for rrset in reply.answer:
        if rrset.rdtype == dns.rdatatype.A:
            rrset.clear()
            rrset.add(dns.rdata.from_text("IN", "A", "198.51.100.6"))
    return reply


@pytest.mark.parametrize("what", sorted(FORGERIES))
async def test_a_forged_answer_is_bogus(tmp_path, what):
    zones = internet()
    with serve_signed(*zones, spoil=FORGERIES[what]) as server:
        answer = await visit(tmp_path, zones[0], server.port).query("so.khanhhoa.test", "A", validate=True)
    assert answer.security == "bogus", answer.security_detail


async def test_a_wildcard_may_not_stand_for_a_name_that_exists(tmp_path):
    """The signature of ``*.tu`` is true; what is missing is the proof that ``mot.tu`` itself is not there."""

    def spoil(reply, question):
        return _strip(reply, {dns.rdatatype.NSEC}) if question.rdtype == dns.rdatatype.A else reply

    zones = internet()
    with serve_signed(*zones, spoil=spoil) as server:
        answer = await visit(tmp_path, zones[0], server.port).query("mot.tu.khanhhoa.test", "A", validate=True)
    assert answer.security == "bogus"
    assert "wildcard" in answer.security_detail


async def test_another_resolver_is_asked_before_a_zone_is_called_bogus(tmp_path):
    zones = internet()
    with serve_signed(*zones, spoil=FORGERIES["records are changed"]) as liar, serve_signed(*zones) as honest:
        answer = await visit(tmp_path, zones[0], liar.port, honest.port).query("so.khanhhoa.test", "A", validate=True)
    assert (answer.security, answer.records) == ("secure", ("192.0.2.80",))
    assert ("so.khanhhoa.test", "A") in liar.asked


async def test_a_resolver_that_strips_dnssec_leaves_the_question_open(tmp_path):
    kinds = {dns.rdatatype.RRSIG, dns.rdatatype.NSEC}
    zones = internet()
    with serve_signed(*zones, spoil=lambda reply, question: _strip(reply, kinds)) as server:
        answer = await visit(tmp_path, zones[0], server.port).query("so.khanhhoa.test", "A", validate=True)
    assert (answer.security, answer.records) == ("", ("192.0.2.80",))
    assert "seems to remove DNSSEC records" in answer.security_detail


async def test_an_anchor_that_does_not_fit_is_our_own_fault_not_the_zones(tmp_path):
    zones = internet()
    with serve_signed(*zones) as server:
        answer = await visit(tmp_path, SignedZone("."), server.port).query("so.khanhhoa.test", "A", validate=True)
    assert answer.security == ""
    assert "the trust anchor does not fit" in answer.security_detail


async def test_trust_may_begin_at_any_zone_and_covers_nothing_else(tmp_path):
    zones = internet()
    with serve_signed(*zones) as server:
        door = visit(tmp_path, zones[2], server.port)
        inside = await door.query("so.khanhhoa.test", "A", validate=True)
        outside = await door.query("ns.test", "A", validate=True)
    assert (inside.security, outside.security) == ("secure", "")
    assert outside.security_detail == "no trust anchor stands above ns.test"


async def test_a_lame_zone_has_a_cause_and_no_verdict(tmp_path):
    def spoil(reply, question):
        if question.name.is_subdomain(name("khanhhoa.test.")) and question.rdtype != dns.rdatatype.DS:
            reply.answer.clear()
            reply.authority.clear()
            reply.set_rcode(dns.rcode.SERVFAIL)
        return reply

    asked = []

    async def blame(host, cause):
        asked.append(host)
        return Cause.OWN_LINK if host == "ns.khanhhoa.test" else cause

    zones = internet()
    with serve_signed(*zones, spoil=spoil) as server:
        door = visit(tmp_path, zones[0], server.port, blame=blame)
        theirs = await door.query("so.khanhhoa.test", "A", validate=True)
        ours = await door.query("ns.khanhhoa.test", "A")
    assert (theirs.rcode, theirs.cause, theirs.security) == ("SERVFAIL", Cause.DNS, "")
    assert ours.cause is Cause.OWN_LINK
    assert asked == ["so.khanhhoa.test", "ns.khanhhoa.test"]


async def test_a_resolver_that_refuses_us_is_our_own_lack(tmp_path):
    def spoil(reply, question):
        reply.set_rcode(dns.rcode.REFUSED)
        return reply

    zones = internet()
    with serve_signed(*zones, spoil=spoil) as server:
        answer = await visit(tmp_path, zones[0], server.port).query("so.khanhhoa.test", "A", validate=True)
    assert (answer.rcode, answer.cause) == ("REFUSED", Cause.CAPABILITY)


async def test_aliases_without_end_end(tmp_path):
    zones = internet(text="a 300 IN CNAME b\nb 300 IN CNAME a\n")
    with serve_signed(*zones) as server:
        answer = await visit(tmp_path, zones[0], server.port).query("a.khanhhoa.test", "A", validate=True)
    assert (answer.cause, answer.security) == (Cause.DNS, "")


async def test_a_name_of_many_labels_costs_a_bounded_number_of_questions(tmp_path):
    zones = internet(text="*.tu 300 IN A 192.0.2.81\n" + ".".join("x" * 118) + " 300 IN A 192.0.2.82\n")
    with serve_signed(*zones) as server:
        answer = await visit(tmp_path, zones[0], server.port).query(".".join("x" * 118) + ".khanhhoa.test", "A", validate=True)
    assert answer.security == ""
    assert "more than 60 questions" in answer.security_detail
    assert len(server.asked) == 2 * (60 + 1)


async def test_a_proof_that_hashes_too_often_is_none_of_security(tmp_path):
    zones = internet(nsec3=("", 400))
    with serve_signed(*zones) as server:
        answer = await visit(tmp_path, zones[0], server.port).query("khong-co.khanhhoa.test", "A", validate=True)
    assert answer.security == "insecure"


async def test_without_validation_the_answer_is_only_kept(tmp_path):
    with serve_dns({("so.test", "A"): ["192.0.2.1"]}) as server:
        door = visit(tmp_path, SignedZone("."), server.port)
        answer = await door.query("so.test", "A")
    assert (answer.records, answer.security, answer.rcode) == (("192.0.2.1",), "", "NOERROR")
    assert door.kept.urls == ["dns:so.test?type=A"]


async def test_keys_and_signatures_without_number_cost_a_bounded_number_of_checks(tmp_path, monkeypatch):
    """KeyTrap: every signature would have to be tried with every key of its number."""
    checks = []
    monkeypatch.setitem(
        dns_signature.ALGORITHMS, 13, lambda key, signature, signed: checks.append(1) or (_ for _ in ()).throw(ValueError("no"))
    )

    def spoil(reply, question):
        for rrset in reply.answer:
            if rrset.rdtype == dns.rdatatype.RRSIG:
                for number in range(100):
                    rrset.add(rrset[0].replace(signature=bytes([number]) * 64))
        return reply

    zones = internet()
    with serve_signed(*zones, spoil=spoil) as server:
        door = visit(tmp_path, zones[0], server.port)
        reply = await exchange(name("."), dns.rdatatype.DNSKEY, ("127.0.0.1", server.port))
        answer = await door.query("so.khanhhoa.test", "A", validate=True)
    assert sum(len(rrset) for rrset in reply.answer) > 100
    assert answer.security == ""
    assert 0 < len(checks) <= 2 * 8
