"""The front page of ``so.test``: judged from answers written by hand, or visited over real sockets."""

from doors import http_door
from knowing import NOW, SITE, by_id, chain, exchange, known
from servers import Site, certificates, closed_port, serve
from tls import Kept, scanner

from auditor.model.agency import Site as Address
from auditor.sdk.doors import DnsAnswer
from auditor.sdk.limits import CrawlLimits, Limits
from auditor.visit.doors.tls.door import TlsVisit
from probes.transport import PROBE, TransportSeen

PLAIN = "http://so.test/"
TO_HTTPS = exchange("Location: https://so.test/", url=PLAIN, status=301, body="")


def readings(secure=None, plain=None, *, openings=(), **given):
    secure = secure or chain(exchange())
    plain = plain or chain(TO_HTTPS, exchange())
    return by_id(PROBE.assess(TransportSeen(secure=secure, plain=plain, openings=tuple(openings)), known(**given)))


def judged(measure, *headers, **given):
    return readings(chain(exchange(*headers, **given)))[measure]


class Doors:
    """The doors of one visit; names in ``resolving`` have an address, ``mapped`` is where a TLS port really is."""

    limits = CrawlLimits()

    def __init__(self, http, *resolving, mapped=None):
        self.http, self.dns, self.resolving, self.names = http, self, resolving, []
        self.tls = TlsVisit(scanner(mapped or {}), Kept())

    async def query(self, name, type, *, validate=False):
        self.names.append((name, type))
        return DnsAnswer(name=name, type=type, rcode="NOERROR", records=("1.2.3.4",) if name in self.resolving else (), at=NOW)


async def visited(tmp_path, secure, plain, *, trusted=True, url="https://so.test/", seconds=5):
    """Look at a site whose two ports answer like this; None is a closed port."""
    ca, context = certificates("so.test")
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    sites = [Site(secure or {}, context), Site(plain or {})]
    with serve(*sites):
        ports = [site.port if routes is not None else closed_port() for site, routes in zip(sites, (secure, plain), strict=True)]
        mapped = {"so.test:443": f"127.0.0.1:{ports[0]}", "so.test:80": f"127.0.0.1:{ports[1]}"}
        async with http_door(
            connect_to=mapped, trust=[tmp_path / "ca.pem"] if trusted else [], limits=Limits(seconds=seconds)
        ) as http:
            seen = await PROBE.look(Address(url=url, roles=SITE.roles, agencies=()), Doors(http))
    return by_id(PROBE.assess(seen, known(captured_at=NOW))), sites
