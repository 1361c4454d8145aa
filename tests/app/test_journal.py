"""The journal: every act and every version of a declaration, in order, with what it took the place of and its manifest."""

from datetime import date

import pytest
from sitting import council, declare, explain, night

from auditor.app.acting import act
from auditor.app.council import withdraw
from auditor.app.journal import journal
from auditor.app.journal_documents import journal_json
from auditor.errors import UsageError
from auditor.judge.journal import entries
from auditor.model.council import Decision, Opening, PeriodState, PeriodStep, Subject
from auditor.model.declaration import Appraisal
from reports.acts import journal_text

SIGNED = {"reason": "đã xem", "person": "Bà C", "document": "BB-01"}


def appraise(parts, value):
    def done(_, at):
        return [Appraisal(agency="so-a", edition="e", criterion="1.1", value=value, decided_at=at, **SIGNED)]

    act(parts, None, "x", done)


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    made = council(tmp_path_factory.mktemp("journal"))
    night(made)
    declare(made, ("so-a", "1.1", "không"), ("so-b", "1.1", "có"))
    appraise(made, True)
    declare(made, ("so-a", "1.1", "có"))
    explain(made, "so-a", "2.1", text="đang sửa", expires=date(2027, 1, 1), person="Ông A")
    appraise(made, False)
    withdraw(made, Subject.APPRAISAL, "so-a", "1.1", reason="nhầm", person="Bà C", document="BB-02", edition=None)
    explain(made, "so-a", "2.1", text="sắp xong", expires=date(2027, 1, 1), person="Ông A")
    withdraw(made, Subject.EXPLANATION, "so-a", "2.1", reason="xong", person="Ông A", document="", edition=None)
    return made


def test_everything_stands_in_the_order_of_doing_with_before_and_after(parts):
    found = journal(parts)
    assert [(one.kind, one.agency, one.criterion, one.before, one.after) for one in found] == [
        ("declaration", "so-a", "1.1", None, False),
        ("declaration", "so-b", "1.1", None, True),
        ("appraisal", "so-a", "1.1", None, True),
        ("declaration", "so-a", "1.1", False, True),
        ("explanation", "so-a", "2.1", None, "đang sửa"),
        ("appraisal", "so-a", "1.1", True, False),
        ("withdrawal", "so-a", "1.1", False, None),
        ("explanation", "so-a", "2.1", "đang sửa", "sắp xong"),
        ("withdrawal", "so-a", "2.1", "sắp xong", None),
    ]
    assert [one.at for one in found] == sorted(one.at for one in found)


def test_each_entry_says_who_on_what_document_and_which_manifest_proves_it(parts):
    with parts.store() as store:
        manifests = {run.id: run.manifest for run in store.runs.all()}
    for row in journal_json(journal(parts))["entries"]:
        assert row["manifest"] == manifests[row["run"]] is not None
        assert row["person"] in {"Văn thư", "Bà C", "Ông A"}
        assert bool(row["document"]) == (row["person"] == "Bà C")
        assert bool(row["evidence"]) == (row["kind"] == "declaration")


def test_it_is_of_one_agency_or_one_criterion_where_that_is_asked(parts):
    assert {one.agency for one in journal(parts, agency="so-b")} == {"so-b"}
    assert [one.kind for one in journal(parts, agency="so-a", criterion="2.1")] == ["explanation", "explanation", "withdrawal"]
    assert len(journal(parts, edition="e")) == 9
    assert journal(parts, edition="another") == ()
    with pytest.raises(UsageError, match='no agency "so-c"'):
        journal(parts, agency="so-c")


def test_people_read_values_in_their_words_and_times_of_their_own(parts):
    text = journal_text(journal(parts, agency="so-a"), {})
    assert "04/11/2026  thẩm định  so-a  1.1\n      (không có) → có\n      đã xem\n      Bà C, BB-01\n      lượt " in text
    assert "rút  so-a  1.1\n      không → (không có)\n      nhầm" in text
    assert "“đang sửa” → “sắp xong”" in text
    assert journal_text((), {}) == "Chưa ghi việc nào."


def test_cases_and_periods_go_from_state_to_state():
    at = {"edition": "e"}
    place = {"agency": "so-a", "criterion": "2.1", "fingerprint": "f", **at}
    moment = date(2026, 11, 2)
    opening = Opening(
        **place, measured=False, declared=True, measured_proofs=(), declared_proofs=(), deadline=moment, opened_at=moment
    )
    decision = Decision(**place, accepted=False, reason="r", person="p", document="d", decided_at=moment)
    steps = [
        PeriodStep(period="2026", **at, edition_digest="sha256:0", state=state, person="p", document="d", stepped_at=moment)
        for state in (PeriodState.OPEN, PeriodState.CLOSED)
    ]
    found = entries([("r", one) for one in (opening, *steps, decision)])
    assert [(one.before, one.after) for one in found] == [
        (None, "open"),
        (None, "open"),
        ("open", "closed"),
        ("open", "rejected"),
    ]
