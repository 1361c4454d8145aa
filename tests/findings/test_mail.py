"""Letters go over a verified line to a real server, and what it does to them is told apart: taken, later, never, or down."""

import email
import email.policy
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import anyio
import pytest
import trustme
from notices import notice
from postbox import HOST, Postbox, contexts, postbox, trusted
from postfix import postfix, with_postfix

from auditor.findings.channels.mail import MailServer, send_mail
from auditor.findings.message import message_id
from auditor.findings.outbox import LEASE

TO = ("a@x.example", "b@x.example", "c@x.example")
SENDER = "Kiểm tra <auditor@stttt.example>"
pytestmark = pytest.mark.anyio


def server(port, **given):
    return MailServer(**{"host": HOST, "port": port, "sender": SENDER, "starttls": False, "seconds": 5.0, **given})


async def sent(box, of=None, *, to=None, **given):
    of = of or notice()
    with postbox(box) as port:
        return await send_mail(server(port, **given), of, to or of.to)


async def test_a_letter_arrives_as_it_was_written():
    box = Postbox()
    found = await sent(box, notice(to=TO))
    assert (found.taken, found.later, found.never, found.down) == (TO, {}, {}, "")
    assert "4711" in found.said
    [(to, raw)] = box.letters
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert (to, box.senders) == (TO, ["auditor@stttt.example"])
    assert (letter["Subject"], letter["From"]) == (notice().subject, SENDER)
    assert letter.get_body(("plain",)).get_content().replace("\r\n", "\n") == notice().text
    assert letter.get_body(("html",)).get_content().strip() == notice().html
    assert letter["Message-ID"] == message_id(notice().key, "stttt.example")


@pytest.mark.parametrize("mode", ["tls", "starttls"])
async def test_the_line_is_secured_and_verified_and_then_the_password_goes_over_it(mode):
    context, pem = contexts()
    box = Postbox()
    with trusted(pem) as ca, postbox(box, **{mode: context}, auth=True) as port:
        given = {"tls": mode == "tls", "starttls": mode == "starttls", "username": "auditor", "trust": (Path(ca),)}
        found = await send_mail(server(port, password="bí mật", **given), notice(), notice().to)
        wrong = await send_mail(server(port, password="password1", **given), notice(), notice().to)
    assert found.taken == notice().to
    assert box.secured == [True]
    assert "535" in wrong.down
    assert "password1" not in repr(wrong)
    assert wrong.taken == ()


@pytest.mark.parametrize("mode", ["tls", "starttls"])
@pytest.mark.parametrize(("name", "known"), [(HOST, False), ("elsewhere.example", True)])
async def test_a_server_that_cannot_be_verified_gets_nothing(mode, name, known):
    context, pem = contexts(name)
    box = Postbox()
    with trusted(pem) as ca, postbox(box, **{mode: context}) as port:
        trust = (Path(ca),) if known else ()
        given = {"tls": mode == "tls", "starttls": mode == "starttls", "trust": trust}
        found = await send_mail(server(port, **given), notice(), notice().to)
    assert "certificate verify failed" in found.down
    assert (box.letters, box.senders) == ([], [])


async def test_a_server_without_starttls_gets_nothing_where_it_was_asked_for():
    box = Postbox()
    found = await sent(box, starttls=True)
    assert "STARTTLS" in found.down
    assert box.senders == []


async def test_greylisting_is_asked_again_later_address_by_address():
    box = Postbox(rcpt=lambda address: "450 4.2.0 Greylisted" if address == TO[1] else None)
    found = await sent(box, notice(to=TO))
    assert found.taken == (TO[0], TO[2])
    assert found.later == {TO[1]: "450 4.2.0 Greylisted"}
    assert [to for to, _ in box.letters] == [(TO[0], TO[2])]


async def test_an_address_that_is_refused_for_good_is_not_asked_again():
    said = {TO[0]: "550 5.1.1 No such user", TO[1]: "552 Too many recipients"}
    found = await sent(Postbox(rcpt=said.get), notice(to=TO[:2]))
    assert found.never == {TO[0]: "550 5.1.1 No such user"}
    assert found.later == {TO[1]: "552 Too many recipients"}
    assert (found.taken, found.down) == ((), "")


@pytest.mark.parametrize(
    ("reply", "kind"), [("451 4.3.0 Try later", "later"), ("554 5.7.1 Spam", "never"), ("452 Full", "later")]
)
async def test_a_letter_turned_away_whole_is_later_or_never(reply, kind):
    found = await sent(Postbox(data=lambda letter: reply), notice(to=TO))
    assert getattr(found, kind) == dict.fromkeys(TO, reply)
    assert (found.taken, found.down) == ((), "")


@pytest.mark.parametrize("place", ["rcpt", "data"])
async def test_a_server_that_goes_away_is_down_and_nothing_is_held_against_the_letter(place):
    found = await sent(Postbox(**{place: lambda _: "421 4.3.2 Shutting down"}))
    assert found.down == "421 4.3.2 Shutting down"
    assert (found.taken, found.later, found.never) == ((), {}, {})


@pytest.mark.parametrize(("how", "kept"), [(Postbox.DROP, 0), (Postbox.DROP_AFTER, 1)])
async def test_a_line_lost_after_the_letter_leaves_it_open_and_the_same_letter_goes_again(how, kept):
    box = Postbox(data=lambda letter: how)
    with postbox(box) as port:
        first = await send_mail(server(port), notice(), notice().to)
        box.data = lambda letter: None
        again = await send_mail(server(port), notice(), notice().to)
    assert "before the server said that it has it" in first.later[notice().to[0]]
    assert (first.taken, first.down) == ((), "")
    assert again.taken == notice().to
    assert len(box.letters) == kept + 1
    assert len(set(box.letters)) == 1


async def test_a_line_lost_before_anybody_was_accepted_is_a_channel_that_is_down():
    found = await sent(Postbox(rcpt=lambda _: Postbox.DROP))
    assert found.down
    assert (found.taken, found.later, found.never) == ((), {}, {})


async def test_nobody_there_is_a_channel_that_is_down():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found = await send_mail(server(port), notice(), notice().to)
    assert "refused" in found.down.lower() or "Connect" in found.down


@with_postfix
async def test_a_real_postfix_takes_a_letter_over_tls_and_passes_it_on_to_each_address_under_our_name(tmp_path):
    authority, log = trustme.CA(), tmp_path / "log"
    pem = tmp_path / "chain.pem"
    certificate = authority.issue_cert(HOST)
    pem.write_bytes(certificate.private_key_and_cert_chain_pem.bytes())
    with trusted(authority.cert_pem.bytes()) as ca, postfix(HOST, pem, log=log) as port:
        found = await send_mail(server(port, starttls=True, trust=(Path(ca),)), notice(to=TO), TO)
        for _ in range(200):
            if log.read_text().count("status=sent") == len(TO):
                break
            await anyio.sleep(0.05)
    assert found.taken == TO
    assert "queued as" in found.said
    said = log.read_text()
    assert f"message-id={message_id(notice().key, 'stttt.example')}" in said
    assert "TLS connection established" in said
    assert all(f"to=<{address}>" in said for address in TO)
    assert said.count("status=sent") == len(TO)


@contextmanager
def saying(*lines):
    """A server that says each of these at its turn, whatever it hears, and then nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        heard, over, lines_of = [], threading.Event(), []

        def talk():
            connection, _ = listener.accept()
            lines_of.append(connection)
            with connection, suppress(OSError):
                connection.settimeout(10)
                for line in lines:
                    connection.sendall(line)
                    heard.append(connection.recv(65536))
                over.wait(10)

        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield listener.getsockname()[1], heard
        finally:
            over.set()
            for connection in lines_of:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            thread.join(10)


@pytest.mark.parametrize(
    "lines",
    [(), (b"220 x\r\n", b"250 x\r\n"), (b"220 x\r\n", b"250 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 go\r\n")],
    ids=["no greeting", "silent at MAIL", "silent after the letter"],
)
async def test_a_server_that_falls_silent_holds_a_letter_up_for_its_bounds_and_no_longer(lines):
    with saying(*lines) as (port, _):
        found = await send_mail(server(port, seconds=0.5, answer_seconds=0.5), notice(), notice().to)
    assert found.taken == ()
    assert found.down or "before the server said" in found.later[notice().to[0]]


async def test_a_server_that_drips_is_cut_off_as_a_whole():
    with saying(b"220-x\r\n") as (port, _):
        found = await send_mail(server(port, seconds=30.0, whole_seconds=0.5), notice(), notice().to)
    assert found.down


async def test_nonsense_is_a_channel_that_is_down():
    with saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (port, _):
        assert (await send_mail(server(port), notice(), notice().to)).down


async def test_what_is_whispered_before_tls_is_not_taken_for_the_server_s_word():
    with saying(b"220 x\r\n", b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n250 OK\r\n250 OK\r\n354 go\r\n250 queued\r\n") as (
        port,
        heard,
    ):
        found = await send_mail(server(port, starttls=True, seconds=1.0), notice(), notice().to)
    assert found.down
    assert found.taken == ()
    assert not any(b"MAIL" in one for one in heard)


async def test_addresses_that_are_none_never_reach_a_server():
    bad = (
        "",
        "nobody",
        "a@b@c.example",
        "a b@c.example",
        "a@x.example\r\nRCPT TO:<z@z.example>",
        "<a@x.example>",
        "a@-x.example",
    )
    found = await send_mail(server(1), notice(to=bad), bad)
    assert found.never == dict.fromkeys(bad, "is no address of mail")
    box = Postbox()
    mixed = await sent(box, notice(to=(*bad, "văn.thư@x.example", "a@tỉnh.example")))
    assert mixed.taken == ("a@tỉnh.example",)
    assert box.letters[0][0] == (f"a@{'tỉnh'.encode('idna').decode()}.example",)
    assert len(mixed.never) == len(bad) + 1


def test_no_try_outlasts_its_lease():
    assert MailServer(host="h", port=25, sender="a@b.example").whole_seconds * 2 < LEASE.total_seconds()


def test_the_password_is_in_no_repr():
    assert "geheim" not in repr(server(25, password="geheim"))


def test_the_context_verifies(tmp_path):
    from auditor.findings.channels.mail import _context

    context = _context(())
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
