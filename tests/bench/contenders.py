"""What is measured, one process each: does one job, prints its CPU seconds and what came out, so that outputs can be compared."""

import asyncio
import gc
import io
import json
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from bench_pages import ASKED, FOLDER, asked, html
from doors import http_door

from auditor.cli import COLLECTED
from auditor.clock import SystemClock
from auditor.evidence.writer import VisitWriter
from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Exchange, digest_of
from auditor.model.visit import Cause
from auditor.sdk.boilerplate import Template
from auditor.sdk.doors import Rendered
from auditor.sdk.html import Document, parser
from auditor.sdk.limits import CrawlLimits
from auditor.sdk.probe import Known
from auditor.sdk.urls import canonical
from auditor.sdk.vocabulary import load_vocabulary
from auditor.visit.doors.http.door import Http
from probes import crawl, portal
from probes.content.labels import Labels
from probes.content.substance import Reader
from probes.services_list.rows import RowReader
from probes.site.spam import Spam


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def links_of(tree, base):
    return {urljoin(base, node.attributes["href"] or "") for node in tree.css("a[href]")}


def pages_of(links, port):
    """Name the site's other pages among some links, for comparison once the clock has stopped.

    Pages that were opened are left out: the bare loop also takes ``#`` and empty references, which name the page itself.
    """
    site = f"http://127.0.0.1:{port}"
    opened = {canonical(site + path) for path in asked()}
    return lambda: sorted({canonical(link) for link in links if link.startswith(f"{site}/")} - opened)


def pycurl_lexbor(port):
    """A bare loop: pycurl fetches, lexbor parses, links are joined, text is taken."""
    return bare(port, [path for path, _ in html()])


def pycurl_asked(port):
    """The same over all that the crawl asks for, lost pages too."""
    return bare(port, asked())


def bare(port, paths):
    import pycurl
    from selectolax.lexbor import LexborHTMLParser

    def job():
        curl, links, text = pycurl.Curl(), set(), 0
        for path in paths:
            body = io.BytesIO()
            url = f"http://127.0.0.1:{port}{path}"
            curl.setopt(pycurl.URL, url)
            curl.setopt(pycurl.WRITEDATA, body)
            curl.perform()
            tree = LexborHTMLParser(body.getvalue())
            links |= links_of(tree, url)
            text += len(tree.body.text(deep=True).split())
        return len(paths), pages_of(links, port)

    return job


def as_at_night(vocabulary):
    """Make what a night makes once for all its sites, before the clock starts: the vocabulary's tables, and Python's own settings."""
    gc.set_threshold(*COLLECTED)
    Labels(vocabulary)
    Reader(Template(), vocabulary)
    RowReader(vocabulary)
    Spam(vocabulary, frozenset())
    gc.collect()


def auditor_fetch(port):
    """Our door and our page: fetched, guarded, recorded in memory, parsed, links and text taken."""
    paths = [path for path, _ in html()]

    async def work():
        links, text = set(), 0
        async with http_door(allow=("127.0.0.0/8",)) as door:
            for path in paths:
                chain = await door.get(f"http://127.0.0.1:{port}{path}", why="bench", robots=False)
                document = Document(chain.final)
                links |= {link.url for link in document.links}
                text += len(document.text().split())
        return len(paths), pages_of(links, port)

    return lambda: asyncio.run(work())


def auditor_whole(port):
    """The same site crawled as at night: evidence in WARC, every content measure judged."""
    vocabulary, site = load_vocabulary(), bench_site(port)
    as_at_night(vocabulary)

    async def work(folder):
        writer = VisitWriter(Path(folder), "run/visit", SystemClock(), lambda digest: None)
        seen = await crawled(site, vocabulary, writer)
        writer.seal()
        known = Known(
            captured_at=datetime(2026, 1, 1, tzinfo=UTC), site=site, agencies=(), vocabulary=vocabulary, document=parser()
        )
        readings = portal.assess(seen, known)
        return len(seen.pages) + 1, sum(getattr(reading, "value", None) == "present" for reading in readings)

    def job():
        with tempfile.TemporaryDirectory() as folder:
            return asyncio.run(work(folder))

    return job


def record(port):
    """Record which addresses that crawl asks for, so that all contenders ask for the same ones."""

    def job():
        with tempfile.TemporaryDirectory() as folder:
            writer = VisitWriter(Path(folder), "run/visit", SystemClock(), lambda digest: None)
            seen = asyncio.run(crawled(bench_site(port), load_vocabulary(), writer))
            writer.abandon()
        urls = ["/", *(page.url.removeprefix(f"http://127.0.0.1:{port}") for page in seen.pages)]
        (Path(os.environ[FOLDER]) / ASKED).write_text(json.dumps(urls))
        return len(urls), 0

    return job


def bench_site(port):
    return Site(url=f"http://127.0.0.1:{port}/", roles=(SiteRole.PORTAL,), agencies=("so-mau",))


class NoBrowser:
    """What a machine without a Chromium says of every page."""

    async def render(self, url, *, why):
        return Rendered(page=Exchange(url=url, at=datetime(2026, 1, 1, tzinfo=UTC), cause=Cause.CAPABILITY, why=why))


async def crawled(site, vocabulary, writer):
    """Crawl the site through the door, as a visit does."""

    class Doors:
        limits, registry_hosts = CrawlLimits(pages=400), frozenset()
        monotonic, browser = staticmethod(time.monotonic), NoBrowser()

        def __init__(self, http):
            self.http, self.vocabulary = http, vocabulary

    async with http_door(allow=("127.0.0.0/8",)) as opened, Http(opened.links, writer, CrawlLimits().page) as http:
        return await crawl.look(site, Doors(http))


def scrapy_lexbor(port):
    """Scrapy with lexbor: the same pages, links and text."""
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess
    from selectolax.lexbor import LexborHTMLParser

    links, words = set(), [0]

    class Bench(Spider):
        name, handle_httpstatus_list = "bench", [404]

        async def start(self):
            for path in asked():
                yield Request(f"http://127.0.0.1:{port}{path}")

        def parse(self, response):
            tree = LexborHTMLParser(response.body)
            links.update(links_of(tree, response.url))
            words[0] += len(tree.body.text(deep=True).split())

    def job():
        process = CrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS": 2})
        process.crawl(Bench)
        process.start()
        return len(asked()), pages_of(links, port)

    return job


def lexbor_parse(_port, rounds=3):
    """A bare lexbor parse of every page."""
    from selectolax.lexbor import LexborHTMLParser

    bodies = [body for _, body in html()]
    return lambda: (sum(LexborHTMLParser(body).body is not None for body in bodies for _ in range(rounds)), 0)


def lexbor_parse_once(port):
    """The same, each page once."""
    return lexbor_parse(port, rounds=1)


def page_analysis_once(port):
    """The same as below, each page once: nothing is remembered from an earlier round."""
    return page_analysis(port, rounds=1)


def page_analysis(_port, rounds=3):
    """Links, text, all vocabulary and the template, over one site's pages."""
    vocabulary, now = load_vocabulary(), datetime(2026, 1, 1, tzinfo=UTC)
    exchanges = [
        Exchange(
            url=f"https://so-mau.test{path}",
            status=200,
            headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=body,
            digest=digest_of(body),
            at=now,
        )
        for path, body in html()
    ]

    as_at_night(vocabulary)

    def job():
        count = 0
        for _ in range(rounds):
            labels = Labels(vocabulary)
            documents = [Document(exchange) for exchange in exchanges]
            reader = Reader(Template(documents), vocabulary)
            for document in documents:
                reader.read(document)
                document.text()
                for link in document.links:
                    labels.of_label(link.label)
                    labels.of_url(link.url)
                count += 1
        return count, 0

    return job


def warc_ours(_port):
    """Our WARC records of every page."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    exchanges = [
        Exchange(
            url=f"https://so-mau.test{path}",
            status=200,
            reason="OK",
            http_version="HTTP/1.1",
            headers=headers,
            body=body,
            at=now,
        )
        for path, body in html()
    ]

    def job():
        with tempfile.TemporaryDirectory() as folder:
            writer = VisitWriter(Path(folder), "run/visit", SystemClock(), lambda digest: None)
            for exchange in exchanges:
                writer.exchange(exchange)
            writer.seal()
            size = (Path(folder) / writer.path).stat().st_size
        return len(exchanges), size

    return job


def warc_warcio(_port):
    """warcio's records of the same pages, requests too."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    bodies = html()

    def job():
        with tempfile.TemporaryFile() as file:
            writer = WARCWriter(file, gzip=True)
            for path, body in bodies:
                url = f"https://so-mau.test{path}"
                head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
                record = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=head)
                asked = StatusAndHeaders(f"GET {path} HTTP/1.1", [("Host", "so-mau.test")], is_http_request=True)
                request = writer.create_warc_record(url, "request", http_headers=asked)
                writer.write_request_response_pair(request, record)
            return len(bodies), file.tell()

    return job


CONTENDERS = {
    job.__name__: job
    for job in (
        *(record, pycurl_lexbor, auditor_fetch, pycurl_asked, auditor_whole, scrapy_lexbor),
        *(lexbor_parse, page_analysis, lexbor_parse_once, page_analysis_once),
        *(warc_ours, warc_warcio),
    )
}


def main():
    job = CONTENDERS[sys.argv[1]](int(sys.argv[2]))
    before = cpu()
    count, other = job()
    used = cpu() - before
    print(json.dumps({"cpu": used, "count": count, "other": other() if callable(other) else other}))


if __name__ == "__main__":
    main()
