"""The bed's second half: domains on a real name server (NSD) with zones that ldns signs, and real mail servers (Postfix).

Each domain has its zone, its name servers and its mail, with the fault that it is named for; the truth reads as in ``bed.py``.
"""

import hashlib
import socket
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

from bed import said_of
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nsd import RealZone, build, nsd
from pki import Pki
from postfix import postfix
from servers import closed_port
from servers_of import answer, one, python

from auditor.clock import SystemClock
from auditor.sdk.vocabulary import load_vocabulary
from auditor.settings import Settings
from auditor.visit.network import Network
from probes import dns, mail

PROBES = (dns.PROBE, mail.PROBE)
NETS = ("203.113.1.53", "1.53.9.53")
POLICY = "version: STSv1\nmode: {mode}\nmx: {mx}\nmax_age: 604800\n"
DNS_GOOD = {
    "dns.ipv6": True, "dns.ipv6_reached": True, "dns.dnssec": "secure", "dns.nameservers": 2, "dns.nameserver_networks": 2,
    "dns.nameservers_alike": True, "dns.caa": True,
}  # fmt: skip
MAIL_GOOD = {
    **dict.fromkeys(("mail.spf", "mail.dmarc", "mail.mta_sts", "mail.dane"), "sound"),
    "mail.starttls": True,
}
UNKNOWN = dict.fromkeys(DNS_GOOD, "unknown (unconfirmed)")
"""A parked name is not the agency's portal, so nothing of it counts until somebody confirms the address."""
NO_DUTY = "unknown (no duty)"
"""Who takes no mail owes nothing that protects it."""


@dataclass(frozen=True, kw_only=True)
class Domain:
    """A domain in good order but for what is said of it.

    ``second`` is what its second name server is: "same", "lame", "silent", "other" (another address and serial), "older", or a
    server of this machine's second NSD; ``six`` what its IPv6 address is; ``tlsa`` which record binds its mail server.
    """

    truth: dict
    fault: str = ""
    nsec3: bool = False
    signed: bool = True
    second: str = "same"
    nets: tuple = NETS
    servers: tuple = ()
    six: str = "open"
    records: str = ""
    caa: str = '@ CAA 0 issue "ca.wire"\n'
    spf: str = "v=spf1 mx -all"
    dmarc: str = "v=DMARC1; p=reject"
    mx: str = "postfix"
    tlsa: str = "3 1 1"
    mode: str = "enforce"
    policy_mx: str = ""
    policy_days: int = 90


def dns_but(**but):
    return DNS_GOOD | {f"dns.{name}": value for name, value in but.items()}


def mail_but(**but):
    return MAIL_GOOD | {f"mail.{name}": value for name, value in but.items()}


DOMAINS = {
    "good": Domain(truth=DNS_GOOD | MAIL_GOOD),
    "nsec3": Domain(nsec3=True, truth=DNS_GOOD | MAIL_GOOD),
    "unsigned": Domain(signed=False, truth=dns_but(dnssec="unsigned") | mail_but(dane="absent")),
    "expired": Domain(fault="expired", truth=dns_but(dnssec="bogus") | mail_but(dane="unknown (dns)")),  # a bogus record binds nobody
    "not-yet": Domain(fault="not yet", truth=dns_but(dnssec="bogus")),
    "wrong-ds": Domain(fault="wrong key", truth=dns_but(dnssec="bogus")),
    "no-rrsig": Domain(fault="no rrsig", truth=dns_but(dnssec="bogus")),
    "stopped-signing": Domain(fault="unsigned below ds", signed=False, truth=dns_but(dnssec="bogus")),
    "lame": Domain(second="lame", truth=dns_but(nameservers=1, nameserver_networks=1, nameservers_alike=False)),
    "silent": Domain(second="silent", truth=dns_but(nameservers=1, nameserver_networks=1, nameservers_alike=False)),
    "unlike": Domain(second="other", signed=False, truth=dns_but(dnssec="unsigned", nameservers_alike=False)),
    "older": Domain(second="older", signed=False, truth=dns_but(dnssec="unsigned")),
    "one-network": Domain(nets=("203.113.1.53", "203.113.1.54"), truth=dns_but(nameserver_networks=1)),
    "one-server": Domain(nets=NETS[:1], truth=dns_but(nameservers=1, nameserver_networks=1)),
    "parked": Domain(servers=("ns1.sedoparking.com.", "ns2.sedoparking.com."), truth=UNKNOWN),
    "no-ipv6": Domain(six="none", truth=dns_but(ipv6=False, ipv6_reached=False)),
    "ipv6-closed": Domain(six="closed", truth=dns_but(ipv6_reached=False)),
    "ipv6-inside": Domain(six="inside", truth=dns_but(ipv6=False, ipv6_reached=False)),
    "no-caa": Domain(caa="", truth=dns_but(caa=False)),
    "no-starttls": Domain(mx="bare", truth=mail_but(starttls=False, dane="invalid")),
    "dane-no-starttls": Domain(mx="bare", tlsa="2 0 1", truth=mail_but(starttls=False, dane="invalid")),
    "mail-unverified": Domain(mx="self", truth=MAIL_GOOD),
    # With nobody at its port neither the offer nor the certificate to compare can be seen.
    "mail-closed": Domain(mx="closed", truth=mail_but(starttls="unknown (connect)", dane="unknown (connect)")),
    "no-mail": Domain(mx="null", truth=mail_but(starttls=NO_DUTY, dane=NO_DUTY, mta_sts=NO_DUTY)),
    "dane-other": Domain(tlsa="3 1 1 other", truth=mail_but(dane="invalid")),
    "dane-none": Domain(tlsa="", truth=mail_but(dane="absent")),
    "dane-authority": Domain(tlsa="2 0 1", truth=MAIL_GOOD),
    "dane-pkix": Domain(tlsa="1 1 1", truth=mail_but(dane="absent")),
    "sts-testing": Domain(mode="testing", truth=mail_but(mta_sts="weak")),
    "sts-other-mx": Domain(policy_mx="mx.khac.wire", truth=mail_but(mta_sts="invalid")),
    "sts-gone": Domain(mode="gone", truth=mail_but(mta_sts="invalid")),
    "sts-expired": Domain(policy_days=-2, truth=mail_but(mta_sts="invalid")),
    "sts-none": Domain(mode="", truth=mail_but(mta_sts="absent")),
    "spf-open": Domain(spf="v=spf1 mx +all", truth=mail_but(spf="weak")),
    "spf-none": Domain(spf="", truth=mail_but(spf="absent")),
    "spf-eleven": Domain(spf="v=spf1 " + "a " * 11 + "-all", truth=mail_but(spf="invalid")),
    "spf-void": Domain(spf="v=spf1 mx a:k1.good.wire a:k2.good.wire a:k3.good.wire -all", truth=MAIL_GOOD),
    "spf-macro": Domain(
        spf="v=spf1 redirect=_spf.%{d}", records='_spf TXT "v=spf1 include:_in.%{o} ~all"\n_in TXT "v=spf1 mx -all"\n', truth=MAIL_GOOD
    ),
    # Where it leads depends on who sends: of no message nobody can say what it allows.
    "spf-by-message": Domain(spf="v=spf1 redirect=%{i}._spf.%{d}", truth=mail_but(spf="unknown (ambiguous)")),
    # Receivers pass over what is no tag: the policy holds all the same.
    "dmarc-stray": Domain(dmarc="v=DMARC1; p=reject; xyz=1; =;", truth=MAIL_GOOD),
    "caa-barring": Domain(caa='@ CAA 128 tbs "x"\n', truth=DNS_GOOD),
    "caa-wild": Domain(caa='@ CAA 0 issuewild "ca.wire"\n', truth=dns_but(caa=False)),
    "two-names": Domain(nets=(NETS[0], NETS[0]), truth=dns_but(nameservers=1, nameserver_networks=1)),
    "mail-454": Domain(mx="broken", truth={"mail.starttls": "unknown (tls)"}),
    "mail-helo": Domain(mx="helo", truth={"mail.starttls": False}),
    "mx-address": Domain(mx="address", truth={"mail.starttls": "unknown (dns)"}),
    "dmarc-none": Domain(dmarc="v=DMARC1; p=none", truth=mail_but(dmarc="weak")),
    "dmarc-test": Domain(dmarc="v=DMARC1; p=reject; t=y", truth=MAIL_GOOD),
    "dmarc-part": Domain(dmarc="v=DMARC1; p=quarantine; pct=20", truth=mail_but(dmarc="weak")),
}  # fmt: skip


MX = {"null": "@ MX 0 .\n", "address": "@ MX 10 203.113.1.25.\n"}
SMTP = {
    "broken": {"EHLO": "250-mx\r\n250 STARTTLS", "STARTTLS": "454 4.7.0 TLS not available due to local problem"},
    "helo": {"HELO": "250 mx"},
}
"""Mail servers that Postfix is too good for: what they answer to each word; they know no other."""


def smtp(says):
    def talk(connection, _):
        connection.sendall(b"220 mx\r\n")
        for line in connection.makefile("rb"):
            word = line.split()[0].decode().upper()
            connection.sendall(f"{says.get(word, '221 bye' if word == 'QUIT' else '502 unknown')}\r\n".encode())
            if word == "QUIT":
                return

    return talk


def zone_host(name):
    return f"{name}.wire"


class _Bed:
    """What runs, and where it is."""

    def __init__(self, folder, running):
        self.folder, self.running, self.places = folder, running, {}
        self.pki = Pki(folder)
        self.shared = {name: running.enter_context(one(smtp(says))) for name, says in SMTP.items()}
        self.shared |= {name: running.enter_context(postfix("mx.good.wire", pem)) for name, pem in self._mail()}
        taking = running.enter_context(socket.socket(socket.AF_INET6))
        taking.bind(("::1", 0))
        taking.listen(50)
        self.six = {"open": taking.getsockname()[1], "closed": closed_port()}
        silent = running.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        silent.bind(("127.0.0.1", 0))
        self.silent = silent.getsockname()[1]

    def _mail(self):
        """Give the mail servers: one certificate is for all domains' servers, as at a host of many."""
        names = tuple(f"mx.{zone_host(name)}" for name in DOMAINS)
        self.pem = self.pki.leaf("mx", names=names)
        self.self_pem = self.pki.leaf("mx-self", names=names, by="self", sent=())
        return ("postfix", self.pem), ("self", self.self_pem), ("bare", None)

    def zone(self, name, domain, *, serial=7, address="203.113.1.80"):
        """Write a domain's zone file."""
        host = zone_host(name)
        servers = domain.servers or tuple(f"ns{n}.{host}." for n in range(1, len(domain.nets) + 1))
        lines = [f"@ NS {server}\n" for server in servers]
        if not domain.servers:
            lines += [f"ns{n} A {net}\n" for n, net in enumerate(domain.nets, 1)]
        lines += [f"@ A {address}\n", {"none": "", "inside": "@ AAAA fd00::80\n"}.get(domain.six, "@ AAAA 2001:dc8:0:1::80\n")]
        lines += [domain.caa, MX.get(domain.mx, "@ MX 10 mx\n"), "mx A 203.113.1.25\n"]
        lines += [f'@ TXT "{domain.spf}"\n' if domain.spf else "", f'_dmarc TXT "{domain.dmarc}"\n', domain.records]
        lines += ['_mta-sts TXT "v=STSv1; id=1"\n' if domain.mode else "", self._tlsa(domain)]
        zone = RealZone(f"{host}.", "".join(lines), signed=domain.signed, nsec3=domain.nsec3, fault=domain.fault, serial=serial)
        zone.name_servers = False
        return zone

    def _tlsa(self, domain):
        if not domain.tlsa:
            return ""
        chain = x509.load_pem_x509_certificates((self.self_pem if domain.mx == "self" else self.pem).read_bytes())
        usage, selector = domain.tlsa.split()[:2]
        one = chain[1 if usage == "2" else 0]
        raw = (
            one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            if selector == "1"
            else one.public_bytes(Encoding.DER)
        )
        digest = hashlib.sha256(b"other" if "other" in domain.tlsa else raw).hexdigest()
        return f"_25._tcp.mx TLSA {usage} {selector} 1 {digest}\n"

    def place(self, name, domain, first, second):
        """Note where everything of a domain really is."""
        host = zone_host(name)
        seconds = {"same": first, "silent": self.silent}
        self.places[f"ns1.{host}:53"] = f"127.0.0.1:{first}"
        self.places[f"ns2.{host}:53"] = f"127.0.0.1:{seconds.get(domain.second, second)}"
        self.places[f"{host}:443"] = f"[::1]:{self.six.get(domain.six, self.six['open'])}"
        port = closed_port() if domain.mx in {"closed", "null", "address"} else self.shared[domain.mx]
        self.places[f"mx.{host}:25"] = f"127.0.0.1:{port}"
        text = POLICY.format(mode=domain.mode, mx=domain.policy_mx or f"mx.{host}").encode()
        said = answer(body=text).replace(b"text/html; charset=utf-8", b"text/plain")
        said = answer(status="404 Not Found", body=b"no") if domain.mode == "gone" else said
        pem = self.pki.leaf(f"sts-{name}", names=(f"mta-sts.{host}",), start=-9, end=domain.policy_days)
        self.places[f"mta-sts.{host}:443"] = f"127.0.0.1:{self.running.enter_context(python(pem, said=said))}"


@asynccontextmanager
async def domains(folder):
    """Run every domain; gives their truth by name, and the ways out that lead to them."""
    with ExitStack() as running:
        made = _Bed(folder, running)
        root = RealZone(".", "ns1.sedoparking.com A 203.113.9.9\nns2.sedoparking.com A 203.113.9.10\n")
        zones = [made.zone(name, domain) for name, domain in DOMAINS.items()]
        files = build(folder / "zones", root, RealZone("wire."), *zones)
        first = running.enter_context(nsd(folder / "first", files))
        others = {
            name: made.zone(name, domain, serial=6, address="203.113.9.80" if domain.second == "other" else "203.113.1.80")
            for name, domain in DOMAINS.items()
            if domain.second in {"other", "older"}
        }
        (folder / "others").mkdir()
        second = running.enter_context(
            nsd(folder / "second", {zone.origin: zone.write(folder / "others") for zone in others.values()})
        )
        for name, domain in DOMAINS.items():
            made.place(name, domain, first, second)
        for n in (1, 2):
            made.places[f"ns{n}.sedoparking.com:53"] = f"127.0.0.1:{first}"
        (folder / "anchor").write_text(root.ds)
        network = {
            "requests_per_second": 0, "retry_pause": 0.1, "connect_to": made.places, "trust": [str(made.pki.trust)],
            "nameservers": [f"127.0.0.1:{first}"], "dns_anchor": str(folder / "anchor"),
        }  # fmt: skip
        ways = Network(Settings(network=network), SystemClock(), load_vocabulary("probes"), frozenset(), patience=5)
        async with ways:
            await said_of("good", ways, host=zone_host, probes=PROBES)  # the first proves our link for the others
            yield {name: domain.truth for name, domain in DOMAINS.items()}, ways
