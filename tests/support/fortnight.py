"""Fourteen nights over a few agencies of the sample province, with faults that are planned.

The sample's servers are real and run all the time. A site that is down is one whose place in the config nobody listens at, as
with a dead server; a page that is gone and a wall are answered by the sample itself. The clock is put forward by a day a night.
"""

import re
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as of_day
from http import HTTPStatus
from unittest.mock import patch

from auditor.app.parts import Parts, shipped_config
from auditor.model.zone import VIETNAM, local_date
from auditor.sample import defects
from auditor.sample.certificates import CertificateKind, certificate
from auditor.sample.portal import Portal
from auditor.sample.province import _Servers, province
from auditor.sample.web import Answer

NIGHTS = 14
DIES, PAGE, BLOCKS, FLAPS, ENDS = "thi-xa-mau-hai", "so-mau-thong-tin", "huyen-mau-an", "ban-mau-du-an", "dai-mau-phat-thanh"
AGENCIES = (DIES, PAGE, BLOCKS, FLAPS, ENDS)
MAINTAINED = 12
"""On which night DIES is down for a maintenance that was announced."""
DOWN = {DIES: {4, 5, 6, MAINTAINED}, FLAPS: {3, 5, 7}}
"""On which nights a site's server is dead."""
GONE = {5, 6, 7, 8}
"""On which nights the schedule of PAGE is not there."""
WALL = {6, 7, 8}
"""On which nights BLOCKS shows a wall."""
OURS = 10
"""The night on which our own link is down."""
ENDS_ON = timedelta(days=9, hours=12)
"""How long after the first night the certificate of ENDS ends."""
EDITION = """
id = "fortnight"
title = "Bộ thử hai tuần"
legal_basis = "luật"
verified = true
valid_from = 2018-10-12
min_coverage = "0"
stale_after = "14d"
refusal_grace = "30d"
window = "365d"
classes = [{ name = "Tốt", at_least = "0" }]
[[areas]]
id = "portal"
number = 5
title = "Cổng"
[[criteria]]
id = "5.9"
area = "portal"
title = "Lịch công tác của lãnh đạo"
groups = ["1", "2", "3"]
max_points = "2"
source = "measured"
measure = "content.calendar"
scale = { table = { present = "2", empty = "0.5", broken = "0", missing = "0" } }
legal_basis = "NĐ 43/2011/NĐ-CP, Điều 10"
remedy = "Đăng lịch công tác hằng tuần."
[[criteria]]
id = "5.1"
area = "portal"
title = "Hoạt động liên tục"
groups = ["1", "2", "3"]
max_points = "1"
source = "measured"
measure = "uptime.availability"
scale = { ratio = {} }
legal_basis = "luật"
remedy = "Khắc phục nguyên nhân gián đoạn."
"""


class Clock:
    """A clock whose day stands where it is put; seconds for spans go on by themselves."""

    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at

    def monotonic(self):
        return time.monotonic()


@dataclass
class Fortnight:
    """The province as it runs, and the night that it is."""

    data: object
    config: object
    settings: str
    clock: Clock
    first: datetime
    faults: set = field(default_factory=set)

    def parts(self, number):
        """Give the program's parts on one night, as its faults leave the network."""
        self.clock.at = self.first + timedelta(days=number - 1)
        self.faults.clear()
        self.faults |= {("gone", PAGE)} if number in GONE else set()
        self.faults |= {("wall", BLOCKS)} if number in WALL else set()
        dead = [code for code, nights in DOWN.items() if number in nights]
        text = self.settings
        for code in ['[^"]*'] if number == OURS else dead:
            text = re.sub(rf'("{code}\.khanhhoa\.test:\d+" = )"[^"]*"', rf'\1"127.0.0.1:{closed_port()}"', text)
        (self.config / "auditor.toml").write_text(text, "utf-8")
        return Parts(config=self.config, data=self.data, clock=self.clock)


def closed_port():
    """Give a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def fortnight(folder, more=""):
    """Run the province with the faults' switches in it; ``more`` is added to its settings."""
    now = datetime.now(UTC)
    first = datetime.combine(local_date(now) + timedelta(days=1), of_day(1), VIETNAM).astimezone(UTC)
    faults = set()
    real_answer, real_context = Portal.answer, _Servers._context

    async def answer(portal, asked):
        code = portal.site.host.partition(".")[0]
        if ("wall", code) in faults and (asked.secure or portal.site.plain != "redirect"):
            return Answer(body=defects.CHALLENGE.encode(), status=HTTPStatus.FORBIDDEN)
        if ("gone", code) in faults and "lich-lam-viec" in asked.target:
            return Answer(body=b"<h1>404 Not Found</h1>", status=HTTPStatus.NOT_FOUND)
        return await real_answer(portal, asked)

    def context(servers, site):
        if site.host.startswith(ENDS):
            earlier = first + ENDS_ON - timedelta(days=90)
            with patch("auditor.sample.certificates._KEPT_FRESH", timedelta(0)):
                certificate(servers.by, site.host, CertificateKind.GOOD, now=earlier, rsa_bits=site.rsa_bits)
                servers.now, kept = earlier, servers.now
                try:
                    return real_context(servers, site)
                finally:
                    servers.now = kept
        return real_context(servers, site)

    with (
        patch.object(Portal, "answer", answer),
        patch.object(_Servers, "_context", context),
        province(folder, shipped=shipped_config(), today=now) as running,
    ):
        config = running.config
        (config / "editions" / "fortnight.toml").write_text(EDITION, "utf-8")
        day = (first + timedelta(days=MAINTAINED - 1)).astimezone(VIETNAM)
        (config / "maintenance.csv").write_text(
            "site,from,to,announced,reason\n"
            f"https://{DIES}.khanhhoa.test/,{day - timedelta(hours=2):%Y-%m-%dT%H:%M},{day + timedelta(hours=3):%Y-%m-%dT%H:%M},"
            f"{day - timedelta(days=2):%Y-%m-%d},Nâng cấp máy chủ\n",
            "utf-8",
        )
        settings = (config / "auditor.toml").read_text("utf-8") + '\n[judge]\nedition = "fortnight"\n' + more
        settings += "[evidence]\nretention_days = 5\n"
        settings = settings.replace("pages = 80", "pages = 25").replace(
            "night_hours = 0", "night_hours = 0\nuptime_seconds = 3600"
        )
        yield Fortnight(data=folder, config=config, settings=settings, clock=Clock(first), first=first, faults=faults)
