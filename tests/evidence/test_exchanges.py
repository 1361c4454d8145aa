"""One body may come in many answers: a proof leads to the very exchange it names."""

from dataclasses import replace

import pytest
from evidencefolder import Folder, exchange

from auditor.app.reporting import kept_by
from auditor.errors import EvidenceError

OURS, THEIRS = "https://so-a.test/", "https://so-b.test/khac"


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def answer(url, **given):
    return replace(exchange(b"<p>nhu nhau", url), **given)


@pytest.mark.parametrize("body", [b"<p>nhu nhau", b""])
@pytest.mark.parametrize("visits", [1, 2])
def test_the_same_bytes_from_two_sites_are_shown_each_with_its_own_exchange(folder, body, visits):
    asked = [
        answer(OURS, body=body),
        answer(THEIRS, body=body, status=404, reason="Not Found", headers=(("X-Own", "b"),), request_headers=(("Host", "so-b"),)),
    ]
    kept = folder.visit("r/a", asked) if visits == 1 else folder.visit("r/a", asked[:1]) + folder.visit("r/b", asked[1:])
    ours, theirs = (kept_by(folder.archive)(one.proof()) for one in kept)
    assert (ours.url, theirs.url) == (OURS, THEIRS)
    assert (ours.record, theirs.record) == tuple(one.record for one in kept)
    assert (ours.status_line, theirs.status_line) == ("HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found")
    assert dict(theirs.headers)["X-Own"] == "b"
    assert "X-Own" not in dict(ours.headers)
    assert (dict(ours.request_headers)["Host"], dict(theirs.request_headers)["Host"]) == ("so.test", "so-b")
    assert ours.body == theirs.body == body


def test_a_body_that_did_not_change_is_shown_with_tonights_headers(folder):
    [before] = folder.visit("r1/a", [answer(OURS)])
    [after] = folder.visit("r2/a", [answer(OURS, headers=(("Strict-Transport-Security", "max-age=31536000"),))])
    assert after.digest == before.digest
    assert "Strict-Transport-Security" in dict(kept_by(folder.archive)(after.proof()).headers)
    assert "Strict-Transport-Security" not in dict(kept_by(folder.archive)(before.proof()).headers)


def test_a_blob_with_an_answers_bytes_hides_neither(folder):
    [one, blob] = folder.visit("r1/a", [answer(OURS)], [b"<p>nhu nhau"])
    found = kept_by(folder.archive)
    assert found(one.proof()).status_line == "HTTP/1.1 200 OK"
    assert found(blob).body == found(one.proof()).body
    assert (folder.path / f"blobs/{blob.digest[7:9]}/{blob.digest[7:]}").is_file()


def test_an_index_that_leads_to_another_record_is_found_out(folder):
    [first, second] = folder.visit("r1/a", [answer(OURS), answer(THEIRS)])
    place = folder.places[first.record]
    folder.places[second.record] = place
    with pytest.raises(EvidenceError, match="is the record"):
        folder.archive.of(second.proof())
    folder.places[second.record] = replace(place, record=second.record)
    with pytest.raises(EvidenceError, match="is not the record"):
        folder.archive.record(folder.archive.of(second.proof()))


def test_a_record_that_is_not_kept_is_none(folder):
    [one] = folder.visit("r1/a", [answer(OURS)])
    del folder.places[one.record]
    assert kept_by(folder.archive)(one.proof()) is None
