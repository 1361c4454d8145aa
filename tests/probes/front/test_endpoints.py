"""The four ways to a front page: over HTTP and HTTPS, with www. and without."""

import pytest
from doors import http_door
from front import PLAIN, TO_HTTPS, Doors, readings
from knowing import PAGE, SITE, by_id, chain, exchange, failed, known
from servers import Site, answer, closed_port, serve

from auditor.model.agency import Site as Address
from auditor.model.visit import Cause
from probes.front.endpoints import twin_of
from probes.transport import PROBE, TransportSeen


@pytest.mark.parametrize(
    ("host", "twin"),
    [
        ("so.test", "www.so.test"),
        ("www.so.test", "so.test"),
        ("khanhhoa.gov.vn", "www.khanhhoa.gov.vn"),
        ("stttt.khanhhoa.gov.vn", "www.stttt.khanhhoa.gov.vn"),
        ("www.stttt.khanhhoa.gov.vn", "stttt.khanhhoa.gov.vn"),
        ("dichvu.stttt.khanhhoa.gov.vn", None),
        ("gov.vn", None),
        ("localhost", None),
        ("10.1.2.3", None),
        ("2001:db8::1", None),
        ("", None),
    ],
)
def test_a_twin_is_looked_for_where_people_would_type_it(host, twin):
    assert twin_of(host) == twin


def test_each_way_to_the_front_page_is_told_hop_by_hop():
    kept = exchange("Strict-Transport-Security: max-age=300; includeSubDomains; preload")
    www = exchange("Location: https://so.test/", url="https://www.so.test/", status=301, body="")
    seen = TransportSeen(
        secure=chain(kept),
        plain=chain(TO_HTTPS, kept),
        others=(chain(www, kept), chain(failed(Cause.CONNECT, url="http://www.so.test/"))),
    )
    reading = by_id(PROBE.assess(seen, known()))["https.forced"]
    plain, secure, other, gone = reading.facts["endpoints"]
    assert plain == {
        "url": PLAIN, "live": True, "status": 301, "cause": None, "redirects": ["301 → https://so.test/"], "forced": True,
    }  # fmt: skip
    assert secure["hsts"] == {"max_age": 300, "include_subdomains": True, "preload": True}
    assert (other["redirects"], other["hsts"], other["downgrades"]) == (["301 → https://so.test/"], None, False)
    assert (gone["live"], gone["cause"], gone["forced"]) == (False, "connect", None)


@pytest.mark.parametrize(
    ("header", "given"),
    [("max-age=x", {}), ("max-age=300", {"unverified": "self-signed"}), ("max-age=300", {"url": PLAIN})],
)
def test_hsts_that_browsers_ignore_is_none(header, given):
    reading = readings(chain(exchange(f"Strict-Transport-Security: {header}", **given)))["https.forced"]
    assert not reading.facts["endpoints"][1].get("hsts")


def test_the_ways_are_told_where_nothing_could_be_judged_too():
    reading = readings(chain(failed(Cause.DNS)), chain(failed(Cause.DNS, url=PLAIN)))["https.forced"]
    assert [way["live"] for way in reading.facts["endpoints"]] == [False, False]


@pytest.mark.anyio
@pytest.mark.parametrize("resolves", [True, False])
async def test_the_other_name_is_asked_where_it_resolves(resolves):
    to_main = answer(b"", "301 Moved", "Location: http://so.test/")
    page = answer(PAGE.encode(), "200 OK", "Content-Type: text/html")
    with serve(Site({"/": page}), Site({"/": to_main})) as (main, www):
        closed = f"127.0.0.1:{closed_port()}"
        mapped = {"so.test:443": closed, "so.test:80": f"127.0.0.1:{main.port}"}
        mapped |= {"www.so.test:443": closed, "www.so.test:80": f"127.0.0.1:{www.port}"}
        async with http_door(connect_to=mapped) as http:
            doors = Doors(http, *(["www.so.test"] if resolves else []))
            seen = await PROBE.look(SITE, doors)
    assert www.asked == (["/"] if resolves else [])
    assert [one.hops[0].url for one in seen.others] == (["https://www.so.test/", "http://www.so.test/"] if resolves else [])
    assert doors.names == [("www.so.test", kind) for kind in (["A"] if resolves else ["A", "AAAA"])]
    found = by_id(PROBE.assess(seen, known()))["https.forced"]
    ways = [(way["url"], way["redirects"]) for way in found.facts["endpoints"] if way["live"]]
    assert ways == [(PLAIN, []), ("http://www.so.test/", ["301 → http://so.test/"])][: 2 if resolves else 1]


@pytest.mark.anyio
async def test_a_site_on_a_port_of_its_own_has_no_twin():
    async with http_door(
        connect_to={"so.test:8443": f"127.0.0.1:{closed_port()}", "so.test:80": f"127.0.0.1:{closed_port()}"}
    ) as http:
        doors = Doors(http, "www.so.test")
        seen = await PROBE.look(Address(url="https://so.test:8443/", roles=SITE.roles, agencies=()), doors)
    assert (doors.names, seen.others) == ([], ())
