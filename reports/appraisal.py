"""PURE: the sheet on which the council sets its values of one agency: what was declared and measured, and what to fill in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from auditor.model.appraising import COLUMNS, FORM, INPUTS, RECORD, RECORD_HEAD, SHEET, Row
from auditor.model.book import Book, Cell, Look, Page, Rule, RuleKind, Tab
from auditor.model.edition import Area
from auditor.model.kinds import declared_measure, measure_of
from auditor.model.labels import told_apart
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.ranking import Standing
from auditor.model.reading import Kind, Measure, Value
from auditor.model.web import web_address
from reports.explained import explanation_text
from reports.numbers import exact, shown, two
from reports.prices import because
from reports.view import Source, criterion_of, local_time, notices
from reports.visible import visible
from reports.words import Words

__all__ = ["answer_text", "answers", "appraisal_book"]

_LIST_COLUMN = "R"
_MOST_TEXT = 1900
"""Characters of a cell; the reader takes no more than 2000."""
_Rows = tuple[tuple[Cell, ...], ...]


def answers(measure: Measure, words: Words) -> Mapping[str, str]:
    """Give the words that the council may write for a value, each with what it means; empty where it writes a number."""
    if measure.kind is Kind.BOOLEAN:
        return {words.value(True, measure): "true", words.value(False, measure): "false"}
    labels = told_apart({word: words.value(word, measure) for word in measure.words})
    return {label: word for word, label in labels.items()}


def answer_text(value: Value, measure: Measure, words: Words) -> str:
    """Give a value as the council would write it: reading it back gives the very value."""
    if isinstance(value, bool | str):
        meant = str(value).lower() if isinstance(value, bool) else value
        return next((label for label, word in answers(measure, words).items() if word == meant), meant)
    if isinstance(value, int):
        return str(value)
    percent = measure.kind is Kind.SHARE
    text = exact(value * 100 if percent else value)
    return f"{text}%" if percent else text


def appraisal_book(
    source: Source, standing: Standing, rows: Sequence[Row], made_at: datetime, words: Words, *, period: str = ""
) -> Book:
    """Give the sheet of one agency; ``rows`` are its criteria in the edition's order, ``period`` the id of the one that runs."""
    lists = _Lists()
    head = _head(source, standing, made_at, words)
    shown_rows = (*head, *_body(source, rows, words, lists))
    sheet = Tab(
        title=SHEET,
        rows=shown_rows,
        widths=tuple(column.width for column in COLUMNS),
        frozen=(len(head), 3),
        protected=True,
        page=Page(across=True, repeat=(len(head), len(head)), foot=f"{standing.name} – {source.edition.title}"),
    )
    told = {
        "form": FORM,
        "edition": source.edition.id,
        "digest": source.edition.digest,
        "agency": standing.agency,
        "exported": made_at.isoformat(),
        "head": str(len(head)),
        "period": period,
    }
    record = Tab(title=RECORD, rows=_record(told, shown_rows, lists), protected=True, hidden=True)
    return Book(title=f"Phiếu thẩm định – {standing.name}", tabs=(sheet, record), made_at=made_at)


class _Lists:
    """The lists of words from which cells are filled in: they stand in a column of the record."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._places: dict[tuple[str, ...], str] = {}

    def source(self, choices: tuple[str, ...]) -> str:
        """Give the cells in which these choices stand."""
        if choices not in self._places:
            first = len(self.words) + 1
            self.words += choices
            self._places[choices] = f"'{RECORD}'!${_LIST_COLUMN}${first}:${_LIST_COLUMN}${len(self.words)}"
        return self._places[choices]


def _head(source: Source, standing: Standing, made_at: datetime, words: Words) -> _Rows:
    wide = len(COLUMNS)
    lines = [
        f"{standing.name} ({standing.agency})",
        f"{source.edition.title} – {source.edition.legal_basis}",
        f"Số liệu tính đến {local_time(source.ranking.as_of)}; phiếu xuất lúc {local_time(made_at)} (giờ Việt Nam).",
        *(words.text(f"notice.{one.key}.text", **one.facts) for one in notices(source)),
        words.text("appraisal.how"),
        words.text("appraisal.withdraw"),
    ]
    return (
        (Cell(value=words.text("appraisal.title"), look=Look.TITLE, span=wide),),
        *((Cell(value=_text(line), look=Look.LINE, span=wide),) for line in lines),
        tuple(Cell(value=column.head, look=Look.HEADER) for column in COLUMNS),
    )


def _body(source: Source, rows: Sequence[Row], words: Words, lists: _Lists) -> Iterator[tuple[Cell, ...]]:
    number = 0
    for area in source.edition.areas:
        mine = [row for row in rows if row.mark.area == area.id]
        if mine:
            yield _area(area, mine)
        for row in mine:
            number += 1
            yield (*_locked(source, row, number, words), *_inputs(row, words, lists))


def _area(area: Area, rows: Sequence[Row]) -> tuple[Cell, ...]:
    most = sum((row.mark.max for row in rows if not isinstance(row.mark, Excluded)), Decimal(0))
    points = sum((row.mark.points for row in rows if isinstance(row.mark, Points)), Decimal(0))
    told = sum((row.declared_points for row in rows if row.declared_points is not None), Decimal(0))
    said = {"number": str(area.number), "title": area.title}
    sums = {"max": most, "declared_points": told, "points": points}
    return tuple(
        Cell(value=shown(sums[column.id]), look=Look.SUM)
        if column.id in sums
        else Cell(value=said.get(column.id), look=Look.GROUP)
        for column in COLUMNS
    )


def _locked(source: Source, row: Row, number: int, words: Words) -> Iterator[Cell]:
    mark, criterion = row.mark, criterion_of(source.edition, row.criterion)
    measure = measure_of(criterion, source.measures)
    told = declared_measure(criterion, measure)
    seen = "" if mark.measured is None else words.value(mark.measured, measure)
    if not seen and mark.readings:
        seen = because(mark, criterion, measure, words)
    links = [link for link in row.links if web_address(link)]
    yield Cell(value=number, look=Look.CENTRE)
    yield Cell(value=mark.criterion, look=Look.CENTRE)
    yield Cell(value=_text(criterion.title))
    yield Cell(value=shown(mark.max), look=Look.NUMBER)
    yield Cell(value=_text("" if mark.declared is None else words.value(mark.declared, told)))
    yield Cell(value=None if row.declared_points is None else shown(row.declared_points), look=Look.NUMBER)
    yield Cell(value=_text(seen))
    yield _by_rule(mark)
    yield Cell(value=_text(_clash(row, words)), look=Look.WARNING if mark.contradiction else Look.BODY)
    yield Cell(value=_text(explanation_text(mark.explanation, words) if mark.explanation else ""))
    shown_links = [*([words.text("appraisal.note", note=row.note)] if row.note else []), *row.links]
    # A link takes a whole cell, of which some programs then print one line only: where more stands there, it is text.
    yield Cell(value=_text("\n".join(shown_links)), link=links[0] if links and len(shown_links) == 1 else "")


def _clash(row: Row, words: Words) -> str:
    """Say that both sides differ, what the agency answered, and what the council decided of it."""
    lines = [words.text("appraisal.contradiction")] if row.mark.contradiction else []
    if row.case is not None:
        lines += [words.text("appraisal.answer", text=one.text, link=one.link).strip() for one in row.case.answers]
        if decision := row.case.decision:
            said = "accepted" if decision.accepted else "rejected"
            lines.append(words.text(f"appraisal.{said}", reason=decision.reason, document=decision.document))
    return "\n".join(lines)


def _by_rule(mark: Mark) -> Cell:
    match mark:
        case Points():
            return Cell(value=shown(mark.points), look=Look.NUMBER)
        case Pending():
            return Cell(value=f"chưa xác định ({two(mark.low)} – {two(mark.high)})")
        case Excluded():
            return Cell(value="không áp dụng")


def _inputs(row: Row, words: Words, lists: _Lists) -> Iterator[Cell]:
    standing = row.standing
    if row.measure is None:
        yield from (Cell(value=None) for _ in INPUTS)
        return
    choices = tuple(answers(row.measure, words))
    hint = words.text(f"appraisal.{row.measure.kind}")
    only = row.measure.kind in {Kind.BOOLEAN, Kind.WORD}
    message = hint if only or not choices else f"{hint} {words.text('appraisal.or', words=', '.join(choices))}"
    rule = Rule(kind=RuleKind.LIST, source=lists.source(choices), message=hint, refusal=hint) if only else None
    value = answer_text(standing.value, row.measure, words) if standing else None
    yield Cell(value=value, look=Look.INPUT, rule=rule, hint="" if only else message)
    yield from (
        Cell(value=_text(getattr(standing, name)) if standing else None, look=Look.INPUT)
        for name in ("reason", "document", "person")
    )


def _record(told: Mapping[str, str], rows: _Rows, lists: _Lists) -> _Rows:
    """Repeat the sheet as it was exported, so that whatever was changed is seen; the lists stand beside."""
    lines = [[Cell(value=name, look=Look.PLAIN), Cell(value=text, look=Look.PLAIN)] for name, text in told.items()]
    lines += [[] for _ in range(RECORD_HEAD - len(lines))]
    lines += [[Cell(value=cell.value, look=Look.PLAIN) for cell in row] for row in rows]
    lines += [[] for _ in range(len(lists.words) - len(lines))]
    at = ord(_LIST_COLUMN) - ord("A")
    for place, word in enumerate(lists.words):
        lines[place] += [Cell(look=Look.PLAIN)] * (at - len(lines[place])) + [Cell(value=word, look=Look.PLAIN)]
    return tuple(tuple(line) for line in lines)


def _text(text: str) -> str | None:
    return visible(text)[:_MOST_TEXT] or None
