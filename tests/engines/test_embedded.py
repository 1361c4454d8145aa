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

    def __init__(self, failing=()):
        self.going, self.together, self.order = set(), set(), []
        self.failing, self.lasts = [*failing], []

    async def run(self, due, *, last):
        mine = (due.visit.probe, due.site.url)
        self.together |= {frozenset((mine, other)) for other in self.going}
        self.going.add(mine)
        self.order.append(mine)
        await anyio.sleep(0.02)
        self.going.remove(mine)
        self.lasts.append(last)
        fails = mine[1] in self.failing
        if fails:
            self.failing.remove(mine[1])
        return SimpleNamespace(of=mine, kept=last or not fails)


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


async def test_what_failed_for_a_passing_cause_is_made_again_after_all_else_and_so_often_at_most():
    a, b = "https://a.test/", "https://b.test/"
    runner, told = Watching(failing=[a, a, a, b]), []
    await visit_all(
        runner, [due(a, "crawl"), due(b, "crawl"), due(b, "tls")], done=(), at_once=1, told=lambda one: told.append(one.of),
        pauses=(0, 0),
    )  # fmt: skip
    assert runner.order[3:] == [("crawl", a), ("crawl", b), ("crawl", a)]
    assert runner.lasts == [False] * 5 + [True]
    assert told == [("tls", b), ("crawl", b), ("crawl", a)]


async def test_nobody_waits_for_a_second_try_where_nothing_failed():
    runner = Watching()
    with anyio.fail_after(5):
        await visit_all(runner, [due("https://a.test/", "crawl")], done=(), at_once=1, told=lambda _: None, pauses=(600,))
    assert runner.lasts == [False]


async def test_each_host_waits_for_its_turn_once():
    turns, runner = [], Watching()

    async def wait(host):
        turns.append(host)

    visits = [due(f"https://{name}.test/", probe) for name in "ab" for probe in ("crawl", "tls")]
    await visit_all(runner, visits, done=(), at_once=2, told=lambda _: None, wait=wait, pauses=(0,))
    assert sorted(turns) == ["a.test", "b.test"]
