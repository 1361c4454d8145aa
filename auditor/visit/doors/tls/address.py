"""One address of a host: greeted by hand in every protocol, and scanned in depth where it is not as an earlier scan found it."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import anyio

from auditor.clock import Clock
from auditor.model.note import Json
from auditor.model.visit import Cause
from auditor.sdk.tls import Endpoint
from auditor.visit.doors.tls.batch import Children, Failure, Order, Said, joined
from auditor.visit.doors.tls.browsers import BIG_HELLO, BROWSERS, is_usual, objection
from auditor.visit.doors.tls.certificate import demands_staple, is_rsa
from auditor.visit.doors.tls.chain import Roots
from auditor.visit.doors.tls.greeting import VERSIONS, Greeting, Reply
from auditor.visit.doors.tls.hello import ECDSA, GROUPS, RSA, Hello, greet
from auditor.visit.doors.tls.plain import COMPRESSION, NAMED_SUITES, Plain
from auditor.visit.doors.tls.second import opens
from auditor.visit.doors.tls.suites import DHE_SUITES, ECDSA_SUITES, RSA_SUITES
from auditor.visit.doors.tls.told import CHECKS, Told, is_dhe

__all__ = ["Address", "Blame", "Means", "Place"]

_FIRST = "tls1.2"
_SCAN_TIMEOUT = 6
"""Seconds that the deep scan waits for one handshake."""
_SPEECHLESS = frozenset({Reply.CLOSED, Reply.SILENT})
_MOST_TURNS = 5
"""So often a hello is said again to a server that hangs up on some by chance."""
_WORTH_ANOTHER_TRY = 5.0
"""With fewer seconds left a failed scan is not begun again."""

Blame = Callable[[str, Cause], Awaitable[Cause]]
Place = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What it takes to look at an address: shared by all.

    ``hello_seconds`` is what a hello's answer may take, and ``patient_seconds`` what it may take of a server that has said
    nothing whole until then: as long as browsers wait for a handshake.
    """

    clock: Clock
    retry_pause: float
    hello_seconds: float
    patient_seconds: float
    blame: Blame
    roots: Roots
    children: Children


class Address:
    """One address while it is looked at."""

    def __init__(self, means: Means, host: str, place: Place, deadline: float, before: Endpoint | None = None) -> None:
        """Look at a place; ``before`` is what an earlier visit told of it, with a deep scan that is not too old."""
        self._means, self._host, self._place, self._deadline, self._before = means, host, place, deadline, before
        self._told = Told()
        self._is_slow = self._is_cut = False

    async def look(self) -> Endpoint:
        """Greet it; if it speaks TLS and is not as it was, scan it. What failed is tried once more after a pause."""
        await self._greet_all()
        first = self._greetings[_FIRST]
        broken_off = first.reply is Reply.HELLO and first.unfinished and not first.chain
        if broken_off or (not self._plain.spoke and first.reply is not Reply.NO_ROUTE):
            await anyio.sleep(self._means.retry_pause)
            self._is_slow = any(one.unfinished for one in self._greetings.values())
            self._is_cut = self._is_slow and self._left < self._means.patient_seconds
            await self._greet_all()
        if not self._plain.spoke:
            return await self._mute()
        await self._ask_for_another_key()
        await self._ask_as_browsers()
        await self._ask_for_a_staple()
        self._told.negotiation = self._plain.negotiation
        if self._before is not None and self._plain.chains() and self._before.negotiation == self._told.negotiation:
            self._told.before = self._before
        else:
            await self._scan()
        return self._told.endpoint(self._host, self._place[0], self._means.roots, self._means.clock.now())

    async def _scan(self) -> None:
        """Scan in depth, and ask by hand what the scan leaves open."""
        self._told.said = await self._deep()
        if self._failed and self._left > _WORTH_ANOTHER_TRY:
            await anyio.sleep(self._means.retry_pause)
            self._told.said = joined(self._told.said, await self._deep())
        await self._measure_groups()
        await self._ask_plainly()
        if not self._told.shakes:
            self._told.second = await opens(self._host, self._place, seconds=min(2 * self._means.hello_seconds, self._left))

    @property
    def _failed(self) -> bool:
        """Tell whether the scan said nothing, by a crash or because its library could not shake hands, or was cut off in part."""
        said = self._told.said
        if isinstance(said, Failure):
            return said.cause is Cause.CRASHED
        return said is None or not said.ok or bool(said.lost or self._plain.chance)

    @property
    def _left(self) -> float:
        return max(self._deadline - self._means.clock.monotonic(), 1.0)

    @property
    def _plain(self) -> Plain:
        return self._told.plain

    @property
    def _greetings(self) -> dict[str, Greeting]:
        return self._plain.greetings

    async def _greet_all(self) -> None:
        """Say hello in TLS 1.2; if anybody is there, in every other protocol at once; again where nothing was said.

        Who then answers what it had hung up on, or hangs up on a protocol between two that it answers, does so by chance, as a
        balancer does with a dead server behind it: it is asked a few times more before a protocol is held to be refused.
        A slow server, which is known to be there, is greeted in all at once: each may take as long as browsers wait.
        """
        self._plain.greetings = {}
        await self._greet(*(VERSIONS if self._is_slow else (_FIRST,)))
        if not self._greetings[_FIRST].connected:
            return
        await self._greet(*(name for name in VERSIONS if name not in self._greetings))
        for turn in range(_MOST_TURNS if self._plain.spoke and not self._is_slow else 0):
            if turn:
                if not (self._plain.shy and (self._plain.chance or self._plain.is_odd)):
                    return
                await anyio.sleep(self._means.retry_pause)
            await self._greet(*self._plain.shy)

    async def _greet(self, *versions: str) -> None:
        async def one(version: str) -> None:
            self._plain.heard(version, await self._say(version))

        if len(versions) == 1:
            await one(*versions)
        elif versions:
            async with anyio.create_task_group() as group:
                for version in versions:
                    group.start_soon(one, version)

    async def _say(
        self,
        version: str,
        *,
        suites: Sequence[int] | None = None,
        signatures: Sequence[int] | None = None,
        groups: Sequence[int] = GROUPS,
        compress: bool = False,
        least: int = 0,
    ) -> Greeting:
        hello = Hello(
            host=self._host, version=version, suites=suites, signatures=signatures, groups=groups, compress=compress, least=least
        )
        patience = self._means.patient_seconds if self._is_slow else self._means.hello_seconds
        return await greet(hello, self._place, seconds=min(patience, self._left))

    async def _ask_for_another_key(self) -> None:
        """Ask for the certificate that clients of another kind of key are shown: a server may have one of each.

        It is asked in as many bytes as browsers need for a post-quantum key. Whoever falls silent at that and not at the same
        question in few bytes, twice, keeps them all out (https://tldr.fail).
        """
        shown = next(((name, one.chain[0]) for name, one in self._greetings.items() if one.chain), None)
        if shown is None:
            return
        version, leaf = shown
        rsa = not is_rsa(leaf)
        suites = None if version == "tls1.3" else RSA_SUITES if rsa else ECDSA_SUITES

        async def ask(least: int = 0) -> Greeting:
            return await self._say(version, suites=suites, signatures=RSA if rsa else ECDSA, least=least)

        self._plain.other = await ask(BIG_HELLO)
        if self._plain.other.reply in _SPEECHLESS:
            self._plain.other = await ask()
            small = [self._plain.other, await ask()]
            is_steady = not self._plain.chance and all(one.reply in {Reply.HELLO, Reply.ALERT} for one in small)
            if is_steady and (await ask(BIG_HELLO)).reply in _SPEECHLESS:
                self._told.refused_by = {browser.name: "size" for browser in BROWSERS}

    async def _ask_as_browsers(self) -> None:
        """Where a server chose what not every browser offers or takes, say the hellos of each: it may choose otherwise then."""
        modern = [name for name in ("tls1.3", "tls1.2") if name in self._plain.accepted]
        if self._told.refused_by or all(is_usual(self._greetings[name]) for name in modern):
            return
        for browser in BROWSERS:
            objections = []
            for version in modern:
                suites = None if version == "tls1.3" else browser.suites
                said = await self._say(version, suites=suites, signatures=browser.signatures, groups=browser.groups)
                objections.append(objection(browser, said))
            if all(objections):
                self._told.refused_by[browser.name] = objections[0]

    async def _ask_for_a_staple(self) -> None:
        """Ask once more for the word that a certificate demands: servers begin to fetch it when they are first asked for it."""
        demanding = [name for name, one in self._greetings.items() if one.chain and demands_staple(one.chain[0])]
        if demanding and not self._plain.staples():
            await anyio.sleep(self._means.retry_pause)
            self._plain.later = await self._say(demanding[-1])

    async def _mute(self) -> Endpoint:
        """Say why nothing was had, after finding whose fault it is."""
        connected = any(greeting.connected for greeting in self._greetings.values())
        replies = {greeting.reply for greeting in self._greetings.values()}
        unfinished = self._is_cut and any(greeting.unfinished for greeting in self._greetings.values())
        if Reply.NO_ROUTE in replies:
            cause = Cause.CAPABILITY
        elif Reply.NOISE in replies and not unfinished:
            cause = Cause.PROTOCOL
        else:
            silent = replies <= {Reply.SILENT, Reply.UNREACHED}
            cause = Cause.TIMEOUT if silent or unfinished else Cause.TLS if connected else Cause.CONNECT
            cause = await self._means.blame(self._host, cause)
        details = dict.fromkeys(greeting.detail for greeting in self._greetings.values())
        return Endpoint(
            address=self._place[0],
            connected=connected,
            handshake=False,
            cause=cause,
            detail="; ".join(filter(None, details))[:300],
            unfinished=unfinished,
        )

    async def _deep(self) -> Said | Failure:
        """Scan in depth only what the hellos left open: nobody is asked for the suites of a protocol that it refused.

        A protocol in which we had no means to say hello was not refused.
        """
        untold = [name for name, one in self._greetings.items() if one.reply is Reply.NO_ROUTE]
        accepted = [*self._plain.accepted, *(name for name in VERSIONS if name in untold)]
        old = self._plain.old or [name for name in accepted if name != "tls1.3"]
        protocols = dict.fromkeys([*accepted, _FIRST] if accepted else [*VERSIONS])
        if {"ssl3", "tls1.0"} & set(accepted):
            protocols["ssl2"] = None
        order = Order(
            host=self._host,
            address=self._place[0],
            port=self._place[1],
            protocols=tuple(protocols),
            checks=CHECKS if old or not accepted else (),
            timeout=math.ceil(self._means.patient_seconds) if self._is_slow else _SCAN_TIMEOUT,
        )
        return await self._means.children.scan(order, seconds=self._left)

    async def _measure_groups(self) -> None:
        """Measure the Diffie-Hellman groups that were too small for the library to use."""
        if not isinstance(self._told.said, Said):
            return
        unknown = {protocol for protocol, name, bits in self._told.said.suites if bits is None and is_dhe(name)}
        for protocol in sorted(unknown & set(VERSIONS)):
            found = await self._say(protocol, suites=DHE_SUITES)
            if found.dh_bits is not None:
                self._told.groups[protocol] = found.dh_bits

    async def _ask_plainly(self) -> None:
        """Ask by hand what the library could not: whether it compresses, and whether it has any certificate at all."""
        old = self._plain.old
        if old and COMPRESSION in self._told.not_tested:
            self._plain.compressing = await self._say(old[-1], compress=True)
        if self._plain.all_anonymous:
            for version in old:
                self._plain.named[version] = await self._say(version, suites=NAMED_SUITES)

    def raw(self) -> dict[str, Json]:
        """Give everything that was seen, for the evidence."""
        return self._told.raw(self._place)
