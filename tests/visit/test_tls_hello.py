"""The hello by hand: what a server's bytes mean, whatever they are."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.visit.doors.tls.hello import VERSIONS, Reply, client_hello, read_greeting


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
    hello = client_hello("so.khanhhoa.test", version)
    assert hello[0] == 22
    assert len(hello) - 5 == int.from_bytes(hello[3:5], "big")
    assert not 255 < len(hello) - 5 < 512
    assert (b"so.khanhhoa.test" in hello) is (version != "ssl3")


def test_an_address_is_not_sent_as_a_name():
    assert b"127.0.0.1" not in client_hello("127.0.0.1", "tls1.2")
