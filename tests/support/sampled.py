"""Two sites that answer as they are told, a config that names them, and a clock whose day stands where it is put."""

import time
from datetime import UTC, datetime, timedelta

import anyio
from littleconfig import EDITION
from servers import answer

from auditor.app.parts import Parts
from auditor.app.uptime import check_sites, sites_to_check

BEGIN = datetime(2026, 11, 20, 1, tzinfo=UTC)
STEP = timedelta(seconds=300)
PAGE = b"<!doctype html><title>So</title><h1>Xin chao</h1><a href='/tin'>tin</a>"
UP = answer(PAGE, "200 OK", "Content-Type: text/html; charset=utf-8")
GONE = answer(b"<h1>no</h1>", "404 Not Found", "Content-Type: text/html")
BROKEN = answer(b"<h1>oops</h1>", "500 Internal Server Error", "Content-Type: text/html")
BUSY = answer(b"slow down", "429 Too Many Requests")
EMPTY = answer(b"", "200 OK", "Content-Type: text/html")
WALL = answer(
    b"<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>",
    "403 Forbidden",
    "Content-Type: text/html",
)
SITE, OTHER = "http://so-a.test/", "http://so-b.test/"


async def hang_up(writer):
    writer.transport.abort()


class Clock:
    """A clock whose day stands where it is put; seconds for spans go on by themselves."""

    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at

    def monotonic(self):
        return time.monotonic()


def parts_of(tmp_path, **ports):
    config = tmp_path / "config"
    (config / "editions").mkdir(parents=True)
    (config / "editions" / "e.toml").write_text(EDITION, "utf-8")
    places = ", ".join(f'"so-{name}.test:80" = "127.0.0.1:{port}"' for name, port in ports.items())
    (config / "auditor.toml").write_text(
        f'[judge]\nedition = "e"\n[network]\nrequests_per_second = 0\nretry_pause = 0.01\nconnect_to = {{ {places} }}\n'
    )
    (config / "groups.toml").write_text('[[groups]]\nid = "1"\ntitle = "Nhóm"\ntitle_en = "Group"\n', "utf-8")
    agencies = "".join(f"so-{name},Sở,So,1,,,,\n" for name in ports)
    (config / "agencies.csv").write_text(f"code,name,name_en,group,valid_from,valid_to,successor,emails\n{agencies}", "utf-8")
    sites = "".join(f"so-{name},http://so-{name}.test/,portal,yes,,\n" for name in ports)
    (config / "sites.csv").write_text(f"agency,url,role,confirmed,valid_from,valid_to\n{sites}")
    return Parts(config=config, data=tmp_path / "var", clock=Clock(BEGIN))


def round_of(parts, store, *, step=STEP, confirm=True):
    anyio.run(lambda: check_sites(parts, store, sites_to_check(parts), confirm=confirm))
    parts.clock.at += step
