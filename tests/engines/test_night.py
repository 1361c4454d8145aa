"""A run's bookkeeping under kills: nothing that later runs rest on stays outside the ledger, and nothing published changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from evidencefolder import exchange
from nightdesk import START, Desk, Killed, kill_at
from province import declaration

from auditor.engines.night import CUT
from auditor.evidence import ledger
from auditor.evidence.ledger import head, manifests
from auditor.evidence.writer import VisitWriter, write_blob
from auditor.model.evidence import ProofKind
from auditor.model.run import RunKind, RunState
from auditor.store import open_store, rankings


@pytest.fixture
def desk(tmp_path):
    with open_store("", tmp_path) as store:
        yield Desk(tmp_path, store)


@pytest.mark.parametrize(
    ("module", "name", "when"),
    [
        (ledger, "write_whole", lambda path, _: path.name != ledger.HEAD),
        (ledger, "write_whole", lambda path, _: path.name == ledger.HEAD),
        (rankings, "end_run", lambda *_: True),
    ],
    ids=["before the manifest", "between manifest and head", "inside publish"],
)
def test_a_night_killed_at_its_end_is_taken_up_and_sealed_once(desk, monkeypatch, module, name, when):
    first, _ = desk.night.open(RunKind.NIGHT, "")
    desk.visit(first)
    kill_at(monkeypatch, module, name, when)
    with pytest.raises(Killed):
        desk.end(first)
    monkeypatch.undo()
    assert desk.store.runs.get(first.id).state is RunState.OPEN
    assert desk.store.rankings.last("e") is None
    assert desk.proved().ok
    again, _ = desk.night.open(RunKind.NIGHT, "")
    assert again == first
    desk.end(again)
    assert desk.store.runs.get(first.id).state is RunState.PUBLISHED
    assert desk.proved().ok
    following, _ = desk.night.open(RunKind.NIGHT, "")
    desk.visit(following, body=b"khac")
    desk.end(following)
    assert [manifest.table["run"] for _, manifest in manifests(desk.evidence)] == [first.id, following.id]
    assert head(desk.evidence)[0] == 2
    assert desk.proved().ok


def test_a_probe_that_was_cut_off_is_sealed_before_anything_rests_on_it(desk):
    probe, _ = desk.night.open(RunKind.PROBE, "so-a")
    kept = desk.visit(probe)
    assert desk.proved().ok
    night, _ = desk.night.open(RunKind.NIGHT, "")
    over = desk.store.runs.get(probe.id)
    assert (over.state, over.held_because) == (RunState.KEPT, CUT)
    desk.visit(night)
    desk.end(night)
    place = desk.store.visits.place(kept.digest)
    assert place.path.startswith(f"warc/{probe.id}/")
    assert place.path in desk.listed()
    assert {reading.run for reading in desk.night.case(None, START + timedelta(days=1), None).records} == {night.id}
    path = desk.evidence / place.path
    whole = path.read_bytes()
    path.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
    assert place.path in {fault.path for fault in desk.proved().faults}


def test_an_import_that_was_cut_off_speaks_only_once_it_is_in_the_ledger(desk):
    run, _ = desk.night.open(RunKind.DECLARE, "f.csv")
    desk.store.visits.keep(run.id, [write_blob(desk.evidence, b"tep", "text/csv", "f.csv", ProofKind.BLOB)], START)
    desk.store.declarations.add(run.id, [replace(declaration(True), imported_at=run.started_at)])
    assert desk.store.declarations.all("e") == ()
    desk.night.open(RunKind.PROBE, "so-a")
    assert len(desk.store.declarations.all("e")) == 1
    with desk.store.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE declarations SET record = replace(record, 'true', 'false')")
        connection.commit()
    assert "database" in {fault.path for fault in desk.proved().faults}


def test_a_night_of_another_scope_goes_into_the_ledger_and_can_still_be_taken_up(desk):
    cut, _ = desk.night.open(RunKind.NIGHT, "so-a")
    kept = desk.visit(cut)
    left = VisitWriter(desk.evidence, f"{cut.id}/dang-do", desk.night.clock, desk.store.visits.place)
    left.exchange(exchange(b"dang do"))
    left.abandon()
    other, notes = desk.night.open(RunKind.NIGHT, "")
    assert notes == ()
    [told] = [manifest.table["notes"] for _, manifest in manifests(desk.evidence)]
    assert CUT in told
    assert any(note.startswith(f"warc/{cut.id}/dang-do.cut1.warc.gz: cut off by a stop") for note in told)
    desk.visit(other)
    desk.end(other)
    assert desk.store.visits.place(kept.digest).path in desk.listed()
    assert desk.proved().ok
    taken_up, _ = desk.night.open(RunKind.NIGHT, "so-a")
    assert taken_up == cut
    desk.visit(taken_up, body=b"trang hai", site="https://so-a.test/hai")
    desk.end(taken_up)
    assert desk.proved().ok
    assert [manifest.table["run"] for _, manifest in manifests(desk.evidence)] == [cut.id, other.id, cut.id]


def test_nothing_more_is_sealed_while_a_cut_night_stays_as_it_is(desk):
    cut, _ = desk.night.open(RunKind.NIGHT, "so-a")
    desk.visit(cut)
    for _ in range(3):
        probe, _ = desk.night.open(RunKind.PROBE, "so-a")
        manifest, ended = desk.night.seal(probe)
        desk.night.keep(probe, manifest, ended)
    runs = [manifest.table["run"] for _, manifest in manifests(desk.evidence)]
    assert runs.count(cut.id) == 1
    assert len(runs) == 4


def test_a_ranking_is_rebuilt_bit_for_bit_after_a_night_that_was_cut_off_is_published_later(desk):
    cut, _ = desk.night.open(RunKind.NIGHT, "so-a")
    desk.visit(cut, value=False)
    following, _ = desk.night.open(RunKind.NIGHT, "")
    desk.visit(following, value=True, site="https://so-a.test/khac")
    first = desk.end(following)
    published = desk.store.rankings.of_run(following.id, "e")
    taken_up, _ = desk.night.open(RunKind.NIGHT, "so-a")
    assert taken_up == cut
    assert desk.end(taken_up) > first
    assert desk.judged_again(following.id) == published
    assert desk.judged_again(cut.id) == desk.store.rankings.of_run(cut.id, "e")
    assert desk.store.runs.last_published().id == cut.id
    assert desk.proved().ok
