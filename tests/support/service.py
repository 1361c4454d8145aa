"""The daemon as a real process, over a config of two small sites on loopback, by a clock that a test can set."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from commands import auditor, environment
from servers import Site, answer, serve, serve_dns

from auditor.app.documents import status_json
from auditor.app.parts import Parts
from auditor.app.status import status

BASE = Path(__file__).parents[1] / "config" / "base"
HTML = "Content-Type: text/html; charset=utf-8"
PAGE = answer("<!doctype html><title>Sở</title><h1>Sở A</h1><p>Cổng thông tin của Sở.</p>".encode(), "200 OK", HTML)
SETTINGS = """
[network]
requests_per_second = 0
retry_pause = 0
nameservers = ["127.0.0.1:{dns}"]
[network.connect_to]
"a.test:80" = "127.0.0.1:{a}"
"c.test:80" = "127.0.0.1:{c}"
"a.test:443" = "127.0.0.1:1"
"c.test:443" = "127.0.0.1:1"
[judge]
edition = "e"
[schedule]
night_hours = 0
retry_minutes = 0
{schedule}
[gate]
canaries = {canaries}
free_mb = {free}
[rehearsal]
clock = "clock"
{rehearsal}
"""
PATCHED = """
import runpy, sys
sys.argv[0] = "auditor"
{patch}
runpy.run_module("auditor", run_name="__main__")
"""
"""A process of the program in which something was put in the place of something else before it began."""


@dataclass
class Service:
    """A config, a data folder, the two sites, and the processes that were started."""

    folder: Path
    sites: tuple = ()
    dns: object = None
    processes: list = field(default_factory=list)

    @property
    def config(self):
        return self.folder / "config"

    @property
    def data(self):
        return self.folder / "var"

    @property
    def words(self):
        return ("--config", self.config, "--data", self.data)

    def settings(self, *, schedule="", rehearsal="", free=0, canaries="[]"):
        a, c = (site.port for site in self.sites)
        text = SETTINGS.format(dns=self.dns.port, a=a, c=c, schedule=schedule, rehearsal=rehearsal, free=free, canaries=canaries)
        (self.config / "auditor.toml").write_text(text, "utf-8")

    def set_clock(self, ahead):
        part = self.config / "clock.new"
        part.write_text(str(ahead.total_seconds()))
        part.replace(self.config / "clock")

    def now(self):
        file = self.config / "clock"
        return datetime.now(UTC) + timedelta(seconds=float(file.read_text()) if file.exists() else 0)

    def start(self, patch=""):
        log = (self.folder / f"log{len(self.processes)}").open("wb")
        program = ["-c", PATCHED.format(patch=patch)] if patch else ["-m", "auditor"]
        process = subprocess.Popen(
            [sys.executable, *program, "schedule", *map(str, self.words)], stdout=log, stderr=log, env=environment(),
        )  # fmt: skip
        process.log = Path(log.name)
        log.close()
        self.processes.append(process)
        return process

    def lines(self, process):
        return [json.loads(line) for line in process.log.read_text("utf-8").splitlines() if line.startswith("{")]

    def said(self, process):
        return [line["what"] for line in self.lines(process) if line["event"] == "schedule"]

    def wait(self, process, what, seconds=60):
        """Wait until the daemon has said something."""
        until(lambda: any(what in said for said in self.said(process)) or process.poll() is not None, seconds)
        assert any(what in said for said in self.said(process)), process.log.read_text("utf-8")

    def status(self, *more):
        return auditor("status", "--json", *more, *self.words)

    def diary(self):
        return json.loads((self.data / "schedule.json").read_text("utf-8"))

    def runs(self):
        """Give the nights as ``status`` has them, without the second that a process of its own takes."""
        document = status_json(status(Parts.of(self.config, self.data), last=20, weeks=1))
        return [run for run in document["runs"] if run["kind"] == "night"]


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    assert true(), f"not within {seconds} seconds"


def stop(process, number=signal.SIGTERM, seconds=10):
    """Send a signal; give the exit code and the seconds that it took."""
    begun = time.monotonic()
    process.send_signal(number)
    return process.wait(seconds), time.monotonic() - begun


@contextmanager
def service(folder, routes_of_a=None, routes_of_c=None):
    """Run the two sites and the name server; end what was started."""
    found = Service(folder)
    shutil.copytree(BASE, found.config)
    rows = (
        "agency,url,role,confirmed,valid_from,valid_to",
        "so-a,http://a.test/,portal,yes,,",
        "huyen-c,http://c.test/,portal,yes,,",
    )
    (found.config / "sites.csv").write_text("\n".join(rows) + "\n", "utf-8")
    agencies = (found.config / "agencies.csv").read_text("utf-8").replace("2019-12-31,so-a", ",")
    (found.config / "agencies.csv").write_text(agencies, "utf-8")
    zone = {(f"{name}.test", "A"): ["192.0.2.1"] for name in "ac"}
    pages = ({"/": PAGE} if routes is None else routes for routes in (routes_of_a, routes_of_c))
    with serve(*(Site(routes) for routes in pages)) as sites, serve_dns(zone) as dns:
        found.sites, found.dns = sites, dns
        found.settings()
        try:
            yield found
        finally:
            for process in found.processes:
                if process.poll() is None:
                    os.kill(process.pid, signal.SIGKILL)
                process.wait()
