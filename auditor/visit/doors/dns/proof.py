"""What one zone's keys prove of an answer at one instant: its records, its aliases, its wildcards, its absences. Pure."""

from dataclasses import dataclass

import dns.dnssec
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.ANY.RRSIG import RRSIG

from auditor.visit.doors.dns.denial import Denial, Denied
from auditor.visit.doors.dns.signature import ALGORITHMS, fault
from auditor.visit.doors.dns.wire import signatures_of

__all__ = ["BOGUS", "INSECURE", "OPEN", "SECURE", "Checker", "Stop", "Zone", "spell", "target_of", "usable"]

SECURE, INSECURE, BOGUS, OPEN = "secure", "insecure", "bogus", ""
_MAX_SIGNATURES = 8
_MAX_KEYS = 24
"""Keys and signatures tried for one set of records: more is an attack on our processor (KeyTrap, CVE-2023-50387)."""
_DIGESTS = {1, 2, 4}
_CNAME, _DNAME, _NSEC, _NSEC3 = dns.rdatatype.CNAME, dns.rdatatype.DNAME, dns.rdatatype.NSEC, dns.rdatatype.NSEC3


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone whose keys are proven."""

    name: dns.name.Name
    keys: tuple[DNSKEY, ...]

    def __str__(self) -> str:
        """Give its name as people write it."""
        return spell(self.name)


class Stop(Exception):  # noqa: N818 - it ends a walk, it is no error
    """The walk ends here with this verdict."""

    def __init__(self, security: str, detail: str) -> None:
        """Say what was found, and why."""
        self.security, self.detail = security, detail
        super().__init__(detail)


class Checker:
    """Judges records at one instant. Every method that finds less than a proof raises ``Stop``."""

    def __init__(self, now: float) -> None:
        """Judge signatures as of these seconds since 1970."""
        self._now = now

    def entered(self, name: dns.name.Name, digests: tuple[DS, ...], keys: dns.rrset.RRset, answer: dns.message.Message) -> Zone:
        """Trust a zone's keys, when one that its parent names has signed them all."""
        all_keys = [key for key in keys if isinstance(key, DNSKEY)][:_MAX_KEYS]
        named = [key for key in all_keys if any(_fits(name, key, digest) for digest in digests)]
        if not named:
            tags = ", ".join(map(str, sorted({digest.key_tag for digest in digests})))
            raise Stop(BOGUS, f"{spell(name)} has no key that fits its DS ({tags})")
        self.proven(keys, Zone(name=name, keys=tuple(named)), answer)
        return Zone(name=name, keys=tuple(all_keys))

    def proven(self, rrset: dns.rrset.RRset, zone: Zone, answer: dns.message.Message) -> RRSIG:
        """Give the signature that proves these records; where a wildcard made them, nothing nearer may exist."""
        signatures = signatures_of(answer.answer, rrset.name, rrset.rdtype)
        what = f"the {rrset.rdtype.name} of {spell(rrset.name)}"
        if signatures is None:
            raise Stop(BOGUS, f"{what} has no signature, though {zone} is signed")
        reasons = []
        for signature in _some(signatures):
            reason = self._fault(rrset, signature, zone)
            if not reason:
                self._unexpanded(rrset, signature, zone, answer)
                return signature
            reasons.append(f"key {signature.key_tag}: {reason}")
        raise Stop(BOGUS, f"{what} is not proven by {zone}: {'; '.join(reasons)}")

    def alias(self, alias: dns.rrset.RRset, zone: Zone, answer: dns.message.Message) -> None:
        """Prove a CNAME, by its own signature or by that of the DNAME it was made from."""
        if signatures_of(answer.answer, alias.name, _CNAME) is None:
            for rrset in answer.answer:
                below = alias.name != rrset.name and alias.name.is_subdomain(rrset.name)
                if rrset.rdtype == _DNAME and below and _redirected(alias.name, rrset) == target_of(alias):
                    self.proven(rrset, zone, answer)
                    return
        self.proven(alias, zone, answer)

    def absent(self, zone: Zone, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, answer: dns.message.Message) -> str:
        """Prove that there are no such records; give what is proven."""
        exists = answer.rcode() != dns.rcode.NXDOMAIN
        what = f"{spell(name)} has no {rdtype.name}" if exists else f"{spell(name)} does not exist"
        found = self.denial(zone, answer).denies(name, rdtype, exists=exists)
        if found is Denied.OPT_OUT:
            raise Stop(INSECURE, f"{zone} leaves open whether {spell(name)} exists (opt-out)")
        if found is Denied.UNPROVEN:
            raise Stop(BOGUS, f"{zone} is signed, but does not prove that {what}")
        return f"{zone} proves that {what}"

    def denial(self, zone: Zone, answer: dns.message.Message) -> Denial:
        """Gather an answer's proofs of absence, those alone whose signatures hold."""
        found: dict[int, list[tuple[dns.name.Name, object]]] = {_NSEC: [], _NSEC3: []}
        for rrset in answer.authority:
            signatures = signatures_of(answer.authority, rrset.name, rrset.rdtype)
            if rrset.rdtype not in found or signatures is None or not rrset.name.is_subdomain(zone.name):
                continue
            whole = [s for s in _some(signatures) if s.labels == len(rrset.name) - 1 - rrset.name.is_wild()]
            if any(not self._fault(rrset, signature, zone) for signature in whole):
                found[rrset.rdtype].append((rrset.name, rrset[0]))
        return Denial(zone.name, found[_NSEC], found[_NSEC3])  # type: ignore[arg-type]

    def _fault(self, rrset: dns.rrset.RRset, signature: RRSIG, zone: Zone) -> str:
        """Say what is wrong with a signature; nothing if it holds."""
        if signature.signer != zone.name:
            return f"signed by {spell(signature.signer)}"
        return fault(rrset, signature, zone.keys, self._now)

    def _unexpanded(self, rrset: dns.rrset.RRset, signature: RRSIG, zone: Zone, answer: dns.message.Message) -> None:
        if rrset.name.is_wild() or signature.labels >= len(rrset.name) - 1:
            return
        found = self.denial(zone, answer).allows_wildcard(rrset.name, signature.labels)
        if found is Denied.OPT_OUT:
            raise Stop(INSECURE, f"{spell(rrset.name)} comes from a wildcard in a gap that {zone} leaves open")
        if found is Denied.UNPROVEN:
            raise Stop(BOGUS, f"{spell(rrset.name)} comes from a wildcard, and nothing proves that it may")


def usable(digests: dns.rrset.RRset) -> tuple[DS, ...]:
    """Give the DS records that can be followed here; SHA-1 counts only where nothing better stands (RFC 4509)."""
    known = tuple(d for d in digests if isinstance(d, DS) and d.algorithm in ALGORITHMS and d.digest_type in _DIGESTS)
    return tuple(d for d in known if d.digest_type != 1) or known


def spell(name: dns.name.Name) -> str:
    """Give a name as people write it."""
    return name.to_text(omit_final_dot=True)


def target_of(alias: dns.rrset.RRset) -> dns.name.Name:
    """Give what a CNAME or DNAME leads to."""
    return alias[0].target  # type: ignore[no-any-return]


def _some(signatures: dns.rrset.RRset) -> list[RRSIG]:
    return [signature for signature in signatures if isinstance(signature, RRSIG)][:_MAX_SIGNATURES]


def _redirected(name: dns.name.Name, rrset: dns.rrset.RRset) -> dns.name.Name | None:
    """Give what a DNAME makes of a name below it."""
    try:
        return name.relativize(rrset.name).concatenate(target_of(rrset))
    except dns.exception.DNSException:
        return None


def _fits(name: dns.name.Name, key: DNSKEY, digest: DS) -> bool:
    if key.algorithm != digest.algorithm or dns.dnssec.key_id(key) != digest.key_tag:
        return False
    try:
        return bool(dns.dnssec.make_ds(name, key, digest.digest_type, validating=True) == digest)
    except (dns.exception.UnsupportedAlgorithm, dns.exception.DeniedByPolicy):
        return False
