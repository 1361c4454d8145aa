"""Rounds of samples against servers that follow a script; what is down by whose fault, and what the report makes of it."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import anyio
import pytest
from commands import auditor
from sampled import BEGIN, BROKEN, BUSY, EMPTY, GONE, OTHER, SITE, STEP, UP, WALL, hang_up, parts_of, round_of
from servers import Site as Server
from servers import answer, closed_port, serve
from visits import desk

from auditor.app.uptime import availability_of, check_sites, sites_to_check, uptime_report
from auditor.errors import UsageError
from auditor.evidence.seen import load_seen
from auditor.judge.uptime import account, midnight, roll
from auditor.model.uptime import Sample, Uncounted
from auditor.model.visit import Cause
from auditor.visit.doors.http.politeness import Shut
from probes.uptime import PROBE
from reports.uptime import span, uptime_csv, uptime_json, uptime_text

HOST = urlsplit(SITE).hostname


@pytest.fixture
def bed(tmp_path):
    """Two sites, of which the second answers always: it proves our own link."""
    site, other = Server({"/": UP}), Server({"/": UP})
    with serve(site, other):
        parts = parts_of(tmp_path, a=site.port, b=other.port)
        with parts.store() as store:
            yield parts, store, site


def causes(store, site=SITE):
    begin = int(BEGIN.timestamp())
    return [sample.cause for sample in store.uptime.samples(site, begin, begin + 86_400)]


def report_of(parts, store, **given):
    return uptime_report(parts, store, since=BEGIN, until=parts.clock.at, **given)


def test_a_script_of_ups_and_downs_is_told_as_it_was(bed):
    parts, store, site = bed
    script = [UP, UP, GONE, GONE, UP, BROKEN, hang_up, EMPTY, UP, BUSY, WALL, UP]
    for served in script:
        site.routes["/"] = served
        round_of(parts, store)
    wrong = [Cause.HTTP_4XX] * 2, [Cause.HTTP_5XX, Cause.PROTOCOL, Cause.PROTOCOL]
    assert causes(store) == [None, None, *wrong[0], None, *wrong[1], None, Cause.RATE_LIMITED, Cause.CHALLENGE, None]
    assert causes(store, OTHER) == [None] * len(script)
    mine, other = report_of(parts, store).sites
    assert (mine.site, mine.agencies, other.account.availability) == (SITE, ("so-a",), 1)
    account = mine.account
    assert [(i.since - BEGIN, i.until - BEGIN, i.seconds, i.cause) for i in account.incidents] == [
        (2 * STEP, 4 * STEP, 600, Cause.HTTP_4XX),
        (5 * STEP, 8 * STEP, 900, Cause.PROTOCOL),
    ]
    assert [(part.why, part.seconds) for part in account.excluded] == [(Uncounted.REFUSED, 600)]
    assert (account.availability, account.coverage) == (Decimal(1500) / 3000, Decimal(3000) / 3600)
    assert (account.samples, account.longest_seconds, account.p50_ms is not None) == (12, 900, True)


def test_a_failure_that_a_second_look_does_not_confirm_is_none(bed):
    parts, store, site = bed
    for failing in (GONE, EMPTY, BROKEN, hang_up):
        looks = iter([failing, UP])

        async def serve_next(writer, looks=looks):
            served = next(looks)
            await served(writer) if callable(served) else writer.write(served)

        site.routes["/"] = serve_next
        round_of(parts, store)
        assert list(looks) == [], "it was looked at twice"
    assert causes(store) == [None] * 4
    site.routes["/"] = GONE
    round_of(parts, store, confirm=False)
    assert causes(store)[-1] is Cause.AMBIGUOUS, "what nobody confirmed counts for nothing"


def test_when_nobody_answers_it_may_be_our_link(tmp_path):
    ports = {name: closed_port() for name in "abc"}
    parts = parts_of(tmp_path, **ports)
    with parts.store() as store:
        round_of(parts, store)
        assert causes(store) == [Cause.AMBIGUOUS]
        found = report_of(parts, store).sites[0].account
        assert (found.availability, found.down_seconds, found.incidents) == (None, 0, ())


def test_one_site_of_many_that_nobody_answers_is_down(tmp_path):
    with serve(Server({"/": UP})) as other:
        parts = parts_of(tmp_path, a=closed_port(), b=other.port)
        with parts.store() as store:
            anyio.run(lambda: check_sites(parts, store, sites_to_check(parts)[:1]))
            assert causes(store) == [Cause.CONNECT], "a site outside the round proves our link as well"


def test_who_asks_to_be_left_alone_is_left_alone_by_later_rounds(bed):
    parts, store, site = bed
    site.routes["/"] = answer(b"later", "429 Too Many Requests", "Retry-After: 3600")
    round_of(parts, store)
    asked = len(site.asked)
    site.routes["/"] = UP
    round_of(parts, store)
    assert (len(site.asked), causes(store)) == (asked, [Cause.RATE_LIMITED] * 2)


def test_an_outage_is_counted_although_it_asks_for_a_long_absence_and_ends_with_the_next_answer(bed):
    parts, store, site = bed
    site.routes["/"] = answer(b"loi", "503 Service Unavailable", "Retry-After: 86400")
    round_of(parts, store)
    asked = len(site.asked)
    assert asked == 2, "a failure is looked at twice before it counts"
    site.routes["/"] = UP
    round_of(parts, store)
    assert (len(site.asked), causes(store)) == (asked, [Cause.HTTP_5XX] * 2)
    parts.pacing.of(HOST, 0.0, 0.0).back(SITE)
    round_of(parts, store)
    assert causes(store) == [Cause.HTTP_5XX, Cause.HTTP_5XX, None]


def test_a_page_that_asks_for_a_long_absence_hides_no_other_page(bed):
    parts, store, _ = bed
    gate = parts.pacing.of(HOST, 0.0, parts.clock.monotonic())
    gate.wait(3600, parts.clock.monotonic(), Shut(status=503, cause=Cause.HTTP_5XX, urls=frozenset({f"{SITE}tim"})))
    round_of(parts, store)
    assert causes(store) == [None]


def test_a_round_that_is_ended_keeps_what_it_saw(bed):
    parts, store, site = bed

    async def hang(writer):
        await anyio.sleep(30)

    site.routes["/"] = hang

    async def cut():
        with anyio.move_on_after(1.0):
            await check_sites(parts, store, sites_to_check(parts))

    anyio.run(cut)
    assert (causes(store), causes(store, OTHER)) == ([], [None])


def test_phases_are_known(bed):
    parts, store, _ = bed
    round_of(parts, store)
    [sample] = store.uptime.samples(SITE, 0, 2**33)
    assert (sample.status, sample.tls_ms) == (200, None)
    assert 0 <= sample.resolve_ms <= sample.done_ms
    assert sample.connect_ms + sample.first_byte_ms <= sample.done_ms + 2


def test_announced_maintenance_is_left_out(bed):
    parts, store, site = bed
    (parts.config / "maintenance.csv").write_text(
        f"site,from,to,announced,reason\n{SITE},{(BEGIN + STEP).isoformat()},{(BEGIN + 3 * STEP).isoformat()},2026-11-01,Nâng cấp\n",
        "utf-8",
    )
    for served in (UP, BROKEN, BROKEN, UP):
        site.routes["/"] = served
        round_of(parts, store)
    assert causes(store) == [None, Cause.HTTP_5XX, Cause.HTTP_5XX, None]
    account = report_of(parts, store, site=SITE).sites[0].account
    assert (account.availability, account.coverage, account.incidents) == (1, 1, ())
    assert [(part.why, part.seconds) for part in account.excluded] == [(Uncounted.MAINTENANCE, 600)]


def test_the_window_of_a_night_ends_when_it_looks(bed):
    parts, store, site = bed
    assert availability_of(parts, store, SITE, timedelta(days=365)) is None
    for served in (UP, BROKEN, UP):
        site.routes["/"] = served
        round_of(parts, store)
    found = availability_of(parts, store, SITE, timedelta(days=365))
    assert (found.availability, found.incident_count, found.until) == (Decimal(600) / 900, 1, parts.clock.at)
    assert found.since.hour == 17, "it begins at a midnight of Vietnam"


@pytest.mark.anyio
async def test_a_visit_of_the_night_says_what_the_samples_come_to_and_keeps_them_as_its_evidence(tmp_path):
    with serve(Server({"/": UP})) as server:
        network = {"connect_to": {"so.test:80": f"127.0.0.1:{server.port}"}}
        async with desk(tmp_path, network=network) as table:
            begin = int(BEGIN.timestamp())
            samples = [Sample(at=begin + n * 300, cause=Cause.DNS if n == 3 else None, status=200, done_ms=50) for n in range(12)]
            found = account(roll(samples, 300, midnight(begin), begin + 3600), midnight(begin), begin + 3600)
            runner = replace(table.runner, availability={"http://so.test/": found}.get)
            visited = await replace(table, runner=runner).visit(PROBE, "http://so.test/")
            values = {one.reading.measure.partition(".")[2]: one.reading.value for one in visited.readings}
            assert values["availability"] == Decimal(11) / 12
            assert (values["incidents"], values["longest_minutes"], values["p95_ms"]) == (1, 5, 50)
            [proof] = visited.readings[0].reading.evidence
            assert load_seen(PROBE.seen, table.archive.body(proof.digest), table.archive.body).account == found


def test_a_span_without_time_and_a_site_that_is_not_known_are_said(bed):
    parts, store, _ = bed
    round_of(parts, store)
    with pytest.raises(UsageError, match="no time between"):
        uptime_report(parts, store, since=parts.clock.at + STEP, until=parts.clock.at)
    with pytest.raises(UsageError, match=r'"http://so-c\.test/" was never checked \(did you mean'):
        report_of(parts, store, site="http://so-c.test/")


# What is said of it


@pytest.fixture
def reported(bed):
    parts, store, site = bed
    for served in (UP, UP, BROKEN, WALL, UP):
        site.routes["/"] = served
        round_of(parts, store)
    return report_of(parts, store)


def test_the_document_is_as_the_design_says(reported):
    document = uptime_json(reported)
    assert set(document) == {"from", "to", "sites"}
    site = document["sites"][0]
    wanted = {
        "site",
        "agencies",
        "availability",
        "coverage",
        "samples",
        "down_seconds",
        "excluded",
        "incidents",
        "longest_seconds",
    }
    assert wanted | {"p50_ms", "p95_ms", "p99_ms"} <= set(site)
    assert (site["availability"], site["coverage"], site["down_seconds"]) == ("0.75", "0.8", 300)
    assert site["excluded"] == [{"why": "refused", "seconds": 300}]
    assert site["incidents"] == [
        {"from": "2026-11-20T01:10:00+00:00", "to": "2026-11-20T01:20:00+00:00", "seconds": 300, "cause": "http_5xx"}
    ]
    assert json.loads(json.dumps(document)) == document


def test_the_table_is_csv_that_a_spreadsheet_adds_up(reported):
    rows = list(csv.DictReader(io.StringIO(uptime_csv(reported))))
    first = rows[0]
    assert (first["site"], first["agencies"], first["availability"], first["incidents"]) == (SITE, "so-a", "0.75", "1")
    parts = ("up_seconds", "down_seconds", "ours", "refused", "open", "maintenance", "not_sampled")
    assert sum(int(first[part]) for part in parts) == 1500


def test_people_read_it_in_vietnamese(reported):
    text = uptime_text(reported)
    assert "Hoạt động 75,00 %; đã biết 80,00 % thời gian, qua 5 lần kiểm tra." in text
    assert "Không tính: trang từ chối máy kiểm tra 5 phút." in text
    assert "máy chủ báo lỗi hoặc đang bảo trì" in text
    assert "Cách tính" in text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 giây"), (59, "59 giây"), (300, "5 phút"), (3_605, "1 giờ"), (90_000, "1 ngày 1 giờ"), (86_460, "1 ngày")],
)
def test_a_span_is_said_in_its_two_greatest_parts(seconds, said):
    assert span(seconds) == said


def test_the_commands_check_and_report(bed):
    parts, store, _ = bed
    given = ("--config", parts.config, "--data", parts.data)
    store.close()
    checked = auditor("uptime", "check", "--json", *given).json
    assert [(one["site"], one["up"], one["status"]) for one in checked] == [(SITE, True, 200), (OTHER, True, 200)]
    assert f"{SITE}: hoạt động" in auditor("uptime", "check", *given).out
    document = auditor("uptime", "report", "--json", *given).json
    assert [site["site"] for site in document["sites"]] == [SITE, OTHER]
    assert auditor("uptime", "report", "--csv", "--site", SITE, *given).out.startswith("site,agencies,from,to,availability")
    assert auditor("uptime", "report", "--from", "hôm qua", *given).code == 2
