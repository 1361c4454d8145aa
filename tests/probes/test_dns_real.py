"""Names through the real door, against a signed loopback internet."""

import pytest
from dnssec import SignedZone, delegate, serve_signed
from knowing import NOW, SITE, by_id, known
from namesake import V6, asked_of, looked, took

from auditor.clock import SystemClock
from auditor.model.agency import Site
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.visit.doors.dns.door import DnsVisit, Resolver, Trust, read_anchors
from auditor.visit.doors.guard import Guard
from probes.dns import PROBE


class Doors:
    """The real DNS door; IPv6 is always reached, so that nothing leaves the machine."""

    def __init__(self, door):
        self.dns, self.reach = door, self

    def now(self):
        return NOW

    async def connect(self, host, address, port):
        return took(address)


NAME_SERVERS = ("ns.khanhhoa.test", "ns2.khanhhoa.test", "ns.ngoai.test", "ns2.ngoai.test", "ns3.ngoai.test")


async def visited(tmp_path, host, top, *zones):
    """Look at a host through the real door."""
    (tmp_path / "anchor").write_text(top.anchor)
    clock = SystemClock()
    with serve_signed(top, *zones) as server:
        place = f"127.0.0.1:{server.port}"
        guard = Guard.of((), {f"{name}:53": place for name in NAME_SERVERS})
        resolver = Resolver(servers=(("127.0.0.1", server.port),), clock=clock, guard=guard)

        def keep(body, media_type, url):
            return Proof(digest=digest_of(body), kind=ProofKind.BLOB, media_type=media_type, size=len(body), url=url)

        door = DnsVisit(resolver, keep, Trust(read_anchors(tmp_path / "anchor"), clock))
        found = await PROBE.look(Site(url=f"https://{host}/", roles=SITE.roles, agencies=()), Doors(door))
    return by_id(PROBE.assess(found, known())), server


@pytest.mark.anyio
async def test_a_signed_zone_through_the_real_door_climbs_to_its_name_servers_and_caa(tmp_path):
    root = SignedZone(".")
    text = (
        f'so 300 IN A 203.113.1.80\nso 300 IN AAAA {V6}\n@ 300 IN NS ns2\nns2 300 IN A 1.53.9.9\n@ 300 IN CAA 0 issue "ca.test"\n'
    )
    zone = delegate(root, SignedZone("khanhhoa.test.", text))
    found, server = await visited(tmp_path, "so.khanhhoa.test", root, zone)
    assert {m: getattr(r, "value", r) for m, r in found.items()} == {
        "dns.ipv6": True, "dns.ipv6_reached": True, "dns.dnssec": "secure", "dns.nameservers": 2, "dns.nameserver_networks": 2,
        "dns.nameservers_alike": True, "dns.caa": True,
    }  # fmt: skip
    assert found["dns.nameservers"].facts["zone"] == "khanhhoa.test"
    assert ("so.khanhhoa.test", "CAA") in server.asked
    assert ("test", "CAA") not in server.asked


@pytest.mark.anyio
@pytest.mark.parametrize(("kind", "word"), [("no ds", "unsigned"), ("ds", "bogus")])
async def test_an_unsigned_zone_is_unsigned_only_where_its_parent_says_so(tmp_path, kind, word):
    root = SignedZone(".")
    zone = delegate(root, SignedZone("khanhhoa.test.", "so 300 IN A 203.113.1.80\n", signed=False), kind)
    found, _ = await visited(tmp_path, "so.khanhhoa.test", root, zone)
    assert found["dns.dnssec"].value == word
    assert found["dns.ipv6"].value is False


@pytest.mark.anyio
async def test_an_alias_is_no_place_for_name_servers(tmp_path):
    root = SignedZone(".")
    zone = delegate(root, SignedZone("khanhhoa.test.", "so 300 IN CNAME ngoai.test.\n"))
    other = delegate(
        root,
        SignedZone(
            "ngoai.test.",
            "@ 300 IN A 203.113.1.9\n@ 300 IN NS ns2\n@ 300 IN NS ns3\nns2 300 IN A 1.1.1.2\nns3 300 IN A 1.1.1.3\n",
        ),
    )
    found, _ = await visited(tmp_path, "so.khanhhoa.test", root, zone, other)
    assert (found["dns.nameservers"].facts["zone"], found["dns.nameservers"].value) == ("khanhhoa.test", 1)


def above(left_to, own):
    """A zone that names its own servers, and the servers of the zone above with what each says to whom it leaves it."""
    doors = asked_of({"203.113.1.2": [("7", "203.113.1.1")]}, ns1=("203.113.1.2",))
    doors.addresses |= {("test", "NS"): tuple(f"{name}.test." for name in left_to)}
    doors.addresses |= {(f"{name}.test", "A"): (address,) for name, (address, _) in left_to.items()}
    doors.above, doors.own = dict(left_to.values()), own
    return doors


@pytest.mark.anyio
async def test_what_the_zone_above_delegates_to_is_told_beside_what_the_zone_says_itself():
    doors = above({"a": ("198.41.0.1", ("ns1.so.test.", "OLD.so.test."))}, own=("ns1.so.test.", "ns3.so.test."))
    found = await looked(doors)
    facts = found["dns.nameservers"].facts
    assert facts["delegated"] == ["ns1.so.test", "old.so.test"]
    assert facts["own_servers"] == ["ns1.so.test", "ns3.so.test"]
    assert (facts["only_delegated"], facts["only_own"]) == (["old.so.test"], ["ns3.so.test"])
    assert found["dns.nameservers"].value == 1
    assert "delegated" not in found["dns.nameservers_alike"].facts


@pytest.mark.anyio
async def test_where_both_say_the_same_nothing_differs():
    found = await looked(above({"a": ("198.41.0.1", ("NS1.so.test.",))}, own=("ns1.so.test.",)))
    facts = found["dns.nameservers"].facts
    assert (facts["delegated"], facts["only_delegated"], facts["only_own"]) == (["ns1.so.test"], [], [])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("first", "told_of"),
    [(["ns1.so.test."], True), ((), True), (("ns9.so.test.",), False)],
    ids=["of both zones", "mute", "another"],
)
async def test_a_server_of_both_zones_says_nothing_of_the_upper_one_and_the_next_is_asked(first, told_of):
    doors = above({"a": ("198.41.0.1", first), "b": ("198.41.0.2", ("ns8.so.test.",))}, own=("ns1.so.test.",))
    facts = (await looked(doors))["dns.nameservers"].facts
    assert facts["only_delegated"] == (["ns8.so.test"] if told_of else ["ns9.so.test"])


@pytest.mark.anyio
async def test_where_nobody_above_says_it_nothing_is_told():
    facts = (await looked(above({"a": ("198.41.0.1", ["ns1.so.test."])}, own=("ns1.so.test.",))))["dns.nameservers"].facts
    assert "delegated" not in facts
    assert "only_own" not in facts
