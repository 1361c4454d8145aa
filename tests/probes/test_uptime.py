"""Up is what a visitor can read over a connection that his browser trusts; what only we cannot see is never down."""

from decimal import Decimal

import pytest
from doors import http_door
from knowing import PAGE, SITE, by_id, chain, exchange, failed, known, translated
from servers import Site, answer, certificates, closed_port, serve

from auditor.model.reading import Measured, Unavailable, fits
from auditor.model.visit import Cause
from auditor.sdk.limits import Limits
from probes import uptime
from probes.uptime import PROBE, UptimeSeen

CHALLENGE = "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>"


def sample(seen):
    [reading] = PROBE.assess(UptimeSeen(chain=seen), known())
    return reading


@pytest.mark.parametrize(
    ("final", "why"),
    [
        (exchange(), "uptime.up"),
        (exchange("Content-Type: application/xhtml+xml"), "uptime.up"),
        (exchange(body="<script src='/app.js'></script><div id='root'></div>"), "uptime.up"),
        (exchange(cause=Cause.TOO_LARGE, detail="cut"), "uptime.up"),
        (exchange(status=500, body="x"), "uptime.error"),
        (exchange(status=404), "uptime.error"),
        (exchange(status=302), "uptime.error"),
        (exchange(body="<title>Thông báo</title><p>Hệ thống đang bảo trì, mời quay lại sau.</p>"), "uptime.maintenance"),
        (exchange(body=""), "uptime.empty"),
        (exchange(body="<html><body>  </body></html>"), "uptime.empty"),
        (exchange("Content-Type: application/json", body="{}"), "uptime.no_page"),
        (exchange(unverified="certificate has expired"), "uptime.untrusted"),
        (failed(Cause.CONNECT), "uptime.down"),
        (failed(Cause.TIMEOUT), "uptime.down"),
        (failed(Cause.DNS), "uptime.down"),
        (failed(Cause.TLS), "uptime.down"),
        (exchange(status=302, cause=Cause.REDIRECTS), "uptime.down"),
        (exchange(cause=Cause.PROTOCOL, body=""), "uptime.down"),
    ],
)
def test_up_and_down(final, why):
    reading = sample(chain(final))
    assert isinstance(reading, Measured)
    assert reading.because.key == why
    assert reading.value == Decimal(why == "uptime.up")
    assert fits(PROBE.measures[0], reading.value) is None
    assert reading.facts["status"] == final.status


@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        (chain(exchange(status=429)), Cause.RATE_LIMITED),
        (chain(exchange(status=403)), Cause.BLOCKED),
        (chain(exchange(status=200, body=CHALLENGE)), Cause.CHALLENGE),
        (chain(exchange(status=503, body=CHALLENGE)), Cause.CHALLENGE),
        (chain(failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), Cause.AMBIGUOUS),
        (chain(failed(Cause.TIMEOUT), cause=Cause.OWN_LINK), Cause.OWN_LINK),
        (chain(failed(Cause.CAPABILITY)), Cause.CAPABILITY),
        (chain(exchange(status=200, body=CHALLENGE, cause=Cause.TOO_LARGE)), Cause.CHALLENGE),
    ],
)
def test_refusals_and_what_may_be_our_own_fault_are_neither(seen, cause):
    reading = sample(seen)
    assert isinstance(reading, Unavailable)
    assert reading.cause is cause


def test_the_second_try_counts_and_its_phases_are_facts():
    reading = sample(chain(failed(Cause.TIMEOUT), confirmed=[exchange(seconds="0.900", first_byte_seconds="0.700")]))
    assert reading.value == 1
    assert (reading.facts["seconds"], reading.facts["first_byte_seconds"], reading.facts["tries"]) == ("0.900", "0.700", 2)
    assert reading.evidence[0].url == "https://so.test/"


def test_every_sentence_has_its_vietnamese():
    assert translated("uptime", uptime) == []


class Doors:
    def __init__(self, http):
        self.http = http


@pytest.mark.anyio
@pytest.mark.parametrize("state", ["up", "expired trust", "closed", "silent"])
async def test_real_servers_are_seen_as_a_visitor_sees_them(tmp_path, state):
    async def silent(writer):
        import asyncio

        await asyncio.sleep(5)

    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    trust = [tmp_path / "ca.pem"] if state != "expired trust" else []
    page = silent if state == "silent" else answer(PAGE.encode(), "200 OK", "Content-Type: text/html")
    with serve(Site({"/": page}, context)) as site:
        port = closed_port() if state == "closed" else site.port
        limits = Limits(seconds=0.5)
        async with http_door(connect_to={"so.test:443": f"127.0.0.1:{port}"}, trust=trust, answered=["x"], limits=limits) as http:
            seen = await PROBE.look(SITE, Doors(http))
    reading = by_id(PROBE.assess(seen, known()))["uptime.availability"]
    assert reading.value == (1 if state == "up" else 0)
    keys = {"up": "uptime.up", "expired trust": "uptime.untrusted", "closed": "uptime.down", "silent": "uptime.down"}
    assert reading.because.key == keys[state]
