"""Zones that ldns signs and NSD serves, validated by our own door from a configured anchor: none of it is of our making."""

import pytest
from nsd import RealZone, build, nsd, with_nsd
from tls import Kept

from auditor.clock import SystemClock
from auditor.visit.doors.dns.door import DnsVisit, Resolver, Trust, read_anchors
from auditor.visit.doors.guard import Guard

pytestmark = [pytest.mark.anyio, with_nsd]
SITES = "so A 203.113.1.80\nso AAAA 2001:dc8::80\nwww CNAME so\n*.la A 203.113.1.81\n"


@pytest.fixture
def asked(tmp_path):
    """Give a way to serve zones below a signed root and ask the validating door for a name there."""

    async def ask(name, kind, *zones, anchor=None):
        root = RealZone(".")
        files = build(tmp_path / "zones", root, *zones)
        (tmp_path / "anchor").write_text(anchor or root.ds)
        with nsd(tmp_path / "nsd", files) as port:
            clock = SystemClock()
            resolver = Resolver(servers=(("127.0.0.1", port),), clock=clock, guard=Guard.of((), {}))
            door = DnsVisit(resolver, Kept(), Trust(read_anchors(tmp_path / "anchor"), clock))
            return await door.query(name, kind, validate=True)

    return ask


@pytest.mark.parametrize("algorithm", ["ECDSAP256SHA256", "RSASHA256", "ED25519"])
async def test_a_zone_signed_by_others_is_secure_in_each_usual_algorithm(asked, algorithm):
    answer = await asked("so.khanhhoa.test", "A", RealZone("khanhhoa.test.", SITES, algorithm=algorithm))
    assert (answer.records, answer.security) == (("203.113.1.80",), "secure")


@pytest.mark.parametrize("nsec3", [False, True])
@pytest.mark.parametrize(
    ("name", "kind", "rcode"),
    [
        ("so.khanhhoa.test", "AAAA", "NOERROR"),
        ("so.khanhhoa.test", "CAA", "NOERROR"),
        ("www.khanhhoa.test", "A", "NOERROR"),
        ("khong.khanhhoa.test", "A", "NXDOMAIN"),
        ("x.y.khanhhoa.test", "A", "NXDOMAIN"),
        ("la", "A", "NXDOMAIN"),
        ("moi.la.khanhhoa.test", "A", "NOERROR"),
        ("moi.la.khanhhoa.test", "CAA", "NOERROR"),
    ],
)
async def test_what_is_there_and_what_is_not_are_proven_alike(asked, nsec3, name, kind, rcode):
    answer = await asked(name, kind, RealZone("khanhhoa.test.", SITES, nsec3=nsec3))
    assert (answer.rcode, answer.security) == (rcode, "secure"), answer.security_detail


@pytest.mark.parametrize("nsec3", [False, True])
async def test_a_zone_without_ds_is_unsigned_by_its_parents_proof(asked, nsec3):
    zones = RealZone("test.", nsec3=nsec3), RealZone("khanhhoa.test.", SITES, signed=False)
    answer = await asked("so.khanhhoa.test", "A", *zones)
    assert (answer.records, answer.security) == (("203.113.1.80",), "insecure")


async def test_a_gap_of_opt_out_is_unsigned(asked):
    zones = RealZone("test.", nsec3=True, opt_out=True), RealZone("khanhhoa.test.", SITES, signed=False)
    assert (await asked("so.khanhhoa.test", "A", *zones)).security == "insecure"


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("expired", "expired"),
        ("not yet", "not yet valid"),
        ("no rrsig", "has no signature"),
        ("wrong key", "no key that fits its DS"),
        ("unsigned below ds", "no DNSKEY"),
    ],
)
async def test_each_fault_of_signing_is_bogus_and_says_which(asked, fault, word):
    zone = RealZone("khanhhoa.test.", SITES, fault=fault, signed=fault != "unsigned below ds")
    answer = await asked("so.khanhhoa.test", "A", zone)
    assert answer.security == "bogus"
    assert word in answer.security_detail


async def test_an_anchor_that_is_not_the_roots_is_our_own_fault(asked, tmp_path):
    other = RealZone(".")
    (tmp_path / "other").mkdir()
    made = other.key(tmp_path / "other")
    answer = await asked(
        "so.khanhhoa.test", "A", RealZone("khanhhoa.test.", SITES), anchor=made.with_name(f"{made.name}.ds").read_text()
    )
    assert (answer.security, answer.records) == ("", ("203.113.1.80",))
