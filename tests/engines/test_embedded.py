"""The embedded engine: many hosts at once, one visit at a time a host, and nothing twice."""

from datetime import UTC, datetime
from types import SimpleNamespace

import anyio
import pytest

from auditor.engines.embedded import visit_all
from auditor.model.agency import Site, SiteRole
from auditor.model.visit import Visit
from auditor.schedule.plan import Due

pytestmark = pytest.mark.anyio
AT = datetime(2026, 11, 20, tzinfo=UTC)


class Watching:
    """Runs nothing, for a moment; remembers what went on at once."""

    def __init__(self):
        self.going, self.together, self.order = set(), set(), []

    async def run(self, due):
        mine = (due.visit.probe, due.site.url)
        self.together |= {frozenset((mine, other)) for other in self.going}
        self.going.add(mine)
        self.order.append(mine)
        await anyio.sleep(0.02)
        self.going.remove(mine)
        return SimpleNamespace(of=mine)


def due(url, probe):
    site = Site(url=url, roles=(SiteRole.PORTAL,), agencies=("so",))
    return Due(visit=Visit(run="r", probe=probe, site=url), site=site, probe=None)


async def visited(visits, *, done=(), at_once=16):
    runner, told = Watching(), []
    await visit_all(runner, visits, done=done, at_once=at_once, told=lambda one: told.append(one.of))
    assert told == runner.order or at_once > 1
    return runner


async def test_a_deep_scan_never_runs_beside_a_crawl_of_the_same_host():
    addresses = ["https://a.test/", "https://a.test/dvc/", "http://A.test./x", "https://a.test:8443/"]
    runner = await visited([due(url, probe) for url in addresses for probe in ("crawl", "tls")])
    assert runner.together == set()
    assert len(runner.order) == 8


async def test_other_hosts_are_visited_meanwhile():
    runner = await visited([due(f"https://{name}.test/", probe) for name in "abc" for probe in ("crawl", "tls")])
    at_once = {frozenset(url for _, url in pair) for pair in runner.together}
    assert {len(urls) for urls in at_once} == {2}


async def test_no_more_hosts_than_allowed_are_visited_at_once_and_what_is_done_is_left_out():
    visits = [due(f"https://{name}.test/", "crawl") for name in "abc"]
    runner = await visited(visits, done={visits[1].visit.key}, at_once=1)
    assert runner.together == set()
    assert [url for _, url in runner.order] == ["https://a.test/", "https://c.test/"]
