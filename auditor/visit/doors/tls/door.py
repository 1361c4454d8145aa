"""The TLS door: what all visits share, and one visit's scans with their evidence. Each address is one ``address.Address``."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Protocol
from weakref import WeakValueDictionary

import anyio
from anyio.to_thread import run_sync

from auditor.clock import Clock
from auditor.model.codec import canonical_json
from auditor.model.note import Json
from auditor.model.visit import Cause
from auditor.sdk.tls import Endpoint, TlsOpening, TlsScan
from auditor.visit.doors.answers import Answers
from auditor.visit.doors.dns.door import NoAddress, Resolver
from auditor.visit.doors.guard import Guard, Refusal
from auditor.visit.doors.tls.address import Address, Blame, Means, Place
from auditor.visit.doors.tls.batch import Children
from auditor.visit.doors.tls.certificate import pem_of
from auditor.visit.doors.tls.chain import load_roots
from auditor.visit.doors.tls.revocation import Asking, Authorities, Fetch, Keep, Rules
from auditor.visit.doors.tls.second import Opened, opens

__all__ = ["Scanner", "TlsMemory", "TlsVisit"]

_MAX_ADDRESSES = 4
"""Of each family: who has many of one still has the other looked at."""
_HELLO_SECONDS = 6.0
_PATIENT_SECONDS = 30.0
"""So long Chromium and Firefox wait for a handshake: who needs more has no visitors."""
_MOST_TRIES = 3
"""So many nights in a row a deep scan is made again that left checks undone; then it holds as a whole one does."""


class TlsMemory(Protocol):
    """What former visits to the same site saw of TLS. It reads files and the database: it is called in a thread."""

    def scans(self, since: datetime) -> Iterable[TlsScan]:
        """Give the scans since an instant whose evidence is still there, the newest first."""
        ...


@dataclass(kw_only=True)
class Scanner:
    """What all visits of a process share: the roots, the child processes, and one scan at a time a host.

    ``blame`` says whose fault a confirmed silence is, and ``answers`` are those that prove our own link (both are those of the
    HTTP door's ``Links``): a handshake proves it as well as a page does. ``deep_after`` is how long a deep scan holds while the
    quick probe finds everything as it was; without it, every scan is deep.
    """

    resolver: Resolver
    guard: Guard
    clock: Clock
    retry_pause: float
    blame: Blame
    answers: Answers
    trust: tuple[Path, ...] = ()
    hello_seconds: float = _HELLO_SECONDS
    patient_seconds: float = _PATIENT_SECONDS
    deep_after: timedelta = timedelta()
    rules: Rules = field(default_factory=Rules)
    _hosts: WeakValueDictionary[str, anyio.Lock] = field(default_factory=WeakValueDictionary)
    """Each is there as long as somebody has it or waits for it."""
    _means: Means | None = None
    authorities: Authorities = field(init=False)

    def __post_init__(self) -> None:
        """Know no authority yet."""
        self.authorities = Authorities(clock=self.clock, rules=self.rules)

    def means(self) -> Means:
        """Give what every address needs; the trusted roots are read once."""
        if self._means is None:
            self._means = Means(
                clock=self.clock,
                retry_pause=self.retry_pause,
                hello_seconds=self.hello_seconds,
                patient_seconds=self.patient_seconds,
                blame=self.blame,
                roots=load_roots(self.trust),
                children=Children(self.clock),
            )
        return self._means

    def turn(self, host: str) -> anyio.Lock:
        """Give the lock under which all connections to a host are made: it never has those of two visits at once."""
        return self._hosts.setdefault(host, anyio.Lock())

    async def places(self, host: str, port: int) -> tuple[str, list[Place]]:
        """Give the host in ASCII and the addresses to connect to: the mapped one alone, or all allowed ones.

        Raises:
            NoAddress: there is none that may be visited.
        """
        shown = f"[{host}]" if ":" in host else host
        try:
            target = self.guard.target(f"https://{shown}:{port}/")
        except Refusal as exc:
            raise NoAddress(Cause.REDIRECTS, str(exc)) from exc
        if target.mapped:
            return target.host, [target.mapped]
        addresses = await self.resolver.addresses(target.host)
        return target.host, [(address, port) for address in addresses]

    async def scan(
        self, host: str, port: int, seconds: float, before: Mapping[str, Endpoint]
    ) -> tuple[TlsScan, list[dict[str, Json]]]:
        """Scan every address of a host, one after the other; give the scan and the raw facts of each address.

        ``before`` is what an earlier visit told of an address, with a deep scan that still holds if the address is as it was.
        """
        base = TlsScan(host=host, port=port, at=self.clock.now())
        try:
            host, places = await self.places(host, port)
        except NoAddress as exc:
            doubtful = exc.cause is Cause.DNS and not exc.gone
            cause = await self.blame(host, exc.cause) if doubtful else exc.cause
            return replace(base, cause=cause, detail=exc.detail), []
        means = self.means()
        endpoints, raw = [], []
        places, rest = _chosen(places)
        async with self.turn(host):
            base = replace(base, at=self.clock.now())
            deadline = self.clock.monotonic() + seconds
            for place in places:
                left = deadline - self.clock.monotonic()
                if left <= 0:
                    endpoints.append(_untouched(place[0]))
                    continue
                one = Address(means, host, place, deadline, before.get(place[0]))
                endpoints.append(await one.look())
                raw.append(one.raw())
                if endpoints[-1].handshake or endpoints[-1].spoke:
                    self.answers.heard(host, place)
        return replace(base, endpoints=tuple(endpoints), not_scanned=rest, not_public=self.resolver.inner(host)), raw


class TlsVisit:
    """One visit's TLS door; see ``auditor.sdk.doors.TlsDoor``."""

    def __init__(self, scanner: Scanner, keep: Keep, memory: TlsMemory | None = None, fetch: Fetch | None = None) -> None:
        """Scan with the shared scanner, keep what was seen as this visit's evidence.

        ``memory`` is of former visits; ``fetch`` is this visit's way to the authorities, without which they are not asked.
        """
        self._scanner, self._keep, self._memory, self._fetch = scanner, keep, memory, fetch

    async def scan(self, host: str, *, port: int = 443, seconds: float = 90.0) -> TlsScan:
        """Scan one server; never raises for what it does."""
        before = await self._before(host, port)
        found, raw = await self._scanner.scan(host, port, seconds, before)
        if self._fetch is not None:
            asking = Asking(
                authorities=self._scanner.authorities, fetch=self._fetch, keep=self._keep, roots=self._scanner.means().roots
            )
            found = replace(found, endpoints=tuple([await asking.asked(one) for one in found.endpoints]))
        url = f"tls://{host}:{port}"
        facts = {
            "host": host,
            "port": port,
            "at": found.at.isoformat(),
            "cause": found.cause,
            "detail": found.detail,
            "addresses": raw,
            "not_scanned": list(found.not_scanned),
            "not_public": list(found.not_public),
        }
        proofs = [self._keep(canonical_json(facts), "application/json", url)]
        proofs += [
            self._keep(pem_of(endpoint.chain), "application/pem-certificate-chain", f"{url}#{endpoint.address}")
            for endpoint in found.endpoints
            if endpoint.chain
        ]
        return replace(found, proofs=tuple(proofs))

    async def _before(self, host: str, port: int) -> dict[str, Endpoint]:
        """Give, by address, what the newest visit with a deep scan that still holds told of it.

        One that left checks undone holds only when it was made again in vain a few nights in a row.
        """
        memory, after = self._memory, self._scanner.deep_after
        if memory is None or not after:
            return {}
        now = self._scanner.clock.now()
        told = _told(await run_sync(lambda: [*memory.scans(now - after)]), (host, port), now)
        if any(one[0].not_tested for one in told.values()):
            told = _told(await run_sync(lambda: [*memory.scans(now - 2 * after)]), (host, port), now)
        return {address: one[0] for address, one in told.items() if _holds(one, now, after)}

    async def opens(self, host: str, *, port: int = 443, seconds: float = 15.0) -> TlsOpening:
        """Try whether anybody gets in; never raises for what the server does. ``seconds`` begin when no scan of it goes on."""
        shown, tried, clock = host, [], self._scanner.clock
        try:
            host, places = await self._scanner.places(host, port)
        except NoAddress as exc:
            places, tried = [], [Opened(opened=None, detail=exc.detail)]
        async with self._scanner.turn(host):
            at, deadline = clock.now(), clock.monotonic() + seconds
            for place in _chosen(places)[0]:
                tried.append(await opens(host, place, seconds=max(deadline - clock.monotonic(), 0.1)))
                if tried[-1].opened:
                    break
        found = next((one for want in (True, None, False) for one in tried if one.opened is want), Opened(opened=None))
        told = {"host": shown, "port": port, "at": at.isoformat(), **asdict(found)}
        proof = self._keep(canonical_json(told), "application/json", f"tls://{shown}:{port}#opens")
        return TlsOpening(host=shown, port=port, at=at, proofs=(proof,), **asdict(found))


def _told(scans: Iterable[TlsScan], where: Place, now: datetime) -> dict[str, list[Endpoint]]:
    """Give, by address, what visits told that rest on a deep scan, the newest first."""
    found: dict[str, list[Endpoint]] = {}
    for scan in scans:
        for one in scan.endpoints if (scan.host, scan.port) == where else ():
            if one.deep_at is not None and one.deep_at <= now:
                found.setdefault(one.address, []).append(replace(one, deep_proofs=one.deep_proofs or scan.proofs[:1]))
    return found


def _holds(told: list[Endpoint], now: datetime, after: timedelta) -> bool:
    """Tell whether the newest deep scan is not too old, and whole or made again in vain on the nights before it."""
    newest, made = told[0], [one.deep_at for one in told if one.deep_at is not None]
    if now - made[0] >= after or not newest.not_tested:
        return now - made[0] < after
    alike = takewhile(lambda one: one.not_tested and one.negotiation == newest.negotiation, told)
    return len({one.deep_at for one in alike if one.deep_at is not None and made[0] - one.deep_at < after}) >= _MOST_TRIES


def _chosen(places: list[Place]) -> tuple[list[Place], tuple[str, ...]]:
    """Give the first few places of each family, in their order, and the addresses that are left out."""
    chosen: list[Place] = []
    for family in (False, True):
        chosen += [place for place in places if (":" in place[0]) is family][:_MAX_ADDRESSES]
    return [one for one in places if one in chosen], tuple(address for address, port in places if (address, port) not in chosen)


def _untouched(address: str) -> Endpoint:
    return Endpoint(address=address, connected=False, handshake=False, cause=Cause.BUDGET, detail="no time was left")
