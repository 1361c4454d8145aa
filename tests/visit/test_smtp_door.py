"""The SMTP door with real mail servers: as far as STARTTLS, never further, and silence is not called theirs without proof."""

import hashlib
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from lacking import no_more_files
from postfix import postfix, with_postfix
from servers import closed_port, listening, serve_dns
from tls import Kept, blame_them, context_of, serving, silent

from auditor.clock import SystemClock
from auditor.model.visit import Cause
from auditor.visit.doors.dns.door import Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.smtp import SmtpLinks, SmtpVisit

pytestmark = pytest.mark.anyio
HOST = "mx.khanhhoa.test"


def mail(context=None, *, greeting="220 mx ESMTP", offers=("PIPELINING", "STARTTLS"), starttls="220 go"):
    """A mail server that keeps what it was told in `server.told`."""

    def talk(connection, server):
        server.told = getattr(server, "told", [])
        connection.sendall(f"{greeting}\r\n".encode())
        file = connection.makefile("rwb")
        while line := file.readline():
            words = line.decode().strip()
            server.told.append(words)
            if words.startswith("EHLO"):
                last = len(offers)
                lines = [f"250{'-' if n < last else ' '}{text}" for n, text in enumerate(("mx at your service", *offers))]
                connection.sendall("\r\n".join([*lines, ""]).encode())
            elif words == "STARTTLS":
                connection.sendall(f"{starttls}\r\n".encode())
                if starttls.startswith("220"):
                    with context.wrap_socket(connection, server_side=True) as wrapped:
                        server.told.append(wrapped.recv(100).decode().strip())
                        wrapped.sendall(b"221 bye\r\n")
                    return
            elif words == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return

    return talk


def door(server, *, trust=(), answered=(), **given):
    port = server if isinstance(server, int) else server.port
    clock = SystemClock()
    guard = Guard.of([], {f"{HOST}:25": f"127.0.0.1:{port}"} if port else {})
    links = SmtpLinks(
        resolver=Resolver(servers=given.get("servers", ()), clock=clock, guard=guard),
        guard=guard,
        clock=clock,
        retry_pause=0.0,
        blame=blame_them,
        trust=tuple(trust),
    )
    for host, place in dict(answered).items():
        links.answers.heard(host, place)
    return SmtpVisit(links, Kept())


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    ca = trustme.CA()
    ca.path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(ca.path)
    return ca


async def test_a_good_mail_server_is_greeted_and_left(authority):
    with serving(mail(context_of(authority.issue_cert(HOST)))) as server:
        visit = door(server, trust=[authority.path])
        talk = await visit.talk(HOST)
    assert (talk.starttls, talk.tls_version, talk.tls_verified, talk.cause) == (True, "TLSv1.3", True, None)
    assert server.told == ["EHLO auditor.invalid", "STARTTLS", "QUIT"]
    assert "S: 220 mx ESMTP" in talk.transcript
    assert b"C: STARTTLS" in visit._keep.blobs[f"smtp://{HOST}:25"]


@pytest.mark.parametrize("what", ["name", "path", "dates"])
async def test_a_bad_certificate_is_told_and_the_handshake_seen_all_the_same(authority, what):
    past = datetime.now(UTC) - timedelta(days=2)
    certificate = {
        "name": lambda: authority.issue_cert("khac.test"),
        "path": lambda: trustme.CA().issue_cert(HOST),
        "dates": lambda: authority.issue_cert(HOST, not_before=past - timedelta(days=9), not_after=past),
    }[what]()
    with serving(mail(context_of(certificate))) as server:
        talk = await door(server, trust=[authority.path]).talk(HOST)
    assert (talk.starttls, talk.tls_version, talk.tls_verified, talk.cause) == (True, "TLSv1.3", False, None)
    assert {"name": "mismatch", "path": "unable to get", "dates": "expired"}[what] in talk.tls_detail


@pytest.mark.parametrize("spoiled", [1, 2])
async def test_a_second_talk_that_fails_is_tried_again_and_never_means_that_there_is_no_tls(authority, spoiled):
    talk = mail(context_of(trustme.CA().issue_cert(HOST)))
    count = iter(range(9))

    def sometimes(connection, server):
        if 1 <= next(count) <= spoiled:
            connection.close()
        else:
            talk(connection, server)

    with serving(sometimes) as server:
        found = await door(server, trust=[authority.path]).talk(HOST)
    assert (found.starttls, found.tls_verified, found.cause) == (True, False, None)
    assert found.tls_version == ("TLSv1.3" if spoiled == 1 else "")


async def test_what_dane_compares_is_what_was_sent(authority):
    middle = authority.create_child_ca()
    certificate = middle.issue_cert(HOST)
    pems = [blob.bytes() for blob in certificate.cert_chain_pems]
    ders = [ssl.PEM_cert_to_DER_cert(pem.decode()) for pem in pems]
    with serving(mail(context_of(certificate))) as server:
        found = await door(server, trust=[authority.path]).talk(HOST)
    assert [one.whole[0] for one in found.certificates] == [hashlib.sha256(der).hexdigest() for der in ders]
    assert (found.certificates[0].names, found.certificates[0].issued) == ((HOST,), True)


async def test_a_server_of_old_protocols_is_seen(authority):
    context = context_of(
        authority.issue_cert(HOST, key_type=trustme.KeyType.RSA),
        oldest=ssl.TLSVersion.TLSv1,
        newest=ssl.TLSVersion.TLSv1,
        ciphers="ALL:@SECLEVEL=0",
    )
    with serving(mail(context)) as server:
        talk = await door(server, trust=[authority.path]).talk(HOST)
    assert (talk.tls_version, talk.tls_verified) == ("TLSv1", True)


async def test_no_starttls_is_seen_whatever_else_is_offered():
    with serving(mail(offers=("X-STARTTLS-NOT", "8BITMIME"))) as server:
        talk = await door(server).talk(HOST)
    assert (talk.starttls, talk.tls_version, talk.cause) == (False, "", None)


async def test_a_starttls_that_is_refused_or_fails_is_no_handshake():
    with serving(mail(starttls="502 never")) as server:
        refused = await door(server).talk(HOST)
    with serving(mail(context_of(trustme.CA().issue_cert(HOST)), starttls="220-go on and on")) as server:
        broken = await door(server).talk(HOST, seconds=0.5)
    assert (refused.starttls, refused.tls_version) == (True, "")
    assert "502" in refused.detail
    assert broken.tls_version == ""
    assert broken.cause in {Cause.TIMEOUT, Cause.PROTOCOL}


async def test_a_starttls_put_off_is_asked_for_again_and_twice_says_no_more_than_that(authority):
    context = context_of(authority.issue_cert(HOST))
    busy, ready = mail(context, starttls="454 not now"), mail(context)

    def once(connection, server):
        (busy if server.connections == 1 else ready)(connection, server)

    with serving(once) as server:
        found = await door(server, trust=[authority.path]).talk(HOST)
    with serving(busy) as server:
        twice = await door(server).talk(HOST)
    with serving(mail(context, starttls="421 later")) as server:
        later = await door(server).talk(HOST)
    assert (found.starttls, found.tls_verified, found.cause) == (True, True, None)
    assert (twice.starttls, twice.cause) == (None, Cause.TLS)  # 454 is of its TLS, which it does not get to work
    assert (later.starttls, later.cause) == (None, Cause.RATE_LIMITED)


async def test_a_server_of_smtp_before_its_extensions_has_no_starttls():
    def ancient(connection, server):
        connection.sendall(b"220 mx\r\n")
        for line in connection.makefile("rb"):
            known = {b"HELO": b"250 mx\r\n", b"QUIT": b"221 bye\r\n"}
            connection.sendall(known.get(line[:4], b"502 unknown\r\n"))
            if line.startswith(b"QUIT"):
                return

    with serving(ancient) as server:
        talk = await door(server).talk(HOST)
    assert (talk.starttls, talk.cause) == (False, None)
    assert any(line.startswith("C: HELO ") for line in talk.transcript)


@pytest.mark.parametrize("address", ["103.9.221.250", "2001:db8::25"])
async def test_an_address_in_the_place_of_a_name_is_no_mail_server(address):
    talk = await door(closed_port()).talk(address)
    assert (talk.starttls, talk.cause, talk.transcript) == (None, Cause.DNS, ())


@pytest.mark.parametrize(
    ("greeting", "cause"),
    [
        ("554 not you", Cause.BLOCKED),
        ("421 later", Cause.RATE_LIMITED),
        ("HTTP/1.1 400 Bad", Cause.PROTOCOL),
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2", Cause.PROTOCOL),
        ("x" * 9000, Cause.PROTOCOL),
    ],
)
async def test_a_server_that_sends_us_away_says_why(greeting, cause):
    with serving(mail(greeting=greeting)) as server:
        talk = await door(server).talk(HOST)
    assert (talk.starttls, talk.cause) == (None, cause)


async def test_a_handshake_that_breaks_off_once_accuses_nobody_and_twice_only_while_another_answers(authority):
    context = context_of(authority.issue_cert(HOST))
    whole = mail(context)

    def shy(connection, server):
        if server.connections > 1:
            whole(connection, server)
            return
        connection.sendall(b"220 mx\r\n")
        connection.recv(200)
        connection.sendall(b"250-mx\r\n250 STARTTLS\r\n")
        connection.recv(200)
        connection.sendall(b"220 go\r\n")

    def always(connection, server):
        server.connections = 0
        shy(connection, server)

    with serving(shy) as server:
        once = await door(server, trust=[authority.path]).talk(HOST)
    with serving(always) as server:
        alone = await door(server).talk(HOST)
        with listening() as place:
            twice = await door(server, answered={"khac.test": place}).talk(HOST)
    assert (once.starttls, bool(once.tls_version)) == (True, True)
    assert (alone.starttls, alone.cause) == (None, Cause.AMBIGUOUS)
    assert (twice.starttls, twice.tls_version, twice.cause) == (True, "", None)
    assert twice.detail.startswith("the handshake failed")


async def test_endless_lines_and_silence_end_in_time():
    def endless(connection, server):
        while not server.closing:
            connection.sendall(b"220-on and on\r\n")

    with serving(endless) as server:
        talk = await door(server).talk(HOST, seconds=2)
        assert talk.cause is Cause.PROTOCOL
        assert len(talk.transcript) <= 60
    with serving(silent) as server, listening() as other:
        quiet = await door(server, answered={"khac.test": other}).talk(HOST, seconds=0.3)
    assert quiet.cause is Cause.TIMEOUT


async def test_silence_is_theirs_only_when_another_mail_server_still_answers_us():
    unknown = await door(closed_port()).talk(HOST)
    with listening() as place:
        theirs = await door(closed_port(), answered={"mx.khac.test": place}).talk(HOST)
        own_only = await door(closed_port(), answered={HOST: place}).talk(HOST)
    no_more = await door(closed_port(), answered={"mx.khac.test": place}).talk(HOST)
    assert [unknown.cause, theirs.cause, own_only.cause] == [Cause.AMBIGUOUS, Cause.CONNECT, Cause.AMBIGUOUS]
    assert no_more.cause is Cause.AMBIGUOUS
    assert unknown.proof is not None


async def test_a_mail_server_to_which_we_had_no_way_is_not_down():
    with serving(mail(offers=())) as server:
        visit = door(server)
        with no_more_files():
            lacking = await visit.talk(HOST)
        later = await visit.talk(HOST)
    assert (lacking.cause, later.cause) == (Cause.CAPABILITY, None)


async def test_private_addresses_are_never_talked_to():
    with serving(silent) as server, serve_dns({(HOST, "A"): ["127.0.0.1"], (HOST, "AAAA"): []}) as dns:
        visit = door(0, servers=(("127.0.0.1", dns.port),))
        private = await visit.talk(HOST, port=server.port)
        gone = await visit.talk("khong-co.test", port=server.port)
        connections = server.connections
    assert [private.cause, gone.cause, connections] == [Cause.REDIRECTS, Cause.DNS, 0]


@with_postfix
@pytest.mark.parametrize("protocols", ["", "smtpd_tls_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1, !TLSv1.3"])
async def test_a_real_mail_server_takes_starttls_and_is_left_without_a_mail(authority, tmp_path, protocols):
    certificate = authority.issue_cert(HOST)
    pem = tmp_path / "mx.pem"
    pem.write_bytes(certificate.private_key_and_cert_chain_pem.bytes())
    with postfix(HOST, pem, protocols=protocols) as port:
        talk = await door(port, trust=[authority.path]).talk(HOST)
    assert (talk.starttls, talk.tls_version, talk.tls_verified) == (True, "TLSv1.2" if protocols else "TLSv1.3", True)
    assert (talk.certificates[0].names, talk.transcript[-1][:6]) == ((HOST,), "S: 221")


@with_postfix
async def test_a_real_mail_server_without_a_certificate_offers_no_tls():
    with postfix(HOST) as port:
        talk = await door(port).talk(HOST)
    assert (talk.starttls, talk.tls_version, talk.cause) == (False, "", None)
