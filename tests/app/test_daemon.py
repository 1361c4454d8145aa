"""The service as a real process: nights, kills, stops, a second instance, missed nights, clocks that jump, disks and databases."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from commands import auditor
from prometheus_client.parser import text_string_to_metric_families
from servers import closed_port
from service import PAGE, service, stop, until

from auditor.store import open_store

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
HOME = timedelta(hours=7)


def ahead_to(hour, minute=0, days=0):
    """Give by how much a clock is ahead that shows this time of day in Vietnam, some days from today."""
    now = datetime.now(UTC)
    local = now + HOME
    at = local.replace(hour=hour, minute=minute, second=0, microsecond=0) + days * DAY
    return (at if at > local else at + DAY) - local


def bring_night(place, process):
    """Set the clock to shortly before the next night, once the service has begun to wait for it."""
    place.wait(process, "started")
    place.set_clock(ahead_to(0, 59) + timedelta(seconds=59))


@pytest.fixture
def place(tmp_path):
    with service(tmp_path) as found:
        yield found


def test_a_second_service_on_the_same_database_is_refused_and_a_dead_one_leaves_no_lock(place):
    first = place.start()
    place.wait(first, "started")
    second = place.start()
    assert second.wait(60) == 3
    assert "another auditor schedule works on this database" in second.log.read_text()
    assert first.poll() is None
    first.kill()
    first.wait()
    third = place.start()
    place.wait(third, "started")
    assert any("ended without a word" in said for said in place.said(third))
    assert stop(third)[0] == 0
    assert place.diary()["ended_at"]
    assert place.said(third)[-1] == "stopped in order"


def test_a_night_comes_at_its_hour_and_once(place):
    process = place.start()
    bring_night(place, process)
    place.wait(process, "was published", 120)
    visits = [line for line in place.lines(process) if line["event"] == "visit"]
    [run] = place.runs()
    assert (run["state"], run["visits"]) == ("published", len(visits))
    assert {line["visit"] for line in visits} == {
        f"{run['run']}/{line['probe']}/{url}"
        for line in visits
        for url in ("http://a.test/", "http://c.test/")
        if url in line["visit"]
    }
    assert all(
        line.keys() >= {"visit", "agencies", "probe", "ending", "cause", "seconds", "requests", "bytes"} for line in visits
    )
    next_at = datetime.fromisoformat(place.diary()["tasks"]["night"]["next_at"])
    until(lambda: datetime.fromisoformat(place.diary()["tasks"]["night"]["next_at"]) > place.now(), 20)
    next_at = datetime.fromisoformat(place.diary()["tasks"]["night"]["next_at"]) + HOME
    assert (next_at.hour, next_at.minute) == (1, 0)
    assert place.status("--check").json["ok"] is True
    assert stop(process)[0] == 0


def test_five_missed_nights_are_made_up_for_once(place):
    place.set_clock(ahead_to(12))
    first = place.start()
    place.wait(first, "started")
    first.kill()
    first.wait()
    place.set_clock(ahead_to(12) + 5 * DAY)
    checked = place.status("--check")
    assert checked.code == 1
    assert [problem["key"] for problem in checked.json["problems"]] == ["service.silent", "service.missed"]
    second = place.start()
    place.wait(second, "was published", 120)
    assert any(said.startswith("nights that did not begin when they should have: 5 (") for said in place.said(second))
    time.sleep(3)
    assert len(place.runs()) == 1
    assert place.status("--check").code == 0
    assert stop(second)[0] == 0


def test_a_night_of_the_service_has_its_canaries_and_says_when_it_is_held_back(place):
    place.settings(canaries='["huyen-mau-binh"]')
    blind = """
import auditor.app.canary as canary
real = canary.differences
canary.differences = lambda *given: [*real(*given), "huyen-mau-binh content.news: expected present"]
"""
    process = place.start(blind)
    bring_night(place, process)
    place.wait(process, "was held back, and the last ranking stands: 1 of the sample's truths did not come out", 180)
    [run] = place.runs()
    assert run["state"] == "held"
    checked = place.status("--check")
    assert (checked.code, [problem["key"] for problem in checked.json["problems"]]) == (1, ["service.held"])
    assert stop(process)[0] == 0


class Stuck:
    """Answers with a page that never ends, from the moment on that it is told to."""

    def __init__(self):
        self.hangs = True

    async def __call__(self, writer):
        if not self.hangs:
            writer.write(PAGE)
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n<p>")
        await writer.drain()
        await asyncio.sleep(60)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_night_that_is_ended_goes_on_where_it_was_and_visits_nothing_twice(tmp_path, number):
    stuck = Stuck()
    with service(tmp_path, routes_of_c={"/": stuck, "/robots.txt": stuck}) as place:
        first = place.start()
        bring_night(place, first)
        until(lambda: sum(line["event"] == "visit" and "a.test" in line["visit"] for line in place.lines(first)) >= 6, 90)
        asked = len(place.sites[0].asked)
        code, seconds = stop(first, number)
        assert code == (-signal.SIGKILL if number is signal.SIGKILL else 0)
        assert seconds < 10
        kept = {line["visit"] for line in place.lines(first) if line["event"] == "visit"}
        [run] = place.runs()
        assert (run["state"], run["visits"]) == ("open", len(kept))
        assert "service.abandoned" in {problem["key"] for problem in place.status("--check").json["problems"]}
        stuck.hangs = False
        second = place.start()
        place.wait(second, "was published", 120)
        assert any("cut off goes on" in said for said in place.said(second))
        again = {line["visit"] for line in place.lines(second) if line["event"] == "visit"}
        assert not kept & again
        [over] = place.runs()
        assert (over["run"], over["state"], over["visits"]) == (run["run"], "published", len(kept | again))
        # Beyond what the front page's link check may ask, a finished site is not asked again.
        assert len(place.sites[0].asked) <= asked + 1
        assert stop(second)[0] == 0
        assert auditor("evidence", "verify", *place.words).code == 0


def test_a_clock_that_jumps_forward_brings_one_night_and_backward_none(place):
    place.set_clock(ahead_to(12))
    process = place.start()
    place.wait(process, "started")
    time.sleep(1.5)
    place.set_clock(ahead_to(12) + 3 * DAY)
    place.wait(process, "the clock jumped by +259", 20)
    place.wait(process, "was published", 120)
    place.set_clock(ahead_to(12) - DAY)
    place.wait(process, "the clock jumped by -345", 20)
    until(lambda: datetime.fromisoformat(place.diary()["tasks"]["night"]["next_at"]) - place.now() < DAY, 20)
    assert len(place.runs()) == 1
    assert stop(process)[0] == 0


def test_every_site_is_really_sampled_each_period_also_while_a_night_is_made(place):
    place.settings(schedule="uptime_seconds = 10")
    process = place.start()
    bring_night(place, process)
    place.wait(process, "was published", 120)
    until(lambda: place.diary()["tasks"].get("uptime", {}).get("done", 0) >= 6, 60)
    assert place.diary()["tasks"]["uptime"]["failures"] == 0
    assert stop(process)[0] == 0
    with open_store("", place.data) as store:
        samples = {url: store.uptime.samples(url, 0, 2**40) for url in ("http://a.test/", "http://c.test/")}
    assert all(len(found) >= 2 and not [sample for sample in found if sample.cause] for found in samples.values()), samples
    # The clock was set meanwhile: between two samples before that, or two after it, lies one period.
    gaps = [later.at - earlier.at for found in samples.values() for earlier, later in pairwise(found)]
    assert all(5 <= gap <= 15 for gap in gaps if gap < 60), gaps


CHECKS = """
import auditor.app.daemon as daemon
from dataclasses import replace
real = daemon.jobs
def jobs(parts, store):
    async def check(sites):
        for site in sites:
            with open({file!r}, "a") as out:
                out.write(f"{{parts.clock.now().timestamp():.3f}} {{site.url}}\\n")
    async def send():
        with open({file!r} + ".sent", "a") as out:
            out.write("sent\\n")
    def tell(run):
        with open({file!r} + ".told", "a") as out:
            out.write(f"{{run.id}}\\n")
    def prune():
        with open({file!r} + ".pruned", "a") as out:
            out.write("pruned\\n")
    every = real(parts, store).send_every * {slower}
    return replace(real(parts, store), check=check, send=send, send_every=every, tell=tell, prune=prune)
daemon.jobs = jobs
"""


def test_a_week_leapt_over_has_its_nights_letters_and_every_check(place):
    begun = datetime.now(UTC)
    place.settings(rehearsal=f'leap_until = "{(begun + 7 * DAY).isoformat()}"', schedule="uptime_seconds = 3600")
    file = place.folder / "checks"
    process = place.start(CHECKS.format(file=str(file), slower=10))
    assert process.wait(240) == 0
    published = [said.split()[0] for said in place.said(process) if "was published" in said]
    assert len(published) == 7
    told = Path(f"{file}.told").read_text().split()
    assert told == published
    assert 1_000 <= len(Path(f"{file}.sent").read_text().splitlines()) <= 1_020
    assert len(Path(f"{file}.pruned").read_text().splitlines()) in {7, 8}
    at = {"http://a.test/": [], "http://c.test/": []}
    for line in file.read_text().splitlines():
        moment, url = line.split()
        at[url].append(float(moment))
    for moments in at.values():
        assert 167 <= len(moments) <= 169
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert all(abs(gap - 3600) < 60 for gap in gaps)
    assert not [said for said in place.said(process) if "failed" in said or "jumped" in said or "did not begin" in said]


def test_letters_that_a_kill_left_untold_are_told_at_the_next_start(place):
    dying = "import os, signal, auditor.app.jobs\n" + CHECKS.format(file=str(place.folder / "x"), slower=1).replace(
        "def tell(run):", "def tell(run):\n        os.kill(os.getpid(), signal.SIGKILL)"
    )
    first = place.start(dying)
    bring_night(place, first)
    assert first.wait(120) == -signal.SIGKILL
    second = place.start(CHECKS.format(file=str(place.folder / "y"), slower=1))
    until((place.folder / "y.told").exists, 30)
    assert (place.folder / "y.told").read_text().split() == [place.runs()[0]["run"]]
    assert len(place.runs()) == 1
    assert stop(second)[0] == 0


def test_work_that_does_not_listen_does_not_keep_the_process_from_ending(place):
    deaf = """
import time
import auditor.app.daemon as daemon
from dataclasses import replace
real = daemon.jobs
def night(pace):
    print('{"event": "schedule", "what": "deaf"}', flush=True)
    time.sleep(600)
daemon.jobs = lambda parts, store: replace(real(parts, store), night=night)
"""
    process = place.start(deaf)
    bring_night(place, process)
    place.wait(process, "deaf", 30)
    code, seconds = stop(process, seconds=12)
    assert code == 0
    assert seconds < 10
    assert "stopped while something still worked" in place.said(process)[-1]
    assert place.diary()["ended_at"]


def test_a_locked_database_is_said_plainly_and_the_night_is_made_when_it_is_free(place):
    place.set_clock(ahead_to(12))
    first = place.start()
    place.wait(first, "started")
    assert stop(first)[0] == 0
    place.set_clock(ahead_to(12) + DAY)
    impatient = "import auditor.store.open as o, auditor.app.nights as n\nfrom datetime import timedelta\no._BUSY_MILLISECONDS = 300\nn._RETRY = timedelta(seconds=2)"
    with sqlite3.connect(place.data / "auditor.sqlite", isolation_level=None) as locker:
        locker.execute("BEGIN EXCLUSIVE")
        second = place.start(impatient)
        place.wait(second, "night failed: the database could not be written, and nothing of it was: database is locked", 60)
        until(lambda: place.diary()["tasks"]["night"]["failures"] >= 1, 20)
        checked = place.status("--check")
        assert "service.task_failed" in {problem["key"] for problem in checked.json["problems"]}
        locker.execute("ROLLBACK")
    locker.close()
    place.wait(second, "was published", 120)
    until(lambda: not any(task["failures"] for task in place.diary()["tasks"].values()), 90)
    assert len(place.runs()) == 1
    assert place.status("--check").code == 0
    assert stop(second)[0] == 0


@pytest.fixture
def small_disk(tmp_path):
    """A real disk of a few megabytes; only root may have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_said_plainly_and_loses_nothing(small_disk):
    with service(small_disk / "in") as place:
        place.set_clock(ahead_to(12))
        first = place.start()
        place.wait(first, "started")
        assert stop(first)[0] == 0
        filler = small_disk / "filler"
        place.set_clock(ahead_to(12) + DAY)
        left = os.statvfs(small_disk)
        filler.write_bytes(b"x" * (left.f_bavail * left.f_frsize - 40_000))
        second = place.start("import auditor.app.nights as n\nfrom datetime import timedelta\nn._RETRY = timedelta(seconds=2)")
        place.wait(second, "night failed:", 60)
        assert any("disk is full" in said or "disk I/O" in said for said in place.said(second)), place.said(second)
        filler.unlink()
        place.wait(second, "was published", 120)
        assert len(place.runs()) == 1
        assert stop(second)[0] == 0
        assert auditor("evidence", "verify", *place.words).code == 0


def test_a_disk_without_the_room_that_is_asked_for_begins_no_night(place):
    place.settings(free=10**9)
    process = place.start()
    bring_night(place, process)
    place.wait(process, "no night is begun", 30)
    assert place.runs() == []
    assert {problem["key"] for problem in place.status("--check").json["problems"]} >= {"service.no_room"}
    text = auditor("status", "--check", *place.words)
    assert text.code == 1
    assert "Ổ đĩa còn" in text.out
    assert stop(process)[0] == 0


def test_metrics_are_read_by_prometheus_own_parser(place):
    port = closed_port()
    place.settings(schedule=f'metrics = "127.0.0.1:{port}"')
    process = place.start()
    bring_night(place, process)
    place.wait(process, "was published", 120)
    until(lambda: value(port, "auditor_task_done_total", task="night") == 1.0, 20)
    assert value(port, "auditor_up") == value(port, "auditor_healthy") == value(port, "auditor_night_published") == 1.0
    visits = families(port)["auditor_visits"].samples
    assert sum(sample.value for sample in visits) == place.runs()[0]["visits"]
    assert {sample.labels["probe"] for sample in visits} >= {"crawl", "dns", "tls"}
    assert value(port, "auditor_disk_free_bytes") > 0
    assert value(port, "auditor_notices", state="waiting") == 0.0
    assert asked(port, "/health")[0] == "HTTP/1.1 200 OK"
    assert asked(port, "/etc/passwd")[0] == "HTTP/1.1 404 Not Found"
    second = place.start()
    assert second.wait(30) == 3
    assert stop(process)[0] == 0


def asked(port, path):
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head, _, body = b"".join(iter(partial(line.recv, 65536), b"")).decode().partition("\r\n\r\n")
    return head.splitlines()[0], body


def families(port):
    return {family.name: family for family in text_string_to_metric_families(asked(port, "/metrics")[1])}


def value(port, name, **labels):
    found = families(port)[name.removesuffix("_total")].samples
    return next((sample.value for sample in found if sample.name == name and sample.labels == labels), None)
