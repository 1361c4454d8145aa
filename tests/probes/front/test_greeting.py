"""Which errors of our TLS library prove that a server spoke TLS: what its own client says of real bytes."""

import random
import ssl
import struct

import pytest
from knowing import failed

from auditor.model.visit import Cause
from probes.front.greeting import excuse_of, refuses_versions, speaks_tls

RANDOM = random.Random(3)
HELLO = b"\x03\x03" + bytes(32) + b"\0"


def record(kind, body):
    return bytes([kind, 3, 3]) + struct.pack("!H", len(body)) + body


def hello(body):
    return record(22, b"\x02" + len(body).to_bytes(3, "big") + body)


def said_of(answer):
    """Give the words of Python's client, which is our own, for a server that answers so and hangs up."""
    context = ssl.create_default_context()
    come, gone = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(come, gone, server_hostname="so.test")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    come.write(answer)
    come.write_eof()
    with pytest.raises(ssl.SSLError) as caught:
        client.do_handshake()
    return f"ConnectError: {caught.value}"


def spoke(answer):
    return speaks_tls(failed(Cause.TLS, detail=said_of(answer)))


@pytest.mark.parametrize(
    "answer",
    [
        *(record(21, bytes([2, code])) for code in (0x28, 0x2F, 0x46, 0x47, 0x50, 0x56, 0x70, 0x78, 0xFF)),
        hello(HELLO[:-1] + b"\0" + b"\x00\x05\0"),
        hello(HELLO + b"\xc0\x2f\x01"),
        hello(b"\x03\x00" + HELLO[2:] + b"\xc0\x2f\0"),
        hello(HELLO + b"\xc0\x2f\0" + b"\0\0\0"),
    ],
)
def test_an_alert_and_a_hello_prove_tls(answer):
    assert spoke(answer), said_of(answer)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"PUT / HTTP/1.1\r\n\r\n",
        b"CONNECT x HTTP/1.1\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
        b"\x16\x03",
        b"\x16\x03\x03\xff\xff" + bytes(40),
        record(23, b"abc"),
        record(22, bytes(range(40))),
        *(RANDOM.randbytes(60) for _ in range(300)),
    ],
)
def test_what_is_no_tls_proves_none(answer):
    assert not spoke(answer), said_of(answer)


@pytest.mark.parametrize(
    ("answer", "refuses"),
    [(record(21, b"\x02\x46"), True), (hello(b"\x03\x01" + HELLO[2:] + b"\xc0\x2f\0"), True), (record(21, b"\x02\x28"), False)],
    ids=["the alert", "an older version", "another alert"],
)
def test_who_takes_no_version_that_browsers_offer_refuses_them_too(answer, refuses):
    exchange = failed(Cause.TLS, detail=said_of(answer))
    assert refuses_versions(exchange) is refuses
    assert excuse_of(exchange, []) is (Cause.TLS if refuses else Cause.CAPABILITY)
