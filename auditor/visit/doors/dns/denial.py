"""What a signed zone proves not to exist: NSEC (RFC 4035, 6840) and NSEC3 (RFC 5155, 9276) read as proofs. Pure."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

import dns.dnssec
import dns.name
import dns.rdatatype
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3

__all__ = ["Cut", "Denial", "Denied"]

MAX_ITERATIONS = 150
"""Beyond this many rounds of hashing nobody has to follow: such a proof counts as none of security (RFC 9276, section 3.2)."""
_SHA1 = 1
_OPT_OUT = 1
_NS, _SOA, _DS = dns.rdatatype.NS, dns.rdatatype.SOA, dns.rdatatype.DS
_CNAME, _DNAME = dns.rdatatype.CNAME, dns.rdatatype.DNAME


class Cut(Enum):
    """What a zone proves of a name below it for which it gave no DS."""

    NONE = "no zone begins here"
    UNSIGNED = "a zone begins here, and it is not signed"
    UNPROVEN = "nothing"


class Denied(Enum):
    """How well an absence is proven. With ``OPT_OUT`` an unsigned zone may still begin in the gap."""

    PROVEN = "proven"
    OPT_OUT = "opt-out"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    """One record in one shape for both kinds: its owner, the end of its gap, the types at its owner."""

    owner: tuple[bytes, ...]
    end: tuple[bytes, ...]
    types: frozenset[int]
    opt_out: bool = False

    def covers(self, place: tuple[bytes, ...]) -> bool:
        """Tell whether a place lies inside the gap; the last gap of a zone ends at its beginning."""
        if self.owner < self.end:
            return self.owner < place < self.end
        return place > self.owner or place < self.end

    @property
    def leaves_zone(self) -> bool:
        """Tell whether what lies below the owner belongs to another zone or name (RFC 6840, section 4.1)."""
        return (_NS in self.types and _SOA not in self.types) or _DNAME in self.types


class Denial:
    """The proofs of one answer whose signatures by one zone were found to hold."""

    def __init__(
        self, zone: dns.name.Name, nsec: Iterable[tuple[dns.name.Name, NSEC]], nsec3: Sequence[tuple[dns.name.Name, NSEC3]]
    ) -> None:
        """Take the records with their owners."""
        self._zone = zone
        self._gaps = [_Gap(owner=_place(owner), end=_place(rdata.next), types=_types(rdata)) for owner, rdata in nsec]
        self._hash: tuple[bytes, int] | None = None
        self._hashed: list[_Gap] = []
        known = [(owner, rdata) for owner, rdata in nsec3 if rdata.algorithm == _SHA1 and rdata.flags in {0, _OPT_OUT}]
        self.too_costly = bool(known) and known[0][1].iterations > MAX_ITERATIONS
        if known and not self.too_costly:
            self._hash = (known[0][1].salt, known[0][1].iterations)
            same = [(o, r) for o, r in known if (r.salt, r.iterations) == self._hash and o.parent() == zone]
            self._hashed = [
                _Gap(owner=(o.labels[0].upper(),), end=(_text(r.next),), types=_types(r), opt_out=bool(r.flags)) for o, r in same
            ]

    def cut(self, name: dns.name.Name) -> Cut:
        """Say whether a zone begins at this name, for which there was no DS."""
        gap = self._at(name)
        if gap is not None:
            if _DS in gap.types or _SOA in gap.types:
                return Cut.UNPROVEN
            return Cut.UNSIGNED if _NS in gap.types else Cut.NONE
        if self._empty(name):
            return Cut.NONE
        around = self._around(name)
        if around is None:
            return Cut.UNSIGNED if self.too_costly else Cut.UNPROVEN
        return Cut.UNSIGNED if around.opt_out else Cut.NONE

    def denies(self, name: dns.name.Name, rdtype: int, *, exists: bool) -> Denied:
        """Say whether it is proven that a name has no such type (``exists``), or is not there at all."""
        found = self._no_type(name, rdtype) if exists else self._no_name(name)
        if found is Denied.UNPROVEN and self.too_costly:
            return Denied.OPT_OUT
        return found

    def allows_wildcard(self, name: dns.name.Name, labels: int) -> Denied:
        """Say whether it is proven that nothing nearer than the wildcard with this many labels stands for a name."""
        closest = labels + 1
        if self._gaps:
            found = self._closest(name)
            gap = self._hole(name) if found is not None and len(found) == closest else None
        else:
            gap = self._hole(name.split(closest + 1)[1])
        if gap is None:
            return Denied.OPT_OUT if self.too_costly else Denied.UNPROVEN
        return Denied.OPT_OUT if gap.opt_out else Denied.PROVEN

    def _no_type(self, name: dns.name.Name, rdtype: int) -> Denied:
        gap = self._at(name)
        if gap is not None:
            parental = _NS in gap.types and _SOA not in gap.types and rdtype != _DS
            return Denied.UNPROVEN if rdtype in gap.types or _CNAME in gap.types or parental else Denied.PROVEN
        if self._empty(name):
            return Denied.PROVEN
        around = self._around(name)
        closest = self._closest(name)
        if around is None or closest is None:
            return Denied.UNPROVEN
        wild = self._at(_wildcard(closest))
        if wild is not None and rdtype not in wild.types and _CNAME not in wild.types:
            return Denied.OPT_OUT if around.opt_out else Denied.PROVEN
        return Denied.OPT_OUT if around.opt_out else Denied.UNPROVEN

    def _no_name(self, name: dns.name.Name) -> Denied:
        around, closest = self._around(name), self._closest(name)
        if around is None or closest is None or self._empty(name) or self._hole(_wildcard(closest)) is None:
            return Denied.UNPROVEN
        return Denied.OPT_OUT if around.opt_out else Denied.PROVEN

    def _at(self, name: dns.name.Name) -> _Gap | None:
        """Give the record whose owner is this name."""
        pairs = ((gap, _place(name)) for gap in self._gaps) if self._gaps else ((gap, self._hashes(name)) for gap in self._hashed)
        return next((gap for gap, place in pairs if gap.owner == place), None)

    def _hole(self, name: dns.name.Name) -> _Gap | None:
        """Give the record whose gap this name falls in."""
        if self._gaps:
            place = _place(name)
            return next(
                (gap for gap in self._gaps if gap.covers(place) and not (gap.leaves_zone and _below(place, gap.owner))), None
            )
        return next((gap for gap in self._hashed if gap.covers(self._hashes(name))), None)

    def _around(self, name: dns.name.Name) -> _Gap | None:
        """Give the record that proves that a name is not there, by itself or through its closest encloser."""
        if self._gaps:
            return self._hole(name)
        closest = self._closest(name)
        return None if closest is None or closest == name else self._hole(name.split(len(closest) + 1)[1])

    def _closest(self, name: dns.name.Name) -> dns.name.Name | None:
        """Give the nearest ancestor that is proven to exist."""
        if self._gaps:
            gap, place = self._hole(name), _place(name)
            if gap is None:
                return None
            shared = max(_shared(place, gap.owner), _shared(place, gap.end))
            return name.split(max(shared, len(self._zone)))[1]
        for size in range(len(name), len(self._zone) - 1, -1):
            ancestor = name.split(size)[1]
            gap = self._at(ancestor)
            if gap is not None:
                return None if gap.leaves_zone and ancestor != name else ancestor
        return None

    def _empty(self, name: dns.name.Name) -> bool:
        """Tell whether a name exists only because something lies below it."""
        gap = self._hole(name) if self._gaps else None
        return gap is not None and _below(gap.end, _place(name))

    def _hashes(self, name: dns.name.Name) -> tuple[bytes, ...]:
        salt, rounds = self._hash or (b"", 0)
        return (dns.dnssec.nsec3_hash(name, salt, rounds, _SHA1).encode(),)


def _place(name: dns.name.Name) -> tuple[bytes, ...]:
    """Give a name's place in canonical order: its labels from the root down, in lower case (RFC 4034, section 6.1)."""
    return tuple(label.lower() for label in reversed(name.labels))


def _below(place: tuple[bytes, ...], above: tuple[bytes, ...]) -> bool:
    return len(place) > len(above) and place[: len(above)] == above


def _shared(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _wildcard(name: dns.name.Name) -> dns.name.Name:
    return dns.name.Name((b"*", *name.labels)) if len(name.to_wire() or b"") < 254 else name  # noqa: PLR2004 - RFC 1035's 255


def _text(digest: bytes) -> bytes:
    return base64.b32hexencode(digest)


def _types(rdata: NSEC | NSEC3) -> frozenset[int]:
    return frozenset(
        window * 256 + index * 8 + bit
        for window, bitmap in rdata.windows
        for index, byte in enumerate(bitmap)
        for bit in range(8)
        if byte & (0x80 >> bit)
    )
