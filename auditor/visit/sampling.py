"""One look at a site for its uptime: by the probe of the nights, confirmed before it counts; only the sample is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import anyio

from auditor.clock import Clock
from auditor.log import get_logger
from auditor.model.agency import Site
from auditor.model.evidence import Exchange, Proof, ProofKind, digest_of
from auditor.model.note import Json
from auditor.model.reading import Measured, Reading, Unavailable
from auditor.model.uptime import Sample
from auditor.model.visit import Cause
from auditor.model.zone import local_date
from auditor.sdk.probe import AnyProbe
from auditor.visit.assess import CRASHED, OVER_TIME
from auditor.visit.edge import AtTheEdge
from auditor.visit.knowing import Knowledge
from auditor.visit.network import Network

__all__ = ["Sampler"]

_log = get_logger("uptime")


class _Unkept:
    """What a sample saw is forgotten: the sample itself is what is kept."""

    def exchange(self, exchange: Exchange) -> Exchange:
        # Named, so that what a page that stays the same is need not be found anew each time.
        return replace(exchange, digest=digest_of(exchange.body))

    def unchanged(self, answer: Exchange, page: Exchange) -> Exchange:  # noqa: ARG002 - a recorder's signature
        return page

    def blob(self, body: bytes, media_type: str, url: str | None = None) -> Proof:
        return Proof(digest=digest_of(body), kind=ProofKind.BLOB, media_type=media_type, size=len(body), url=url)


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """What all samples of a round share. ``pause`` stands before a failure is looked at again."""

    network: Network
    knowledge: Knowledge
    probe: AnyProbe
    clock: Clock
    pause: float
    seconds: float
    """So long a look may take in all; beyond it, it is ended by our own limit."""

    async def sample(self, site: Site, *, confirm: bool) -> Sample:
        """Look at a site. A failure counts only when a second look, over a fresh connection after a pause, fails as well.

        The HTTP door looks twice itself where no page came, and finds whose fault that is; what comes and is wrong (an error's
        status, a bad certificate, an empty page) is looked at again here. Without ``confirm`` such a failure stays ``ambiguous``.
        """
        at, started = self.clock.now(), self.clock.monotonic()
        reading = await self._look(site)
        if _is_down(reading) and _number(reading.facts, "tries") != 2:  # noqa: PLR2004 - the door's two
            if not confirm:
                return self._told(site, int(at.timestamp()), reading, started, Cause.AMBIGUOUS)
            await anyio.sleep(self.pause)
            reading = await self._look(site)
        return self._told(site, int(at.timestamp()), reading, started, _cause(reading))

    async def _look(self, site: Site) -> Reading:
        """Look once. What is our own fault, as a probe that crashed or our limit, is an outcome too."""
        assert self.probe.look is not None
        found: Reading | None = None
        with anyio.move_on_after(self.seconds) as scope, AtTheEdge(step="sample", visit=site.url, probe=self.probe.id):
            now = self.clock.now()
            known = self.knowledge.now(site, now, local_date(now))
            async with self.network.doors(_Unkept()) as doors:
                seen = await self.probe.look(site, doors)
            found = self.probe.assess(seen, known)[0]
        if found is not None:
            return found
        lost, cause = (OVER_TIME, Cause.BUDGET) if scope.cancel_called else (CRASHED, Cause.CRASHED)
        return Unavailable(measure=self.probe.measures[0].id, because=lost(probe=self.probe.id), cause=cause)

    def _told(self, site: Site, at: int, reading: Reading, started: float, cause: Cause | None) -> Sample:
        facts = reading.facts
        phases = facts.get("phases")
        times: Mapping[str, Json] = phases if isinstance(phases, Mapping) else {}
        status = facts.get("status")
        _log.info(
            "sample",
            site=site.url,
            agencies=list(site.agencies),
            cause=str(cause) if cause else None,
            status=status,
            ms=_number(times, "done"),
            seconds=f"{self.clock.monotonic() - started:.3f}",
        )
        return Sample(
            at=at,
            cause=cause,
            status=status if isinstance(status, int) else None,
            resolve_ms=_number(times, "resolve"),
            connect_ms=_number(times, "connect"),
            tls_ms=_number(times, "tls"),
            first_byte_ms=_number(times, "first_byte"),
            done_ms=_number(times, "done"),
        )


def _is_down(reading: Reading) -> bool:
    return isinstance(reading, Measured) and not reading.value


def _cause(reading: Reading) -> Cause | None:
    """Give why a look does not count as up; None when it does."""
    if isinstance(reading, Unavailable):
        return reading.cause
    return Cause(str(reading.facts["cause"])) if _is_down(reading) else None


def _number(facts: Mapping[str, Json], name: str) -> int | None:
    value = facts.get(name)
    return value if isinstance(value, int) else None
