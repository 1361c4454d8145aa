"""Beside blackbox_exporter at the same interval, over a script of ups and downs that is known to the minute."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from blackbox import BLACKBOX, blackbox, success
from sampled import BEGIN, BROKEN, BUSY, EMPTY, GONE, SITE, UP, WALL, hang_up, parts_of, round_of
from servers import Site as Server
from servers import serve

from auditor.app.uptime import uptime_report

pytestmark = pytest.mark.skipif(BLACKBOX is None, reason="prometheus-blackbox-exporter is not installed")
MINUTE, INTERVAL = 60, 300
DOWN = (BROKEN, GONE, hang_up)


def script_of(seed):
    """Give what is served in each minute of ten hours: spans of one minute to two hours, up and down in turn."""
    chance = random.Random(seed)
    minutes = []
    while len(minutes) < 600:
        minutes += [UP] * chance.randint(20, 120)
        minutes += [chance.choice(DOWN)] * chance.choice([1, 3, 4, 6, 10, 25, 70])
    return [*minutes[:590], *[UP] * 10]


@pytest.fixture
def bed(tmp_path):
    site, other = Server({"/": UP}), Server({"/": UP})
    with serve(site, other), blackbox(tmp_path) as (_, port):
        parts = parts_of(tmp_path, a=site.port, b=other.port)
        with parts.store() as store:
            yield parts, store, site, lambda: success(port, f"http://127.0.0.1:{site.port}/")


@pytest.mark.parametrize("seed", [1, 2])
def test_availability_is_within_an_interval_an_incident_of_the_truth_and_no_further_than_the_peers(bed, seed):
    parts, store, site, peer = bed
    script = script_of(seed)
    failed = 0
    for served in script[:: INTERVAL // MINUTE]:
        site.routes["/"] = served
        round_of(parts, store, step=timedelta(seconds=INTERVAL))
        failed += not peer()
    truth = MINUTE * sum(served is not UP for served in script)
    incidents = sum(before is UP and after is not UP for before, after in pairwise(script))
    [ours] = uptime_report(parts, store, since=BEGIN, until=parts.clock.at, site=SITE).sites
    mine, theirs = ours.account.down_seconds, INTERVAL * failed
    print(
        f"\n{incidents} incidents, down {truth} s: ours {mine} s in {ours.account.incident_count}, blackbox_exporter {theirs} s"
    )
    assert incidents > 3
    assert abs(mine - truth) <= INTERVAL * incidents
    assert abs(mine - truth) <= abs(theirs - truth)
    assert ours.account.coverage == 1


@pytest.mark.parametrize(
    ("served", "up", "theirs"),
    [
        (UP, True, True),
        (BROKEN, False, False),
        (GONE, False, False),
        (EMPTY, False, True),
        (BUSY, None, False),
        (WALL, None, False),
    ],
    ids=["up", "500", "404", "empty", "429", "challenge"],
)
def test_what_the_peer_takes_for_up_or_down_and_we_do_not(bed, served, up, theirs):
    """An empty page is not up; who slows us down or bars our way has not shown that he is down."""
    parts, store, site, peer = bed
    site.routes["/"] = served
    round_of(parts, store)
    [ours] = uptime_report(parts, store, since=BEGIN, until=parts.clock.at, site=SITE).sites
    assert ours.account.availability == (None if up is None else int(up))
    assert peer() is theirs
