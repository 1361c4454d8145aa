"""Where a visit may go: public addresses only, asked after every resolve and every redirect."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

__all__ = ["Guard", "Refusal", "Target"]

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NUMERIC_LABEL = re.compile(r"(?:0x[0-9a-f]*|\d+)", re.IGNORECASE)
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")
_MAX_HOST = 253
_EMBEDDING = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


class Refusal(Exception):  # noqa: N818 - it is the outcome's name
    """An address where no visit may go; its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL taken apart and allowed so far: what to connect to, and whether the operator mapped it."""

    scheme: str
    host: str
    port: int
    mapped: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The rules. ``connect_to`` maps ``host:port`` to ``address:port``: that name is never looked up, and allowed as mapped."""

    allow: tuple[IPNetwork, ...] = ()
    connect_to: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, allow_addresses: Iterable[str], connect_to: Mapping[str, str]) -> "Guard":
        """Make a guard from settings."""
        return cls(allow=tuple(ipaddress.ip_network(text) for text in allow_addresses), connect_to=dict(connect_to))

    def target(self, url: str) -> Target:
        """Take a URL apart.

        Raises:
            Refusal: another scheme, a user name, a host that is no name, or a number that only some programs read as an address.
        """
        if _CONTROL.search(url):
            raise Refusal("the address holds a space, a control character or half a letter")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as exc:
            raise Refusal(f"not an address: {exc}") from exc
        if parts.scheme not in _DEFAULT_PORTS:
            raise Refusal(f"the scheme {parts.scheme[:20]!r} is not http or https")
        if "@" in parts.netloc or "\\" in url:
            raise Refusal("a user name or a backslash in the address")
        host = _host(parts.hostname or "")
        port = port if port is not None else _DEFAULT_PORTS[parts.scheme]
        return Target(scheme=parts.scheme, host=host, port=port, mapped=self.mapped(host, port))

    def mapped(self, host: str, port: int) -> tuple[str, int] | None:
        """Give what the operator maps this name and port to, if he does."""
        found = self.connect_to.get(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        if found is None:
            return None
        address, _, number = found.rpartition(":")
        return address.strip("[]"), int(number)

    def check(self, address: str) -> None:
        """Let a resolved address pass.

        Raises:
            Refusal: it is not public, and settings do not allow it.
        """
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError as exc:
            raise Refusal(f"{address[:60]!r} is no IP address") from exc
        inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
        if any(found in network for network in self.allow if network.version == found.version):
            return
        if not _public(inner or found):
            raise Refusal(f"{found} is not a public address")

    def lets(self, address: str) -> bool:
        """Tell whether a resolved address may pass."""
        try:
            self.check(address)
        except Refusal:
            return False
        return True


@lru_cache(maxsize=1024)
def _host(host: str) -> str:
    host = host.rstrip(".").lower()
    try:
        if ":" in host:
            return str(ipaddress.IPv6Address(host.partition("%")[0]))
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        if ":" in host:  # RFC 3986's addresses of the future, which nobody has ever given out
            raise Refusal(f"{host[:60]!r} is no host name") from None
    if host and all(_NUMERIC_LABEL.fullmatch(label) for label in host.split(".")):
        raise Refusal(f"{host[:60]!r} is a number in a form that only some programs read as an address")
    try:
        ascii_host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError as exc:
        raise Refusal(f"{host[:60]!r} is no host name") from exc
    if len(ascii_host) > _MAX_HOST or not _HOST.fullmatch(ascii_host):
        raise Refusal(f"{host[:60]!r} is no host name")
    return ascii_host


def _public(address: IPAddress) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _EMBEDDING):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified
