"""Evidence: standard WARC, kept once, chained, and every flipped byte found."""

import random
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from evidencefolder import AT, Folder, exchange
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from auditor.clock import SystemClock
from auditor.errors import EvidenceError
from auditor.evidence.recover import recover
from auditor.evidence.seen import dump_seen, load_seen
from auditor.evidence.verify import verify
from auditor.evidence.writer import VisitWriter
from auditor.model.codec import Codec
from auditor.model.evidence import Chain, ProofKind, digest_of
from auditor.model.note import Note
from auditor.model.reading import Measured, NotApplicable, ReadingRecord, Unavailable
from auditor.model.visit import Cause


@pytest.fixture
def folder(tmp_path):
    kept = Folder(tmp_path)
    kept.visit("r1/a", [exchange(b"mot"), exchange(b"hai", "https://so.test/hai?a=b c")], [b"chung chi"])
    kept.seal("r1")
    kept.files, kept.places_before = [], dict(kept.places)
    kept.visit("r2/a", [exchange(b"mot"), exchange(b"ba", "https://so.test/ba")])
    kept.seal("r2")
    return kept


def records_of(path):
    with path.open("rb") as stream:
        return [
            (r.rec_type, r.rec_headers, r.http_headers, r.content_stream().read())
            for r in ArchiveIterator(stream, check_digests="raise")
        ]


def test_a_file_is_standard_warc_that_another_library_reads(folder):
    path = folder.path / "warc/r1/a.warc.gz"
    found = records_of(path)
    assert [kind for kind, *_ in found] == ["warcinfo", "response", "request", "response", "request"]
    _, warc, http, body = found[1]
    assert body == b"mot"
    assert warc.get_header("WARC-Payload-Digest") == digest_of(b"mot")
    assert warc.get_header("WARC-Date") == "2026-01-05T01:02:03.456789Z"
    assert warc.get_header("WARC-IP-Address") == "203.0.113.7"
    assert http.get_header("X-Crawler-Content-Encoding") == "gzip"
    assert http.get_header("Content-Length") == "3"
    assert http.get_header("Injected") is None
    check = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_an_unchanged_body_is_kept_once_and_referred_to(folder):
    found = records_of(folder.path / "warc/r2/a.warc.gz")
    assert [kind for kind, *_ in found] == ["warcinfo", "revisit", "request", "response", "request"]
    assert found[1][1].get_header("WARC-Refers-To").startswith("<urn:uuid:")
    assert found[1][3] == b""


def test_a_body_is_given_back_and_proved(folder):
    archive = folder.archive
    assert archive.body(digest_of(b"hai")) == b"hai"
    assert archive.body(digest_of(b"chung chi")) == b"chung chi"
    assert archive.record(archive.place(digest_of(b"hai"))).status_line == "HTTP/1.1 200 OK"
    with pytest.raises(EvidenceError, match="no object"):
        archive.body(digest_of(b"khac"))


def test_untouched_evidence_is_right(folder):
    report = folder.verify()
    assert (report.ok, report.runs, report.faults) == (True, 2, ())
    assert report.objects == 4


def test_one_flipped_byte_anywhere_is_found_and_named(folder):
    chance = random.Random(3061)
    for path in sorted(p for p in folder.path.rglob("*") if p.is_file()):
        whole = path.read_bytes()
        positions = (
            range(len(whole)) if len(whole) < 300 else sorted({0, 3, 9, len(whole) - 1, *chance.sample(range(len(whole)), 60)})
        )
        for position in positions:
            path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
            report = folder.verify()
            assert not report.ok, f"{path.name}: byte {position}"
            assert all(fault.path for fault in report.faults)
            name = path.relative_to(folder.path).as_posix()
            assert name in {fault.path for fault in report.faults}, f"byte {position}: {report.faults}"
        path.write_bytes(whole)
    assert folder.verify().ok


@pytest.mark.parametrize("name", ["warc/r1/a.warc.gz", "ledger/00000001.json", "ledger/00000002.json", "ledger/HEAD"])
def test_a_missing_file_is_found(folder, name):
    (folder.path / name).unlink()
    assert name in {fault.path for fault in folder.verify().faults}


def test_changed_readings_in_the_database_are_found(folder):
    report = verify(folder.path, sealed=folder.sealed, unsealed={}, records=lambda run: digest_of(b"khac"))
    assert {fault.path for fault in report.faults} == {"database"}


def test_what_a_killed_visit_wrote_is_kept_to_its_last_whole_record(folder):
    writer = VisitWriter(folder.path, "r3/a", SystemClock(), folder.places.get)
    writer.exchange(exchange(b"bon"))
    writer.exchange(exchange(b"nam" * 9000))
    writer.abandon()
    part = folder.path / "warc/r3/a.warc.gz.part"
    part.write_bytes(part.read_bytes()[:-20])
    [(path, note)] = recover(folder.path)
    assert path == "warc/r3/a.cut1.warc.gz"
    assert "cut off" in note
    assert [kind for kind, *_ in records_of(folder.path / path)][:3] == ["warcinfo", "response", "request"]
    assert recover(folder.path) == ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    chain: Chain
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPages:
    pages: tuple[Page, ...]
    cut: str | None
    certificate: bytes
    day: date | None = None


def test_what_was_seen_is_read_back_exactly_with_its_bodies(folder):
    [kept] = folder.visit("r4/a", [exchange(b"sau")])
    seen = SeenPages(
        pages=(Page(chain=Chain(hops=(kept,), cause=Cause.TOO_LARGE), depth=2),),
        cut=None,
        certificate=b"\0\1",
        day=date(2026, 1, 2),
    )
    body = dump_seen(seen)
    assert b"sau" not in body
    assert load_seen(SeenPages, body, folder.archive.body) == seen
    assert dump_seen(seen) == body


VALUES = st.one_of(
    st.booleans(),
    st.integers(-9, 9),
    st.decimals(allow_nan=False, allow_infinity=False, places=6),
    st.sampled_from(["present", "never"]),
)
FACTS = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3), max_leaves=5
    ),
    max_size=3,
)


@given(VALUES, FACTS, st.sampled_from(list(Cause)), st.text(max_size=20))
def test_every_reading_is_kept_exactly(value, facts, cause, text):
    common = {"measure": "a.b", "because": Note(key="k", text=text, facts=facts), "facts": facts}
    codec = Codec(ReadingRecord)
    for reading in (
        Measured(value=value, newest=date(2026, 1, 1), **common),
        NotApplicable(**common),
        Unavailable(cause=cause, **common),
    ):
        record = ReadingRecord(
            run="r", site="s", agency=None, probe="p", probe_version=1, observed_at=AT, known=digest_of(b""), reading=reading
        )
        again = codec.load(codec.dump(record))
        assert again == record
        assert type(getattr(again.reading, "value", None)) is type(getattr(reading, "value", None))


def test_what_is_not_ours_is_refused():
    with pytest.raises(ValueError, match="not a kept value"):
        Codec(ReadingRecord).load(b'{"$":"Popen","args":"x"}')
    with pytest.raises(TypeError, match="cannot be kept"):
        Codec(ReadingRecord).dump(object())
    assert Decimal("0.10") == Codec(ReadingRecord).load(Codec(ReadingRecord).dump(Decimal("0.10")))
    assert ProofKind.HTTP.value == "http"
