"""Hosts that want nobody to come back soon (Retry-After): what a later visit is told, and what it may ask all the same."""

from collections.abc import Sequence

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause
from auditor.sdk.outcome import cause_of
from auditor.sdk.unreached import away
from auditor.visit.doors.http.asking import Ask
from auditor.visit.doors.http.politeness import SLOWING, Gates, Shut

__all__ = ["Away"]

_AWAY = "not asked again in this visit: the host wants nobody to come back soon (Retry-After)"


class Away:
    """One visit's regard for them. Who closed in it is left alone for the rest of it, whatever time it takes."""

    def __init__(self, gates: Gates) -> None:
        """Regard what these gates say."""
        self._gates = gates
        self._hosts: dict[str, Shut] = {}
        self._told: set[str] = set()

    def wants(self, host: str) -> Shut | None:
        """Tell whether a host has asked for a longer absence than we wait for, by which answer; None if it has not."""
        if shut := self._gates.of(host).shut:
            self._hosts[host] = shut
        return self._hosts.get(host)

    def may_check(self, url: str, host: str, ask: Ask) -> bool:
        """Tell whether an address may be asked for once although its host is down for long: what only asks whether it is."""
        shut = self.wants(host)
        return shut is not None and shut.cause is Cause.HTTP_5XX and not ask.robots and url not in self._told

    def word(self, url: str, host: str, ask: Ask) -> tuple[Cause, str] | None:
        """Give why an address is not asked for now, None if it may be."""
        shut = self.wants(host)
        if shut is None or self.may_check(url, host, ask):
            return None
        cause = shut.cause if shut.speaks_for(url) else Cause.RATE_LIMITED
        return cause, away(host, shut.status) if cause is Cause.HTTP_5XX else _AWAY

    def heard(self, host: str, exchange: Exchange) -> None:
        """Heed an answer."""
        cause = cause_of(exchange) if exchange.status in SLOWING else None
        gate = self._gates.of(host)
        gate.answered(exchange.status, exchange.header("retry-after"), exchange.at, url=exchange.url, cause=cause)
        if gate.shut and exchange.status is not None:
            self._told.add(exchange.url)

    def led(self, host: str, hops: Sequence[Exchange]) -> None:
        """Note through which addresses the one was come to that closed."""
        self._gates.of(host).led(hops[-1].url, [hop.url for hop in hops])
