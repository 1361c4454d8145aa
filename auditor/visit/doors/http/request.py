"""A request as it is written: where it goes, its target, its headers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

__all__ = ["Request", "request_of"]

_CLEAN = re.compile(
    r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)*+)(?::([1-9][0-9]{0,4}))?"
    r"(/(?!\.)(?:[A-Za-z0-9_~!$&'()*+,=:@;.-]|/(?!\.)|%[0-9A-Fa-f]{2})*+(?:\?(?:[A-Za-z0-9_~!$&'()*+,=:@;./?-]|%[0-9A-Fa-f]{2})*+)?)"
)
"""Addresses that are written as they stand: no letter to encode, no name to translate, no dots to go up by."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; ``host`` and ``target`` are ASCII, ``headers`` begin with Host. No visit sends a ``body``."""

    method: str
    scheme: str
    host: str
    port: int
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""

    def head(self) -> bytes:
        """Give it as HTTP/1.1 writes it (RFC 9112).

        Raises:
            ValueError: a header holds the end of a line: it would become another one.
        """
        lines = [b"%s %s HTTP/1.1" % (self.method.encode("ascii"), self.target), *(b"%s: %s" % pair for pair in self.headers)]
        head = b"\r\n".join(lines) + b"\r\n\r\n"
        if head.count(b"\n") != len(lines) + 1 or head.count(b"\r") != len(lines) + 1 or b"\0" in head:
            raise ValueError("a header that we would send holds the end of a line")
        return head


def request_of(method: str, url: str, headers: Mapping[str, str]) -> Request:
    """Write a request for an address.

    Raises:
        httpx.InvalidURL: it is no address.
        UnicodeError: a header is not ASCII.
    """
    clean = _CLEAN.fullmatch(url)
    if clean:
        scheme, host, number, path = clean.groups()
        port = int(number) if number else None
        target = path.encode("ascii")
        place = f"{host}:{number}".encode() if number and port != _DEFAULT_PORTS[scheme] else host.encode()
    else:
        parts = httpx.URL(url)
        scheme, host, port = parts.scheme, parts.raw_host.decode("ascii"), parts.port
        target, place = parts.raw_path, parts.netloc
    return Request(
        method=method,
        scheme=scheme,
        host=host,
        port=port or _DEFAULT_PORTS[scheme],
        target=target,
        headers=[(b"Host", place), *((name.encode("ascii"), value.encode("ascii")) for name, value in headers.items())],
    )
