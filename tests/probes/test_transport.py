"""The front page's way: forced onto HTTPS, judged whatever it answers, and visited over real sockets; each header has a file in front/."""

import json
import ssl

import pytest
from doors import http_door
from front import PLAIN, TO_HTTPS, Doors, readings, visited
from knowing import NOW, PAGE, SITE, by_id, chain, exchange, failed, known, translated
from servers import Site, answer, certificates, closed_port, serve
from tls import hanging_up, over, refusing_suites, serving

from auditor.model.codec import Codec
from auditor.model.reading import Measured, NotApplicable, Unavailable, fits
from auditor.model.visit import Cause
from auditor.sdk.tls import TlsOpening
from probes.front import notes
from probes.transport import PROBE, TransportSeen

CHALLENGE = "<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>"


DOWN = exchange("Location: http://so.test/", status=302, body="")
ALERT = "ConnectError: [SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c:1006)"
ENDED = "ConnectError: the server ended the SSL handshake"
RESET = "ConnectError: the SSL handshake was reset: [Errno 104] Connection reset by peer"
SPOKEN = [
    ALERT,
    "ConnectError: [SSL: UNSUPPORTED_PROTOCOL] unsupported protocol (_ssl.c:1006)",
    "ConnectError: [SSL: UNKNOWN_CIPHER_RETURNED] unknown cipher returned (_ssl.c:1006)",
    "not asked again in this visit: ConnectError: [SSL: NO_SHARED_CIPHER] no shared cipher (_ssl.c:1006)",
]


def opening(opened, version="", host="so.test"):
    return TlsOpening(host=host, port=443, at=NOW, opened=opened, version=version)


REFUSED = {"secure": chain(failed(Cause.TLS, detail=ALERT)), "plain": chain(TO_HTTPS, failed(Cause.TLS, detail=ALERT))}
SHUT = {"secure": chain(failed(Cause.TLS, detail=ALERT)), "plain": chain(failed(Cause.CONNECT, url=PLAIN))}


def test_every_measure_has_one_reading_that_fits_whatever_was_seen():
    chains = [
        chain(exchange()),
        chain(exchange(status=500)),
        chain(exchange(body="")),
        chain(exchange(body=b"\xff\x00<", http_version="")),
        chain(failed(Cause.CONNECT)),
        chain(failed(Cause.DNS), cause=Cause.OWN_LINK),
        chain(TO_HTTPS, failed(Cause.TLS)),
        chain(exchange(url=PLAIN)),
        chain(failed(Cause.TIMEOUT, url=PLAIN)),
    ]
    measures = {measure.id: measure for measure in PROBE.measures}
    for secure in chains:
        for plain in chains:
            for rules in ({}, known().guidelines):
                found = readings(secure, plain, guidelines=rules)
                assert set(found) == set(measures)
                for reading in found.values():
                    if isinstance(reading, Measured):
                        assert fits(measures[reading.measure], reading.value) is None


@pytest.mark.parametrize(
    ("secure", "plain", "value", "key"),
    [
        (chain(exchange()), chain(TO_HTTPS, exchange()), True, "transport.forced.redirect"),
        (chain(exchange()), chain(TO_HTTPS, exchange(url="https://cong.test/")), True, "transport.forced.redirect"),
        (chain(exchange()), chain(exchange(url=PLAIN)), False, "transport.forced.not"),
        *((chain(exchange()), chain(exchange(url=PLAIN, status=x)), True, "transport.forced.error") for x in (400, 404, 426)),
        (chain(exchange(status=404)), chain(exchange(url=PLAIN, status=404)), False, "transport.forced.not"),
        (chain(failed(Cause.CONNECT)), chain(exchange(url=PLAIN, status=404)), False, "transport.forced.no_https"),
        (chain(exchange()), chain(failed(Cause.CONNECT, url=PLAIN)), True, "transport.forced.closed"),
        (chain(exchange()), chain(failed(Cause.CONNECT, url=PLAIN), cause=Cause.AMBIGUOUS), True, "transport.forced.closed"),
        (chain(exchange()), chain(failed(Cause.TIMEOUT, url=PLAIN)), True, "transport.forced.closed"),
        (chain(exchange(status=503)), chain(TO_HTTPS, exchange(status=503)), True, "transport.forced.redirect"),
        (chain(failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), chain(exchange(url=PLAIN)), False, "transport.forced.no_https"),
        (chain(failed(Cause.TIMEOUT)), chain(exchange(url=PLAIN)), False, "transport.forced.no_https"),
        (chain(failed(Cause.PROTOCOL)), chain(exchange(url=PLAIN)), False, "transport.forced.no_https"),
        (chain(failed(Cause.TLS, detail=ENDED)), chain(exchange(url=PLAIN)), False, "transport.forced.no_https"),
        (chain(failed(Cause.TLS, detail=RESET)), chain(exchange(url=PLAIN)), False, "transport.forced.no_https"),
        (chain(failed(Cause.CAPABILITY)), chain(exchange(url=PLAIN)), False, "transport.forced.not"),
        (
            chain(exchange(status=301), failed(Cause.CONNECT, url="https://www.so.test/")),
            chain(exchange(url=PLAIN)),
            False,
            "transport.forced.not",
        ),
        *(
            (chain(failed(Cause.TLS, detail=said)), chain(exchange(url=PLAIN)), False, "transport.forced.not_other_tls")
            for said in SPOKEN
        ),
        (chain(exchange(status=302), exchange(url=PLAIN)), chain(exchange(url=PLAIN)), False, "transport.forced.downgraded"),
        (chain(DOWN, exchange(url=PLAIN)), chain(TO_HTTPS, DOWN, exchange(url=PLAIN)), False, "transport.forced.downgraded"),
        (
            chain(DOWN, exchange(url=PLAIN, status=404)),
            chain(exchange(url=PLAIN, status=404)),
            False,
            "transport.forced.downgraded",
        ),
        (
            chain(DOWN, exchange(url="http://cong.test/")),
            chain(failed(Cause.CONNECT, url=PLAIN)),
            False,
            "transport.forced.downgraded",
        ),
        (
            chain(DOWN, exchange(url=PLAIN, status=503)),
            chain(exchange(url=PLAIN, status=503)),
            False,
            "transport.forced.downgraded",
        ),
        (
            chain(DOWN, TO_HTTPS, exchange(url="https://so.test/vi")),
            chain(TO_HTTPS, exchange(url="https://so.test/vi")),
            True,
            "transport.forced.redirect_downgraded",
        ),
        (
            chain(exchange()),
            chain(TO_HTTPS, DOWN, TO_HTTPS, exchange(url="https://so.test/vi")),
            True,
            "transport.forced.redirect_downgraded",
        ),
    ],
)
def test_https_is_forced_where_no_page_can_be_had_without_it(secure, plain, value, key):
    reading = readings(secure, plain)["https.forced"]
    assert (reading.value, reading.because.key) == (value, key)


@pytest.mark.parametrize("status", [403, 503])
def test_what_port_80_keeps_from_us_is_unknown_and_the_page_was_had_all_the_same(status):
    reading = readings(chain(exchange()), chain(exchange(url=PLAIN, status=status)))["https.forced"]
    assert isinstance(reading, Unavailable)
    assert (reading.cause, reading.because.key) == (
        Cause.BLOCKED if status == 403 else Cause.HTTP_5XX,
        "transport.forced.unseen",
    )


@pytest.mark.anyio
@pytest.mark.parametrize("speaks", [True, False])
async def test_a_port_on_which_a_connection_stands_is_not_closed(tmp_path, speaks):
    """Silence after the connection says nothing of what is served there; an error says that nothing is."""
    import asyncio

    async def silent(writer):
        await asyncio.sleep(10)

    plain = answer(b"<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>", "400 Bad Request")
    found, _ = await visited(tmp_path, {"/": GOOD}, {"/": plain if speaks else silent}, seconds=2)
    reading = found["https.forced"]
    assert getattr(reading, "value", reading.because.key) == (True if speaks else "transport.forced.unseen")


def test_a_way_back_without_encryption_is_shown_hop_by_hop():
    found = readings(chain(DOWN, exchange(url=PLAIN)), chain(exchange(url=PLAIN)))
    reading = found["https.forced"]
    assert reading.facts["downgrades"] == ["https://so.test/ → http://so.test/ (302)"]
    assert (reading.evidence[0].url, reading.evidence[0].passage) == ("https://so.test/", "Location: http://so.test/")
    assert "https://so.test/ answers over HTTPS and sends visitors back to http://so.test/" in str(reading.because)
    assert "downgrades" not in readings()["https.forced"].facts


@pytest.mark.parametrize(
    ("ways", "openings", "value", "key"),
    [
        (REFUSED, [opening(True, "tls1.2")], True, "transport.forced.redirect_other_tls"),
        (REFUSED, [opening(False)], False, "transport.forced.redirect_nobody"),
        (SHUT, [opening(True, "tls1.0")], True, "transport.forced.closed_other_tls"),
    ],
)
def test_https_is_forced_by_a_server_that_refuses_us_only_where_another_client_gets_in(ways, openings, value, key):
    reading = readings(**ways, openings=openings)["https.forced"]
    assert (reading.value, reading.because.key) == (value, key)


@pytest.mark.parametrize(
    ("ways", "openings", "cause"),
    [
        (REFUSED, [], Cause.CAPABILITY),
        (REFUSED, [opening(None)], Cause.CAPABILITY),
        (REFUSED, [opening(False, host="khac.test")], Cause.CAPABILITY),
        (SHUT, [], Cause.CONNECT),
        (SHUT, [opening(False)], Cause.CONNECT),
    ],
)
def test_whether_https_is_forced_stays_open_where_nobody_knows_who_gets_in(ways, openings, cause):
    reading = readings(**ways, openings=openings)["https.forced"]
    assert (type(reading), reading.cause) == (Unavailable, cause)


@pytest.mark.parametrize("plain", [chain(exchange(url=PLAIN)), REFUSED["plain"]])
@pytest.mark.parametrize("cause", [Cause.TLS, Cause.AMBIGUOUS])
@pytest.mark.parametrize(
    ("openings", "told"),
    [([], Cause.CAPABILITY), ([opening(True, "tls1.3")], Cause.CAPABILITY), ([opening(True, "tls1.0")], Cause.TLS)],
)
def test_a_server_that_speaks_tls_but_not_with_us_is_no_site_without_https(plain, cause, openings, told):
    """It is its fault only where nobody gets in but by what browsers have given up."""
    found = readings(chain(failed(Cause.TLS, detail=ALERT), cause=cause), plain, openings=openings)
    found.pop("https.forced")
    assert {(type(reading), reading.cause, reading.because.key) for reading in found.values()} == {
        (Unavailable, told, "transport.other_tls")
    }
    assert "sslv3 alert handshake failure)" in str(found["https.hsts_days"].because)


@pytest.mark.parametrize("detail", [ENDED, RESET, "ConnectError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation"])
def test_a_port_that_ends_every_handshake_is_a_site_without_https(detail):
    found = readings(chain(failed(Cause.TLS, detail=detail)), chain(exchange(url=PLAIN)))
    assert found["https.hsts_days"].because.key == "transport.hsts.plain"


@pytest.mark.parametrize(
    ("secure", "plain", "cause"),
    [
        (chain(failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), chain(failed(Cause.CONNECT, url=PLAIN), cause=Cause.AMBIGUOUS), Cause.AMBIGUOUS),
        (chain(failed(Cause.DNS)), chain(failed(Cause.DNS, url=PLAIN)), Cause.DNS),
        (chain(exchange()), chain(exchange(url=PLAIN, body=CHALLENGE)), Cause.CHALLENGE),
        (chain(exchange()), chain(exchange(url=PLAIN, status=503)), Cause.HTTP_5XX),
        (chain(failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), chain(TO_HTTPS, failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), Cause.CONNECT),
    ],
)  # fmt: skip
def test_what_neither_port_shows_is_unavailable(secure, plain, cause):
    reading = readings(secure, plain)["https.forced"]
    assert isinstance(reading, Unavailable)
    assert reading.cause is cause


def test_a_site_without_https_is_judged_by_its_plain_answer():
    plain = exchange(
        "X-Content-Type-Options: nosniff", "Strict-Transport-Security: max-age=31536000", url=PLAIN, body="<img src=/a.png>"
    )
    found = readings(chain(failed(Cause.CONNECT), cause=Cause.AMBIGUOUS), chain(plain))
    assert found["https.forced"].value is False
    assert (found["https.hsts_days"].value, found["https.hsts_days"].because.key) == (0, "transport.hsts.plain")
    assert found["headers.nosniff"].value == "sound"
    assert found["https.mixed_content"].value == 2


@pytest.mark.parametrize(
    ("secure", "cause"),
    [
        (chain(exchange(body=CHALLENGE)), Cause.CHALLENGE),
        (chain(exchange(status=403)), Cause.BLOCKED),
        (chain(exchange(status=500)), Cause.HTTP_5XX),
        (chain(failed(Cause.TIMEOUT), cause=Cause.OWN_LINK), Cause.OWN_LINK),
        (chain(exchange(status=301, cause=Cause.REDIRECTS)), Cause.REDIRECTS),
    ],
)
def test_without_the_front_page_nothing_of_it_is_judged(secure, cause):
    found = readings(secure, chain(TO_HTTPS, secure.final))
    found.pop("https.forced")
    assert {type(reading) for reading in found.values()} == {Unavailable}
    assert {reading.cause for reading in found.values()} == {cause}


def test_every_sentence_has_its_vietnamese():
    assert translated("transport", notes) == []


def test_what_was_seen_can_be_kept_and_read_back():
    seen = TransportSeen(secure=chain(exchange()), plain=chain(failed(Cause.CONNECT, url=PLAIN)), others=(chain(exchange()),))
    codec = Codec(TransportSeen)
    assert codec.load(codec.dump(seen)) == seen


def test_what_was_kept_before_the_other_name_was_asked_for_is_still_read():
    seen = TransportSeen(secure=chain(exchange()), plain=chain(failed(Cause.CONNECT, url=PLAIN)))
    codec = Codec(TransportSeen)
    old = json.loads(codec.dump(seen))
    old.pop("others")
    assert codec.load(json.dumps(old).encode()) == seen


GOOD = answer(
    PAGE.encode(), "200 OK", "Content-Type: text/html; charset=utf-8", "Strict-Transport-Security: max-age=63072000; includeSubDomains",
    "X-Frame-Options: DENY", "Set-Cookie: JSESSIONID=1; Secure; HttpOnly", "Server: nginx",
)  # fmt: skip
REDIRECT = answer(b"", "301 Moved", "Location: https://so.test/")


@pytest.mark.anyio
async def test_a_good_site_over_real_sockets(tmp_path):
    found, sites = await visited(tmp_path, {"/": GOOD}, {"/": REDIRECT})
    values = {measure: getattr(reading, "value", reading) for measure, reading in found.items()}
    assert values["https.forced"] is True
    assert values["https.hsts_days"] == 730
    assert values["http.version"] == "1.1"
    assert isinstance(values["http.compression"], NotApplicable)
    assert (values["headers.framing"], values["headers.cookies"], values["headers.leaks"]) == ("sound", "sound", "sound")
    assert found["https.forced"].evidence[0].passage == "Location: https://so.test/"
    assert [site.asked for site in sites] == [["/", "/"], ["/"]]


@pytest.mark.anyio
async def test_an_untrusted_certificate_leaves_the_page_judged_and_its_hsts_worthless(tmp_path):
    found, _ = await visited(tmp_path, {"/": GOOD}, {"/": REDIRECT}, trusted=False)
    assert found["headers.framing"].value == "sound"
    assert (found["https.hsts_days"].value, found["https.hsts_days"].because.key) == (0, "transport.hsts.unverified")


@pytest.mark.anyio
async def test_a_closed_port_80_forces_https_and_a_closed_443_is_a_site_without(tmp_path):
    closed, _ = await visited(tmp_path, {"/": GOOD}, None)
    assert (closed["https.forced"].value, closed["https.forced"].because.key) == (True, "transport.forced.closed")
    without, _ = await visited(tmp_path, None, {"/": answer(PAGE.encode(), "200 OK", "Content-Type: text/html")}, url=PLAIN)
    assert (without["https.forced"].value, without["https.hsts_days"].value) == (False, 0)
    assert without["headers.nosniff"].value == "absent"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("talk", "forced", "hsts"),
    [(refusing_suites, "transport.forced.not_nobody", "transport.hsts.plain"), (hanging_up, "transport.forced.no_https", "transport.hsts.plain")],
)  # fmt: skip
async def test_a_server_that_refuses_everybody_is_told_from_one_that_hangs_up(talk, forced, hsts):
    page = answer(PAGE.encode(), "200 OK", "Content-Type: text/html")
    with serving(talk) as secure, serve(Site({"/": page})) as plain:
        mapped = {"so.test:443": f"127.0.0.1:{secure.port}", "so.test:80": f"127.0.0.1:{plain.port}"}
        async with http_door(connect_to=mapped) as http:
            seen = await PROBE.look(SITE, Doors(http, mapped=mapped))
    found = by_id(PROBE.assess(seen, known(captured_at=NOW)))
    assert (found["https.forced"].value, found["https.forced"].because.key) == (False, forced)
    assert found["https.hsts_days"].because.key == hsts


@pytest.mark.anyio
async def test_a_server_with_a_suite_that_only_our_client_refuses_is_our_lack(tmp_path):
    """It has suites without encryption alone, which our page client never offers."""
    _, context = certificates("so.test")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("NULL-SHA256:ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0")
    with serving(over(context)) as secure:
        mapped = {"so.test:443": f"127.0.0.1:{secure.port}", "so.test:80": f"127.0.0.1:{closed_port()}"}
        async with http_door(connect_to=mapped, answered=["khac.test"]) as http:
            seen = await PROBE.look(SITE, Doors(http, mapped=mapped))
    [met] = seen.openings
    found = by_id(PROBE.assess(seen, known(captured_at=NOW)))
    assert (met.opened, met.version) == (True, "tls1.2")
    assert (found["https.forced"].value, found["https.forced"].because.key) == (True, "transport.forced.closed_other_tls")
    assert any(proof.url == "tls://so.test:443#opens" for proof in found["https.forced"].evidence)
    assert found["headers.csp"].cause is Cause.CAPABILITY


@pytest.mark.anyio
async def test_a_site_with_both_ports_closed_is_nobodys_verdict(tmp_path):
    found, _ = await visited(tmp_path, None, None)
    assert {reading.cause for reading in found.values()} == {Cause.AMBIGUOUS}
