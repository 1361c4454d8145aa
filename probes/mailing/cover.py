"""How much of the Internet a record lets send: every address that its terms match, each counted where it is matched first."""

import ipaddress

__all__ = ["Cover"]

_CELLS = 1 << 16
_ALL = (1 << _CELLS) - 1
_SPACES = {4: ipaddress.ip_network("0.0.0.0/0"), 6: ipaddress.ip_network("2000::/3")}
"""Where senders' addresses come from: all of IPv4, and the part of IPv6 that is given out (RFC 4291, section 2.4)."""
_NEARLY_ALL = _CELLS // 2
"""From half of all addresses on, a record keeps nobody out: whoever forges mail finds a sender among them."""


class Cover:
    """A picture of both spaces of addresses, in 65,536 equal cells each; a network below one cell's size is too small to tell."""

    def __init__(self) -> None:
        """Begin with addresses of which nothing is said yet."""
        self._matched = {4: 0, 6: 0}
        self._passed = {4: 0, 6: 0}

    def match(self, network: str, qualifier: str) -> None:
        """Take in a network that a term of this qualifier matches; what an earlier term matched stays as it was."""
        try:
            one = ipaddress.ip_network(network, strict=False)
        except ValueError:
            return
        self._paint(one.version, _cells(one), qualifier)

    def match_rest(self) -> None:
        """Take in that everybody else passes."""
        for version in _SPACES:
            self._paint(version, _ALL, "+")

    def include(self, other: "Cover", qualifier: str) -> None:
        """Take in what passes another record, as an ``include`` of this qualifier does."""
        for version in _SPACES:
            self._paint(version, other.passed(version), qualifier)

    def passed(self, version: int) -> int:
        """Give the cells whose senders pass, as bits."""
        return self._passed[version]

    @property
    def open_to(self) -> tuple[str, ...]:
        """Give the kinds of addresses of which half or more may send."""
        return tuple(f"IPv{version}" for version in _SPACES if self._passed[version].bit_count() >= _NEARLY_ALL)

    def _paint(self, version: int, cells: int, qualifier: str) -> None:
        new = cells & ~self._matched[version]
        self._matched[version] |= new
        if qualifier == "+":
            self._passed[version] |= new


def _cells(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> int:
    """Give the cells that a network fills, as bits."""
    space = _SPACES[network.version]
    each = space.num_addresses // _CELLS
    begin, end = int(space.network_address), int(space.network_address) + space.num_addresses
    first = max(int(network.network_address), begin) - begin
    last = min(int(network.network_address) + network.num_addresses, end) - begin
    if last - first < each:
        return 0
    return ((1 << ((last - first) // each)) - 1) << (first // each)
