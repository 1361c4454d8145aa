"""Where trust begins: the root's keys as IANA publishes them, or an operator's own anchor file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import dns.dnssec
import dns.exception
import dns.name
import dns.rdatatype
import dns.zonefile
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS

from auditor.errors import ConfigError, Problem

__all__ = ["ROOT_ANCHORS", "Anchors", "read_anchors"]

ROOT_ANCHORS = """\
. IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D
. IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16
"""
"""The root's key signing keys of 2017 and 2024, from https://data.iana.org/root-anchors/root-anchors.xml."""

_TYPES = {dns.rdatatype.DS, dns.rdatatype.DNSKEY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """The keys trusted without proof: of each zone, as digests of keys."""

    zones: Mapping[dns.name.Name, tuple[DS, ...]] = field(default_factory=dict)

    def above(self, name: dns.name.Name) -> dns.name.Name | None:
        """Give the nearest anchored zone that a name belongs to, None if there is none."""
        return max((zone for zone in self.zones if name.is_subdomain(zone)), key=len, default=None)


def read_anchors(path: str | Path = "") -> Anchors:
    """Read DS or DNSKEY records in zone-file form, of the root or of any zone; without a path, the root's own.

    Raises:
        ConfigError: the file cannot be read, or holds something else, or nothing.
    """
    if not path:
        return _anchors(ROOT_ANCHORS, "")
    file = Path(path)
    try:
        return _anchors(file.read_text("utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError([Problem(file=file.name, place="", what=f"the trust anchor cannot be read: {exc}")]) from exc


def _anchors(text: str, file: str) -> Anchors:
    try:
        found = dns.zonefile.read_rrsets(text, rdclass=None, default_ttl=0)
    except (dns.exception.DNSException, ValueError) as exc:
        raise ConfigError([Problem(file=file, place="", what=f"no DS or DNSKEY records in zone-file form: {exc}")]) from exc
    problems = [
        Problem(file=file, place=rrset.name.to_text(), what=f"{rrset.rdtype.name} is no trust anchor (DS or DNSKEY is)")
        for rrset in found
        if rrset.rdtype not in _TYPES
    ]
    zones: dict[dns.name.Name, list[DS]] = {}
    for rrset in found:
        for rdata in rrset:
            if isinstance(rdata, DS):
                zones.setdefault(rrset.name, []).append(rdata)
            elif isinstance(rdata, DNSKEY):
                zones.setdefault(rrset.name, []).append(dns.dnssec.make_ds(rrset.name, rdata, "SHA256"))
    if not zones and not problems:
        problems.append(Problem(file=file, place="", what="no DS or DNSKEY record"))
    if problems:
        raise ConfigError(problems)
    return Anchors(zones={zone: tuple(records) for zone, records in zones.items()})
