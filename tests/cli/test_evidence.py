"""One flipped byte anywhere is found and named; a night that was killed loses nothing."""

import os
import random
import signal
import sqlite3
import time

import pytest
from commands import auditor, started

from auditor.app.keeping import prove
from auditor.app.parts import Parts

pytestmark = pytest.mark.slow


def test_what_was_kept_is_whole(demonstrated):
    done = auditor("evidence", "verify", "--json", "--data", demonstrated[0], offline=True)
    assert done.code == 0
    assert done.json["ok"]
    assert done.json["runs"] == 2
    assert done.json["objects"] > 500


@pytest.mark.parametrize("folder", ["warc", "blobs", "ledger"])
def test_one_flipped_byte_anywhere_is_found_and_named(data, folder):
    files = sorted(path for path in (data / "evidence" / folder).rglob("*") if path.is_file())
    chance = random.Random(folder)
    parts = Parts.of(None, data)
    for path in chance.sample(files, min(6, len(files))):
        whole = path.read_bytes()
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :])
        report = prove(parts)
        path.write_bytes(whole)
        named = {fault.path for fault in report.faults}
        assert any(path.name in name or folder == "ledger" for name in named), (path, place)
    assert prove(parts).ok


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
    for seconds in (1.5, 4.0, 7.0, 2.5):
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
