"""A crawl's doors to servers on loopback, with a clock that goes as it is told, and pages to serve."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from browsing import Browser
from doors import http_door
from servers import answer

from auditor.model.agency import Site, SiteRole
from auditor.sdk.limits import CrawlLimits, Limits
from auditor.sdk.vocabulary import load_vocabulary

HOST = "so.test"
SITE = Site(url=f"http://{HOST}/", roles=(SiteRole.PORTAL,), agencies=("so",))
VOCABULARY = load_vocabulary("probes")


def page(*links, text="Chuyện bến thuyền", **more):
    """Give a page with links as ``(path, label)`` or paths alone."""
    pairs = [(link, "Góc nhỏ") if isinstance(link, str) else link for link in links]
    anchors = "".join(f'<p><a href="{path}">{label}</a></p>' for path, label in pairs)
    body = f"<!doctype html><html><head><title>{text}</title></head><body><h1>{text}</h1>{anchors}</body></html>"
    return answer(body.encode(), "200 OK", "Content-Type: text/html; charset=utf-8", *more.get("headers", ()))


@dataclass
class Doors:
    """Doors of one crawl, with a clock that goes on by so many seconds each time it is read."""

    http: object
    limits: CrawlLimits
    registry_hosts: frozenset
    tick: float
    vocabulary: object = VOCABULARY
    browser: object = field(default_factory=Browser)
    read: list = field(default_factory=list)

    def monotonic(self):
        self.read.append(1)
        return len(self.read) * self.tick


@asynccontextmanager
async def doors_to(servers, *, registry=(), tick=0.0, browser=None, **limits):
    places = {f"{host}:80": f"127.0.0.1:{server.port}" for host, server in servers.items()}
    async with http_door(connect_to=places, answered={"another.test"}) as door:
        bounds = CrawlLimits(**{"pages": 300, "requests": 900, "page": Limits(seconds=10), **limits})
        yield Doors(door, bounds, frozenset({HOST, *registry}), tick, browser=browser or Browser())
