"""One address of a host: greeted by hand in every protocol, then scanned in depth; its chain is judged apart from the scan."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import anyio

from auditor.clock import Clock
from auditor.model.note import Json
from auditor.model.visit import Cause
from auditor.sdk.tls import Endpoint, Suite
from auditor.visit.doors.tls.batch import Children, Failure, Order, Said
from auditor.visit.doors.tls.certificate import name_matches
from auditor.visit.doors.tls.chain import Roots
from auditor.visit.doors.tls.greeting import VERSIONS, Greeting, Reply
from auditor.visit.doors.tls.hello import greet
from auditor.visit.doors.tls.plain import COMPRESSION, NAMED_SUITES, Plain
from auditor.visit.doors.tls.shown import show
from auditor.visit.doors.tls.staple import is_revoked
from auditor.visit.doors.tls.suites import DHE_SUITES

__all__ = ["CHECKS", "Address", "Blame", "Means", "Place"]

CHECKS = ("heartbleed", "openssl_ccs", "crime", "robot", "insecure_renegotiation")
"""Vulnerabilities that the scan looks for by trying, in protocols up to TLS 1.2; ``poodle`` and ``drown`` follow from suites."""
_FIRST = "tls1.2"
_WORTH_ANOTHER_TRY = 5.0
"""With fewer seconds left a failed scan is not begun again."""

Blame = Callable[[str, Cause], Awaitable[Cause]]
Place = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What it takes to look at an address: shared by all."""

    clock: Clock
    retry_pause: float
    hello_seconds: float
    blame: Blame
    roots: Roots
    children: Children


class Address:
    """One address while it is looked at."""

    def __init__(self, means: Means, host: str, place: Place, deadline: float) -> None:
        self._means, self._host, self._place, self._deadline = means, host, place, deadline
        self._plain = Plain()
        self._said: Said | Failure | None = None
        self._groups: dict[str, int] = {}

    async def look(self) -> Endpoint:
        """Greet it; if it speaks TLS, scan it. What failed is tried once more after a pause."""
        await self._greet_all()
        if not self._speaks and self._first.reply is not Reply.NO_ROUTE:
            await anyio.sleep(self._means.retry_pause)
            await self._greet_all()
        if not self._speaks:
            return await self._mute()
        self._said = await self._deep()
        if self._failed and self._left > _WORTH_ANOTHER_TRY:
            await anyio.sleep(self._means.retry_pause)
            self._said = await self._deep()
        await self._measure_groups()
        await self._ask_plainly()
        return self._endpoint()

    @property
    def _failed(self) -> bool:
        """Tell whether the scan said nothing, by a crash or because its library could not shake hands."""
        return self._said.cause is Cause.CRASHED if isinstance(self._said, Failure) else self._said is None or not self._said.ok

    @property
    def _left(self) -> float:
        return max(self._deadline - self._means.clock.monotonic(), 1.0)

    @property
    def _first(self) -> Greeting:
        return self._greetings[_FIRST]

    @property
    def _greetings(self) -> dict[str, Greeting]:
        return self._plain.greetings

    @property
    def _speaks(self) -> bool:
        return self._plain.spoke

    @property
    def _accepted(self) -> list[str]:
        return self._plain.accepted

    @property
    def _not_tested(self) -> tuple[str, ...]:
        return self._said.not_tested if isinstance(self._said, Said) and self._said.ok else CHECKS

    def _untold(self, version: str) -> bool:
        return version in self._greetings and self._greetings[version].reply is Reply.NO_ROUTE

    async def _greet_all(self) -> None:
        """Say hello in TLS 1.2; if anybody is there, in every other protocol at once; again to those who said nothing."""
        self._plain.greetings = {}
        await self._greet(_FIRST)
        if not self._first.connected:
            return
        await self._greet(*(name for name in VERSIONS if name != _FIRST))
        if self._speaks:
            shy = [name for name, one in self._greetings.items() if one.reply not in {Reply.HELLO, Reply.ALERT}]
            await self._greet(*shy)

    async def _greet(self, *versions: str) -> None:
        async def one(version: str) -> None:
            seconds = min(self._means.hello_seconds, self._left)
            self._greetings[version] = await greet(self._host, self._place, version, seconds=seconds)

        async with anyio.create_task_group() as group:
            for version in versions:
                group.start_soon(one, version)

    async def _mute(self) -> Endpoint:
        """Say why nothing was had, after finding whose fault it is."""
        connected = any(greeting.connected for greeting in self._greetings.values())
        replies = {greeting.reply for greeting in self._greetings.values()}
        if Reply.NO_ROUTE in replies:
            cause = Cause.CAPABILITY
        elif Reply.NOISE in replies:
            cause = Cause.PROTOCOL
        else:
            silent = replies <= {Reply.SILENT, Reply.UNREACHED}
            cause = Cause.TIMEOUT if silent else Cause.TLS if connected else Cause.CONNECT
            cause = await self._means.blame(self._host, cause)
        details = dict.fromkeys(greeting.detail for greeting in self._greetings.values())
        return Endpoint(
            address=self._place[0],
            connected=connected,
            handshake=False,
            cause=cause,
            detail="; ".join(filter(None, details))[:300],
        )

    async def _deep(self) -> Said | Failure:
        """Scan in depth only what the hellos left open: nobody is asked for the suites of a protocol that it refused.

        A protocol in which we had no means to say hello was not refused.
        """
        accepted = [*self._accepted, *(name for name in VERSIONS if self._untold(name))]
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
        )
        return await self._means.children.scan(order, seconds=self._left)

    async def _measure_groups(self) -> None:
        """Measure the Diffie-Hellman groups that were too small for the library to use."""
        if not isinstance(self._said, Said):
            return
        unknown = {protocol for protocol, name, bits in self._said.suites if bits is None and _is_dhe(name)}
        for protocol in sorted(unknown & set(VERSIONS)):
            seconds = min(self._means.hello_seconds, self._left)
            found = await greet(self._host, self._place, protocol, seconds=seconds, suites=DHE_SUITES)
            if found.dh_bits is not None:
                self._groups[protocol] = found.dh_bits

    async def _ask_plainly(self) -> None:
        """Ask by hand what the library could not: whether it compresses, and whether it has any certificate at all."""
        old = self._plain.old
        if old and COMPRESSION in self._not_tested:
            seconds = min(self._means.hello_seconds, self._left)
            self._plain.compressing = await greet(self._host, self._place, old[-1], seconds=seconds, compress=True)
        if self._plain.all_anonymous:
            for version in old:
                seconds = min(self._means.hello_seconds, self._left)
                self._plain.named[version] = await greet(self._host, self._place, version, seconds=seconds, suites=NAMED_SUITES)

    def _endpoint(self) -> Endpoint:
        said = self._said if isinstance(self._said, Said) and self._said.ok else None
        suites = tuple(
            Suite(
                protocol=protocol,
                name=name,
                dh_bits=bits if bits is not None or not _is_dhe(name) else self._groups.get(protocol),
            )
            for protocol, name, bits in (said.suites if said else ())
        )
        suites += self._plain.suites(suite.protocol for suite in suites)
        seen = {*self._accepted, *(suite.protocol for suite in suites)}
        now, roots = self._means.clock.now(), self._means.roots
        shown = show(self._host, said, self._plain, roots, now)
        judged = shown.verdict
        tested = said is not None and not said.untested_protocols
        vulnerabilities, not_tested = self._weaknesses(suites)
        return Endpoint(
            address=self._place[0],
            connected=True,
            handshake=said is not None or any(one.reply is Reply.HELLO for one in self._greetings.values()),
            cause=None if tested else self._why(),
            detail="" if tested else self._why_detail(),
            protocols=tuple(name for name in VERSIONS if name in seen),
            suites=suites,
            chain=shown.chain,
            trusted=judged.trusted if judged else None,
            trust_detail=judged.detail if judged else shown.detail,
            chain_complete=judged.complete if judged else None,
            hostname_matches=name_matches(self._host, shown.chain[0]) if shown.chain else None,
            vulnerabilities=vulnerabilities,
            not_tested=not_tested,
            spoke=True,
            path=judged.path if judged else (),
            chain_cause=shown.cause,
            anonymous=said is None and self._plain.anonymous,
            revoked=is_revoked(map(base64.b64decode, said.staples), shown.chain, roots, now) if said else None,
        )

    def _weaknesses(self, suites: tuple[Suite, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the vulnerabilities that were found, and those that nobody could look for."""
        found = set(self._said.vulnerable) if isinstance(self._said, Said) else set()
        if any(suite.protocol == "ssl2" for suite in suites):
            found.add("drown")
        if any(suite.protocol == "ssl3" and "_CBC_" in suite.name for suite in suites):
            found.add("poodle")
        told = {name: bad for name, bad in self._plain.weaknesses().items() if name in self._not_tested}
        found |= {name for name, bad in told.items() if bad}
        return tuple(sorted(found)), tuple(name for name in self._not_tested if name not in told)

    def _why(self) -> Cause:
        if isinstance(self._said, Failure):
            return self._said.cause
        return Cause.CAPABILITY

    def _why_detail(self) -> str:
        match self._said:
            case Failure(detail=detail):
                return detail
            case Said(ok=False, error=error):
                return f"it answers hellos, but a full handshake failed: {error}"
            case Said(untested_protocols=protocols):
                return f"suites could not be tested: {', '.join(protocols)}"
        return ""

    def raw(self) -> dict[str, Json]:
        """Give everything that was seen, for the evidence."""
        said = self._said
        deep: Mapping[str, Json] = {}
        if isinstance(said, Said):
            deep = said.model_dump(mode="json", exclude={"id"})
        elif said is not None:
            deep = {"failure": said.cause.value, "detail": said.detail}
        return {
            "address": self._place[0],
            "port": self._place[1],
            "hellos": {name: _raw(one) for name, one in self._greetings.items()},
            "hellos_without_anonymous": {name: _raw(one) for name, one in self._plain.named.items()},
            "hello_with_compression": _raw(self._plain.compressing) if self._plain.compressing else None,
            "deep": dict(deep),
            "dh_bits": dict(self._groups),
        }


def _is_dhe(name: str) -> bool:
    return "_DHE_" in name or "_DH_anon_" in name


def _raw(one: Greeting) -> dict[str, Json]:
    return {
        "reply": one.reply.value,
        "version": one.version,
        "suite": one.suite,
        "alert": one.alert,
        "renegotiation": one.renegotiation,
        "compression": one.compression,
        "oversized": one.oversized,
        "detail": one.detail,
    }
