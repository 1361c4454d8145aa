"""Opens the HTTP door the way the program does, into a temporary evidence folder."""

from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace

import anyio
from servers import listening

from auditor.clock import SystemClock
from auditor.model.evidence import digest_of
from auditor.sdk.limits import Limits
from auditor.visit.doors.dns.door import Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.http.door import Http, HttpSettings, Links
from auditor.visit.doors.http.politeness import Gates


class Kept:
    """A recorder that remembers."""

    def __init__(self):
        self.exchanges = []

    def exchange(self, exchange):
        self.exchanges.append(replace(exchange, digest=digest_of(exchange.body), record=f"urn:uuid:{len(self.exchanges)}"))
        return self.exchanges[-1]


@asynccontextmanager
async def http_door(
    *,
    connect_to=None,
    allow=(),
    servers=(),
    controls=(),
    trust=(),
    per_second=0.0,
    answered=(),
    limits=None,
    patience=0,
    peers=(),
):
    """Give an open door and its recorder as `door.kept`. Hosts in `answered` have answered before, and still do."""
    clock = SystemClock()
    guard = Guard.of(allow, connect_to or {})
    links = Links(
        settings=HttpSettings(
            user_agent="auditor/test (+mailto:test@example.test)",
            retry_pause=0.0,
            connections=2,
            trust=tuple(trust),
            controls=tuple(controls),
        ),
        clock=clock,
        resolver=Resolver(servers=tuple(servers), clock=clock, guard=guard, remember_seconds=0.0),
        guard=guard,
        gates=Gates(clock, per_second=per_second, connections=2),
        threads=anyio.CapacityLimiter(2),
        patience=patience,
        peers=tuple(peers),
    )
    kept = Kept()
    with known(links.answers, answered):
        async with Http(links, kept, limits or Limits(seconds=5)) as door:
            door.kept, door.links = kept, links
            yield door


@contextmanager
def known(answers, hosts):
    """Let hosts have answered, at a place where somebody takes connections."""
    with listening() as place:
        for host in hosts:
            answers.heard(host, place)
        yield
