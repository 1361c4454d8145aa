"""Letting go of evidence: what anything kept rests on stays, the ledger lists what went, and a kill anywhere loses nothing."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from evidencefolder import exchange
from nightdesk import START, Desk, Killed, kill_at

from auditor.errors import EvidenceError
from auditor.evidence import ledger, prune
from auditor.evidence.ledger import Pen, manifests
from auditor.evidence.prune import end_prunings, let_go
from auditor.evidence.writer import write_blob
from auditor.model.evidence import Earlier, ProofKind, digest_of
from auditor.model.run import RunKind
from auditor.store import open_store

OLD = START + timedelta(days=400)
BECAUSE = "kept for 300 days"


@pytest.fixture
def desk(tmp_path):
    with open_store("", tmp_path) as store:
        yield Desk(tmp_path, store)


def held(desk, *visits):
    """Make a night of visits that the gate holds back; give what each kept."""
    run, _ = desk.night.open(RunKind.NIGHT, "")
    kept = [desk.visit(run, body=body, site=f"https://so-{number}.test/") for number, body in enumerate(visits)]
    manifest, ended = desk.night.seal(run)
    _, ranking = desk.night.judged(run, ended, manifest)
    desk.night.publish(run, ranking, manifest, ended, "held")
    return kept


def let(desk, before):
    paths = desk.store.files.expired(before)
    if paths:
        let_go(desk.store, desk.evidence, paths, at=OLD, because=BECAUSE)
    return {*paths}


def path_of(desk, kept):
    return desk.store.visits.place(kept.record).path


def test_what_is_old_goes_is_listed_with_day_and_reason_and_everything_else_is_proved(desk):
    [first] = held(desk, b"cu")
    desk.night.clock.minutes += 1440 * 2
    [second] = held(desk, b"moi")
    path, other = path_of(desk, first), path_of(desk, second)
    assert let(desk, START) == set()
    assert let(desk, START + timedelta(days=1)) == {path}
    assert not (desk.evidence / path).parent.exists()
    assert (desk.evidence / other).exists()
    assert desk.proved().ok
    [*_, (_, listing)] = manifests(desk.evidence)
    assert (listing.table["kind"], listing.table["pruned"]["at"], listing.table["pruned"]["because"]) == (
        "prune",
        OLD.isoformat(),
        BECAUSE,
    )
    assert [file["path"] for file in listing.table["pruned"]["files"]] == [path]
    assert first.digest in {entry["digest"] for entry in listing.table["pruned"]["objects"]}
    assert desk.store.visits.place(first.digest) is None
    assert desk.store.files.pruned(first.digest).at == OLD
    assert desk.store.files.pruned(first.record).at == OLD
    assert desk.store.files.pruned(second.digest) is None
    # The night that follows goes on with the chain, and keeps the same body anew.
    desk.night.clock.minutes += 1440
    [again] = held(desk, b"cu")
    assert path_of(desk, again) == desk.store.visits.place(first.digest).path
    assert desk.proved().ok


def test_a_body_that_a_young_visit_refers_to_stays_with_its_whole_file_and_all_that_this_refers_to(desk):
    [oldest] = held(desk, b"goc")
    desk.night.clock.minutes += 1440
    run, _ = desk.night.open(RunKind.NIGHT, "")
    desk.visit(run, body=b"goc", site="https://so-0.test/", more=(b"giua",))
    desk.seal_held(run)
    desk.night.clock.minutes += 1440 * 10
    held(desk, b"giua")
    # The young night refers to a body in the middle night's file, and that file refers to the oldest one's.
    assert let(desk, START + timedelta(days=5)) == set()
    assert (desk.evidence / path_of(desk, oldest)).exists()
    desk.night.clock.minutes += 1440 * 10
    held(desk, b"khac")
    assert len(let(desk, START + timedelta(days=15))) == 3
    assert desk.proved().ok


def test_an_answer_that_a_304_of_a_young_night_confirms_stays(desk):
    [page] = held(desk, b"trang")
    place = desk.store.visits.place(page.record)
    desk.night.clock.minutes += 1440 * 10
    run, _ = desk.night.open(RunKind.NIGHT, "")
    earlier = replace(page, body=b"trang", earlier=Earlier(record=page.record, at=page.at))
    desk.visit(run, body=None, unchanged=(replace(exchange(b""), status=304), earlier))
    desk.seal_held(run)
    assert let(desk, START + timedelta(days=5)) == set()
    assert (desk.evidence / place.path).exists()


def test_what_a_published_ranking_names_stays_for_good_and_what_it_does_not_name_goes(desk):
    run, _ = desk.night.open(RunKind.NIGHT, "")
    named = desk.visit(run)
    other = desk.visit(run, body=b"khong ai noi", site="https://khac.test/")
    desk.end(run)
    assert let(desk, OLD) == {path_of_before(desk, other)}
    assert desk.store.visits.place(named.digest) is not None
    assert desk.proved().ok


def path_of_before(desk, kept):
    """Give where a thing lay that may be gone."""
    gone = [entry for one in desk.store.files.prunings() for entry in prune.listed(one)["objects"]]
    return next(entry["path"] for entry in gone if entry["record"] == kept.record)


def test_what_was_declared_stays(desk):
    run, _ = desk.night.open(RunKind.DECLARE, "f.csv")
    place = write_blob(desk.evidence, b"tep", "text/csv", "f.csv", ProofKind.BLOB)
    desk.store.visits.keep(run.id, [place], START)
    manifest, ended = desk.night.seal(run)
    desk.night.keep(run, manifest, ended)
    assert let(desk, OLD) == set()


def test_a_blob_that_comes_again_after_it_went_is_kept_and_proved_again(desk):
    for day in (0, 10, 20):
        desk.night.clock.minutes = 1440 * day
        run, _ = desk.night.open(RunKind.NIGHT, "")
        desk.visit(run, body=f"trang {day}".encode(), blobs=(b"chuoi",))
        desk.seal_held(run)
        if day < 20:
            assert len(let(desk, START + timedelta(days=day + 5))) == 2
        assert desk.proved().ok
    assert (desk.evidence / desk.store.visits.place(digest_of(b"chuoi")).path).exists()
    assert len(desk.store.files.prunings()) == 2


@pytest.mark.parametrize(
    ("module", "name", "when"),
    [
        (prune, "end_prunings", lambda store, _: store.files.prunings()),
        (Pen, "seal", lambda *_: True),
        (ledger, "write_whole", lambda path, _: path.name == ledger.HEAD),
        (prune, "_remove", lambda *_: True),
        (Path, "unlink", lambda path, **_: second_time(path)),
        (prune, "sync_folder", lambda *_: True),
        ("Files", "over", lambda *_: True),
    ],
)
def test_killed_anywhere_the_evidence_is_sound_at_once_and_the_next_run_ends_it(desk, monkeypatch, module, name, when):
    first, second = held(desk, b"cu", b"hai")
    path, other = path_of(desk, first), path_of(desk, second)
    with monkeypatch.context() as patched:
        if name == "seal":
            kill_at_sealing(patched)
        else:
            kill_at(patched, type(desk.store.files) if module == "Files" else module, name, when)
        with pytest.raises(Killed):
            let(desk, START + timedelta(days=1))
    assert desk.proved().ok
    # It is forgotten already: a body that comes again is kept anew, and not as a reference to what goes.
    run, _ = desk.night.open(RunKind.NIGHT, "")
    assert not (desk.evidence / path).exists()
    assert not (desk.evidence / other).exists()
    again = desk.visit(run, body=b"cu", site="https://so-0.test/")
    desk.seal_held(run)
    assert desk.proved().ok
    assert desk.store.visits.place(again.digest).path.startswith(f"warc/{run.id}/")
    [listing] = [one for _, one in manifests(desk.evidence) if one.table["kind"] == "prune"]
    assert [file["path"] for file in listing.table["pruned"]["files"]] == sorted([path, other])
    end_prunings(desk.store, desk.evidence)
    assert len([*manifests(desk.evidence)]) == 3


def second_time(path, seen=set()):  # noqa: B006 - it remembers
    """Let the first file go, and die at the second."""
    seen.add(path)
    return len(seen) > 1


def kill_at_sealing(patched):
    real = Pen.seal

    def dying(pen, **given):
        if given["kind"] == "prune":
            raise Killed
        return real(pen, **given)

    patched.setattr(Pen, "seal", dying)


def test_nobody_can_let_go_of_evidence_by_a_listing_that_the_database_does_not_know(desk):
    [first] = held(desk, b"cu")
    path = path_of(desk, first)
    Pen(folder=desk.evidence).seal(
        run="20270101-000000-prune", kind="prune", started_at=OLD, ended_at=OLD, places=(), files=(),
        records=desk.store.visits.digest_of_run("20270101-000000-prune"),
        pruned={"at": OLD.isoformat(), "because": "x", "files": [{"path": path, "sha256": "", "size": 0}], "objects": []},
    )  # fmt: skip
    (desk.evidence / path).unlink()
    faults = {(fault.path, fault.what) for fault in desk.proved().faults}
    assert (path, "is missing") in faults
    assert any("lets go of evidence" in what for _, what in faults)


def test_a_file_that_is_lost_keeps_nothing_else_from_going(desk):
    [first] = held(desk, b"cu")
    (desk.evidence / path_of(desk, first)).unlink()
    with pytest.raises(EvidenceError):
        let(desk, START + timedelta(days=1))
    assert desk.store.files.prunings() == ()
