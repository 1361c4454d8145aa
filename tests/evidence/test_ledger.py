"""The chain under kills and hostile hands: nothing is written over, and what is wrong is named."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from evidencefolder import Folder, exchange

from auditor.clock import SystemClock
from auditor.errors import EvidenceError
from auditor.evidence import ledger
from auditor.evidence.ledger import Pen, head, last, tip
from auditor.evidence.recover import recover
from auditor.evidence.writer import VisitWriter, write_blob
from auditor.model.evidence import ProofKind, digest_of

THREADS = 4


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def folder(tmp_path):
    kept = Folder(tmp_path)
    for run in ("r1", "r2", "r3"):
        kept.visit(f"{run}/a", [exchange(run.encode())])
        kept.seal(run)
    return kept


@pytest.fixture
def killed_before_head(monkeypatch):
    """Every writing of the head kills."""
    real = ledger.write_whole

    def writing(path, body):
        if path.name == ledger.HEAD:
            raise Killed
        real(path, body)

    monkeypatch.setattr(ledger, "write_whole", writing)
    return monkeypatch


def named(folder):
    return {fault.path for fault in folder.verify().faults}


def test_threads_that_write_the_same_blob_at_once_all_succeed_and_leave_it_whole(tmp_path):
    with ThreadPoolExecutor(THREADS) as threads:
        for number in range(50):
            body, together = f"nội dung {number}".encode() * 500, Barrier(THREADS)

            def write(body=body, together=together):
                together.wait()
                return write_blob(tmp_path, body, "text/plain", None, ProofKind.BLOB)

            [place] = {done.result() for done in [threads.submit(write) for _ in range(THREADS)]}
            assert (tmp_path / place.path).read_bytes() == body
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 50


def test_a_kill_between_manifest_and_head_is_mended_and_nothing_is_written_over(folder, killed_before_head):
    folder.visit("r4/a", [exchange(b"r4")])
    with pytest.raises(Killed):
        folder.seal("r4")
    killed_before_head.undo()
    whole = (folder.path / "ledger/00000004.json").read_bytes()
    assert head(folder.path)[0] == 3
    assert tip(folder.path) == (4, digest_of(whole))
    folder.unsealed = {"r4": []}
    assert folder.verify().ok
    Pen(folder=folder.path).mend()
    assert head(folder.path) == (4, digest_of(whole))
    folder.sealed["r4"], folder.unsealed = digest_of(whole), {}
    folder.seal("r5")
    assert (folder.path / "ledger/00000004.json").read_bytes() == whole
    assert last(folder.path).table["number"] == 5
    assert folder.verify().ok


def test_the_next_seal_goes_on_behind_a_manifest_that_the_head_does_not_name_yet(folder, killed_before_head):
    with pytest.raises(Killed):
        folder.seal("r4")
    killed_before_head.undo()
    folder.seal("r5")
    assert last(folder.path).table["number"] == 5
    assert last(folder.path).table["previous"] == digest_of((folder.path / "ledger/00000004.json").read_bytes())


def test_a_head_that_lags_behind_a_sealed_run_is_a_fault(folder):
    body = (folder.path / "ledger/00000002.json").read_bytes()
    (folder.path / "ledger/HEAD").write_text(f"2 {digest_of(body)}\n")
    assert named(folder) == {"ledger/HEAD"}


@pytest.mark.parametrize("name", ["00000001.json", "00000002.json", "00000003.json"])
def test_a_manifest_that_was_written_anew_is_the_one_that_is_named(folder, name):
    path = folder.path / "ledger" / name
    path.write_bytes(path.read_bytes().replace(b'"kind":"night"', b'"kind":"NIGHT"'))
    assert f"ledger/{name}" in named(folder)
    assert named(folder) <= {f"ledger/{name}", "ledger/"}


@pytest.mark.parametrize("name", ["00000001.json", "00000002.json", "00000003.json"])
def test_a_manifest_that_is_gone_is_the_one_that_is_named(folder, name):
    (folder.path / "ledger" / name).unlink()
    assert named(folder) == {f"ledger/{name}", "ledger/"}


def test_a_broken_chain_is_not_written_on(folder):
    path = folder.path / "ledger/00000003.json"
    path.write_bytes(path.read_bytes() + b" ")
    for attempt in (Pen(folder=folder.path).mend, lambda: folder.seal("r4")):
        with pytest.raises(EvidenceError, match="do not fit"):
            attempt()
    assert not (folder.path / "ledger/00000004.json").exists()


def test_a_foreign_manifest_behind_the_head_is_not_taken_for_the_chains(folder):
    (folder.path / "ledger/00000004.json").write_bytes((folder.path / "ledger/00000002.json").read_bytes())
    with pytest.raises(EvidenceError, match="does not follow"):
        folder.seal("r4")
    assert "ledger/00000004.json" in named(folder)


def test_a_warc_file_that_no_manifest_lists_is_a_fault_unless_its_run_is_not_over(folder):
    folder.visit("r4/a", [exchange(b"r4")])
    assert named(folder) == {"warc/r4/a.warc.gz"}
    folder.unsealed = {"r4": [folder.places[digest_of(b"r4")]]}
    assert folder.verify().ok
    path = folder.path / "warc/r4/a.warc.gz"
    whole = path.read_bytes()
    for position in (len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert named(folder) == {"warc/r4/a.warc.gz"}


def test_a_second_try_of_a_visit_leaves_the_first_ones_file_as_it_is(folder):
    whole = (folder.path / "warc/r3/a.warc.gz").read_bytes()
    writer = VisitWriter(folder.path, "r3/a", SystemClock(), folder.places.get)
    writer.exchange(exchange(b"lan hai"))
    writer.seal()
    assert writer.path == "warc/r3/a.2.warc.gz"
    assert (folder.path / "warc/r3/a.warc.gz").read_bytes() == whole


def test_what_a_kill_left_of_a_blob_or_a_manifest_is_no_fault_and_is_removed(folder):
    strays = [folder.path / "blobs/ab/ab12.0123.part", folder.path / "ledger/00000004.json.0123.part"]
    for stray in strays:
        stray.parent.mkdir(parents=True, exist_ok=True)
        stray.write_bytes(b"half")
    assert folder.verify().ok
    assert recover(folder.path) == ()
    assert not any(stray.exists() for stray in strays)
