"""The hello by hand: what a server's bytes mean, whatever they are."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.visit.doors.tls.greeting import MAX_BYTES, VERSIONS, Reply, is_finished, read_greeting
from auditor.visit.doors.tls.hello import Hello, client_hello
from auditor.visit.doors.tls.modern import Opening


def record(kind, body, version=0x0303):
    return struct.pack("!BHH", kind, version, len(body)) + body


def message(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def server_hello(version=0x0303, suite=0x0033, extensions=b""):
    body = struct.pack("!H", version) + bytes(32) + b"\x00" + struct.pack("!HB", suite, 0)
    return message(2, body + (struct.pack("!H", len(extensions)) + extensions if extensions else b""))


def key_exchange(bits):
    prime = (1 << (bits - 1) | 1).to_bytes((bits + 7) // 8, "big")
    return message(12, struct.pack("!H", len(prime)) + prime + b"\x00\x01\x02" + b"\x00\x01\x05")


def certificate(*ders):
    listed = b"".join(len(der).to_bytes(3, "big") + der for der in ders)
    return message(11, len(listed).to_bytes(3, "big") + listed)


DONE = message(14, b"")


def test_a_whole_answer_gives_protocol_suite_chain_and_group_even_over_split_records():
    stream = server_hello() + certificate(b"leaf", b"middle") + key_exchange(768) + DONE
    received = record(22, stream[:50]) + record(22, stream[50:])
    found = read_greeting(received, ended=False)
    assert (found.reply, found.version, found.suite) == (Reply.HELLO, "tls1.2", 0x0033)
    assert (found.chain, found.dh_bits) == ((b"leaf", b"middle"), 768)


def test_tls_1_3_is_known_by_its_extension():
    received = record(22, server_hello(suite=0x1301, extensions=struct.pack("!HHH", 43, 2, 0x0304)))
    assert read_greeting(received, ended=False).version == "tls1.3"


def test_an_older_protocol_than_asked_for_is_named_as_chosen():
    assert read_greeting(record(22, server_hello(version=0x0301)), ended=True).version == "tls1.0"


@pytest.mark.parametrize(
    ("received", "ended", "reply"),
    [
        (b"", True, Reply.CLOSED),
        (b"", False, Reply.SILENT),
        (record(21, b"\x02\x46"), True, Reply.ALERT),
        (b"HTTP/1.1 400 Bad Request\r\n", True, Reply.NOISE),
        (b"220 mail.test ESMTP\r\n", False, Reply.NOISE),
        (b"\x16\x03\x03", True, Reply.NOISE),
        (b"\x16HTTP", True, Reply.NOISE),
    ],
)
def test_what_is_no_hello_is_told_apart(received, ended, reply):
    assert read_greeting(received, ended=ended).reply is reply


def test_a_warning_before_the_hello_is_no_refusal():
    """Servers of OpenSSL 1.0 say "unrecognized_name" as a warning and go on (RFC 6066 section 3)."""
    warning = record(21, b"\x01\x70")
    assert not is_finished(warning)
    assert is_finished(warning + record(21, b"\x02\x28"))
    assert is_finished(record(21, b"\x01\x00"))
    found = read_greeting(warning + record(22, server_hello() + DONE), ended=False)
    assert (found.reply, found.version) == (Reply.HELLO, "tls1.2")
    refused = read_greeting(warning + record(21, b"\x02\x28"), ended=True)
    assert (refused.reply, refused.alert) == (Reply.ALERT, 40)
    assert read_greeting(warning, ended=False).reply is Reply.ALERT


def test_compression_and_safe_renegotiation_stand_in_the_hello():
    plain = read_greeting(record(22, server_hello()), ended=True)
    safe = read_greeting(record(22, server_hello(extensions=struct.pack("!HHB", 0xFF01, 1, 0))), ended=True)
    body = struct.pack("!H", 0x0303) + bytes(32) + b"\x00" + struct.pack("!HB", 0x000A, 1)
    deflating = read_greeting(record(22, message(2, body)), ended=True)
    assert (plain.renegotiation, safe.renegotiation) == (False, True)
    assert (plain.compression, deflating.compression) == (False, True)


def test_certificates_beyond_all_bounds_are_told_from_none():
    flood = b"".join(record(22, part) for part in [server_hello(), *[bytes([11, 2, 0, 0]) + bytes(16_000)] + [bytes(16_384)] * 6])
    assert len(flood) > MAX_BYTES
    assert read_greeting(flood, ended=False).oversized
    assert not read_greeting(record(22, server_hello() + DONE), ended=False).oversized


def test_compression_is_offered_only_when_asked_for_and_never_in_tls_1_3():
    def methods(hello):
        place = 9 + 34
        place += 1 + hello[place]
        place += 2 + int.from_bytes(hello[place : place + 2], "big")
        return hello[place + 1 : place + 1 + hello[place]]

    assert methods(client_hello(Hello(host="so.test", version="tls1.2"))) == b"\x00"
    assert methods(client_hello(Hello(host="so.test", version="tls1.2", compress=True))) == b"\x01\x00"
    assert methods(client_hello(Hello(host="so.test", version="tls1.3", compress=True))) == b"\x00"


def test_the_alert_is_named():
    assert read_greeting(record(21, b"\x02\x46"), ended=True).alert == 70


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_break_the_reading(received, ended):
    assert read_greeting(received, ended=ended).reply in Reply


@given(st.binary(max_size=120), st.sampled_from([2, 11, 12, 14]))
def test_no_handshake_message_breaks_the_reading(body, kind):
    stream = server_hello() + message(kind, body)
    assert read_greeting(record(22, stream), ended=True).reply is Reply.HELLO


@pytest.mark.parametrize("version", VERSIONS)
def test_a_hello_keeps_out_of_the_lengths_that_old_devices_hang_on(version):
    hello = client_hello(Hello(host="so.khanhhoa.test", version=version))
    assert hello[0] == 22
    assert len(hello) - 5 == int.from_bytes(hello[3:5], "big")
    assert not 255 < len(hello) - 5 < 512
    assert (b"so.khanhhoa.test" in hello) is (version != "ssl3")


def test_an_address_is_not_sent_as_a_name():
    assert b"127.0.0.1" not in client_hello(Hello(host="127.0.0.1", version="tls1.2"))


RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


@given(
    extensions=st.binary(max_size=80), random=st.sampled_from([bytes(32), RETRY]), rest=st.lists(st.tuples(st.sampled_from([20, 21, 22, 23]), st.binary(max_size=60)))
)  # fmt: skip
def test_whatever_a_server_of_tls_1_3_says_is_read_without_a_crash(extensions, random, rest):
    body = (
        struct.pack("!H", 0x0303)
        + random
        + b"\x00"
        + struct.pack("!HB", 0x1301, 0)
        + struct.pack("!H", len(extensions))
        + extensions
    )
    received = record(22, message(2, body)) + b"".join(record(kind, content) for kind, content in rest)
    opening = Opening()
    client_hello(Hello(host="so.test", version="tls1.3"), opening)
    retry = opening.retry(received)
    if retry is not None:
        client_hello(Hello(host="so.test", version="tls1.3"), opening, groups=(retry.group,), cookie=retry.cookie)
    opening.is_open(received)
    assert opening.certificates(received) == ((), b"")


def test_a_server_may_wish_for_another_group_once_and_only_for_one_that_we_have():
    def wish(group):
        share = struct.pack("!HHH", 51, 2, group)
        body = struct.pack("!H", 0x0303) + RETRY + b"\x00" + struct.pack("!HB", 0x1301, 0) + struct.pack("!H", len(share)) + share
        return record(22, message(2, body))

    opening = Opening()
    hello = Hello(host="so.test", version="tls1.3")
    client_hello(hello, opening)
    assert opening.retry(wish(0x0018)).group == 0x0018
    assert opening.retry(wish(0x0100)) is None
    first, second = opening.said[0], client_hello(hello, opening, groups=(0x0018,))
    assert first[6:38] == second[11:43] == opening.random
    assert opening.retry(wish(0x0017)) is None


@pytest.mark.parametrize(("size", "heard"), [(0, True), (0x2000, True), (0x2001, False), (0xFFFF, False)])
def test_a_cookie_is_said_again_only_where_the_hello_still_fits_into_one_record(size, heard):
    cookie = bytes(size)
    extensions = struct.pack("!HHH", 51, 2, 0x0018) + struct.pack("!HH", 44, size) + cookie
    body = struct.pack("!H", 0x0303) + RETRY + b"\x00" + struct.pack("!HB", 0x1301, 0)
    stream = message(2, body + struct.pack("!H", min(len(extensions), 0xFFFF)) + extensions)
    received = b"".join(record(22, stream[start : start + 16_000]) for start in range(0, len(stream), 16_000))
    opening, hello = Opening(), Hello(host="so.test", version="tls1.3")
    client_hello(hello, opening)
    wish = opening.retry(received)
    assert (wish is not None) is heard
    if wish is not None:
        assert len(client_hello(hello, opening, groups=(wish.group,), cookie=wish.cookie)) < 1 << 14
