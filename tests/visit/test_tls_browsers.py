"""Whether today's browsers get in: keys, groups, uses and lengths that they or a server do not take."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from tempfile import NamedTemporaryFile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from tls import context_of, over, resetting, serving
from tlsscan import HOST, scan

pytestmark = pytest.mark.anyio


def key_for(usage=None, kind="ec"):
    """Give a leaf of its own with such a key and uses, in a server's context; nobody asks who signed it."""
    key = {"ec": lambda: ec.generate_private_key(ec.SECP256R1()), "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
           "ed25519": ed25519.Ed25519PrivateKey.generate, "rsa": lambda: rsa.generate_private_key(65537, 2048)}[kind]()  # fmt: skip
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=9))
    if usage is not None:
        flags = (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
        )
        uses = {**dict.fromkeys((*flags, "crl_sign", "encipher_only", "decipher_only"), False), usage: True}
        built = built.add_extension(x509.KeyUsage(**uses), critical=True)
    pem = built.sign(key, None if kind == "ed25519" else hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with NamedTemporaryFile() as file:
        file.write(secret + pem)
        file.flush()
        context.load_cert_chain(file.name)
    return context


def only_p521(context):
    context.set_ecdh_curve("secp521r1")
    return context


def plain_rsa(context):
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-GCM-SHA256")
    return context


@pytest.mark.parametrize(
    ("context", "refused", "why"),
    [
        (key_for, (), ()),
        (lambda: key_for("digital_signature"), (), ()),
        (lambda: key_for("key_agreement"), ("chrome",), ("usage",)),
        (lambda: key_for("key_encipherment", "rsa"), ("chrome",), ("usage",)),
        (lambda: plain_rsa(key_for("key_encipherment", "rsa")), (), ()),
        (lambda: plain_rsa(key_for("digital_signature", "rsa")), ("chrome",), ("usage",)),
        (lambda: key_for(kind="ed25519"), ("chrome", "firefox"), ("agreement",)),
        (lambda: key_for(kind="p521"), ("chrome",), ("agreement",)),
        (lambda: only_p521(key_for()), ("chrome",), ("agreement",)),
    ],
    ids=["any use", "to sign", "to agree", "to encipher", "to encipher without signing", "to sign where it enciphers", "Ed25519", "P-521", "no group of Chrome's"],
)  # fmt: skip
async def test_what_only_some_browsers_take_is_told_of_those_that_do_not(context, refused, why):
    with serving(over(context())) as server:
        endpoint, _ = await scan(server)
    assert (endpoint.refused_by, endpoint.refused_for) == (refused, why)


async def test_a_server_that_falls_silent_at_the_long_hellos_of_browsers_keeps_them_out(authority):
    shake = over(context_of(authority.issue_cert(HOST)))

    def short(connection, server):
        head = connection.recv(5, socket.MSG_PEEK | socket.MSG_WAITALL)
        (resetting if int.from_bytes(head[3:5], "big") > 1460 else shake)(connection, server)

    with serving(short) as server:
        endpoint, _ = await scan(server, trust=[authority.path])
    assert (endpoint.refused_by, endpoint.refused_for, endpoint.cause) == (("chrome", "firefox"), ("size",), None)
    assert endpoint.protocols == ("tls1.2", "tls1.3")
