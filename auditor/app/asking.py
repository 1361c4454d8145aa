"""``auditor declare template``: the form in which an agency declares, in the readers' own words."""

from collections.abc import Mapping
from pathlib import Path

from auditor.app.parts import Parts
from auditor.editions.check import declared_measure
from auditor.editions.layout import Head
from auditor.editions.questions import Spoken, day_of, questions_of
from auditor.editions.template import template
from auditor.editions.workbook import write_book
from auditor.errors import UsageError, nearest
from auditor.model.edition import Edition
from auditor.model.ids import AgencyId, CriterionId, MeasureId
from auditor.model.reading import Kind, Measure
from reports.prices import price_list
from reports.words import vietnamese

__all__ = ["form_of", "spoken", "write_form"]


def spoken(edition: Edition, measures: Mapping[MeasureId, Measure]) -> dict[CriterionId, Spoken]:
    """Give what people read of each criterion that takes a declaration."""
    words, found = vietnamese(), {}
    for criterion in edition.criteria:
        measure = declared_measure(criterion, measures)
        if measure is None:
            continue
        # A criterion's own kind has its own words; those of a measure are found under its name.
        told = measures.get(criterion.measure, measure) if criterion.measure else measure
        found[criterion.id] = Spoken(
            scored=price_list(criterion, measure, words),
            unit=words.term("unit", measure.unit) if measure.kind is Kind.COUNT and measure.unit else "",
            words={word: words.value(word, told) for word in measure.words},
        )
    return found


def form_of(parts: Parts, code: str, edition: str | None) -> bytes:
    """Give an agency's form for today, with what it declared last filled in.

    Raises:
        UsageError: no such agency, or nothing that it declares.
    """
    chosen, now = parts.edition(edition), parts.clock.now()
    day = day_of(chosen, now)
    agency = parts.registry.agency(AgencyId(code), day)
    if agency is None:
        codes = {known.code for known in parts.registry.agencies}
        raise UsageError(f'no agency "{code}"{nearest(code, codes)}')
    questions = questions_of(chosen, agency, day, parts.catalogue.measures, spoken(chosen, parts.catalogue.measures))
    if not questions:
        raise UsageError(f'"{code}" has nothing to declare under "{chosen.id}"')
    group = next(group for group in parts.registry.groups if group.id == agency.group)
    with parts.store() as store:
        rows = store.declarations.all(chosen.id)
    before = {row.criterion: row for row in rows if row.agency == agency.code}
    document = parts.settings.document
    head = Head(edition=chosen, agency=agency, group=group, superior=document.superior, place=document.place)
    return write_book(template(head, questions, before, made_at=now))


def write_form(parts: Parts, code: str, *, edition: str | None, out: Path | None) -> Path:
    """Write an agency's form; a file that is there already is left alone, for somebody may have filled it in.

    Raises:
        UsageError: as ``form_of``, or the file is there already or cannot be written.
    """
    body = form_of(parts, code, edition)
    path = out or Path(f"tu-khai-{code}.xlsx")
    try:
        with path.open("xb") as stream:
            stream.write(body)
    except FileExistsError:
        raise UsageError(f"{path} is there already: move it, or choose another name by --out") from None
    except OSError as exc:
        raise UsageError(f"{path} cannot be written: {exc.strerror}") from exc
    return path
