"""The council's letters in a language, as plain text and as HTML: both say the same."""

from collections.abc import Iterator

from auditor.model.council import Contradiction, PeriodState
from auditor.model.council_letter import ContradictionLetter, CouncilLetter, ResultLetter
from auditor.model.kinds import declared_measure
from auditor.model.mark import Excluded, Mark, Pending, Points
from auditor.model.note import Json
from reports.letter import Rendered, letter_words, markup, plain
from reports.numbers import pointed
from reports.prices import because
from reports.view import area_of, criterion_of, law_day, local_day, local_time
from reports.visible import one_line
from reports.words import Words

__all__ = ["render_council_letter"]

_Rows = list[tuple[str, str]]


def render_council_letter(letter: CouncilLetter, language: str | None = None) -> Rendered:
    """Give a letter in its own language, or in the one asked for. The same letter gives the same bytes."""
    words = letter_words(language or letter.language)
    values = _values(letter, words)
    return Rendered(
        subject=str(values["subject"]),
        text=plain().get_template("letter_council.txt.j2").render(values).strip() + "\n",
        html=markup().get_template("letter_council.html.j2").render(values),
        payload=_payload(letter),
    )


def _values(letter: CouncilLetter, words: Words) -> dict[str, object]:
    english = words.language == "en"
    name = letter.agency.name_en if english and letter.agency.name_en else letter.agency.name
    edition = letter.edition.title_en if english and letter.edition.title_en else letter.edition.title
    own = _result(letter, words) if isinstance(letter, ResultLetter) else _contradictions(letter, words)
    return {
        "language": words.language,
        "say": words.text,
        "name": one_line(name),
        "edition": one_line(edition),
        "verified": letter.edition.verified,
        "legal_basis": one_line(letter.edition.legal_basis),
        "contact": one_line(letter.contact.removeprefix("mailto:")),
        "run": "",
        **own,
    }


def _result(letter: ResultLetter, words: Words) -> dict[str, object]:
    period, state, standing = letter.period, letter.step.state.value, letter.standing
    facts: dict[str, Json] = {
        "title": one_line(period.title),
        "until": local_day(period.complain_until),
        "person": one_line(letter.step.person),
        "document": one_line(letter.step.document),
        "from": local_day(period.data_from),
        "to": local_day(period.data_to),
        "period": one_line(period.id),
        "code": one_line(letter.agency.code),
    }
    sections = [(words.text("letter.result.standing"), _standing_rows(letter, words))]
    lost = [_mark_row(letter, mark, words) for mark in standing.marks if _lost(mark)]
    if lost:
        sections.append((words.text("letter.result.marks"), lost))
    lines = ("opening", "window") if letter.step.state is PeriodState.DRAFT else ("opening",)
    return {
        "subject": words.text(f"letter.subject.result.{state}", **facts),
        "opening": [words.text(f"letter.result.{state}.{line}", **facts) for line in lines],
        "sections": sections,
        "foot": words.text("letter.result.foot", **facts),
    }


def _standing_rows(letter: ResultLetter, words: Words) -> _Rows:
    standing = letter.standing
    percent = "–" if standing.percent is None else f"{words.two(standing.percent)} %"
    rows = [
        (
            words.text("letter.result.total"),
            words.text(
                "letter.result.of",
                points=words.two(standing.points),
                possible=words.two(standing.possible),
                percent=percent,
            ),
        )
    ]
    if standing.rank is None:
        why = one_line(words.say(standing.reason)) if standing.reason else ""
        rows.append((words.text("letter.result.rank"), words.text("letter.result.unranked", why=why)))
    else:
        place = words.text("letter.result.place", rank=standing.rank, count=letter.ranked)
        rows.append((words.text("letter.result.rank"), place))
    if standing.class_name:
        rows.append((words.text("letter.result.class"), one_line(standing.class_name)))
    for area in standing.areas:
        if area.possible:
            told = words.text(
                "letter.result.of",
                points=words.two(area.points),
                possible=words.two(area.possible),
                percent="–" if area.percent is None else f"{words.two(area.percent)} %",
            )
            rows.append((one_line(area_of(letter.edition, area.area).title), told))
    return rows


def _lost(mark: Mark) -> bool:
    return isinstance(mark, Pending) or (isinstance(mark, Points) and mark.points < mark.max) or isinstance(mark, Excluded)


def _mark_row(letter: ResultLetter, mark: Mark, words: Words) -> tuple[str, str]:
    criterion = criterion_of(letter.edition, mark.criterion)
    measure = letter.measures.get(criterion.measure) if criterion.measure else None
    match mark:
        case Points():
            worth = f"{words.two(mark.points)} / {words.two(mark.max)}"
        case Pending():
            worth = f"{words.two(mark.low)} – {words.two(mark.high)} / {words.two(mark.max)}"
        case Excluded():
            worth = words.text("letter.result.excluded")
    title = criterion.title_en if words.language == "en" and criterion.title_en else criterion.title
    return one_line(f"{criterion.id} {title}"), f"{worth}. {one_line(because(mark, criterion, measure, words))}"


def _contradictions(letter: ContradictionLetter, words: Words) -> dict[str, object]:
    deadline = max(one.opening.deadline for one in letter.cases)
    facts: dict[str, Json] = {
        "count": len(letter.cases),
        "days": max(one.opening.answer_days for one in letter.cases),
        "until": local_day(deadline),
        "code": one_line(letter.agency.code),
        "at": local_time(letter.at),
    }
    return {
        "subject": words.text("letter.subject.contradiction", **facts),
        "opening": [words.text("letter.contradiction.opening", **facts)],
        "sections": [_case(letter, one, words) for one in letter.cases],
        "foot": words.text("letter.contradiction.foot", **facts),
    }


def _case(letter: ContradictionLetter, one: Contradiction, words: Words) -> tuple[str, _Rows]:
    opening = one.opening
    criterion = criterion_of(letter.edition, opening.criterion)
    measure = letter.measures.get(criterion.measure) if criterion.measure else None
    title = criterion.title_en if words.language == "en" and criterion.title_en else criterion.title
    rows = [
        (words.text("letter.contradiction.declared"), words.value(opening.declared, declared_measure(criterion, measure))),
        (words.text("letter.contradiction.measured"), words.value(opening.measured, measure)),
        (words.text("letter.basis"), criterion.basis_on(law_day(letter.edition, letter.at))),
        *((words.text("letter.proof"), line) for line in _proofs(one)),
        (words.text("letter.contradiction.until"), words.text("letter.contradiction.days", days=opening.answer_days)),
    ]
    return one_line(f"{criterion.id} {title}"), [(label, one_line(said)) for label, said in rows]


def _proofs(one: Contradiction) -> Iterator[str]:
    for proof in (*one.opening.declared_proofs, *one.opening.measured_proofs):
        place = f" ({proof.passage})" if proof.passage and proof in one.opening.declared_proofs else ""
        yield f"{proof.url or proof.digest}{place}"


def _payload(letter: CouncilLetter) -> dict[str, Json]:
    """Give what a webhook gets: the same letter as data."""
    common: dict[str, Json] = {"key": letter.key, "agency": letter.agency.code, "at": letter.at.isoformat()}
    if isinstance(letter, ContradictionLetter):
        named: list[Json] = [
            {
                "criterion": one.opening.criterion,
                "answer_days": one.opening.answer_days,
                "deadline": one.opening.deadline.isoformat(),
            }
            for one in letter.cases
        ]
        return {**common, "kind": "contradiction", "contradictions": named}
    standing = letter.standing
    return {
        **common,
        "kind": "result",
        "period": letter.period.id,
        "state": letter.step.state.value,
        "result": letter.step.result,
        "points": pointed(standing.points),
        "percent": None if standing.percent is None else pointed(standing.percent),
        "rank": standing.rank,
        "class": standing.class_name,
        "complain_until": letter.period.complain_until.isoformat(),
    }
