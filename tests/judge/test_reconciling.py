"""Every cell of (declared × measured × rule × outcome), with and without the council's word; the table was written by hand.

Why each rule behaves so:

- **measured**: the criterion is about what can be seen from outside, so nobody's word is asked for. What was not seen is worth the
  least only by the agency's own doing, and only once the edition's patience is over; what is ours costs nobody a point.
- **declared**: nothing can be seen from outside. Until the declaration closes, nothing is held against anybody; then what was not
  declared is worth the least.
- **measured_else_declared**: the eye goes before the word. The word fills in only where nothing could be seen without anybody's
  fault, or while a fault is still borne with: once patience is over a wall is the worst value, or hiding would pay. Where nothing was
  declared either, the mark waits for the eye; while a declaration may still come, it is left out of the coverage. No duty to be seen
  is no duty.
- **lower_of**: both must bear a point out. So what was not declared in time is worth the least whatever is seen, and what is not known of
  the one leaves open only what the other does not rule out already. A duty that cannot be seen from outside may still be declared.
- **measured_caps_declared**: a claim counts as far as the eye bears it out. An unknown cap is no leave to claim, hence pending and not
  the claim; where outside there is no duty to see, nothing caps the claim.

An appraisal overrides either, an exclusion too. A contradiction is one in points: as the criterion's own scale sees both values.
"""

import tomllib
from decimal import Decimal as D
from itertools import product
from pathlib import Path

import pytest
from province import appraisal, case, criterion, declaration, find, record, registry

from auditor.judge import judge
from auditor.model.edition import Source
from auditor.model.mark import Excluded, Pending, Points
from auditor.model.scale import Table
from auditor.model.visit import Cause

CELLS = tomllib.loads((Path(__file__).parent / "reconciling.toml").read_text("utf-8"))
SCALE = Table(table={name: D(points) for name, points in [
    ("best", 3), ("good", 2), ("fair", 2), ("poor", 1), ("weak", 1), ("worst", 0), ("least", 0),
]})  # fmt: skip
MEASURED = {
    "good": [("good", 0)],
    "bad": [("poor", 0)],
    "no_duty": [("no duty", 0)],
    "stale": [("good", 3), (Cause.CONNECT, 2), (Cause.CONNECT, 0)],
    "over": [("good", 30), (Cause.CONNECT, 20), (Cause.CONNECT, 0)],
    "wall": [(Cause.BLOCKED, 20), (Cause.BLOCKED, 0)],
    "walled": [("good", 60), (Cause.BLOCKED, 40), (Cause.BLOCKED, 0)],
    "ours": [(Cause.CRASHED, 400), (Cause.CRASHED, 0)],
    "doubt": [(Cause.AMBIGUOUS, 400), (Cause.AMBIGUOUS, 0)],
    "none": [("best", 0)],
}
DECLARED = {
    "open": {}, "closed": {}, "equal": {"bad": "poor"}, "alike": {"": "fair", "bad": "weak"}, "better": {"": "best", "bad": "good"},
    "worse": {"": "poor", "bad": "worst"}, "least": {"": "least"},
}  # fmt: skip

EVERY = tuple(product(Source, MEASURED, DECLARED))


def judged(rule, seen, told, *, council=False):
    place = registry("so-a", unconfirmed=("so-a",) if seen == "none" else ())
    word = DECLARED[told].get(seen) or DECLARED[told].get("", "good")
    ranking = judge(
        case(
            criterion(
                source=Source(rule),
                scale=SCALE,
                measure="a.state",
                max_points=D(3),
                declared_kind="word",
                declared_words=tuple(SCALE.table),
            ),
            records=[record(value, measure="a.state", days_ago=days) for value, days in MEASURED[seen]],
            declarations=[] if told in {"open", "closed"} else [declaration(word)],
            declarations_closed=told == "closed",
            appraisals=[appraisal("weak")] if council else [],
            registry=place,
        )
    )
    return find(ranking, "so-a")


def shown(mark):
    """Write a mark as the table does."""
    match mark:
        case Points():
            said = [str(mark.points), mark.cause or "-", mark.origin]
        case Excluded():
            said = ["excluded", "-", mark.origin]
        case Pending():
            assert mark.origin is None
            assert (mark.low, mark.high) == (0, 3)
            said = ["pending", mark.cause, "open" if mark.open_declaration else ""]
    return " ".join([*filter(None, said), *(["!"] if mark.contradiction else [])])


def expected(rule, seen, told):
    cells = CELLS[rule][seen]
    return cells.get(told) or cells["any"]


def test_the_table_has_every_cell_once_and_no_other():
    assert set(CELLS) == {*Source, "appraised"}
    for rule in Source:
        assert set(CELLS[rule]) == {*MEASURED}
        assert all(set(cells) in ({*DECLARED}, {"any"}) for cells in CELLS[rule].values())


@pytest.mark.parametrize(("rule", "seen", "told"), EVERY)
def test_a_cell(rule, seen, told):
    row = judged(rule, seen, told)
    (mark,) = row.marks
    assert shown(mark) == expected(rule, seen, told)
    # An area is as open as its mark: nothing that only waits for a declaration lowers the coverage.
    assert row.coverage == (
        None if isinstance(mark, Excluded) or getattr(mark, "open_declaration", False) else isinstance(mark, Points)
    )


@pytest.mark.parametrize(("rule", "seen", "told"), EVERY)
def test_a_cell_under_the_councils_word(rule, seen, told):
    (mark,) = judged(rule, seen, told, council=True).marks
    flag = " !" if expected(rule, seen, told).endswith("!") else ""
    assert shown(mark) == CELLS["appraised"]["any"] + flag
    assert (mark.measured, mark.declared) == (
        judged(rule, seen, told).marks[0].measured,
        judged(rule, seen, told).marks[0].declared,
    )


@pytest.mark.parametrize(("rule", "seen", "told"), EVERY)
def test_a_marks_reason_names_values_only_where_there_are_any(rule, seen, told):
    (mark,) = judged(rule, seen, told).marks
    assert "?" not in str(mark.because)
    if mark.because.key in {"mark.lower", "mark.capped"}:
        assert {mark.measured, mark.declared} == {mark.because.facts["measured"], mark.because.facts["declared"]}
    elif isinstance(mark, Points) and mark.cause is not None and mark.cause is not Cause.NOT_DECLARED:
        assert mark.because.facts["cause"] == mark.cause
