"""Every fault against every probe, by the real doors: what each says, and whose fault that is, in one table.

A cell is what a probe's leading measure says: ``cause blame`` where it could not be had, ``= value`` where it could, with the
cause that stands in its reason.
"""

import socket
import ssl
import struct
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from lacking import NOWHERE
from servers import Site, answer, closed_port, listening, serve, serve_dns
from tls import serving
from visits import desk

from auditor.model.reading import NotApplicable, Unavailable
from auditor.model.visit import Blame, Cause
from auditor.visit.doors.smtp import SmtpVisit
from probes import crawl, dns, mail, portal, tls, transport, uptime

pytestmark = pytest.mark.anyio
HOST, MAILER = "so.test", "mx.so.test"
LEADING = {
    "uptime": ("uptime.availability",),
    "crawl": ("content.introduction",),
    "transport": ("https.hsts_days",),
    "tls": ("tls.hostname", "tls.valid_now"),
    "dns": ("dns.ipv6",),
    "mail": ("mail.spf", "mail.starttls"),
}
PROBES = {
    "uptime": (uptime.PROBE,),
    "crawl": (crawl.PROBE, portal.PROBE),
    "transport": (transport.PROBE,),
    "tls": (tls.PROBE,),
    "dns": (dns.PROBE,),
    "mail": (mail.PROBE,),
}
ZONE = {
    (HOST, "A"): ["192.0.2.1"],
    (HOST, "AAAA"): ["2001:dc8::1"],
    (HOST, "NS"): ["ns1.so.test.", "ns2.so.test."],
    (HOST, "MX"): [f"10 {MAILER}."],
    (HOST, "TXT"): ['"v=spf1 -all"'],
    (MAILER, "A"): ["192.0.2.2"],
    ("_dmarc.so.test", "TXT"): ['"v=DMARC1; p=reject"'],
}
HTML = "Content-Type: text/html; charset=utf-8"


def page(title, text):
    body = f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{text}</p><a href='/gioi-thieu'>Giới thiệu</a>"
    return answer(body.encode(), "200 OK", HTML)


PAGE = page("Sở Nội vụ", "Cổng thông tin điện tử của Sở Nội vụ.")
INTRODUCTION = page(
    "Giới thiệu", "Sở Nội vụ là cơ quan chuyên môn thuộc Ủy ban nhân dân tỉnh, có chức năng tham mưu về nội vụ. " * 6
)
CHALLENGE = b"<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script></html>"


class World:
    """A site and its mail server on loopback, all in order; a row breaks one thing."""

    def __init__(self, stack, path):
        self.stack, self.path = stack, path
        self.ca = trustme.CA()
        self.ca.cert_pem.write_to_path(path / "ca.pem")
        self.mapped, self.zone, self.network = {}, dict(ZONE), {}
        self.link_is_up = True
        self.certificate = self.ca.issue_cert(HOST, MAILER)

    def web(self, found, *, kind=Site):
        """Serve the same at the front and wherever it leads, over HTTPS and plain HTTP."""
        routes = {"/": found, "/gioi-thieu": INTRODUCTION if found is PAGE else found}
        for port, context in ((80, None), (443, self.context())):
            self.mapped[f"{HOST}:{port}"] = f"127.0.0.1:{self.stack.enter_context(serve(kind(routes, context))).port}"

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.certificate.configure_cert(context)
        return context

    def mail(self, handshake=None):
        """Run a mail server as far as STARTTLS and the handshake."""
        context = self.context()

        def shake(connection, server):
            with context.wrap_socket(connection, server_side=True) as wrapped:
                wrapped.recv(100)
                wrapped.sendall(b"221 bye\r\n")

        def talk(connection, server):
            connection.sendall(b"220 mx\r\n")
            connection.recv(1000)
            connection.sendall(b"250-mx\r\n250 STARTTLS\r\n")
            connection.recv(1000)
            connection.sendall(b"220 go\r\n")
            (handshake or shake)(connection, server)

        self.at_25(talk)

    def at_25(self, talk):
        self.mapped[f"{MAILER}:25"] = f"127.0.0.1:{self.stack.enter_context(serving(talk)).port}"

    def everywhere(self, port):
        """Let all that is asked lead to one port."""
        self.mapped |= {
            f"{HOST}:80": f"127.0.0.1:{port}",
            f"{HOST}:443": f"127.0.0.1:{port}",
            f"{MAILER}:25": f"127.0.0.1:{port}",
        }


def reset(connection, server):
    """Hear the first words, then break off."""
    connection.recv(1000)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def ssh(connection, server):
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    connection.recv(1000)


def half_closed(connection, server):
    """Say nothing more, and go on to listen."""
    connection.shutdown(socket.SHUT_WR)
    while not server.closing and connection.recv(1000):
        pass


def by_name(zone):
    """Let names be looked up, not mapped."""

    def build(world):
        world.zone = zone
        world.network["allow_addresses"] = [f"{NOWHERE}/32"]

    return build


def deaf(world):
    world.zone = None


def refused(world):
    world.everywhere(closed_port())


def silence(world):
    world.everywhere(world.stack.enter_context(listening())[1])


def talking(talk):
    def build(world):
        world.everywhere(world.stack.enter_context(serving(talk)).port)

    return build


def reset_in_the_handshake(world):
    world.everywhere(world.stack.enter_context(serving(reset)).port)
    world.mail(handshake=reset)


def pages(found):
    def build(world):
        world.web(found)
        world.mail()

    return build


def expired(world):
    past = datetime.now(UTC) - timedelta(days=2)
    world.certificate = world.ca.issue_cert(HOST, MAILER, not_before=past - timedelta(days=9), not_after=past)
    pages(PAGE)(world)


def misnamed(world):
    world.certificate = world.ca.issue_cert("khac.test")
    pages(PAGE)(world)


class Choosy(Site):
    """Lets in who calls himself a browser, and nobody who says who he is."""

    async def handle(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        agent = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"user-agent:"))
        found = PAGE if b"Mozilla" in agent else answer(b"<h1>Forbidden</h1>", "403 Forbidden", HTML)
        writer.write(found)
        await writer.drain()
        writer.close()


def agent_blocked(world):
    world.web(PAGE, kind=Choosy)
    world.mail()


def own_link_down(world):
    refused(world)
    world.zone, world.link_is_up = None, False
    world.network["control_hosts"] = ["doi-chung.test"]
    world.mapped["doi-chung.test:443"] = f"127.0.0.1:{closed_port()}"


UNREACHED = {**ZONE, (HOST, "A"): [NOWHERE], (HOST, "AAAA"): [], (MAILER, "A"): [NOWHERE], (MAILER, "AAAA"): []}
ROWS = {
    "all in order": pages(PAGE),
    "name does not exist": by_name({("khac.test", "A"): ["192.0.2.1"]}),
    "resolver dead": deaf,
    "refused": refused,
    "silent": silence,
    "reset in the handshake": reset_in_the_handshake,
    "wrong protocol on the port": talking(ssh),
    "expired certificate": expired,
    "wrong name": misnamed,
    "404": pages(answer(b"<h1>Not Found</h1>", "404 Not Found", HTML)),
    "500": pages(answer(b"<h1>Error</h1>", "500 Internal Server Error", HTML)),
    "challenge with 200": pages(answer(CHALLENGE, "200 OK", HTML)),
    "challenge with 403": pages(answer(CHALLENGE, "403 Forbidden", HTML)),
    "blocked by user agent": agent_blocked,
    "429": pages(answer(b"<h1>Too many</h1>", "429 Too Many Requests", HTML)),
    "half-closed": talking(half_closed),
    "our own link down": own_link_down,
    "no way to the address": by_name(UNREACHED),
}


PLAIN = "= True"
TABLE = {
    # row: (uptime, crawl, transport, tls: name and dates, dns, mail: SPF and STARTTLS)
    "all in order": ("= 1", "= present", "= 0", PLAIN, PLAIN, "= sound / = True"),
    "name does not exist": ("= 0 (dns)", "dns theirs", "dns theirs", "dns theirs", "dns theirs", "= absent / no duty"),
    "resolver dead": ("capability ours",) * 6,
    "refused": ("= 0 (connect)", "connect theirs", "connect theirs", "connect theirs", PLAIN, "= sound / connect theirs"),
    "silent": ("= 0 (timeout)", "timeout theirs", "timeout theirs", "timeout theirs", PLAIN, "= sound / timeout theirs"),
    "reset in the handshake": ("= 0 (tls)", "tls theirs", "tls theirs", "tls theirs", PLAIN, "= sound / = False"),
    "wrong protocol on the port": ("= 0 (protocol)", *["protocol theirs"] * 3, PLAIN, "= sound / protocol theirs"),
    "expired certificate": ("= 0", "= present", "= 0", "= True / = False", PLAIN, "= sound / = True"),
    "wrong name": ("= 0", "= present", "= 0", "= False / = True", PLAIN, "= sound / = True"),
    "404": ("= 0", "http_4xx theirs", "http_4xx theirs", PLAIN, PLAIN, "= sound / = True"),
    "500": ("= 0", "http_5xx theirs", "http_5xx theirs", PLAIN, PLAIN, "= sound / = True"),
    "challenge with 200": (*["challenge refusing"] * 3, PLAIN, PLAIN, "= sound / = True"),
    "challenge with 403": (*["challenge refusing"] * 3, PLAIN, PLAIN, "= sound / = True"),
    "blocked by user agent": (*["blocked refusing"] * 3, PLAIN, PLAIN, "= sound / = True"),
    "429": (*["rate_limited refusing"] * 3, PLAIN, PLAIN, "= sound / = True"),
    "half-closed": ("= 0 (tls)", "tls theirs", "tls theirs", "tls theirs", PLAIN, "= sound / protocol theirs"),
    "our own link down": (*["own_link ours"] * 4, "capability ours", "capability ours"),
    "no way to the address": (*["capability ours"] * 4, "= False", "= sound / capability ours"),
}
"""What each row is for each probe, and whose fault. Down is a measured 0, of which only a proven fault of theirs is the reason."""


def told(visited, name):
    """Give the cell: what the leading measures say, each once."""
    readings = {kept.reading.measure: kept.reading for kept in visited.readings}
    return " / ".join(dict.fromkeys(said(readings[measure]) for measure in LEADING[name]))


def said(reading):
    if isinstance(reading, Unavailable):
        return f"{reading.cause} {reading.cause.blame}"
    if isinstance(reading, NotApplicable):
        return "no duty"
    cause = reading.because.facts.get("cause")
    return f"= {reading.value}" + (f" ({cause})" if cause else "")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("auditor.visit.doors.dns.wire._SECONDS", 0.3)
    monkeypatch.setitem(SmtpVisit.talk.__kwdefaults__, "seconds", 1.0)


@contextmanager
def world(row, path):
    """Build a row's world; gives the settings of the network that goes out into it, and where somebody else answers."""
    with ExitStack() as stack:
        made = World(stack, path)
        other = stack.enter_context(listening())
        ROWS[row](made)
        peer = other[1] if made.link_is_up else closed_port()
        resolver = closed_port() if made.zone is None else stack.enter_context(serve_dns(made.zone)).port
        made.network |= {
            "connect_to": {**made.mapped, "khac.test:80": f"127.0.0.1:{peer}"},
            "nameservers": [f"127.0.0.1:{resolver}"],
            "trust": [path / "ca.pem"],
        }
        yield made.network, ("127.0.0.1", peer)


@pytest.mark.parametrize("row", ROWS)
async def test_each_fault_is_told_by_each_probe_as_the_table_says(row, tmp_path):
    found = {}
    with world(row, tmp_path) as (network, place):
        async with desk(
            tmp_path, network=network, peers=["http://khac.test/"], crawl={"page_seconds": 1.0}, browser={"pages_per_run": 0}
        ) as made:
            made.runner.network._scanner.hello_seconds = 0.5
            made.runner.network._scanner.patient_seconds = 0.5
            made.runner.network._smtp.answers.heard("mx.khac.test", place)
            for name, (probe, *derived) in PROBES.items():
                visited = await made.visit(probe, f"https://{HOST}/", *derived)
                found[name] = told(visited, name)
    assert found == dict(zip(PROBES, TABLE[row], strict=True))


def test_the_table_has_every_row_and_never_lets_our_own_fault_or_a_refusal_cost_a_value():
    assert TABLE.keys() == ROWS.keys()
    costly = {str(cause) for cause in Cause if cause.blame is not Blame.THEIRS}
    measured = [cell for row in TABLE.values() for cell in row if "(" in cell]
    assert measured
    assert not any(f"({cause})" in cell for cell in measured for cause in costly)
