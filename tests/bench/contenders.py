"""What is measured, one process each: does one job, prints its CPU seconds and what came out, so that outputs can be compared."""

import asyncio
import hashlib
import io
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from bench_site import addresses, page


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def links_of(tree, base):
    return {urljoin(base, node.attributes["href"]) for node in tree.css("a[href]")}


def pycurl_lexbor(port):
    """A bare loop: pycurl fetches, lexbor parses, links are joined, text is taken."""
    import pycurl
    from selectolax.lexbor import LexborHTMLParser

    def job():
        curl, links, text = pycurl.Curl(), set(), 0
        for path in addresses():
            body = io.BytesIO()
            url = f"http://127.0.0.1:{port}{path}"
            curl.setopt(pycurl.URL, url)
            curl.setopt(pycurl.WRITEDATA, body)
            curl.perform()
            tree = LexborHTMLParser(body.getvalue())
            links |= links_of(tree, url)
            text += len(tree.body.text(deep=True).split())
        return len(links), text

    return job


def auditor_fetch(port):
    """Our door and our page: fetched, guarded, recorded in memory, parsed, links and text taken."""
    from doors import http_door

    from auditor.sdk.html import Document

    async def work():
        links, text = set(), 0
        async with http_door(allow=("127.0.0.0/8",)) as door:
            for path in addresses():
                chain = await door.get(f"http://127.0.0.1:{port}{path}", why="bench", robots=False)
                document = Document(chain.final)
                links |= {link.url for link in document.links}
                text += len(document.text().split())
        return len(links), text

    return lambda: asyncio.run(work())


def auditor_whole(port):
    """The same site crawled as at night: evidence in WARC, every content measure judged."""
    from doors import http_door

    import auditor.visit.doors.http.door as door_module
    from auditor.clock import SystemClock
    from auditor.evidence.writer import VisitWriter
    from auditor.model.agency import Site, SiteRole
    from auditor.sdk.html import Document
    from auditor.sdk.limits import CrawlLimits
    from auditor.sdk.probe import Known
    from auditor.sdk.vocabulary import load_vocabulary
    from probes import crawl, portal

    vocabulary = load_vocabulary()
    site = Site(url=f"http://127.0.0.1:{port}/", roles=(SiteRole.PORTAL,), agencies=("so-mau",))

    class Doors:
        limits, registry_hosts = CrawlLimits(pages=400), frozenset()

        def __init__(self, http):
            self.http, self.vocabulary = http, vocabulary

        def monotonic(self):
            return time.monotonic()

    async def work(folder):
        writer = VisitWriter(Path(folder), "run/visit", SystemClock(), lambda digest: None)
        async with (
            http_door(allow=("127.0.0.0/8",)) as opened,
            door_module.Http(opened.links, writer, CrawlLimits().page) as http,
        ):
            seen = await crawl.look(site, Doors(http))
        writer.seal()
        documents = {}

        def document(exchange):
            return documents.setdefault(exchange.digest, Document(exchange))

        known = Known(
            captured_at=datetime(2026, 1, 1, tzinfo=UTC), site=site, agencies=(), vocabulary=vocabulary, document=document
        )
        readings = portal.assess(seen, known)
        return len(seen.pages) + 1, sum(getattr(reading, "value", None) == "present" for reading in readings)

    def job():
        with tempfile.TemporaryDirectory() as folder:
            return asyncio.run(work(folder))

    return job


def scrapy_lexbor(port):
    """Scrapy with lexbor: the same pages, links and text."""
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess
    from selectolax.lexbor import LexborHTMLParser

    links, words = set(), [0]

    class Bench(Spider):
        name = "bench"

        async def start(self):
            for path in addresses():
                yield Request(f"http://127.0.0.1:{port}{path}")

        def parse(self, response):
            tree = LexborHTMLParser(response.body)
            links.update(links_of(tree, response.url))
            words[0] += len(tree.body.text(deep=True).split())

    def job():
        process = CrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS": 2})
        process.crawl(Bench)
        process.start()
        return len(links), words[0]

    return job


def lexbor_parse(_port, rounds=3):
    """A bare lexbor parse of every page."""
    from selectolax.lexbor import LexborHTMLParser

    bodies = [page(number) for number in range(len(addresses()))]
    return lambda: (sum(LexborHTMLParser(body).body is not None for body in bodies for _ in range(rounds)), 0)


def lexbor_parse_once(port):
    """The same, each page once."""
    return lexbor_parse(port, rounds=1)


def page_analysis_once(port):
    """The same as below, each page once: nothing is remembered from an earlier round."""
    return page_analysis(port, rounds=1)


def page_analysis(_port, rounds=3):
    """Links, text, all vocabulary and the template, over one site's pages."""
    from auditor.model.evidence import Exchange, digest_of
    from auditor.sdk.boilerplate import Template
    from auditor.sdk.html import Document
    from auditor.sdk.vocabulary import load_vocabulary
    from probes.content.labels import Labels
    from probes.content.substance import Reader

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
        for path, body in ((path, page(number)) for number, path in enumerate(addresses()))
    ]

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
    from auditor.clock import SystemClock
    from auditor.evidence.writer import VisitWriter
    from auditor.model.evidence import Exchange

    now = datetime(2026, 1, 1, tzinfo=UTC)
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    exchanges = [
        Exchange(
            url=f"https://so-mau.test{path}",
            status=200,
            reason="OK",
            http_version="HTTP/1.1",
            headers=headers,
            body=page(n),
            at=now,
        )
        for n, path in enumerate(addresses())
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

    bodies = [(path, page(number)) for number, path in enumerate(addresses())]

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
        *(pycurl_lexbor, auditor_fetch, auditor_whole, scrapy_lexbor),
        *(lexbor_parse, page_analysis, lexbor_parse_once, page_analysis_once),
        *(warc_ours, warc_warcio),
    )
}


def main():
    job = CONTENDERS[sys.argv[1]](int(sys.argv[2]))
    before = cpu()
    count, other = job()
    digest = hashlib.sha256(f"{count}".encode()).hexdigest()[:8]
    print(json.dumps({"cpu": cpu() - before, "count": count, "other": other, "digest": digest}))


if __name__ == "__main__":
    main()
