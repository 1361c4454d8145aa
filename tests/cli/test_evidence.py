"""One flipped byte anywhere is found and named; a night that was killed loses nothing."""

import os
import random
import signal
import sqlite3
import time

import pytest
from commands import auditor, killed_in, started

from auditor.app.keeping import prove
from auditor.app.parts import Parts

pytestmark = pytest.mark.slow
AGENCY = "so-mau-thong-tin"


def test_what_was_kept_is_whole(demonstrated):
    done = auditor("evidence", "verify", "--json", "--data", demonstrated[0], offline=True)
    assert done.code == 0
    assert done.json["ok"]
    assert done.json["runs"] == 2
    assert done.json["objects"] > 500


def flipped(whole):
    place = random.randrange(len(whole))
    return whole[:place] + bytes([whole[place] ^ 1 << random.randrange(8)]) + whole[place + 1 :]


@pytest.mark.parametrize("folder", ["warc", "blobs"])
def test_one_flipped_byte_in_any_file_is_found_and_names_that_file(data, folder):
    evidence = data / "evidence"
    files = sorted(path for path in (evidence / folder).rglob("*") if path.is_file() and path.stat().st_size)
    whole = {path: path.read_bytes() for path in files}
    for path in files:
        path.write_bytes(flipped(whole[path]))
    named = {fault.path for fault in prove(Parts.of(None, data)).faults}
    assert {path.relative_to(evidence).as_posix() for path in files} == named
    for path in files:
        path.write_bytes(whole[path])
    assert prove(Parts.of(None, data)).ok


def test_one_flipped_byte_in_the_ledger_names_that_file(data):
    evidence = data / "evidence"
    files = sorted(path for path in (evidence / "ledger").iterdir())
    assert [path.name for path in files] == ["00000001.json", "00000002.json", "HEAD"]
    for path in files * 5:
        whole = path.read_bytes()
        changed = flipped(whole)
        path.write_bytes(changed)
        named = {fault.path for fault in prove(Parts.of(None, data)).faults}
        path.write_bytes(whole)
        assert path.relative_to(evidence).as_posix() in named, (path, changed)
        assert named <= {path.relative_to(evidence).as_posix(), "ledger/"}, (path, changed)


def test_a_flipped_byte_ends_the_command_with_1_and_the_objects_name(data):
    path = max((data / "evidence" / "blobs").rglob("*"), key=lambda found: found.stat().st_size if found.is_file() else 0)
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 4
    path.write_bytes(whole)
    done = auditor("evidence", "verify", "--data", data)
    assert done.code == 1
    assert path.name in done.out


def test_a_changed_reading_in_the_database_is_found(data):
    with sqlite3.connect(data / "auditor.sqlite") as database:
        rows = database.execute("SELECT id, record FROM readings WHERE measure = 'content.news' ORDER BY id").fetchall()
        row, record = next((row, record) for row, record in rows if b'"value":"present"' in record)
        changed = record.replace(b'"value":"present"', b'"value":"missing"')
        database.execute("UPDATE readings SET record = ? WHERE id = ?", (changed, row))
    done = auditor("evidence", "verify", "--data", data)
    assert done.code == 1
    assert "have changed" in done.out


def test_a_removed_file_is_found(data):
    path = next((data / "evidence" / "warc").rglob("*.warc.gz"))
    path.unlink()
    done = auditor("evidence", "verify", "--data", data)
    assert done.code == 1
    assert path.name in done.out


def test_a_night_killed_at_any_moment_loses_no_finished_visit_and_ends_the_same(running, tmp_path):
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    assert auditor("run", "--config", running.config, "--data", calm).code == 0
    before: set[str] = set()
    for seconds in [random.uniform(0.5, 8) for _ in range(4)]:
        process = started("run", "--config", running.config, "--data", killed)
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        after = finished(killed)
        assert before <= after
        before = after
    assert before
    done = auditor("run", "--config", running.config, "--data", killed)
    assert done.code == 0, done.err
    assert before <= finished(killed)
    assert len(auditor("status", "--json", "--data", killed, "--config", running.config).json["runs"]) == 1
    assert marks(killed, running) == marks(calm, running)
    assert auditor("evidence", "verify", "--data", killed, "--config", running.config).code == 0
    assert auditor("judge", "--json", "--data", killed, "--config", running.config).json["differences"] == []


ENDINGS = {
    "at the seal of a visit": ("auditor.evidence.writer.sync_folder", ""),
    "before the manifest": ("auditor.evidence.ledger.write_whole", ".json"),
    "between manifest and head": ("auditor.evidence.ledger.write_whole", "HEAD"),
    "inside publish": ("auditor.store.rankings.end_run", ""),
    "before the report": ("auditor.app.visiting.write_report", ""),
}
"""Where a run can be killed at its most delicate: the function, and what its first argument contains."""


def test_a_night_killed_inside_its_seal_and_its_publishing_ends_as_one_that_was_not(running, tmp_path):
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    words = ("run", "--agency", AGENCY, "--config", running.config)
    assert auditor(*words, "--data", calm).code == 0
    before: set[str] = set()
    for function, part in ENDINGS.values():
        assert killed_in(function, part, *words, "--data", killed) == -signal.SIGKILL, function
        assert before <= finished(killed)
        before = finished(killed)
        assert auditor("evidence", "verify", "--data", killed, "--config", running.config).code == 0, function
    [run] = auditor("status", "--json", "--data", killed, "--config", running.config).json["runs"]
    assert run["state"] == "published"
    assert visited(killed) == visited(calm)
    assert [path.name for path in sorted((killed / "evidence" / "ledger").iterdir())] == ["00000001.json", "HEAD"]
    assert marks(killed, running) == marks(calm, running)
    assert auditor("judge", "--json", "--data", killed, "--config", running.config).json["differences"] == []
    assert auditor("report", "--data", killed, "--config", running.config).code == 0


def test_a_probe_that_was_killed_is_sealed_by_the_next_run_and_its_evidence_proved(running, tmp_path):
    words = ("--config", running.config, "--data", tmp_path)
    probe = ("probe", "--agency", AGENCY, "--probe", "crawl", *words)
    assert killed_in("auditor.evidence.ledger.write_whole", ".json", *probe) == -signal.SIGKILL
    assert finished(tmp_path)
    assert auditor("evidence", "verify", *words).code == 0
    assert auditor(*probe).code == 0
    runs = auditor("status", "--json", *words).json["runs"]
    assert [(run["state"], run["held_because"]) for run in runs] == [("kept", None), ("kept", "cut off before it ended")]
    path = min((tmp_path / "evidence" / "warc" / runs[1]["run"]).glob("*.warc.gz"))
    whole = path.read_bytes()
    path.write_bytes(flipped(whole))
    done = auditor("evidence", "verify", *words)
    assert done.code == 1
    assert path.name in done.out
    path.write_bytes(whole)
    assert auditor("evidence", "verify", *words).code == 0


def test_an_import_that_was_killed_counts_only_once_it_is_in_the_ledger(demonstrated, tmp_path):
    config = demonstrated[0] / "config"
    rows = auditor("declare", "list", "--json", "--data", demonstrated[0]).json
    form = tmp_path / "form.csv"
    form.write_text("agency,criterion,value,note\n{agency},{criterion},{value},QĐ 1\n".format(**rows[0]), "utf-8")
    words = ("--config", config, "--data", tmp_path / "var")
    assert killed_in("auditor.evidence.ledger.write_whole", ".json", "declare", "import", form, *words) == -signal.SIGKILL
    assert auditor("declare", "list", "--json", *words).json == []
    assert auditor("declare", "import", form, *words).code == 0
    assert [row["in_effect"] for row in auditor("declare", "list", "--json", *words).json] == [False, True]
    assert auditor("evidence", "verify", "--json", *words).json["runs"] == 2
    with sqlite3.connect(tmp_path / "var" / "auditor.sqlite") as database:
        database.execute("UPDATE declarations SET record = replace(record, 'form.csv', 'other.csv') WHERE id = 1")
    assert auditor("evidence", "verify", *words).code == 1


def visited(data):
    """Give every finished visit without its run: which probe on which site."""
    return {key.partition("/")[2] for key in finished(data)}


def finished(data):
    path = data / "auditor.sqlite"
    if not path.exists():
        return set()
    with sqlite3.connect(path) as database:
        try:
            return {key for (key,) in database.execute("SELECT key FROM visits")}
        except sqlite3.OperationalError:
            return set()


def marks(data, running):
    ranking = auditor("rank", "--json", "--data", data, "--config", running.config).json
    return {
        row["agency"]: (
            row["rank"],
            row["percent"],
            {mark["criterion"]: (mark["points"], mark["cause"]) for mark in row["marks"]},
        )
        for group in ranking["groups"]
        for row in (*group["rows"], *group["unranked"])
    }
