"""``auditor declare template``: the form in which an agency declares, in the readers' own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from auditor.app.parts import Parts
from auditor.app.periods import running_period
from auditor.editions.answers import near
from auditor.editions.layout import Head
from auditor.editions.questions import Spoken, day_of, questions_of
from auditor.editions.template import template
from auditor.editions.workbook import write_book
from auditor.errors import UsageError
from auditor.judge.periods import running
from auditor.model.council import PeriodState
from auditor.model.edition import Edition
from auditor.model.ids import AgencyId, CriterionId, MeasureId
from auditor.model.kinds import declared_measure, measure_of
from auditor.model.reading import Kind, Measure
from auditor.store import Store
from reports.prices import price_list
from reports.words import vietnamese

__all__ = ["Term", "form_of", "spoken", "term_of", "write_form"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """For what agencies declare now: the day whose criteria and agencies count, and the period that runs, empty where none does.

    What was declared before ``since`` counts no more; it is None where no period was ever opened.
    """

    day: date
    period: str = ""
    since: datetime | None = None


def term_of(parts: Parts, store: Store, edition: Edition, now: datetime) -> Term:
    """Give for what agencies declare: the running period is judged on the last day of its data, and else this day counts."""
    found = running(store.acts.all(edition.id))
    if found is None:
        return Term(day=day_of(edition, now))
    if found.state is PeriodState.PUBLISHED:
        return Term(day=day_of(edition, now), since=found.since)
    period = running_period(parts, store, edition.id)
    day = edition.nearest(period.data_to) if period else day_of(edition, now)
    return Term(day=day, period=found.period, since=found.since)


def spoken(edition: Edition, measures: Mapping[MeasureId, Measure]) -> dict[CriterionId, Spoken]:
    """Give what people read of each criterion that takes a declaration."""
    words, found = vietnamese(), {}
    for criterion in edition.criteria:
        measure = declared_measure(criterion, measure_of(criterion, measures))
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
    """Give an agency's form for the period that runs, else for today, with what it declared last filled in.

    Raises:
        UsageError: no such agency, or nothing that it declares.
    """
    chosen, now = parts.edition(edition), parts.clock.now()
    with parts.store() as store:
        term = term_of(parts, store, chosen, now)
        rows = store.declarations.all(chosen.id)
    agency = parts.registry.agency(AgencyId(code), term.day)
    if agency is None:
        codes = {known.code for known in parts.registry.agencies}
        raise UsageError(f'không có cơ quan nào mang mã "{code}"{near(code, codes)}')
    questions = questions_of(chosen, agency, term.day, parts.catalogue.measures, spoken(chosen, parts.catalogue.measures))
    if not questions:
        raise UsageError(f'"{code}" không phải tự khai gì theo bộ tiêu chí "{chosen.id}"')
    group = next(group for group in parts.registry.groups if group.id == agency.group)
    before = {row.criterion: row for row in rows if row.agency == agency.code}
    document = parts.settings.document
    head = Head(
        edition=chosen,
        agency=agency,
        group=group,
        superior=document.superior,
        place=document.place,
        period=term.period,
        earlier=any(term.since is not None and row.imported_at < term.since for row in before.values()),
    )
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
        raise UsageError(f"đã có tệp {path}: hãy chuyển đi, hoặc chọn tên khác bằng --out") from None
    except OSError as exc:
        raise UsageError(f"không ghi được tệp {path}: hãy kiểm tra thư mục và quyền ghi") from exc
    return path
