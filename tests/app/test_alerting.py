"""What a run tells: the same again when it is asked again, nothing when the gate held it, and to whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from auditor.app.alerting import addresses, after_run, findings_now, preview
from auditor.app.parts import Parts
from auditor.app.sending import take_up
from auditor.errors import UsageError
from auditor.judge import judge
from auditor.model.evidence import digest_of
from auditor.model.finding import FindingState
from auditor.model.note import Note
from auditor.model.notice import Channel
from auditor.model.reading import Measured, ReadingRecord
from auditor.model.run import Run, RunKind, RunState
from auditor.model.uptime import Sample
from auditor.model.visit import Cause, Ending, Visit, VisitRecord

FIRST = datetime(2026, 1, 5, 18, tzinfo=UTC)
SITE = "https://so.test/"
EDITION = """
id = "e"
title = "Bộ thử"
legal_basis = "luật"
verified = true
valid_from = 2018-10-12
min_coverage = "0"
stale_after = "14d"
refusal_grace = "30d"
window = "365d"
classes = [{ name = "Tốt", at_least = "0" }]
[[areas]]
id = "security"
number = 1
title = "An toàn"
[[criteria]]
id = "6.4"
area = "security"
title = "Luôn chuyển sang HTTPS"
groups = ["1"]
max_points = "2"
source = "measured"
measure = "https.forced"
scale = { yes_no = { yes = "2" } }
legal_basis = "luật"
remedy = "Chuyển hướng 301."
"""
AGENCIES = """code,name,name_en,group,valid_from,valid_to,successor,emails
so-cu,Sở Cũ,Old,1,,{last},so-moi,cu@so.test
so-moi,Sở Mới,New,1,,,,{email}
"""
SITES = """agency,url,role,confirmed,valid_from,valid_to
so-cu,https://cu.test/,portal,yes,,
so-moi,https://so.test/,portal,yes,,
"""


class Clock:
    """A clock that stands."""

    def now(self):
        return FIRST

    def monotonic(self):
        return 0.0


@pytest.fixture
def parts(tmp_path):
    return made(tmp_path)


def made(tmp_path, email="moi@so.test", last="", more=""):
    config = tmp_path / "config"
    (config / "editions").mkdir(parents=True, exist_ok=True)
    (config / "editions" / "e.toml").write_text(EDITION, "utf-8")
    (config / "auditor.toml").write_text('[judge]\nedition = "e"\n[network]\ncontact = "mailto:kt@tinh.test"\n' + more, "utf-8")
    (config / "groups.toml").write_text('[[groups]]\nid = "1"\ntitle = "Sở"\ntitle_en = "Departments"\n', "utf-8")
    (config / "agencies.csv").write_text(AGENCIES.format(email=email, last=last), "utf-8")
    (config / "sites.csv").write_text(SITES, "utf-8")
    return Parts(config=config, data=tmp_path / "var", clock=Clock())


def night(parts, store, number, forced=False, site=SITE, held=""):
    """Make and judge a night in which one site was seen; give its run."""
    at = FIRST + timedelta(days=number)
    run = Run(id=f"n{number}", kind=RunKind.NIGHT, state=RunState.OPEN, started_at=at)
    store.runs.open(run)
    reading = Measured(measure="https.forced", value=forced, because=Note(key="test", text="seen"))
    visit = Visit(run=run.id, probe="transport", site=site)
    known = digest_of(b"known")
    store.visits.finish(
        VisitRecord(
            visit=visit, version=1, ending=Ending.DONE, cause=None, requests=1, bytes=1, seconds="1", started_at=at, ended_at=at,
            seen=None, known=known,
        ),
        [ReadingRecord(run=run.id, site=site, agency=None, probe="transport", probe_version=1, observed_at=at, known=known, reading=reading)],
        [],
    )  # fmt: skip
    made_of = parts.night(store)
    case = made_of.case(run, at, known)
    return made_of.publish(run, judge(case), known, at, held)


def test_the_second_night_tells_and_tells_the_same_when_it_is_asked_again(parts):
    with parts.store() as store:
        first = night(parts, store, 0)
        assert after_run(parts, store, first) == ()
        second = night(parts, store, 1)
        [notice] = after_run(parts, store, second)
        assert (notice.key, notice.to, notice.thread) == ("digest/n1/so-moi", ("moi@so.test",), "agency/so-moi")
        assert "Luôn chuyển sang HTTPS" in notice.text
        assert "kt@tinh.test" in notice.text
        assert after_run(parts, store, second) == (notice,)
        assert [(life.state, life.told, life.nights) for life in findings_now(parts, store)] == [(FindingState.FAILING, 1, 2)]
        assert after_run(parts, store, night(parts, store, 2)) == ()
        assert after_run(parts, store, second) == ()
        assert [life.nights for life in findings_now(parts, store)] == [3]


def test_a_preview_is_the_very_letter_and_writes_nothing(parts):
    with parts.store() as store:
        assert preview(parts, store).run is None
        after_run(parts, store, night(parts, store, 0))
        second = night(parts, store, 1)
        before = preview(parts, store)
        assert findings_now(parts, store)[0].told == 0
        told = after_run(parts, store, second)
        assert before.notices == told == preview(parts, store).notices == preview(parts, store, agency="so-moi").notices
        assert preview(parts, store, agency="so-cu").notices == ()
        assert "To be mended".upper() in preview(parts, store, language="en").notices[0].text
        with pytest.raises(UsageError, match="no language"):
            preview(parts, store, language="fr")
        with pytest.raises(UsageError, match="did you mean"):
            preview(parts, store, agency="so-mo")


def test_a_night_that_the_gate_held_back_tells_nobody_and_counts_for_nothing(parts):
    with parts.store() as store:
        after_run(parts, store, night(parts, store, 0))
        assert after_run(parts, store, night(parts, store, 1, held="our link was down")) == ()
        assert [life.nights for life in findings_now(parts, store)] == [1]
        assert len(after_run(parts, store, night(parts, store, 2))) == 1


def test_what_is_mended_is_told_once(parts):
    with parts.store() as store:
        for number in (0, 1):
            after_run(parts, store, night(parts, store, number))
        [notice] = after_run(parts, store, night(parts, store, 2, forced=True))
        assert "1 nội dung đã khắc phục" in notice.subject
        assert after_run(parts, store, night(parts, store, 3, forced=True)) == ()
        assert findings_now(parts, store) == ()


def test_without_an_address_nothing_is_told_until_there_is_one(tmp_path):
    parts = made(tmp_path, email="")
    with parts.store() as store:
        for number in (0, 1, 2):
            assert after_run(parts, store, night(parts, store, number)) == ()
        assert preview(parts, store).notices[0].to == ()
        later = made(tmp_path)
        assert [notice.to for notice in after_run(later, store, night(later, store, 3))] == [("moi@so.test",)]


def test_the_successor_hears_of_an_agency_that_merged(tmp_path):
    parts = made(tmp_path)
    with parts.store() as store:
        for number in (0, 1):
            found = after_run(parts, store, night(parts, store, number, site="https://cu.test/"))
        assert [(notice.agency, notice.to) for notice in found] == [("so-cu", ("cu@so.test",))]
    place = parts.registry
    rows = tuple(replace(one, valid_to=FIRST.date() if one.code == "so-cu" else None) for one in place.agencies)
    assert addresses(replace(place, agencies=rows), "so-cu", FIRST.date() + timedelta(days=40)) == ("moi@so.test",)
    assert (
        addresses(
            replace(place, agencies=tuple(replace(one, successor=None) for one in rows)),
            "so-cu",
            FIRST.date() + timedelta(days=40),
        )
        == ()
    )


def test_the_last_sample_before_the_end_of_a_run_says_whether_the_site_is_there_and_an_old_one_says_nothing(parts):
    with parts.store() as store:
        run = night(parts, store, 0, forced=True)
        seconds = int(run.ended_at.timestamp())
        store.uptime.add([(SITE, Sample(at=seconds - 4000, cause=Cause.TIMEOUT))])
        assert after_run(parts, store, run) == ()
        store.uptime.add([(SITE, Sample(at=seconds - 200, cause=Cause.TIMEOUT)), (SITE, Sample(at=seconds + 5))])
        [notice] = after_run(parts, store, run)
        assert [found["kind"] for found in notice.payload["findings"]] == ["outage"]


def test_while_a_maintenance_lasts_nothing_is_told_and_nothing_is_mended(tmp_path):
    parts = made(tmp_path)
    first, last = (f"{FIRST + timedelta(days=days):%Y-%m-%d}" for days in (1, 3))
    (parts.config / "maintenance.csv").write_text(
        f"site,from,to,announced,reason\n{SITE},{first},{last},{first},nâng cấp\n", "utf-8"
    )
    with parts.store() as store:
        told = [len(after_run(parts, store, night(parts, store, number))) for number in range(5)]
        assert told == [0, 0, 0, 1, 0]


def test_a_finding_never_stands_as_told_without_its_letter_in_the_outbox(parts, monkeypatch):
    with parts.store() as store:
        take_up(parts, store, night(parts, store, 0))
        second = night(parts, store, 1)

        def dying(connection, notices):
            raise RuntimeError("killed here")

        with monkeypatch.context() as patched:
            patched.setattr("auditor.store.findings.add_notices", dying)
            with pytest.raises(RuntimeError):
                take_up(parts, store, second)
        assert [life.told for life in findings_now(parts, store)] == [0]
        # Another night is told before anybody comes back to this one: its letter is not lost.
        assert take_up(parts, store, night(parts, store, 2)) == 1
        assert [(life.told, life.nights) for life in findings_now(parts, store)] == [(1, 2)]
        assert take_up(parts, store, second) == 0


def test_a_webhook_hears_also_of_an_agency_that_has_no_address_of_mail(tmp_path):
    parts = made(tmp_path, email="", more='[webhook]\nurl = "https://hook.test/x"\nsecret_file = "secret"\n')
    (parts.config / "secret").write_text("whsec_" + "A" * 32)
    with parts.store() as store:
        told = [take_up(parts, store, night(parts, store, number)) for number in (0, 1)]
        assert told == [0, 1]
        [one] = store.outbox.all()
        assert (one.notice.channel, one.notice.agency, one.notice.to) == (Channel.WEBHOOK, "so-moi", ("https://hook.test",))
        assert one.notice.payload["findings"]
