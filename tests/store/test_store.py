"""The database: what is written is read back, once; SQLite always, PostgreSQL where one is given."""

import sqlite3
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from letters import lived
from migrating import migrated
from province import case, criterion, declaration, record
from sqlalchemy import inspect, text

from auditor.errors import NotDone
from auditor.judge.past import past_of
from auditor.model.declaration import Appraisal
from auditor.model.evidence import ProofKind, digest_of
from auditor.model.place import Place
from auditor.model.ranking import Ranking
from auditor.model.run import Run, RunKind, RunState
from auditor.model.visit import Ending, Visit, VisitRecord
from auditor.store import open_store
from auditor.store.holding import hold
from auditor.store.tables import METADATA

AT = datetime(2026, 1, 5, tzinfo=UTC)
FIRST_TABLES = {"runs", "visits", "readings", "bodies", "declarations", "rankings"}


def run(id="r1", kind=RunKind.NIGHT, at=AT, scope=""):
    return Run(id=id, kind=kind, state=RunState.OPEN, started_at=at, scope=scope)


def visit(run="r1", site="https://so.test/"):
    return VisitRecord(
        visit=Visit(run=run, probe="p", site=site), version=1, ending=Ending.DONE, cause=None, requests=1, bytes=2, seconds="0.1",
        started_at=AT, ended_at=AT, seen=digest_of(b"seen"), known=digest_of(b"known"),
    )  # fmt: skip


def appraisal(value):
    return Appraisal(
        agency="so-a", edition="e", criterion="1", value=value, reason="r", person="p", document="d", decided_at=AT
    )  # fmt: skip


def told(store, until, also=None):
    """Give what a judgement as of an instant is told of one agency's site."""
    return store.visits.readings_told(past_of(case(criterion(), as_of=until)), until, also=also)


def place(text=b"x"):
    return Place(digest=digest_of(text), kind=ProofKind.BLOB, media_type="text/plain", size=1, path="blobs/x", offset=0, length=1)


def test_the_migrations_give_exactly_the_tables(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_visit_is_done_once_with_its_readings(store):
    store.runs.open(run())
    readings = [record(True), record("present", measure="a.state")]
    readings = [type(r)(**{f: getattr(r, f) for f in r.__dataclass_fields__} | {"run": "r1"}) for r in readings]
    store.visits.finish(visit(), readings, [place()])
    store.visits.finish(visit(), readings, [place()])
    assert store.visits.done("r1") == {visit().visit.key}
    assert store.visits.of_run("r1") == (visit(),)
    assert list(store.visits.readings_of("r1")) == readings
    assert store.visits.place(digest_of(b"x")) == place()
    assert store.visits.place(digest_of(b"y")) is None


def test_the_newest_visits_are_those_of_the_same_probe_and_site_of_whichever_run(store):
    other = {"r1": "https://so.test/x", "r2": "http://p/https://so.test/"}
    for days, name in enumerate(("r1", "r2", "r3")):
        store.runs.open(run(name))
        at = AT + timedelta(days=days)
        store.visits.finish(replace(visit(name), ended_at=at), [], [])
        if name in other:
            store.visits.finish(replace(visit(name, other[name]), ended_at=at), [], [])
    newest = store.visits.newest(visit("r4").visit, AT + timedelta(days=1))
    assert [found.visit for found in newest] == [visit("r3").visit, visit("r2").visit]
    assert store.visits.newest(visit("r4").visit, AT + timedelta(days=3)) == ()


def test_only_published_nights_speak_and_the_run_being_judged(store):
    for name, kind, state in (
        ("r1", RunKind.NIGHT, RunState.PUBLISHED),
        ("r2", RunKind.NIGHT, RunState.HELD),
        ("r3", RunKind.PROBE, RunState.KEPT),
    ):
        store.runs.open(run(name, kind))
        one = record(True)
        one = type(one)(**{f: getattr(one, f) for f in one.__dataclass_fields__} | {"run": name})
        store.visits.finish(visit(name), [one], [])
        store.runs.seal(name, state=state, ended_at=AT, manifest=digest_of(name.encode()))
    assert [r.run for r in told(store, AT)] == ["r1"]
    assert [r.run for r in told(store, AT, also="r3")] == ["r1", "r3"]
    assert told(store, AT - timedelta(days=9999)) == ()
    assert store.runs.last_published().id == "r1"


def test_a_run_that_was_cut_off_is_found_again(store):
    store.runs.open(run("r1", scope="group 1"))
    assert store.runs.unfinished(RunKind.NIGHT, "group 1").id == "r1"
    assert store.runs.unfinished(RunKind.NIGHT, "") is None
    store.runs.seal("r1", state=RunState.HELD, ended_at=AT, manifest=digest_of(b"m"), held_because="mạng của ta")
    assert store.runs.unfinished(RunKind.NIGHT, "group 1") is None
    assert store.runs.get("r1").held_because == "mạng của ta"


def test_acts_are_only_added_to_and_count_once_their_run_is_in_the_ledger(store):
    store.runs.open(run("r1"))
    store.acts.add("r1", [appraisal(True), appraisal(False)])
    assert store.acts.all("e") == ()
    store.runs.seal("r1", state=RunState.KEPT, ended_at=AT, manifest="sha256:" + "0" * 64)
    assert store.acts.all("e") == (appraisal(True), appraisal(False))
    assert [name for name, _ in store.acts.journal("e")] == ["r1", "r1"]
    assert store.acts.all("e", until=AT - timedelta(microseconds=1)) == store.acts.all("f") == ()


def test_declarations_are_only_added_to(store):
    store.runs.open(run())
    store.declarations.add("r1", [declaration(True)])
    store.declarations.add("r1", [declaration(False)])
    store.runs.seal("r1", state=RunState.KEPT, ended_at=AT, manifest=digest_of(b"m"))
    assert [d.value for d in store.declarations.all("e")] == [True, False]


def test_a_declaration_speaks_from_when_its_import_is_sealed(store):
    store.runs.open(run())
    store.declarations.add("r1", [declaration(True)])
    assert store.declarations.all("e") == ()
    store.runs.seal("r1", state=RunState.KEPT, ended_at=AT, manifest=digest_of(b"m"))
    assert len(store.declarations.all("e", until=AT)) == 1
    assert store.declarations.all("e", until=AT - timedelta(microseconds=1)) == ()


def test_what_was_seen_before_an_instant_and_published_after_it_stays_out(store):
    late, early = AT + timedelta(hours=2), AT + timedelta(hours=1)
    for name, ended in (("cut", late), ("next", early)):
        store.runs.open(run(name))
        one = record(True)
        one = type(one)(**{f: getattr(one, f) for f in one.__dataclass_fields__} | {"run": name, "observed_at": AT})
        store.visits.finish(visit(name), [one], [])
        store.runs.seal(name, state=RunState.PUBLISHED, ended_at=ended, manifest=digest_of(name.encode()))
    assert [r.run for r in told(store, early, also="next")] == ["next"]
    assert [r.run for r in told(store, late)] == ["cut", "next"]
    assert [found.id for found in store.runs.all()] == ["next", "cut"]
    assert store.runs.last_published().id == "cut"


def test_an_exchange_is_found_by_its_record_whoever_sent_the_same_body_first(store):
    store.runs.open(run())
    first, second = (
        Place(digest=digest_of(b"x"), kind=ProofKind.HTTP, media_type="text/html", size=1, path=f"warc/r1/{n}", offset=n,
              length=9, url=f"https://{n}.test/", record=f"urn:uuid:{n}")
        for n in (1, 2)
    )  # fmt: skip
    store.visits.finish(visit(), [], [first])
    store.visits.finish(visit(site="https://2.test/"), [], [second])
    assert store.visits.place(digest_of(b"x")) == first
    assert (store.visits.place("urn:uuid:1"), store.visits.place("urn:uuid:2")) == (first, second)
    assert store.visits.place("urn:uuid:3") is None
    assert store.visits.places_of("r1") == (first,)


def test_reading_never_waits_for_a_writer(tmp_path):
    with open_store("", tmp_path) as store:
        store.runs.open(run())
        with sqlite3.connect(tmp_path / "auditor.sqlite", isolation_level=None) as writer:
            writer.execute("BEGIN IMMEDIATE")
            before = time.monotonic()
            assert store.visits.place(digest_of(b"x")) is None
            assert [found.id for found in store.runs.all()] == ["r1"]
            open_store("", tmp_path).close()
            assert time.monotonic() - before < 5
            writer.execute("ROLLBACK")
        writer.close()


def test_a_database_of_the_first_version_is_brought_up_to_date(tmp_path):
    with open_store("", tmp_path) as store:
        store.runs.open(run())
        migrated(store, "0001")
        assert {*inspect(store.engine).get_table_names()} == {*FIRST_TABLES, "alembic_version"}
    with open_store("", tmp_path) as store:
        assert store.visits.place("urn:uuid:1") is None
        assert store.runs.get("r1").id == "r1"


def test_a_ranking_is_published_once(store):
    store.runs.open(run())
    ranking = Ranking(
        edition="e", edition_digest=digest_of(b"e"), verified=False, in_force=True, as_of=AT, run="r1", ledger=None, groups=()
    )
    assert store.runs.get("r1").state is RunState.OPEN
    for _ in range(2):
        store.rankings.publish(ranking, ended_at=AT, manifest=digest_of(b"m"))
    assert store.runs.get("r1").state is RunState.PUBLISHED
    assert store.rankings.last("e") == ranking
    assert store.rankings.last("e", before=AT) is None
    assert store.rankings.last("other") is None


def test_the_digest_of_a_runs_records_changes_with_them(store):
    store.runs.open(run())
    before = store.visits.digest_of_run("r1")
    store.visits.finish(visit(), [], [])
    assert store.visits.digest_of_run("r1") != before


def test_a_database_that_cannot_be_opened_is_our_fault(tmp_path):
    with pytest.raises(NotDone, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}/none/such.sqlite", tmp_path)


def test_findings_are_as_they_stood_after_the_last_two_runs_and_a_run_that_is_told_again_begins_before_itself(store):
    lives = {number: lived("F" * number)[0] for number in (1, 2, 3)}
    for number in (1, 2, 3):
        store.runs.open(run(f"r{number}"))
        store.findings.keep(f"r{number}", AT + timedelta(days=number), lives[number])
    assert store.findings.last_run() == "r3"
    assert store.findings.all() == lives[3]
    assert store.findings.before("r3", AT + timedelta(days=3)) == lives[2]
    assert store.findings.before("r2", AT + timedelta(days=2)) == ()
    store.findings.keep("r3", AT + timedelta(days=3), lives[1])
    assert (store.findings.all(), store.findings.before("r3", AT + timedelta(days=3))) == (lives[1], lives[2])


def test_without_a_run_there_are_no_findings(store):
    assert (store.findings.all(), store.findings.last_run(), store.findings.before("r", AT)) == ((), None, ())


def test_one_service_at_a_time_holds_a_database_and_gives_it_back(store):
    with hold(store.engine) as holds:
        assert holds()
        with pytest.raises(NotDone, match="another auditor schedule"), other(store) as second, hold(second.engine):
            pass
        assert holds()
    with other(store) as second, hold(second.engine) as holds:
        assert holds()


@contextmanager
def other(store):
    """Open the same database as another process would."""
    url = store.engine.url
    with open_store(url.render_as_string(hide_password=False), None) as opened:
        yield opened


def test_a_lock_whose_session_was_ended_by_the_server_is_known_to_be_lost(store):
    if store.engine.dialect.name == "sqlite":
        pytest.skip("a lock on a file ends with its holder alone")
    with hold(store.engine) as holds:
        assert holds()
        with store.engine.connect() as connection:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            connection.execute(text(ended))
        assert not holds()


def test_a_database_that_somebody_keeps_locked_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("auditor.store.open._BUSY_MILLISECONDS", 50)
    with open_store("", tmp_path) as opened, sqlite3.connect(tmp_path / "auditor.sqlite", isolation_level=None) as locker:
        locker.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotDone, match="could not be written, and nothing of it was: database is locked"):
            opened.runs.open(run())
        locker.execute("ROLLBACK")
        opened.runs.open(run())
    locker.close()
