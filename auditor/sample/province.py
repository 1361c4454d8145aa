"""Starts the sample: every portal, its TLS, the name server and the mail servers on loopback, with a config that finds them."""

import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import ByteStream, Listener, SocketAttribute
from anyio.from_thread import start_blocking_portal

from auditor.clock import SystemClock
from auditor.model.agency import Registry
from auditor.model.edition import Edition
from auditor.model.ids import MeasureId
from auditor.model.reading import Measure
from auditor.model.zone import local_date
from auditor.sample.certificates import Authority, CertificateKind, authority, certificate
from auditor.sample.configure import write_config, write_declared
from auditor.sample.mail import serve_smtp
from auditor.sample.names import DOMAIN, serve_tcp, serve_udp
from auditor.sample.plan import SitePlan, read_sites
from auditor.sample.portal import Portal
from auditor.sample.web import serve_http
from auditor.visit.doors.dns.served import Record, ServedZone

__all__ = ["Running", "province"]

_HOME = "127.0.0.1"
_OLD_SUITES = "ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:AES256-SHA:AES128-SHA:@SECLEVEL=0"
_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A province that runs.

    ``config`` is its config folder, ``start`` the day from which every planted date counts, ``places`` where each ``host:port``
    really is, ``nameserver`` where names are asked.
    """

    config: Path
    start: date
    sites: tuple[SitePlan, ...]
    places: dict[str, str]
    nameserver: str

    def declarations(self, edition: Edition, registry: Registry, measures: Mapping[MeasureId, Measure] | None = None) -> Path:
        """Write what the agencies declare for an edition, ready to be imported; gives the file, ``declared.csv``."""
        path = self.config.parent / "declared.csv"
        write_declared(path, edition, registry, measures)
        return path


@contextmanager
def province(folder: Path, shipped: Path, *, today: datetime | None = None) -> Iterator[Running]:
    """Run the sample until the block ends; ``folder/config`` is written anew, ``folder/tls`` kept from one start to the next.

    ``shipped`` is the config folder whose editions, guidelines and holidays the sample uses. ``today`` is the instant from which
    every planted date and certificate counts, the present one by default. Ports are the system's choice and differ each time,
    the addresses in the config never do.
    """
    now = today or SystemClock().now()
    start = local_date(now)
    by = authority(folder / "tls", now=now)
    sites = read_sites()
    servers = _Servers(by=by, now=now, start=start)
    with start_blocking_portal("asyncio") as portal:
        serving = portal.wrap_async_context_manager(servers.running(sites))
        nameserver = serving.__enter__()
        try:
            config = folder / "config"
            write_config(config, shipped, sites, places=servers.places, nameserver=nameserver, root=by.root)
            yield Running(
                config=config,
                start=start,
                sites=sites,
                places=dict(servers.places),
                nameserver=nameserver,
            )
        finally:
            serving.__exit__(None, None, None)  # the caller's own failure is none of the servers', whose group would wrap it


@dataclass(kw_only=True)
class _Servers:
    """All servers of one province, and where each of them listens."""

    by: Authority
    now: datetime
    start: date
    places: dict[str, str] = field(default_factory=dict)
    _jobs: list[Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=list)

    @asynccontextmanager
    async def running(self, sites: Sequence[SitePlan]) -> AsyncIterator[str]:
        """Run every server; gives where the name server is."""
        async with AsyncExitStack() as stack:
            for site in sites:
                await self._web(site, stack)
                if site.mail.mx:
                    await self._mail(site, stack)
            nameserver = await self._names(sites, stack)
            async with anyio.create_task_group() as tasks:
                for job in self._jobs:
                    tasks.start_soon(job)
                yield nameserver
                tasks.cancel_scope.cancel()

    async def _web(self, site: SitePlan, stack: AsyncExitStack) -> None:
        portal = Portal(site, self.start, SystemClock())
        for port in (443, 80):
            secure = port == 443  # noqa: PLR2004 - HTTPS
            if site.whole == "down" or (site.certificate == "none" if secure else site.plain == "closed"):
                self.places[f"{site.host}:{port}"] = _refusing(stack)
                continue
            listener = await self._listener(stack, f"{site.host}:{port}")
            context = self._context(site) if secure else None
            self._jobs.append(partial(serve_http, listener, portal.answer, context=context))

    async def _mail(self, site: SitePlan, stack: AsyncExitStack) -> None:
        host = f"mail.{site.host}"
        listener = await self._listener(stack, f"{host}:25")
        path = certificate(self.by, host, CertificateKind.GOOD, now=self.now)
        context = _loaded(path) if site.mail.starttls else None
        self._jobs.append(partial(serve_smtp, listener, host, context=context))

    async def _names(self, sites: Sequence[SitePlan], stack: AsyncExitStack) -> str:
        """Listen on one port over UDP and TCP; the system chooses it for the first, so the second may have to try again."""
        zone = ServedZone(DOMAIN, (record for site in sites for record in _records(site)))
        for _ in range(_TRIES):
            datagrams = await anyio.create_udp_socket(local_host=_HOME)
            port = datagrams.extra(SocketAttribute.local_port)  # noqa: S610 - no Django here
            try:
                listener = await anyio.create_tcp_listener(local_host=_HOME, local_port=port)
            except OSError:
                await datagrams.aclose()
                continue
            await stack.enter_async_context(datagrams)
            await stack.enter_async_context(listener)
            self._jobs += [partial(serve_udp, datagrams, zone), partial(serve_tcp, listener, zone)]
            self.places |= {f"{server}.{DOMAIN}:53": f"{_HOME}:{port}" for server in ("ns1", "ns2")}
            return f"{_HOME}:{port}"
        raise OSError(f"no port is free on {_HOME} for both UDP and TCP")

    async def _listener(self, stack: AsyncExitStack, place: str) -> Listener[ByteStream]:
        listener = await anyio.create_tcp_listener(local_host=_HOME)
        await stack.enter_async_context(listener)
        self.places[place] = f"{_HOME}:{listener.extra(SocketAttribute.local_port)}"  # noqa: S610 - no Django here
        return listener

    def _context(self, site: SitePlan) -> ssl.SSLContext:
        kind = CertificateKind(site.certificate)
        path = certificate(self.by, site.host, kind, now=self.now, rsa_bits=site.rsa_bits)
        return _loaded(path, old=site.old_tls)


def _loaded(path: Path, *, old: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    context.set_alpn_protocols(["http/1.1"])
    if old:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # being deprecated is the point of these two
            context.set_ciphers(_OLD_SUITES)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def _refusing(stack: AsyncExitStack) -> str:
    """Give a port that refuses, and keep it so: bound, so that nobody else takes it, but never listened on."""
    held = stack.enter_context(socket.socket())
    held.bind((_HOME, 0))
    return f"{_HOME}:{held.getsockname()[1]}"


def _records(site: SitePlan) -> Iterator[Record]:
    host, mail = site.host, site.mail
    assert host.endswith(f".{DOMAIN}")
    yield Record(name=host, type="A", text=_HOME)
    if mail.aaaa:
        yield Record(name=host, type="AAAA", text=mail.aaaa)
    if mail.caa:
        yield Record(name=host, type="CAA", text='0 issue "sample-ca.test"')
    if mail.mx:
        yield Record(name=host, type="MX", text=f"10 mail.{host}.")
        yield Record(name=f"mail.{host}", type="A", text=_HOME)
    for text in mail.spf:
        yield Record(name=host, type="TXT", text=f'"{text}"')
    if mail.dmarc:
        yield Record(name=f"_dmarc.{host}", type="TXT", text=f'"{mail.dmarc}"')
