"""Later nights: a page that is kept is asked for with its validators, and a 304 leaves reading, proof and evidence whole."""

import gzip
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial

import anyio
import deflate
import pytest
from anyio.to_thread import run_sync
from evidencefolder import exchange
from province import MEASURES, criterion, edition, registry
from servers import Site as Server
from servers import answer, serve
from sqlalchemy import delete, select

from auditor.app.reporting import kept_by
from auditor.clock import SystemClock
from auditor.engines.again import assess_again
from auditor.engines.night import Night
from auditor.evidence.archive import Archive
from auditor.evidence.seen import load_seen
from auditor.evidence.verify import verify
from auditor.evidence.warc import NOT_MODIFIED
from auditor.model.agency import Registry, Site, SiteRole
from auditor.model.evidence import Cut, digest_of
from auditor.model.run import RunKind
from auditor.model.visit import Cause, Visit
from auditor.schedule.plan import Due
from auditor.sdk.catalogue import build
from auditor.sdk.vocabulary import load_vocabulary
from auditor.settings import Settings
from auditor.store import open_store, tables
from auditor.visit.doors.http.remembered import reusable
from auditor.visit.knowing import Background, Knowledge
from auditor.visit.network import Network
from auditor.visit.runner import Runner
from probes import crawl, portal, uptime
from reports.listing import kept_json, kept_text

pytestmark = pytest.mark.anyio
HOST = "so.test"
BASE = f"http://{HOST}"
SITE = Site(url=f"{BASE}/", roles=(SiteRole.PORTAL,), agencies=())
VOCABULARY = load_vocabulary("probes")
CATALOGUE = build([("probes.crawl", crawl.PROBE), ("probes.portal", portal.PROBE)])
START = datetime(2026, 11, 2, 18, tzinfo=UTC)
MODIFIED = "Sun, 01 Nov 2026 07:00:00 GMT"
ASKING = ("if-none-match", "if-modified-since")
GONE_BY = timedelta(days=7)


def html(text, *links):
    anchors = "".join(f'<p><a href="{path}">{label}</a></p>' for path, label in links)
    return f"<!doctype html><html><head><title>{text}</title></head><body><h1>{text}</h1><p>{text}.</p>{anchors}</body></html>"


FRONT = html("Sở Thử nghiệm", ("/lich", "Lịch công tác"), ("/tin", "Tin tức"))
WEEK = "".join(
    f"<tr><td>{day:02}/11/2026</td><td>Giám đốc họp giao ban với các phòng, đơn vị trực thuộc</td><td>Phòng họp số {day}</td></tr>"
    for day in range(2, 7)
)
CALENDAR = html("Lịch công tác tuần từ 02/11/2026 đến 08/11/2026").replace("</body>", f"<table>{WEEK}</table></body>")


@dataclass
class Page:
    """A page of an honest server: it says 304 when it is asked with a validator of the bytes that it has now."""

    body: str = CALENDAR
    etag: str = ""
    modified: str = ""
    headers: tuple = ()
    confirmed: tuple = ()
    """The 304's own headers."""
    after: bytes = b""
    """What stands behind a 304, where nothing may stand."""

    def answer(self, asked):
        return self.not_modified() if self.same(asked) else self.full()

    def same(self, asked):
        if "if-none-match" in asked:
            return bool(self.etag) and asked["if-none-match"].removeprefix("W/") == self.etag.removeprefix("W/")
        return bool(self.modified) and asked.get("if-modified-since") == self.modified

    def validators(self):
        tags = [f"ETag: {self.etag}"] if self.etag else []
        return [*tags, *([f"Last-Modified: {self.modified}"] if self.modified else []), *self.headers]

    def not_modified(self):
        lines = ["HTTP/1.1 304 Not Modified", *(self.confirmed or self.validators()), "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.after

    def full(self):
        return answer(self.body.encode(), "200 OK", "Content-Type: text/html; charset=utf-8", *self.validators())


class Always(Page):
    """A page of a server that says 304 whatever it is asked."""

    def same(self, asked):
        return True


class Lying(Page):
    """A page of a server that says 304 to whoever asks with validators, whatever it has now."""

    def same(self, asked):
        return any(name in asked for name in ASKING)


class Refusing(Page):
    """A page behind a wall that lets nobody ask with validators."""

    status = "412 Precondition Failed"

    def answer(self, asked):
        return answer(b"no", self.status) if any(name in asked for name in ASKING) else self.full()


class Home(Page):
    """A page that leads back to the front page."""

    def answer(self, asked):
        return answer(b"", "302 Found", "Location: /")


class Portal(Server):
    """A portal that knows validators; ``asked_of`` gives the headers of every request for a path since the last night."""

    def __init__(self, pages):
        super().__init__(self)
        self.pages = {"/": Page(body=FRONT, etag='"front"'), **pages}

    def get(self, path, default=None):
        page = self.pages.get(path)
        return page.answer(headers_of(self.heads[-1])) if page else answer(b"not here", "404 Not Found")

    def asked_of(self, path):
        return [headers_of(head) for head in self.heads if head.split(" ")[1] == path]

    def validators_of(self, path):
        return [{name: head[name] for name in ASKING if name in head} for head in self.asked_of(path)]


def headers_of(head):
    pairs = (line.partition(":") for line in head.split("\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name}


class Clock(SystemClock):
    """The machine's clock, moved to the night that is played."""

    def __init__(self):
        self.ahead = START - datetime.now(UTC)

    def now(self):
        return super().now() + self.ahead


@dataclass
class Played:
    """A night that was played."""

    house: "House"
    run: object
    record: object
    readings: tuple

    @cached_property
    def pages(self):
        return self.house.seen(self)


class House:
    """One data folder and a portal that it visits night by night."""

    def __init__(self, path, store, server):
        self.evidence, self.store, self.server, self.clock = path / "evidence", store, server, Clock()
        background = Background(registry_hosts=frozenset({HOST}), vocabulary=VOCABULARY, guidelines={}, holidays=frozenset())
        self.knowledge = Knowledge(registry=Registry(groups=(), agencies=(), rows=()), background=background)
        self.bookkeeping = Night(
            store=store, evidence=self.evidence, clock=self.clock, edition=edition(criterion()), registry=registry("so-a"), measures=MEASURES
        )  # fmt: skip

    async def night(self, *, after=timedelta(days=1), probe=crawl.PROBE, derived=(portal.PROBE,)):
        """Visit the portal once, so long after the last night; give the visit, what was seen by path, and its readings."""
        self.clock.ahead += after
        self.server.heads.clear()
        run, notes = self.bookkeeping.open(RunKind.PROBE, "so-a")
        network = {"requests_per_second": 0, "retry_pause": 0, "connect_to": {f"{HOST}:80": f"127.0.0.1:{self.server.port}"}}
        limiter = anyio.CapacityLimiter(2)
        runner = Runner(
            network=Network(Settings(network=network), self.clock, VOCABULARY, frozenset({HOST}), patience=0),
            knowledge=self.knowledge,
            visits=self.store.visits,
            evidence=self.evidence,
            clock=self.clock,
            limiter=lambda: limiter,
        )
        visit = Visit(run=run.id, probe=probe.id, site=SITE.url)
        visited = await runner.run(Due(visit=visit, site=SITE, probe=probe, derived=derived))
        manifest, ended = self.bookkeeping.seal(run, notes)
        self.bookkeeping.keep(run, manifest, ended)
        return Played(house=self, run=run, record=visited.record, readings=visited.readings)

    def seen(self, night):
        """Give the final exchange of every page that the crawl opened, by path, read back from what was kept."""
        found = load_seen(crawl.CrawlSeen, self.archive.body(night.record.seen), self.archive.body)
        return {page.url.removeprefix(BASE): page.chain.final for page in found.pages} | {"/": found.front.final}

    @property
    def archive(self):
        return Archive(self.evidence, self.store.visits.place)

    def proved(self):
        runs = self.store.runs.all()
        return verify(
            self.evidence, sealed={run.id: run.manifest for run in runs}, unsealed={}, records=self.store.visits.digest_of_run
        )

    def judged_again(self, night):
        """Give the readings that differ when a night's evidence is judged again."""
        kept = self.store.visits.readings_of(night.run.id)
        visits = self.store.visits.of_run(night.run.id)
        found = list(assess_again(visits, kept, CATALOGUE, self.knowledge, self.archive))
        assert len(found) == len(kept) > 0
        return [change for change in found if change.differs]

    def forget(self):
        """Forget where everything lay whose file is gone, as pruning must."""
        with self.store.engine.begin() as connection:
            for table, name in ((tables.bodies, tables.bodies.c.digest), (tables.records, tables.records.c.id)):
                for key in list(connection.execute(select(name)).scalars()):
                    if not (self.evidence / self.store.visits.place(key).path).is_file():
                        connection.execute(delete(table).where(name == key))
        self.store.visits._found.clear()

    def file_of(self, exchange):
        return self.evidence / self.store.visits.place(exchange.record).path


@asynccontextmanager
async def visited(path, **pages):
    """Give a house whose portal has these pages, ``lich`` and ``tin`` by default plain ones."""
    chosen = {f"/{name}": page for name, page in {"lich": Page(), "tin": Page(body=html("Tin tức")), **pages}.items()}
    with serve(Portal(chosen)) as server, open_store("", path) as store:
        yield House(path, store, server)


def told(readings):
    """Give what readings say, without when and by which evidence."""
    return {
        r.reading.measure: (
            type(r.reading),
            getattr(r.reading, "value", None),
            getattr(r.reading, "cause", None),
            r.reading.because.key,
        )
        for r in readings
    }


# What a later night asks, and what comes of a 304


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        (Page(etag='"a1"'), {"if-none-match": '"a1"'}),
        (Page(etag='W/"a1"'), {"if-none-match": 'W/"a1"'}),
        (Page(modified=MODIFIED), {"if-modified-since": MODIFIED}),
        (Page(etag='"a1"', modified=MODIFIED), {"if-none-match": '"a1"', "if-modified-since": MODIFIED}),
    ],
    ids=["tag", "weak tag", "date", "both"],
)
async def test_a_page_that_has_not_changed_is_read_as_if_it_had_been_sent_again(tmp_path, page, asked):
    async with visited(tmp_path, lich=page) as house:
        first = await house.night()
        assert house.server.validators_of("/lich") == [{}]
        second = await house.night()
        assert house.server.validators_of("/lich") == [asked]
        assert house.server.validators_of("/") == [{}, {}]  # and once more, as from a search engine
        assert house.server.validators_of("/tin") == [{}]
        before, after = first.pages["/lich"], second.pages["/lich"]
        assert (after.status, after.body, after.digest) == (200, before.body, before.digest)
        assert (after.earlier.record, after.earlier.at) == (before.record, before.at)
        assert before.earlier is None
        assert after.record != before.record
        assert after.header("content-type") == "text/html; charset=utf-8"
        assert after.wire_bytes == 0
        assert told(second.readings) == told(first.readings)
        assert told(second.readings)["content.calendar"][1] == "present"
        tonight = {proof.record for r in second.readings for proof in r.reading.evidence}
        assert after.record in tonight
        assert before.record not in tonight
        assert house.judged_again(second) == house.judged_again(first) == []
        assert house.proved().ok


async def test_the_record_of_a_304_has_its_own_head_and_names_the_answer_that_it_confirms(tmp_path):
    page = Page(etag='"a1"', confirmed=('ETag: "a1"', "Content-Length: 777", "X-Tonight: yes"))
    async with visited(tmp_path, lich=page) as house:
        first, second = await house.night(), await house.night()
        before, after = first.pages["/lich"], second.pages["/lich"]
        record = house.archive.record(house.archive.of(after.proof()))
        assert record.status_line == "HTTP/1.1 304 Not Modified"
        assert record.headers == (("ETag", '"a1"'), ("Content-Length", "777"), ("X-Tonight", "yes"))
        assert record.body == before.body
        assert record.warc["warc-type"] == "revisit"
        assert record.warc["warc-profile"] == NOT_MODIFIED
        assert record.warc["warc-refers-to"] == f"<{before.record}>"
        assert datetime.fromisoformat(record.warc["warc-refers-to-date"]) == before.at
        assert record.warc["warc-payload-digest"] == before.digest
        assert 'If-None-Match: "a1"' in house.archive.request(house.archive.of(after.proof()))
        command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(house.file_of(after))]
        done = await run_sync(partial(subprocess.run, command, capture_output=True, text=True, check=False))
        assert done.returncode == 0, done.stdout


async def test_who_follows_the_proof_sees_the_304_and_the_answer_that_it_confirms(tmp_path):
    async with visited(tmp_path, lich=Page(etag='"a1"')) as house:
        first, second = await house.night(), await house.night()
        before, after = first.pages["/lich"], second.pages["/lich"]
        kept = kept_by(house.archive)(after.proof())
        assert kept.status_line == "HTTP/1.1 304 Not Modified"
        assert kept.body == before.body
        assert (kept.confirms.record, kept.confirms.at, kept.confirms.status_line) == (
            before.record,
            before.at,
            "HTTP/1.1 200 OK",
        )
        text = kept_text(kept, ())
        assert f"Máy chủ xác nhận trang không đổi so với trả lời đầy đủ nhận lúc {before.at.isoformat()}" in text
        assert text.index("304 Not Modified") < text.index("HTTP/1.1 200 OK") < text.index("Lịch công tác")
        assert kept_json(kept, ())["confirms"]["record"] == before.record
        assert kept_by(house.archive)(before.proof()).confirms is None
        place = house.store.visits.place(before.record)
        house.store.visits._found[before.record] = replace(place, path="warc/gone.warc.gz")
        assert kept_by(house.archive)(after.proof()).confirms.status_line == ""


async def test_a_third_night_confirms_the_answer_in_full_and_not_the_304_of_the_second(tmp_path):
    async with visited(tmp_path, lich=Page(etag='"a1"')) as house:
        first, second, third = [await house.night() for _ in range(3)]
        assert third.pages["/lich"].earlier == second.pages["/lich"].earlier
        assert third.pages["/lich"].earlier.record == first.pages["/lich"].record
        assert house.judged_again(third) == []
        assert house.proved().ok


async def test_a_page_that_has_changed_is_sent_and_read(tmp_path):
    async with visited(tmp_path, lich=Page(etag='"a1"')) as house:
        await house.night()
        house.server.pages["/lich"] = Page(body=html("Lịch công tác tuần sau"), etag='"a2"')
        second = await house.night()
        assert "tuần sau" in second.pages["/lich"].body.decode()
        assert second.pages["/lich"].earlier is None
        await house.night()
        assert house.server.validators_of("/lich") == [{"if-none-match": '"a2"'}]


async def test_a_304_updates_the_headers_and_leaves_those_that_say_what_the_bytes_are(tmp_path):
    confirmed = ('ETag: "a1-gzip"', "Cache-Control: max-age=9", "Content-Type: text/plain", "Content-Encoding: gzip", "X-New: 1")
    page = Page(etag='"a1"', headers=("Cache-Control: max-age=5", "X-Old: 1"), confirmed=confirmed)
    async with visited(tmp_path, lich=page) as house:
        await house.night()
        after = (await house.night()).pages["/lich"]
        assert {name: after.header(name) for name in ("etag", "cache-control", "content-type", "content-encoding")} == {
            "etag": '"a1"',
            "cache-control": "max-age=9",
            "content-type": "text/html; charset=utf-8",
            "content-encoding": None,
        }
        assert (after.header("x-old"), after.header("x-new")) == ("1", "1")


# Asked in full all the same


async def test_the_front_page_is_asked_for_in_full_also_where_others_lead_to_it(tmp_path):
    async with visited(tmp_path, lich=Home()) as house:
        for _ in range(2):
            await house.night()
            assert house.server.validators_of("/") == [{}, {}, {}]  # the third as from a search engine


async def test_every_seventh_night_asks_in_full_and_finds_out_a_server_that_lies(tmp_path):
    async with visited(tmp_path, lich=Lying(etag='"a1"')) as house:
        first = await house.night()
        house.server.pages["/lich"].body = html("Lịch công tác tuần sau")
        nights = [await house.night() for _ in range(6)]
        assert {night.pages["/lich"].digest for night in nights} == {first.pages["/lich"].digest}
        seventh = await house.night(after=timedelta(hours=23, minutes=50))
        assert house.server.validators_of("/lich") == [{}]
        assert "tuần sau" in seventh.pages["/lich"].body.decode()
        eighth = await house.night()
        assert eighth.pages["/lich"].earlier.record == seventh.pages["/lich"].record
        assert house.judged_again(seventh) == house.judged_again(eighth) == []
        assert house.proved().ok


async def test_a_week_without_a_visit_is_a_week(tmp_path):
    async with visited(tmp_path, lich=Page(etag='"a1"')) as house:
        await house.night()
        await house.night(after=GONE_BY)
        assert house.server.validators_of("/lich") == [{}]


@pytest.mark.parametrize("listed", [True, False], ids=["the file is gone", "it is known no more where it lay"])
async def test_pruned_evidence_is_asked_for_in_full(tmp_path, listed):
    async with visited(tmp_path, lich=Page(etag='"a1"')) as house:
        first = await house.night()
        house.file_of(first.pages["/lich"]).unlink()
        if not listed:
            house.forget()
        second = await house.night()
        assert house.server.validators_of("/lich") == [{}]
        assert told(second.readings) == told(first.readings)
        if not listed:
            assert house.seen(second)["/lich"].body == CALENDAR.encode()
            assert house.judged_again(second) == []
            third = await house.night()
            assert house.server.validators_of("/lich") == [{"if-none-match": '"a1"'}]
            assert house.seen(third)["/lich"].body == CALENDAR.encode()


async def test_a_kept_body_that_does_not_verify_is_asked_for_again_and_nothing_else_is_asked_with_validators(tmp_path):
    pages = {
        "lich": Page(etag='"a1"'),
        "tin": Page(body=html("Tin tức", ("/sau", "Góc nhỏ")), etag='"b"'),
        "sau": Page(etag='"c"'),
    }
    async with visited(tmp_path, **pages) as house:
        first = await house.night()
        place = house.store.visits.place(first.pages["/lich"].digest)
        file = house.evidence / place.path
        raw = bytearray(file.read_bytes())
        member = bytes(
            deflate.gzip_compress(gzip.decompress(raw[place.offset : place.offset + place.length]).replace(b"2026", b"2027"), 12)
        )
        assert len(member) <= place.length
        raw[place.offset : place.offset + place.length] = member + bytes(place.length - len(member))
        file.write_bytes(raw)
        second = await house.night()
        assert house.server.validators_of("/lich") == [{"if-none-match": '"a1"'}, {}]
        assert told(second.readings) == told(first.readings)
        assert house.server.validators_of("/sau") == [{}]


@pytest.mark.parametrize(
    "page",
    [
        Page(etag='"a1"', confirmed=('ETag: "other"',)),
        Page(modified=MODIFIED, confirmed=('ETag: "other"',)),
        Refusing(etag='"a1"'),
    ],
    ids=["another tag", "a tag where there was none", "412"],
)
async def test_an_answer_that_confirms_nothing_is_asked_for_in_full(tmp_path, page):
    async with visited(tmp_path, lich=page) as house:
        first, second = await house.night(), await house.night()
        assert [bool(asked) for asked in house.server.validators_of("/lich")] == [True, False]
        assert second.pages["/lich"].status == 200
        assert second.pages["/lich"].earlier is None
        assert told(second.readings) == told(first.readings)
        assert house.judged_again(second) == []
        assert house.proved().ok


async def test_a_page_that_is_gone_is_asked_for_once(tmp_path):
    async with visited(tmp_path, lich=Page(etag='"a1"')) as house:
        await house.night()
        del house.server.pages["/lich"]
        second = await house.night()
        assert house.server.validators_of("/lich") == [{"if-none-match": '"a1"'}]
        assert second.pages["/lich"].status == 404


async def test_a_304_that_nobody_asked_for_is_broken_http(tmp_path):
    async with visited(tmp_path, lich=Always(etag='"a1"')) as house:
        first = await house.night()
        assert (first.pages["/lich"].status, first.pages["/lich"].cause) == (304, Cause.PROTOCOL)
        second = await house.night()
        assert not any(house.server.validators_of("/lich"))
        assert told(second.readings) == told(first.readings)
        assert house.judged_again(second) == []


async def test_what_stands_behind_a_304_harms_no_other_page(tmp_path):
    more = {f"c{n}": Page(body=html(f"Chuyện {n}")) for n in range(4)}
    body = html("Tin tức", *((f"/{name}", name) for name in more))
    async with visited(tmp_path, lich=Page(etag='"a1"', after=b"<p>a body all the same"), tin=Page(body=body), **more) as house:
        first, second = await house.night(), await house.night()
        assert second.pages["/lich"].body == CALENDAR.encode()
        assert {path: page.digest for path, page in second.pages.items()} == {
            path: page.digest for path, page in first.pages.items()
        }
        assert told(second.readings) == told(first.readings)


async def test_what_measures_the_answer_itself_asks_without_validators(tmp_path):
    async with visited(tmp_path) as house:
        for _ in range(2):
            await house.night(probe=uptime.PROBE, derived=())
            assert house.server.validators_of("/") == [{}]


async def test_what_another_version_of_the_probe_kept_is_no_reason_to_fail(tmp_path):
    async with visited(tmp_path, lich=Page(etag='"a1"')) as house:
        first = await house.night()
        house.store.visits._found[first.record.seen] = house.store.visits.place(first.record.known)
        second = await house.night()
        assert house.server.validators_of("/lich") == [{}]
        assert second.pages["/lich"].status == 200


# What is worth remembering


NOW = datetime(2026, 1, 6, tzinfo=UTC)
TAG = ("ETag", '"a1"')


def page_with(*headers, **given):
    base = replace(exchange(), headers=headers or (TAG,), record="urn:uuid:1", digest=digest_of(b"<p>trang"))
    return replace(base, **given)


@pytest.mark.parametrize(
    "page",
    [
        page_with(),
        page_with(("ETag", '""')),
        page_with(("Last-Modified", "Sun, 04 Jan 2026 01:00:00 GMT")),
        page_with(TAG, ("Vary", "Cookie")),
        page_with(TAG, ("Cache-Control", "private, max-age=0")),
        page_with(TAG, ("Vary", "Accept-Encoding"), ("Cache-Control", "no-cache")),
    ],
)
def test_a_whole_page_with_a_validator_is_remembered(page):
    kept = reusable(page, NOW)
    assert (kept.body, kept.earlier.record, kept.earlier.at) == (b"", page.record, page.at)


@pytest.mark.parametrize(
    "page",
    [
        page_with(("Server", "x")),
        page_with(status=404),
        page_with(status=206),
        page_with(method="HEAD"),
        page_with(cause=Cause.TOO_LARGE),
        page_with(cut=Cut.WIRE),
        page_with(record=None),
        page_with(digest=None),
        page_with(TAG, ("Cache-Control", "No-Store")),
        page_with(TAG, ("Vary", "Accept-Encoding, Cookie"), ("Cache-Control", 'private="x"')),
        page_with(TAG, ("Vary", "*")),
        page_with(TAG, ("X", "x" * 20_000)),
        page_with(("ETag", "a1")),
        page_with(("ETag", "*")),
        page_with(("ETag", '"a\r\nX: y"')),
        page_with(("ETag", '"ạ"')),
        page_with(("ETag", f'"{"x" * 2_000}"')),
        page_with(("Last-Modified", "Sun, 04 Jan 2026 01:00:00 GMT\r\nX: y")),
        page_with(("Last-Modified", "hôm qua")),
        page_with(("Last-Modified", "0")),
        page_with(("Last-Modified", "Mon, 05 Jan 2026 01:02:04 GMT")),
        page_with(("Last-Modified", "Mon, 05 Jan 2026 01:02:03 GMT"), ("Date", "Mon, 05 Jan 2026 01:02:03 GMT")),
        page_with(at=NOW - timedelta(days=7)),
        page_with(at=NOW + timedelta(days=1)),
    ],
)
def test_what_cannot_be_relied_on_is_not_remembered(page):
    assert reusable(page, NOW) is None
