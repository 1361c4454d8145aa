"""No text of a stranger makes a parser raise, or says what cannot be kept. Inputs that once did stand here as examples."""

import gzip
import json
import re
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime

import anyio
import dns.rdataclass
import dns.rdatatype
import pytest
from dns.rdtypes.ANY.TXT import TXT
from fuzzing import CODECS, NUMBERS, as_bytes, bodies, fuzzed, lines, texts
from hypothesis import example, given
from hypothesis import strategies as st
from knowing import NOW, chain, exchange, guidelines, known

from auditor.sdk.charset import decode
from auditor.sdk.dates import dates, iso_date
from auditor.sdk.doors import DnsAnswer, Sent, SmtpTalk
from auditor.sdk.limits import Limits
from auditor.sdk.unreached import unreached
from auditor.visit.doors.dns.answer import question
from auditor.visit.doors.guard import Guard, Refusal
from auditor.visit.doors.http.cookies import Cookies
from auditor.visit.doors.http.http1 import _Reading
from auditor.visit.doors.http.inflate import inflate
from auditor.visit.doors.http.lenient import without_strays
from auditor.visit.doors.http.politeness import _seconds
from auditor.visit.doors.http.robots import TOKEN, _read
from probes.crawling.sitemaps import listed, sitemaps
from probes.front.cookies import judge_cookies
from probes.front.csp import judge_csp
from probes.front.hsts import max_age
from probes.mailing.dane import bound
from probes.mailing.dmarc import judge_dmarc
from probes.mailing.macros import expanded
from probes.mailing.spf import hosts_of, judge_spf, next_names
from probes.mailing.spf import records_of as spf_records
from probes.mailing.sts import judge_sts
from probes.mailing.txt import texts_of
from probes.transport import PROBE, TransportSeen

RULES = guidelines()["headers"]
DAYS = (
    "Mon, ",
    "01 ",
    "Jan ",
    "1970 ",
    "2037 ",
    "9999 ",
    "99999999999 ",
    "00:00:00 ",
    "24:60:99 ",
    "GMT",
    "+0700",
    "+9999999999999",
    "-2359",
)
HEADERS = (
    *("Content-Security-Policy", "Strict-Transport-Security", "Set-Cookie", "X-Frame-Options", "X-Content-Type-Options"),
    *(
        "Referrer-Policy",
        "Server",
        "X-Powered-By",
        "Content-Type",
        "Content-Encoding",
        "Content-Length",
        "Location",
        "Retry-After",
    ),
)
CSP = (
    "default-src ",
    "script-src ",
    "object-src ",
    "base-uri ",
    "frame-ancestors ",
    "'none' ",
    "'self' ",
    "'unsafe-inline' ",
    "'nonce-",
    "'sha256-",
    "https: ",
    "*",
    "; ",
)
COOKIE = (
    "a=b",
    "JSESSIONID=1",
    "__Host-",
    "; ",
    "Secure",
    "HttpOnly",
    "SameSite=",
    "Lax",
    "Domain=",
    "Path=/",
    "Max-Age=",
    "Expires=",
    *DAYS,
)
HSTS = ("max-age", "=", "; ", "includeSubDomains", "preload", '"', "31536000")
SPF = (
    "v=spf1 ",
    "include:",
    "redirect=",
    "exp=",
    "a",
    "mx",
    "ptr",
    "ip4:",
    "ip6:",
    "exists:",
    "all",
    " ",
    "-",
    "~",
    "1.2.3.4",
    "2001:db8::",
    "/",
    "//",
    "a.vn",
    "so.vn",
)
DMARC = ("v=DMARC1; ", "p=", "sp=", "pct=", "t=y", "rua=mailto:a@b.vn", "reject", "quarantine", "none", "; ", "=")
MACROS = ("%{", "d", "o", "i", "l", "D", "r", "1", "9" * 9, "}", ".", "-", "+", ",", "/", "_", "=", "%%", "%_", "%-", "so.vn")
STS = (
    "v=STSv1",
    "; ",
    "id=",
    "1",
    "version: ",
    "STSv1",
    "\n",
    "\r\n",
    "mode: ",
    "enforce",
    "testing",
    "none",
    "max_age: ",
    "mx: ",
    "*.",
    "so.vn",
)
TLSA = ("3 ", "2 ", "1 ", "0 ", "a" * 64, "C" * 64, "b" * 128, "d", " ", "é", "999")
ROBOTS = (
    "User-agent: ",
    "auditor",
    "*",
    "\nDisallow: ",
    "\nAllow: ",
    "\nCrawl-delay: ",
    "\nRequest-rate: ",
    "1/5m",
    "\nVisit-time: ",
    "\nSitemap: ",
    "/",
    "$",
    "http://so.test/",
)
SITEMAP = (
    "<urlset>",
    "<sitemapindex>",
    "<url>",
    "<loc>",
    "</loc>",
    "<![CDATA[",
    "http://so.test/",
    "http://[",
    "http:///",
    "//so.test:",
    "/a",
    "&amp;",
    "?x=1",
    "<!DOCTYPE a [",
)
CHARSET = (
    "text/html",
    "; ",
    "charset=",
    '"',
    "utf-8",
    "utf-16",
    "windows-1258",
    "<meta charset=",
    "<meta http-equiv=content-type content='text/html; charset=",
    "<?xml encoding='",
    ">",
    *CODECS,
)


def storable(*values):
    """Whatever is said is kept as JSON in UTF-8."""
    json.dumps(values, ensure_ascii=False, default=str).encode()


def told(name, *records, kind="TXT"):
    return DnsAnswer(name=name, type=kind, rcode="NOERROR", records=records, at=NOW)


def record_of(text):
    """Give a text as a TXT record that dnspython prints."""
    raw = as_bytes(text)[:4_000]
    parts = [raw[start : start + 255] for start in range(0, len(raw), 255)] or [b""]
    return TXT(dns.rdataclass.IN, dns.rdatatype.TXT, parts).to_text()


@fuzzed
@given(bodies(*CHARSET), st.none() | lines(*CHARSET))
@example(b"a", "text/html; charset=undefined")
@example(b"xn--a" + b"." * 300, "text/html; charset=idna")
@example(b"\\ud800", "text/html; charset=unicode_escape")
@example(b"\\ud800", "text/html; charset=raw_unicode_escape")
@example(b"\\N{", "text/html; charset=unicode_escape")
@example(b"+2AA-", "text/html; charset=utf-7")
@example(b"a", "text/html; charset=punycode")
@example(b"\xff\xfe\0\xd8a\0", None)
def test_charsets(turn, body, content_type):
    decoded = decode(body, content_type)
    assert decoded.text.encode().decode() == decoded.text  # no half of a letter in it
    storable(decoded.encoding, decoded.declared)


@fuzzed
@given(
    st.lists(st.tuples(st.sampled_from(HEADERS), lines(*CSP, *COOKIE, *HSTS)), max_size=8), bodies("<meta ", "http-equiv=", *CSP)
)
def test_headers_of_a_front_page(turn, headers, body):
    answer = exchange(*(f"{name}: {value}" for name, value in headers), body=body)
    readings = PROBE.assess(TransportSeen(secure=chain(answer), plain=chain(answer)), known())
    assert sorted(reading.measure for reading in readings) == sorted(measure.id for measure in PROBE.measures)
    for reading in readings:
        storable(str(reading.because), getattr(reading, "facts", None))


@fuzzed
@given(
    st.lists(
        st.one_of(
            st.sampled_from([b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 ", b"HTTP/2 ", b"Content-Length: ", b"Transfer-Encoding: chunked\r\n", b"\r\n", b"\n", b"\r"]),
            lines(*HEADERS, ": ").map(lambda text: text.encode("latin-1")),
            NUMBERS.map(as_bytes),
            st.binary(max_size=20),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_heads_on_the_wire(turn, pieces):
    reading = _Reading()
    for piece in pieces:
        if reading.fault or reading.is_whole:
            break
        reading.feed(piece)
    assert isinstance(reading.is_framed, bool)


@fuzzed
@given(lines(*COOKIE))
@example("a=b; expires=Mon, 01 Jan 99999999999 00:00:00 GMT")
@example("a=b; expires=Mon, 01 Jan 2037 00:00:00 +9999999999999")
@example("a=b; max-age=" + "9" * 5_000)
@example("a=b; expires=Fri, 31 Dec 9999 23:59:59 -2359")
def test_cookies(turn, line):
    answer = exchange(f"Set-Cookie: {line}")
    storable(str(judge_cookies([answer], RULES).because))
    jar = Cookies()
    jar.take(answer)
    said = jar.of(answer.url, line)
    assert said.isascii()
    assert said.isprintable()
    assert len(said) <= 16 * 1024


@fuzzed
@given(st.lists(lines(*CSP), max_size=3), st.lists(texts(*CSP), max_size=2))
def test_content_security_policies(turn, headers, metas):
    found = judge_csp(exchange(*(f"Content-Security-Policy: {text}" for text in headers)), metas, RULES)
    assert str(found.because)


@fuzzed
@given(lines(*HSTS))
@example("max-age=" + "9" * 5_000)
def test_strict_transport_security(turn, header):
    found = max_age(header)
    assert isinstance(found, str) or 0 <= found <= 10**9


@fuzzed
@given(texts(*SPF, most=24).map(lambda text: f"v=spf1 {text}"), texts(*SPF).map(lambda text: f"v=spf1 {text}"))
@example("v=spf1 include:" + "\\097" * 20 + ".vn", "")
@example("v=spf1 a/" + "9" * 5_000, "")
def test_spf(turn, text, other):
    answer = told("so.vn", record_of(text))
    names = [name for record in spf_records(answer) for name in next_names(record, "so.vn", "so.vn")]
    hosts = [
        (name, kind) for record in spf_records(answer) for name, kinds in hosts_of(record, "so.vn", "so.vn") for kind in kinds
    ]
    for name, kind in [(name, "TXT") for name in names] + hosts:
        question(name, kind)
    records = {"so.vn": answer, **{name: told(name, record_of(other)) for name in names if name != "so.vn"}}
    found = judge_spf("so.vn", records, [told(name, kind=kind) for name, kind in hosts])
    assert found == judge_spf("so.vn", records, [told(name, kind=kind) for name, kind in hosts])
    storable(found.problem, found.policy, texts_of(answer))


@fuzzed
@given(texts(*MACROS, most=24), texts("so", ".", "vn", "a" * 63), texts("%{", "}", "so.vn"))
@example("%{d99999}" * 60 + "%{dr+-/}", "so.vn", "so.vn")
def test_macros(turn, spec, domain, sender):
    found = expanded(spec, domain, sender)
    assert found == expanded(spec, domain, sender)
    assert len(found) <= 253
    assert found == found.lower()


@fuzzed
@given(texts(*STS, most=24), texts(*STS, most=24), st.sampled_from((200, 301, 404, 500)))
@example("v=STSv1; id=1", "version: STSv1\nmode: none\nmax_age: " + "9" * 5_000, 200)
@example("; a=" + "bbbb=" * 200, "", 200)
@example("; id=1" + "a" * 40_000, "mode" + " " * 40_000 + "x", 200)
def test_mta_sts(turn, record, body, status):
    policy = exchange("Content-Type: text/plain", body=as_bytes(body), status=status)
    found = judge_sts(told("_mta-sts.so.vn", record_of(f"v=STSv1{record}")), chain(policy), ["mx.so.vn"])
    assert found.present
    assert not found.unnamed or found.mode == "enforce"
    assert 0 <= found.days <= 365
    storable(found.record, found.field, found.mode, *found.servers)


@fuzzed
@given(st.lists(texts(*TLSA, most=9), max_size=4))
@example(["3 1 0 " + "é" * 9, "² 1 1 00", "3 1 1"])
def test_tlsa(turn, records):
    sent = (Sent(whole=("a" * 64, "b" * 128), key=("c" * 64, "d" * 128), names=("mx.so.vn",)),)
    talk = SmtpTalk(host="mx.so.vn", port=25, starttls=True, tls_version="TLSv1.3", certificates=sent, at=NOW)
    answer = replace(told("_25._tcp.mx.so.vn", *records, kind="TLSA"), security="secure")
    found = bound(talk, answer, "so.vn")
    assert set(found.records) <= set(records)
    assert not found.fits or any(
        "aaaa" in one.lower() or "bbbb" in one or "cccc" in one.lower() or "dddd" in one for one in records
    )


@fuzzed
@given(texts(*DMARC).map(lambda text: f"v=DMARC1; {text}"), st.booleans())
@example("v=DMARC1; p=reject; pct=" + "0" * 5_000, False)
@example("v=DMARC1; p=reject; pct=²", False)
def test_dmarc(turn, text, inherited):
    own = (told("_dmarc.so.vn"),) if inherited else ()
    found = judge_dmarc((*own, told("_dmarc.vn", record_of(text))))
    assert 0 <= found.percent <= 100
    assert found.sound in {True, False}
    storable(found.problem, found.policy, found.record)


@fuzzed
@given(bodies(*ROBOTS, most=24), lines(*CHARSET), texts("http://so.test/", "/a", "?"))
@example(b"User-agent: *\nDisallow: \\ud800", "text/plain; charset=unicode_escape", "http://so.test/")
def test_robots(turn, body, kind, url):
    rules = _read(exchange(f"Content-Type: {kind}", body=b"User-agent: *\n" + body))
    if rules is None:
        return
    try:
        Guard.of((), {}).target(url)
    except Refusal:
        url = "http://so.test/"
    assert rules.can_fetch(url, TOKEN) in {True, False}
    assert float(rules.crawl_delay(TOKEN) or 0) >= 0
    storable(*rules.sitemaps)


class Http:
    """A door that gives everybody the same answer."""

    def __init__(self, body, kind):
        self.body, self.kind, self.asked = body, kind, 0

    async def get(self, url, **given):
        self.asked += 1
        return chain(exchange(f"Content-Type: {self.kind}", url=url, body=self.body))


class Given:
    limits = type("Limits", (), {"page": Limits()})()

    def __init__(self, http):
        self.http = http


@fuzzed
@given(
    st.one_of(
        bodies(*SITEMAP, "\nSitemap: ", most=24),
        bodies(*SITEMAP).map(gzip.compress),
        st.binary(max_size=40).map(lambda tail: gzip.compress(b"")[:10] + tail),
    ),
    lines(*CHARSET),
)
@example(gzip.compress(b"<urlset>" * 20)[:10] + b"\xff" * 50, "application/gzip")
@example(gzip.compress(b"<urlset>")[:-3], "application/gzip")
def test_sitemaps(turn, body, kind):
    http = Http(body, kind)
    with pytest.raises(StopIteration) as ended:  # the door never waits
        sitemaps("http://so.test/", Given(http)).send(None)
    assert http.asked <= 6
    storable(*listed(ended.value.value))


@fuzzed
@given(texts("9999-12-31", "T", "23:59:59", "Z", "+07:00", "31/12/", "9999", "ngày ", "tháng ", "năm ", "Jan "))
@example("9999-12-31T23:59:59Z")
@example("0001-01-01T00:00:00+14:00")
def test_dates(turn, text):
    found = iso_date(text)
    assert found is None or date.min <= found <= date.max
    assert all(0 <= span.start < span.end <= len(text) for span in dates(text))


@fuzzed
@given(lines(*DAYS))
@example("9" * 5_000)
@example("Mon, 01 Jan 2037 00:00:00 +9999999999999")
def test_retry_after(turn, text):
    assert _seconds(text, datetime(2026, 1, 1, tzinfo=UTC)) >= 0


class _Sent:
    """A connection from which these pieces come."""

    def __init__(self, pieces):
        self.pieces = [*pieces]

    async def read(self):
        return self.pieces.pop(0) if self.pieces else b""


@fuzzed
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    b"HTTP/1.1 200 OK\r\n",
                    b"HTTP/1.1 103 X\n",
                    b"\r\n",
                    b"\n",
                    b" a\r\n",
                    b"X : y\r\n",
                    b":",
                    b"x\r\n",
                    b"\0",
                    b"\r",
                ]
            ),
            st.binary(max_size=12),
        ),
        max_size=20,
    ),
    st.integers(0, 20),
)
def test_lines_of_a_head_that_name_no_header(turn, pieces, at):
    """What is left has no line that names no header, but for those that h11 is to refuse; and nothing of a body is lost."""
    whole = b"".join(pieces)
    sent = _Sent([one for one in (whole[at:],) if one])
    left = anyio.run(without_strays, sent, whole[:at]) + b"".join(sent.pieces)
    head, gap, body = left.replace(b"\r\n", b"\n").partition(b"\n\n")
    for line in head.split(b"\n")[1:] if gap and not re.match(rb"HTTP/[0-9.]+ 1", head) else ():
        assert line.startswith((b" ", b"\t")) or re.search(rb"[\0\r]", line) or re.match(rb"[^\s:]+:", line), line
    assert len(left) <= len(whole)
    assert not body or whole.replace(b"\r\n", b"\n").endswith(body[-5:])


@fuzzed
@given(
    texts(
        "so.test", ": ", "10.0.0.1", "fd00::1", " is not a public address", "the name is an alias of ", ", which does not exist"
    )
)
def test_details_of_who_was_not_reached(turn, text):
    found = unreached(text)
    assert found is None or all(text.count(str(fact)) for fact in found.facts.values())


@fuzzed
@given(texts("http://", "https://", "so.test", "[", "]", "::1", "v1.", "127.0.0.1", "0x7f", "/", "?"))
@example("http://[v1.abc:x]/")
@example("http://so.test/\ud800")
def test_addresses(turn, url):
    with suppress(Refusal):
        host = Guard.of((), {}).target(url).host
        assert host.isascii()
        assert host == host.strip()


@fuzzed
@given(texts("_dmarc.", "so.vn", "xn--", "a" * 63, "."))
@example("\\097" * 20 + ".vn")
def test_names_to_ask_for(turn, name):
    wanted = question(name, "TXT")
    assert isinstance(wanted, str) or wanted[0].is_absolute()


@fuzzed
@given(
    st.one_of(
        st.binary(max_size=60),
        bodies("a").map(gzip.compress),
        bodies("a").map(zlib.compress),
        st.binary(max_size=40).map(lambda tail: b"\x28\xb5\x2f\xfd" + tail),
        st.binary(max_size=40).map(lambda tail: gzip.compress(b"a")[:10] + tail),
    ),
    lines("gzip", "br", "zstd", "deflate", ", ", "x-gzip", "identity"),
    st.integers(0, 2_000),
)
def test_content_encodings(turn, raw, encoding, limit):
    assert len(inflate(raw, encoding, limit=limit).body) <= limit
