"""The doors: all that a probe's ``look`` may do to the outside world, as protocols.

A visit gives its probe doors of its own: what goes through them is recorded as evidence, counted, paced and bounded.
No door raises for what a site does: that is an outcome, in the value it gives. A door that lacks something on our side (no
network of that family, no file descriptor, no permission, no resolver that serves us) answers with ``Cause.CAPABILITY``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from auditor.model.evidence import Chain, Exchange, Proof
from auditor.model.uptime import UptimeAccount
from auditor.model.visit import Cause
from auditor.sdk.dns import DnsAnswer
from auditor.sdk.limits import CrawlLimits, Limits
from auditor.sdk.tls import TlsOpening, TlsScan
from auditor.sdk.vocabulary import Vocabulary

__all__ = [
    "BrowserDoor",
    "DnsAnswer",
    "DnsDoor",
    "Doors",
    "HttpDoor",
    "ReachDoor",
    "Reached",
    "Rendered",
    "Sent",
    "SmtpDoor",
    "SmtpTalk",
    "TlsDoor",
]


class HttpDoor(Protocol):
    """HTTP as a guest: paced per host, robots obeyed, addresses guarded and pinned, redirects followed by hand.

    Before it says that a site is at fault for not answering, it tries once more over a fresh connection and proves our own link:
    a control host, or another host of the run, must answer after the failure, not just before it. A name that does not exist,
    as two resolvers say if there are two, needs neither. The seconds of ``limits`` are those that the exchanges take; what we
    wait at a host's gate, or for its robots.txt, is not charged to it. A host that asks for a longer absence than we wait for
    (``Retry-After`` over two minutes) is left alone for the rest of the visit, without a record: the cause is what the answer
    meant (``rate_limited``, ``http_5xx``, ``challenge``) where it speaks for the page, else ``rate_limited``. While a host is
    down for long, other visits may ask once for each address that robots.txt does not govern, to see whether it is so still.
    """

    async def get(
        self,
        url: str,
        *,
        why: str,
        limits: Limits | None = None,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        follow: bool = True,
        robots: bool = True,
        revalidate: bool = False,
        newest: bool = False,
    ) -> Chain:
        """Ask for a URL and follow its redirects. ``method`` is GET, HEAD or OPTIONS. ``why`` is kept in the evidence.

        ``robots=False`` is for what robots.txt does not govern: robots.txt itself, and the front page's answer to a plain
        connection check (uptime, forced HTTPS), or what an authority answers about a certificate. A refusal by robots is a chain
        whose only exchange has the cause ``robots`` and no record.

        ``revalidate=True`` lets a page be asked for with the validators of the answer that a former visit of the same probe kept:
        when the server says that it has not changed (304), the exchange is as if the page had been sent again, with ``earlier``
        set. It is for pages whose content is read; what measures the answer itself (uptime, transport) asks in full.

        ``newest=True`` offers HTTP/2 before HTTP/1.1, as browsers do, where the version itself is measured; a second try is made
        over HTTP/1.1. All else prefers HTTP/1.1.
        """
        ...


class DnsDoor(Protocol):
    """DNS through the configured resolvers; names that the operator maps in ``connect_to`` are still asked here."""

    async def query(self, name: str, type: str, *, validate: bool = False) -> DnsAnswer:  # noqa: A002 - DNS's own word
        """Ask for one name and type; the whole answer is kept as evidence.

        A dead resolver's question goes to the next one; that there is nothing (``NXDOMAIN``, or no records) is believed when a
        second resolver says so too, where a second answers, or when it is proven (``secure``).
        """
        ...

    async def ask(
        self,
        server: str,
        address: str,
        name: str,
        type: str,  # noqa: A002 - DNS's own word
        *,
        later: bool = False,
        delegation: bool = False,
    ) -> DnsAnswer:
        """Ask one name server itself, at one of its addresses, without recursion; an operator may map ``server:53``.

        With ``later`` it waits first. A server that is silent, fails, refuses or does not speak with authority is asked twice.
        Then ``cause`` is theirs (``timeout``, ``protocol``, ``dns``) only if another name server, at an address of the same
        family, speaks with authority now; else it is ``ambiguous``, for many networks let nobody out to port 53, or answer
        themselves what leaves for it; so it is where the answer is cut off over TCP too. With ``delegation`` its word whom it
        leaves the name to is an answer too: its records are those name servers, and it is not ``authoritative``.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Whether one address took a connection: without a ``cause`` it did. ``place`` is where an operator maps it, if he does."""

    address: str
    port: int
    cause: Cause | None = None
    detail: str = ""
    place: str = ""
    at: datetime
    proof: Proof | None = None


class ReachDoor(Protocol):
    """Single addresses of a host over TCP: a connection is made and closed, nothing is sent."""

    async def connect(self, host: str, address: str, port: int) -> Reached:
        """Connect to one address of a host, twice if need be.

        A failure is theirs only if another host takes a connection over the same family of addresses now, else ``ambiguous``.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One certificate as a mail server sent it: what DANE compares (RFC 6698), each as hex.

    ``whole`` and ``key`` are SHA-256 and SHA-512 of the certificate and of its public key; ``issued`` tells whether the next one
    sent has signed it, ``names`` are the host names that it is for.
    """

    whole: tuple[str, str]
    key: tuple[str, str]
    issued: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpTalk:
    """What a mail server said up to STARTTLS; we never send a mail. ``transcript`` is the talk, line by line.

    ``starttls`` is None when the talk never came that far; ``tls`` are the protocol and the certificate's verdict when a
    handshake was done. Where the certificate did not verify, the server is greeted once more, or twice, without verifying: if
    that fails, ``tls_version`` stays empty, and nobody is to blame. ``certificates`` are those that it sent, its own first.
    """

    host: str
    port: int
    starttls: bool | None
    tls_version: str = ""
    tls_verified: bool | None = None
    tls_detail: str = ""
    certificates: tuple[Sent, ...] = ()
    cause: Cause | None = None
    detail: str = ""
    transcript: tuple[str, ...] = ()
    at: datetime
    proof: Proof | None = None


class SmtpDoor(Protocol):
    """SMTP as far as EHLO and STARTTLS (RFC 3207). Silence is theirs only if another mail server takes a connection after it."""

    async def talk(self, host: str, *, port: int = 25, seconds: float = 15.0) -> SmtpTalk:
        """Greet a mail server, ask for STARTTLS, shake hands and leave."""
        ...


class TlsDoor(Protocol):
    """TLS handshakes and the deep scan, in a child process, a gate of its own."""

    async def scan(self, host: str, *, port: int = 443, seconds: float = 90.0) -> TlsScan:
        """Scan one server: protocols, suites, certificates as sent, known vulnerabilities. Raw facts are kept as evidence.

        A quick probe is made every time: a handshake in each protocol, the chain as sent. Suites and vulnerabilities are looked
        for in depth when what it agreed on or was shown is not as it was, or some days have passed; else they are those of an
        earlier visit, whose evidence the endpoint names.
        """
        ...

    async def opens(self, host: str, *, port: int = 443, seconds: float = 15.0) -> TlsOpening:
        """Try whether anybody gets in, after another client was refused: the system's OpenSSL, everything permitted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A page after its scripts have run.

    ``page`` is the answer of the address at which the browser ended up; its body is the document as it stood then, as HTML in
    UTF-8, and its digest names those bytes, which are kept. ``page.cut`` is ``seconds`` where the page never stood still: then
    it is what stood there when its time was over; ``decoded`` where the document was too long. ``page.cause`` says why there is
    none: ``capability`` where no browser can be run here or the address gives no page, ``budget`` where the run's pages, the
    page's requests or its time were used up before there was a document, ``crashed`` where the browser ended, and what happened
    to the document itself. ``screenshot`` is the picture of what a visitor saw, without the pictures in it, which are not
    fetched. ``requests`` went out for it, each recorded like any other; ``blocked`` are those that were not let out, method
    before address.
    """

    page: Exchange
    screenshot: Proof | None = None
    requests: int = 0
    blocked: tuple[str, ...] = ()


class BrowserDoor(Protocol):
    """A real browser as a guest: it sends nothing but GET, HEAD and OPTIONS, and nothing past the HTTP door's own bounds."""

    async def render(self, url: str, *, why: str) -> Rendered:
        """Open a page, let its scripts run until it stands still or its time is over, and keep what it became."""
        ...


class Doors(Protocol):
    """Everything a ``look`` may use, and what bounds and guides it."""

    @property
    def http(self) -> HttpDoor:
        """HTTP."""
        ...

    @property
    def dns(self) -> DnsDoor:
        """DNS."""
        ...

    @property
    def reach(self) -> ReachDoor:
        """Single addresses."""
        ...

    @property
    def tls(self) -> TlsDoor:
        """TLS."""
        ...

    @property
    def smtp(self) -> SmtpDoor:
        """SMTP."""
        ...

    @property
    def browser(self) -> BrowserDoor:
        """A browser, for the pages that hold nothing without one."""
        ...

    @property
    def limits(self) -> CrawlLimits:
        """The bounds of this visit."""
        ...

    @property
    def vocabulary(self) -> Vocabulary:
        """The words to look for; only to choose what to fetch next."""
        ...

    @property
    def registry_hosts(self) -> frozenset[str]:
        """The hosts of every site in the registry: a duty's target there may be opened from another site."""
        ...

    def availability(self) -> UptimeAccount | None:
        """Give the account of this site's samples over the edition's window, as far as it goes; None while there are none."""
        ...

    def now(self) -> datetime:
        """Give the present instant in UTC."""
        ...

    def monotonic(self) -> float:
        """Give seconds for measuring spans."""
        ...

    def keep(self, body: bytes, media_type: str, *, url: str | None = None) -> Proof:
        """Keep bytes that are not HTTP as evidence; the same bytes are kept once."""
        ...
