"""What is filled into a form is what is declared, and a form of what is declared declares the same."""

from pathlib import Path

import pytest
from formed import Office, filled, opened
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from province import proof

from auditor.editions.load import edition_ids, load_edition
from auditor.editions.questions import claims, share_of, shown
from auditor.editions.template import FORM
from auditor.model.declaration import Counts, Declaration
from auditor.model.reading import Kind
from auditor.registry.load import load_registry

SHIPPED = Path(__file__).parents[2] / "config"
GROUPS = [group.id for group in load_registry(SHIPPED).groups]
SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck))
WHOLE = st.integers(0, 10**15 - 1)
NOTES = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=40).map(str.strip)
LINKS = st.sampled_from(["", "https://so-a.test/văn-bản?so=1&nam=2019#x", "http://so-a.test/=1"])
OFFICE = Office()


def plain(rows):
    return {row.criterion: (row.value, type(row.value), row.counts, row.evidence_link, row.note) for row in rows}


@st.composite
def answers(draw, questions, everything=False):
    """Draw what an agency declares: quantities, and of the criteria any number (one at the least)."""
    totals = {quantity.id: draw(st.integers(1, 10**6)) for one in questions for quantity in (one.whole, one.part) if quantity}
    rows = []
    for question in questions:
        if not everything and draw(st.integers(0, 9)) == 0:
            continue
        value, counts = draw_value(draw, question, totals)
        if value is None:
            continue
        link, note = draw(LINKS), draw(NOTES)
        if question.proof and claims(value, question.measure) and not link and not note:
            note = "QĐ 1"
        rows.append(
            Declaration(
                agency="so-a", edition="thu", criterion=question.criterion.id, value=value, counts=counts, evidence_link=link,
                note=note, imported_at=OFFICE.now, proof=proof(),
            )
        )  # fmt: skip
    return rows


def draw_value(draw, question, totals):
    if question.whole:
        whole = totals[question.whole.id]
        part = totals[question.part.id] if question.part else draw(st.integers(0, whole))
        if part > whole:
            return None, None
        counts = Counts(part=part, whole=whole)
        return share_of(counts), counts
    measure, number = question.measure, st.decimals(0, 1, places=draw(st.integers(0, 28)))
    values = {
        Kind.BOOLEAN: st.booleans(),
        Kind.COUNT: WHOLE,
        Kind.DAYS: st.integers(-(10**15) + 1, 10**15 - 1),
        Kind.SHARE: number,
        Kind.SECONDS: st.decimals(0, 10**9, places=6),
        Kind.WORD: st.nothing(),
    }
    listed = st.sampled_from(measure.words) if measure.words else st.nothing()
    return draw(values[measure.kind] | listed), None


@pytest.mark.parametrize("part", range(10))
@settings(SLOW, max_examples=200)
@given(rows=answers(OFFICE.questions))
def test_a_form_of_what_is_declared_declares_the_same(rows, part):
    """In parts, so that they can run side by side; each draws examples of its own."""
    if rows:
        assert plain(OFFICE.read(OFFICE.form(rows)).declarations) == plain(rows)


def asked():
    """Give every shipped edition with each group that owes it anything (districts are gone by 2025)."""
    laws = {name: load_edition(SHIPPED, name) for name in edition_ids(SHIPPED)}
    return [(name, group) for name, law in laws.items() for group in GROUPS if law.criteria_of(group)]


def test_both_shipped_editions_are_tried_with_all_their_groups():
    assert len({name for name, _ in asked()}) >= 2
    assert [group for name, group in asked() if name == "qd-3061-2018"] == ["1", "2", "3"]


@pytest.mark.parametrize(("name", "group"), asked())
def test_what_is_filled_into_the_form_of_a_shipped_edition_is_what_is_declared(name, group):
    registry = load_registry(SHIPPED)
    office = Office(SHIPPED, name, next(agency.code for agency in registry.agencies if agency.group == group))
    blank = office.form()

    @settings(SLOW, max_examples=4)
    @given(rows=answers(office.questions, everything=True))
    def check(rows):
        asked = {question.criterion.id: question for question in office.questions}
        sheet, cells = opened(blank)[FORM], {}
        for row in rows:
            question = asked[row.criterion]
            value = shown(row.value, question)
            if row.counts:
                value = None if question.computed else row.counts.part
                for quantity, total in ((question.whole, row.counts.whole), (question.part, row.counts.part)):
                    if quantity:
                        cells[code_of(sheet, quantity)] = total
            given_value = "(tự tính)" if value is None else value
            cells[row.criterion] = (given_value, row.evidence_link or None, row.note or None)
        found = office.read(filled(blank, cells))
        assert plain(found.declarations) == plain(rows)
        assert not found.missing
        again = office.read(office.form(found.declarations))
        assert plain(again.declarations) == plain(found.declarations)

    check()


def code_of(sheet, quantity):
    """Give what stands before a quantity in the form ("S1")."""
    return next(sheet.cell(row, 1).value for row in range(1, sheet.max_row) if sheet.cell(row, 2).value == quantity.title)
