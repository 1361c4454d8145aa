"""A server of tlslite-ng in a process of its own: it speaks what no OpenSSL of today does. ``python tlslite_server.py PEM SETTINGS``.

SETTINGS is JSON: attributes of ``tlslite.api.HandshakeSettings``; ``anonymous`` for one without a certificate, ``ignores_fallback`` for one
that does not know TLS_FALLBACK_SCSV (RFC 7507). It prints its port.
"""

import json
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path

from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.constants import CipherSuite
from tlslite.errors import BaseTLSException

_SECONDS = 5
_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 16\r\nConnection: close\r\n\r\n<title>x</title>"


def main(pem, given):
    """Answer every visitor with one page, until somebody ends the process."""
    text = Path(pem).read_text()
    key, _, certificates = text.partition("-----BEGIN CERTIFICATE-----")
    chain = X509CertChain()
    chain.parsePemList("-----BEGIN CERTIFICATE-----" + certificates)
    anonymous = given.pop("anonymous", False)
    if given.pop("ignores_fallback", False):
        CipherSuite.TLS_FALLBACK_SCSV = None
    settings = HandshakeSettings()
    for name, value in given.items():
        setattr(settings, name, tuple(value) if name.endswith("Version") else value)
    who = {"anon": True} if anonymous else {"certChain": chain, "privateKey": parsePEMKey(key, private=True)}
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=talk, args=(connection, settings, who), daemon=True).start()


def talk(connection, settings, who):
    with connection, suppress(BaseTLSException, OSError, ValueError, AssertionError):
        connection.settimeout(_SECONDS)
        secure = TLSConnection(connection)
        secure.handshakeServer(settings=settings, **who)
        secure.read(min=1, max=4_000)
        secure.write(_PAGE)
        secure.close()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
