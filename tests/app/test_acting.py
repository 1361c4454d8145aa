"""Acts are kept whole or not at all, one at a time, and none can be changed, added or taken out unseen."""

import multiprocessing
import sqlite3
import time
from datetime import timedelta

import pytest
from sitting import START, council, mark_now, night

from auditor.app import acting
from auditor.app.acting import Attached, act
from auditor.app.keeping import prove
from auditor.engines.lock import only_one
from auditor.engines.night import Night
from auditor.errors import NotDone
from auditor.model.declaration import Appraisal
from auditor.model.evidence import digest_of
from auditor.model.run import RunKind, RunState
from auditor.store.acts import Acts
from auditor.store.visits import Visits


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def parts(tmp_path):
    return council(tmp_path)


def appraisal(at, value="present", code="so-a", criterion="2.1"):
    return Appraisal(
        agency=code,
        edition="e",
        criterion=criterion,
        value=value,
        reason="đã xem",
        person="Bà Chủ tịch",
        document="BB-01",
        decided_at=at,
    )


def done(parts, *values, **given):
    return act(parts, None, "thẩm định", lambda _, at: [appraisal(at, value) for value in values], **given)


def kept(parts):
    with parts.store() as store:
        return [found.value for found in store.acts.all("e")]


def faults(parts):
    return [fault.what for fault in prove(parts).faults]


def test_an_act_is_a_run_of_its_own_in_the_ledger_with_its_file(parts):
    night(parts)
    body = "biên bản".encode()
    done(parts, "present", files=[Attached(name="bien-ban.pdf", body=body, media_type="application/pdf")])
    with parts.store() as store:
        run = store.runs.all()[-1]
        assert (run.kind, run.state, run.scope, run.held_because) == (RunKind.COUNCIL, RunState.KEPT, "thẩm định", "")
        assert {place.url: place.digest for place in store.visits.places_of(run.id)}["bien-ban.pdf"] == digest_of(body)
        assert {place.url for place in store.visits.places_of(run.id)} == {"bien-ban.pdf", f"acts/{run.id}"}
    assert mark_now(parts, "2.1").appraised == "present"
    assert faults(parts) == []


def test_what_raises_or_gives_nothing_keeps_nothing(parts):
    def raising(store, at):
        raise ValueError(at)

    with pytest.raises(ValueError, match="2026"):
        act(parts, None, "x", raising)
    assert act(parts, None, "x", lambda *_: ()) == ()
    with parts.store() as store:
        assert store.runs.all() == ()
    assert not (parts.evidence / "ledger").exists()


STEPS = [
    (Night, "open", 0), (acting, "write_blob", 0), (acting, "write_blob", 1), (Visits, "keep", 0), (Acts, "add", 0), (Night, "seal", 0),
    (Night, "keep", 0),
]  # fmt: skip


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("where", "step", "number"), STEPS)
def test_killed_at_any_step_all_of_it_stands_or_nothing_and_the_ledger_proves_it(parts, monkeypatch, where, step, number, after):
    night(parts)
    real, calls = getattr(where, step), []

    def dying(*given, **named):
        calls.append(None)
        if len(calls) != number + 1:
            return real(*given, **named)
        if after:
            real(*given, **named)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(where, step, dying)
        with pytest.raises(Killed):
            done(parts, "present", "empty", files=[Attached(name="a", body=b"tep", media_type="text/plain")])
    assert faults(parts) == []
    done(parts, "broken")
    whole = (where is Night and step != "open") or (step, after) == ("add", True)
    assert kept(parts) == [*(["present", "empty"] if whole else []), "broken"]
    assert faults(parts) == []
    assert mark_now(parts, "2.1").appraised == "broken"


def _holding(path, ready, free):
    with only_one(path):
        ready.set()
        free.wait(60)


@pytest.fixture
def holder(parts):
    """Another process that holds the data folder until it is told to let go."""
    parts.data.mkdir(parents=True)
    context = multiprocessing.get_context("spawn")
    ready, free = context.Event(), context.Event()
    process = context.Process(target=_holding, args=(parts.data, ready, free))
    process.start()
    assert ready.wait(60)
    yield free
    free.set()
    process.join(60)


def test_one_waits_for_the_other(parts, holder, monkeypatch):
    monkeypatch.setattr(acting, "_PATIENCE", 60.0)
    monkeypatch.setattr("auditor.engines.lock.sleep", lambda pause: (holder.set(), time.sleep(pause)))
    done(parts, "present")
    assert kept(parts) == ["present"]


@pytest.mark.usefixtures("holder")
def test_a_night_at_work_is_not_waited_for(parts, monkeypatch):
    pauses = []
    monkeypatch.setattr("auditor.engines.lock.sleep", pauses.append)
    with pytest.raises(NotDone, match="another run"):
        done(parts, "present")
    assert sum(pauses) == pytest.approx(15)
    assert kept(parts) == []


def test_two_who_read_the_same_state_act_one_after_the_other(parts):
    """What ``done`` reads under the lock holds when its acts are kept."""

    def next_to(store, at):
        return [appraisal(at, "present" if not store.acts.all("e") else "empty")]

    for _ in range(2):
        act(parts, None, "x", next_to)
    assert kept(parts) == ["present", "empty"]


TAMPERED = {
    "changed": ("UPDATE acts SET record = replace(CAST(record AS TEXT), 'BB-01', 'BB-02') WHERE id = 2", "act 1 of run {1} has changed"),
    "removed": ("DELETE FROM acts WHERE id = 2", "act 1 of run {1} is missing"),
    "added": (
        "INSERT INTO acts (run, edition, kind, agency, criterion, record) SELECT run, edition, kind, agency, criterion, record FROM acts WHERE id = 3",
        "act 2 of run {2} was added behind the ledger's back",
    ),
    "added to a run of its own": (
        """
        INSERT INTO runs (id, kind, state, started_at, ended_at, scope, held_because)
        SELECT 'x', kind, state, started_at, ended_at, scope, '' FROM runs WHERE id = '{2}';
        INSERT INTO acts (run, edition, kind, agency, criterion, record)
        SELECT 'x', edition, kind, agency, criterion, record FROM acts WHERE id = 3
        """,
        "acts of run x are in no manifest",
    ),
    "hidden under another edition": ("UPDATE acts SET edition = 'f' WHERE id = 2", "visits, readings, declarations or acts of run {1} have changed"),
    "called another kind": ("UPDATE acts SET kind = 'Answer' WHERE id = 2", "visits, readings, declarations or acts of run {1} have changed"),
    "put in another order": (
        "UPDATE acts SET id = 99 WHERE id = 2", "the acts do not stand in the order in which they were done",
    ),
    "given to another run": ("UPDATE acts SET run = '{2}' WHERE id = 2", "act 1 of run {1} is missing"),
    "hidden by an open run": ("UPDATE runs SET state = 'open' WHERE id = '{1}'", "run {1} is sealed in the ledger, and called open"),
    "dated later": ("UPDATE runs SET ended_at = '2036-01-01T00:00:00+00:00' WHERE id = '{1}'", "run {1} did not end when the database says"),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERED)
def test_an_act_changed_added_or_removed_behind_the_ledgers_back_is_found(parts, how):
    night(parts)
    for value in ("present", "empty", "broken"):
        done(parts, value)
    with parts.store() as store:
        runs = [run.id for run in store.runs.all() if run.kind is RunKind.COUNCIL]
    assert faults(parts) == []
    script, what = TAMPERED[how]
    with sqlite3.connect(parts.data / "auditor.sqlite") as database:
        database.executescript(script.format(*runs))
    database.close()
    assert what.format(*runs) in faults(parts)


def test_a_changed_blob_of_acts_is_found_too(parts):
    done(parts, "present")
    with parts.store() as store:
        (place,) = (one for one in store.visits.places_of(store.runs.all()[-1].id) if (one.url or "").startswith("acts/"))
    path = parts.evidence / place.path
    path.write_bytes(path.read_bytes().replace(b"BB-01", b"BB-02"))
    assert "has changed" in faults(parts)


def test_acts_are_told_apart_though_they_are_done_in_one_instant(parts):
    parts.clock.now = lambda: START + timedelta(days=1)
    done(parts, "present")
    done(parts, "present")
    assert kept(parts) == ["present", "present"]
    assert faults(parts) == []


def test_an_act_in_the_ledger_s_past_is_refused(parts):
    done(parts, "present")
    parts.clock.now = lambda: START - timedelta(days=1)
    with pytest.raises(NotDone, match="đồng hồ máy chậm hơn sổ cái"):
        done(parts, "present")
    assert kept(parts) == ["present"]
