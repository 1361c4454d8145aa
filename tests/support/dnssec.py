"""A small signed internet on loopback: zones that sign themselves, served as by a resolver, and told what to get wrong."""

import asyncio
import base64
import time
from contextlib import contextmanager

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.node
import dns.rcode
import dns.rdataset
import dns.rdatatype
import dns.rrset
import dns.zone
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.NSEC3 import NSEC3, Bitmap
from dns.rdtypes.ANY.RRSIG import RRSIG
from servers import Loop

DAY = 86_400


def name(text):
    return dns.name.from_text(text)


def public(private, flags=257):
    numbers = private.public_key().public_numbers()
    return DNSKEY("IN", "DNSKEY", flags, 3, 13, numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))


def signature_over(rrset, private, signer, key, begins, ends):
    """Sign by dnspython's own canonical form, which the door does not use: each proves the other."""
    labels = len(rrset.name) - 1 - rrset.name.is_wild()
    blank = RRSIG("IN", "RRSIG", rrset.rdtype, 13, labels, rrset.ttl, ends, begins, dns.dnssec.key_id(key), signer, b"")
    signed = dns.dnssec._make_rrsig_signature_data(rrset, blank)
    r, s = utils.decode_dss_signature(private.sign(signed, ec.ECDSA(hashes.SHA256())))
    return blank.replace(signature=r.to_bytes(32, "big") + s.to_bytes(32, "big"))


class SignedZone:
    """One zone with its key. `text` is a zone file without SOA, NS and DS of its children, which stand in `children`."""

    def __init__(self, origin, text="", *, signed=True, begins=-DAY, ends=30 * DAY, nsec3=None, opt_out=False):
        self.origin, self.signed, self.nsec3, self.opt_out = name(origin), signed, nsec3, opt_out
        self.begins, self.ends = begins, ends
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.key = public(self.private)
        self.text = f"@ 300 IN SOA ns hostmaster 1 3600 600 86400 300\n@ 300 IN NS ns\nns 300 IN A 192.0.2.53\n{text}"
        self.children = []

    @property
    def ds(self):
        return dns.dnssec.make_ds(self.origin, self.key, "SHA256")

    @property
    def anchor(self):
        return f"{self.origin} IN DS {self.ds.to_text()}\n"

    def build(self):
        """Delegate to the children, sign, and keep as plain records."""
        zone = dns.zone.from_text(self.text, origin=self.origin, relativize=False)
        for child, kind in self.children:
            zone.find_rdataset(child.origin, "NS", create=True).update(
                dns.rdataset.from_text("IN", "NS", 300, f"ns.{child.origin}")
            )
            if kind != "no ds":
                ds = child.ds if kind == "ds" else kind
                zone.find_rdataset(child.origin, "DS", create=True).update(dns.rdataset.from_rdata(300, ds))
        self.hashes = {}
        now = int(time.time())
        if self.signed and self.nsec3 is None:
            zone.find_rdataset(self.origin, "DNSKEY", create=True).add(self.key, 300)

            def signer(transaction, rrset):
                signed = signature_over(rrset, self.private, self.origin, self.key, now + self.begins, now + self.ends)
                transaction.add(dns.rrset.from_rdata(rrset.name, rrset.ttl, signed))

            dns.dnssec.sign_zone(zone, rrset_signer=signer)
        elif self.signed:
            self._sign_nsec3(zone, now)
        self.zone = zone
        self.names = sorted(zone.nodes)

    def _sign_nsec3(self, zone, now):
        salt, rounds = self.nsec3
        zone.find_rdataset(self.origin, "DNSKEY", create=True).add(self.key, 300)
        cuts = [child.origin for child, _ in self.children]
        names = {n for n in zone.nodes if not any(n != cut and n.is_subdomain(cut) for cut in cuts)}
        names |= {owner.split(size)[1] for owner in names for size in range(len(self.origin), len(owner))}
        if self.opt_out:
            names -= {child.origin for child, kind in self.children if kind == "no ds"}
        hashed = sorted((dns.dnssec.nsec3_hash(n, salt, rounds, 1), n) for n in names)
        for index, (digest, owner) in enumerate(hashed):
            following = base64.b32hexdecode(hashed[(index + 1) % len(hashed)][0])
            types = [rds.rdtype for rds in zone.nodes.get(owner, dns.node.Node())]
            delegation = owner in cuts
            if types and (not delegation or dns.rdatatype.DS in types):
                types.append(dns.rdatatype.RRSIG)
            record = NSEC3(
                1, dns.rdatatype.NSEC3, 1, int(self.opt_out), rounds, bytes.fromhex(salt), following, Bitmap.from_rdtypes(types)
            )
            self.hashes[digest] = (name(digest.lower() + "." + self.origin.to_text()), record)
        for owner, node in list(zone.nodes.items()):
            for rdataset in list(node):
                if owner in cuts and rdataset.rdtype != dns.rdatatype.DS:
                    continue
                self._sign(zone, dns.rrset.from_rdata_list(owner, 300, list(rdataset)), now)
        for owner, record in self.hashes.values():
            zone.find_rdataset(owner, "NSEC3", create=True).add(record, 300)
            self._sign(zone, dns.rrset.from_rdata_list(owner, 300, [record]), now)

    def _sign(self, zone, rrset, now):
        signature = signature_over(rrset, self.private, self.origin, self.key, now + self.begins, now + self.ends)
        zone.find_rdataset(rrset.name, "RRSIG", covers=rrset.rdtype, create=True).add(signature, 300)

    def resign(self, owner, kind, private):
        """Put a signature by another key, under the same key's name, over one set of records."""
        owner, kind = name(owner), dns.rdatatype.from_text(kind)
        rrset = dns.rrset.from_rdata_list(owner, 300, list(self.zone.find_rdataset(owner, kind)))
        now = int(time.time())
        forged = signature_over(rrset, private, self.origin, self.key, now - DAY, now + DAY)
        self.zone.delete_rdataset(owner, "RRSIG", covers=kind)
        self.zone.find_rdataset(owner, "RRSIG", covers=kind, create=True).add(forged, 300)

    def rrsets(self, owner, kind):
        found = []
        for rdtype, covers in ((kind, dns.rdatatype.NONE), (dns.rdatatype.RRSIG, kind)):
            rdataset = self.zone.get_rdataset(owner, rdtype, covers)
            if rdataset:
                found.append(dns.rrset.from_rdata_list(owner, rdataset.ttl, list(rdataset)))
        return found

    def exists(self, owner):
        return any(n.is_subdomain(owner) and not self.zone.nodes[n].get_rdataset(1, dns.rdatatype.NSEC3) for n in self.names)

    def proofs(self, owner, kind, *, wildcard=None):
        """Give SOA and what proves that an owner has no such records, or is not there."""
        if not self.signed:
            return self.rrsets(self.origin, dns.rdatatype.SOA)
        given = [] if wildcard else self.rrsets(self.origin, dns.rdatatype.SOA)
        closest = owner
        while not self.exists(closest):
            closest = closest.parent()
        wanted = [owner] if closest == owner else [owner, wildcard or name("*." + closest.to_text())]
        if self.nsec3 is None:
            owners = {self._covering(n) for n in wanted}
            return given + [rrset for n in sorted(owners) for rrset in self.rrsets(n, dns.rdatatype.NSEC)]
        if closest != owner:
            nearer = owner.split(len(closest) + 1)[1]
            wanted = [nearer] if wildcard else [closest, nearer, name("*." + closest.to_text())]
        elif self.opt_out and dns.dnssec.nsec3_hash(owner, *self.nsec3, 1) not in self.hashes:
            wanted = [owner.parent(), owner]
        owners = {self._hashed(n) for n in wanted}
        return given + [rrset for n in sorted(owners) for rrset in self.rrsets(n, dns.rdatatype.NSEC3)]

    def _covering(self, owner):
        chain = [n for n in self.names if self.zone.get_rdataset(n, "NSEC")]
        return max((n for n in chain if n <= owner), default=chain[-1])

    def _hashed(self, owner):
        digest = dns.dnssec.nsec3_hash(owner, *self.nsec3, 1)
        chosen = max((d for d in self.hashes if d <= digest), default=max(self.hashes))
        return self.hashes[chosen][0]


class Resolving(asyncio.DatagramProtocol):
    """Answers as a resolver with checking disabled would, from zones; `spoil(reply)` may change or drop each answer."""

    def __init__(self, zones, spoil):
        self.zones, self.spoil, self.asked, self.flags = zones, spoil, [], []

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, wire, address):
        query = dns.message.from_wire(wire)
        question = query.question[0]
        self.asked.append((question.name.to_text(omit_final_dot=True), question.rdtype.name))
        self.flags.append(dns.flags.to_text(query.flags))
        reply = dns.message.make_response(query, recursion_available=True)
        if not query.flags & dns.flags.RD:
            reply.flags |= dns.flags.AA
        self._fill(reply, question.name, question.rdtype, 0)
        reply = self.spoil(reply, question)
        if reply is not None:
            self.transport.sendto(reply.to_wire(max_size=65535), address)

    def _fill(self, reply, owner, kind, depth):
        inside = [z for z in self.zones if owner.is_subdomain(z.origin) and not (kind == dns.rdatatype.DS and owner == z.origin)]
        if not inside or depth > 8:
            reply.set_rcode(dns.rcode.SERVFAIL if depth <= 8 else dns.rcode.NOERROR)
            return
        zone = max(inside, key=lambda z: len(z.origin))
        found = zone.rrsets(owner, kind)
        alias = zone.rrsets(owner, dns.rdatatype.CNAME) if kind != dns.rdatatype.CNAME else []
        if found:
            reply.answer += found
        elif alias:
            reply.answer += alias
            self._fill(reply, alias[0][0].target, kind, depth + 1)
        elif made := self._redirected(zone, owner):
            reply.answer += made
            self._fill(reply, made[-1][0].target, kind, depth + 1)
        elif (wild := self._wild(zone, owner, kind)) is not None:
            reply.answer += wild
            reply.authority += zone.proofs(owner, kind, wildcard=owner)
        else:
            if not zone.exists(owner) and not self._has_wild(zone, owner):
                reply.set_rcode(dns.rcode.NXDOMAIN)
            reply.authority += zone.proofs(owner, kind)

    def _redirected(self, zone, owner):
        for size in range(len(owner) - 1, len(zone.origin), -1):
            found = zone.rrsets(owner.split(size)[1], dns.rdatatype.DNAME)
            if found:
                target = owner.relativize(found[0].name).concatenate(found[0][0].target)
                return [*found, dns.rrset.from_text(owner, 300, "IN", "CNAME", target.to_text())]
        return None

    def _has_wild(self, zone, owner):
        while not zone.exists(owner):
            owner = owner.parent()
        return zone.exists(name("*." + owner.to_text()))

    def _wild(self, zone, owner, kind):
        if zone.exists(owner):
            return None
        closest = owner
        while not zone.exists(closest):
            closest = closest.parent()
        found = zone.rrsets(name("*." + closest.to_text()), kind)
        return [dns.rrset.from_rdata_list(owner, rrset.ttl, list(rrset)) for rrset in found] or None


def delegate(parent, child, kind="ds"):
    """Let a zone delegate to another: with its DS, with another's, or with "no ds"."""
    parent.children.append((child, kind))
    return child


@contextmanager
def serve_signed(*zones, spoil=lambda reply, question: reply):
    """Build the zones and run a resolver that knows them; gives it with its port."""
    for zone in zones:
        zone.build()
    with Loop() as loop:

        async def start():
            server = Resolving(zones, spoil)
            await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
            server.port = server.transport.get_extra_info("sockname")[1]
            return server

        server = loop.run(start())
        try:
            yield server
        finally:
            loop.loop.call_soon_threadsafe(server.transport.close)
