"""Names that exist and lead nowhere that may be visited: what people are told, by every probe, of the first address and of a redirect."""

import pytest
from servers import Site, answer, serve, serve_dns
from visits import desk

from auditor.model.visit import Blame, Cause
from auditor.sdk.unreached import dangling, not_public, unreached
from probes import crawl, dns, portal, services, sitewide, tls, transport, uptime
from reports.words import vietnamese

pytestmark = pytest.mark.anyio
PROBES = {
    "uptime": (uptime.PROBE,),
    "crawl": (crawl.PROBE, portal.PROBE, services.PROBE, sitewide.PROBE),
    "transport": (transport.PROBE,),
    "tls": (tls.PROBE,),
}
PRIVATE = {("so.test", "A"): ["10.1.2.3"], ("so.test", "AAAA"): ["fd00::7"]}
ALIAS = {("so.test", "CNAME"): ["may-chu.khac.test."]}
FAR_ALIAS = ALIAS | {("may-chu.khac.test", "CNAME"): ["cu.khac.test."]}


async def told(zone, tmp_path, url="https://so.test/", probes=PROBES, **network):
    """Give each leading reading that says why nobody was reached."""
    found = {}
    with serve_dns(zone) as server:
        async with desk(
            tmp_path, network={"nameservers": [f"127.0.0.1:{server.port}"], **network}, browser={"pages_per_run": 0}
        ) as made:
            for name, (probe, *derived) in probes.items():
                visited = await made.visit(probe, url, *derived)
                found_here = [one.reading for one in visited.readings]
                readings = [one for one in found_here if one.measure == "uptime.availability" or name != "uptime"]
                found[name] = [one for one in readings if one.because.key.startswith("unreached.")]
                assert len(found[name]) == len(readings), [str(one.because) for one in readings]
    return found


async def test_a_name_with_a_private_address_is_plainly_told_by_every_probe(tmp_path):
    found = await told(PRIVATE, tmp_path)
    for name, readings in found.items():
        for one in readings:
            assert one.because.key == "unreached.private"
            assert "so.test" in str(one.because)
            assert "not a public address" in str(one.because)
            cause = getattr(one, "cause", None) or Cause(one.facts["cause"])
            assert (cause, cause.blame) == (Cause.REDIRECTS, Blame.THEIRS), name
    said = vietnamese().say(found["uptime"][0].because)
    assert said.startswith("Tên miền so.test trỏ tới ")
    assert "không phải địa chỉ công khai" in said


async def test_a_redirect_to_a_private_address_names_that_address(tmp_path):
    there = answer(b"", "302 Found", "Location: http://trong.test/")
    with serve(Site({"/": there, "/robots.txt": answer(b"", "404 Not Found")})) as site:
        found = await told(
            {("trong.test", "A"): ["192.168.1.9"]},
            tmp_path,
            url="http://so.test/",
            probes={"uptime": (uptime.PROBE,)},
            connect_to={"so.test:80": f"127.0.0.1:{site.port}"},
        )
    [reading] = found["uptime"]
    assert dict(reading.because.facts) == {"name": "trong.test", "address": "192.168.1.9"}


@pytest.mark.parametrize(("zone", "target"), [(ALIAS, "may-chu.khac.test"), (FAR_ALIAS, "cu.khac.test")])
async def test_an_alias_that_leads_to_no_name_is_said_to_exist(zone, target, tmp_path):
    found = await told(zone, tmp_path, probes=PROBES | {"dns": (dns.PROBE,)})
    for readings in found.values():
        for one in readings:
            assert (one.because.key, dict(one.because.facts)) == ("unreached.dangling", {"name": "so.test", "target": target})
            assert (getattr(one, "cause", None) or Cause(one.facts["cause"])) is Cause.DNS
    assert vietnamese().say(found["dns"][0].because) == (
        f"Tên miền so.test có tồn tại và là bí danh (CNAME) của {target}, nhưng {target} không tồn tại."
    )


@pytest.mark.parametrize("address", ["10.0.0.1", "fd00::7", "127.0.0.1"])
@pytest.mark.parametrize("before", ["", "not asked again in this visit: "])
def test_what_the_doors_write_is_read_whatever_stands_before_it(address, before):
    assert unreached(before + not_public("so.test", address)).facts == {"name": "so.test", "address": address}
    assert unreached(before + not_public(address, address)).key == "unreached.private_address"
    assert unreached(before + dangling("so.test", "a.test")).facts == {"name": "so.test", "target": "a.test"}


@pytest.mark.parametrize(
    "detail", ["", "so.test: the name does not exist", "no HTTP: b'x: 10.0.0.1 is not a public address'", "timed out"]
)
def test_whatever_else_a_door_says_is_none_of_these(detail):
    assert unreached(detail) is None
