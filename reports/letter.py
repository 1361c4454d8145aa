"""A letter in a language, as plain text and as HTML: both say the same.

Whatever came from a site is shown as text: escaped, on one line, never as a link, what is invisible as a sign.
"""

import textwrap
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auditor.model.agency import Agency
from auditor.model.edition import Criterion
from auditor.model.evidence import Proof
from auditor.model.finding import Finding, FindingKind
from auditor.model.letter import Entry, Letter, Wanted, Why
from auditor.model.note import Json, Note
from auditor.model.notice import NoticeKind
from auditor.model.reading import Kind, Measure
from reports.view import local_day, local_time
from reports.visible import one_line
from reports.words import Words, vietnamese

__all__ = ["Rendered", "finding_title", "letter_words", "markup", "plain", "render_letter"]

_TEMPLATES = Path(__file__).parent / "templates"
_WIDTH = 76
_PASSAGE = 300
_PARTS = Note(key="finding.parts", text="{value}")
_CHAIN = 19
"""``sha256:`` and twelve digits name a piece of evidence well enough for ``evidence show``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A letter as it is sent."""

    subject: str
    text: str
    html: str
    payload: dict[str, Json]


@cache
def letter_words(language: str) -> Words:
    """Give the words of a language of letters."""
    return vietnamese() if language == "vi" else Words(language)


def render_letter(letter: Letter, language: str | None = None) -> Rendered:
    """Give a letter in its own language, or in the one asked for. The same letter gives the same bytes."""
    words = letter_words(language or letter.language)
    values = _values(letter, words)
    name = "access" if letter.kind is NoticeKind.ACCESS else "digest"
    return Rendered(
        subject=_subject(letter, words),
        text=plain().get_template(f"letter_{name}.txt.j2").render(values).strip() + "\n",
        html=markup().get_template(f"letter_{name}.html.j2").render(values),
        payload=_payload(letter),
    )


def finding_title(finding: Finding, criterion: Criterion | None, words: Words) -> str:
    """Name what a finding is about."""
    if finding.kind is FindingKind.CRITERION and criterion is not None:
        title = criterion.title_en if words.language == "en" and criterion.title_en else criterion.title
        return one_line(f"{criterion.id} {title}")
    over = ".over" if finding.kind is FindingKind.EXPIRY and finding.step is not None and finding.step < 0 else ""
    return words.text(f"letter.kind.{finding.kind.value}{over}")


def _subject(letter: Letter, words: Words) -> str:
    if letter.kind is NoticeKind.ACCESS:
        return words.text("letter.subject.access")
    counts = {"failing": len(letter.entries) + len(letter.more), "mended": len(letter.mended)}
    parts = [words.text(f"letter.subject.{name}", count=count) for name, count in counts.items() if count]
    return words.text("letter.subject.digest", day=local_day(letter.at), what=", ".join(parts))


def _values(letter: Letter, words: Words) -> dict[str, object]:
    english = words.language == "en"
    name, after = _name(letter.agency, english=english), letter.successor
    lasting = min((entry.life.first_seen for entry in letter.entries), default=letter.at)
    return {
        "language": words.language,
        "say": words.text,
        "subject": _subject(letter, words),
        "name": one_line(name if after is None else _name(after, english=english)),
        "successor": one_line(words.text("letter.successor", name=name)) if after else "",
        "at": local_time(letter.at),
        "edition": one_line(letter.edition.title_en if english and letter.edition.title_en else letter.edition.title),
        "verified": letter.edition.verified,
        "legal_basis": one_line(letter.edition.legal_basis),
        "standing": _standing(letter, words),
        "entries": [_entry(letter, entry, words) for entry in letter.entries],
        "more": [_line("open", entry, words) for entry in letter.more],
        "open": [_line("open", entry, words) for entry in letter.still],
        "mended": [_line("mended", entry, words) for entry in letter.mended],
        "refused": [_refused(entry, words) for entry in letter.entries],
        "grace": {"days": letter.grace.days, "first": local_day(lasting), "last": local_day(lasting + letter.grace)},
        "over": ".over" if letter.at > lasting + letter.grace else "",
        "contact": one_line(letter.contact.removeprefix("mailto:")),
        "run": one_line(letter.run),
    }


def _name(agency: Agency, *, english: bool) -> str:
    return agency.name_en if english and agency.name_en else agency.name


def _standing(letter: Letter, words: Words) -> str:
    standing = letter.standing
    if standing is None or standing.percent is None:
        return ""
    if standing.rank is None:
        return words.text("letter.standing.unranked", percent=words.two(standing.percent))
    return words.text("letter.standing", percent=words.two(standing.percent), rank=standing.rank)


def _entry(letter: Letter, entry: Entry, words: Words) -> dict[str, object]:
    finding, criterion = entry.life.finding, entry.criterion
    rows = [
        ("site", one_line(finding.site)),
        ("since", _since(entry, words)),
        ("seen", _seen(letter, finding, words)),
        ("expected", _expected(letter, entry, words)),
        ("reason", one_line(words.say(finding.because, finding.measure))),
        ("remedy", _remedy(finding, words)),
        ("basis", one_line(criterion.legal_basis) if criterion else ""),
        ("gain", _gain(entry, words)),
    ]
    return {
        "title": finding_title(finding, criterion, words),
        "why": words.text(f"letter.why.{entry.why.value}"),
        "severity": words.text(f"letter.severity.{finding.severity.value}"),
        "rank": finding.severity.value,
        "rows": [(words.text(f"letter.{key}"), said) for key, said in rows if said],
        "proofs": [_proof(proof, words) for proof in finding.evidence],
        "commands": [one_line(line) for line in entry.commands],
    }


def _since(entry: Entry, words: Words) -> str:
    first, same = local_day(entry.life.first_seen), local_day(entry.life.same_since)
    return words.text("letter.since.value" if first == same else "letter.since.changed", first=first, same=same)


def _seen(letter: Letter, finding: Finding, words: Words) -> str:
    if finding.cause is not None:
        return words.cause(finding.cause)
    if finding.parts:
        return one_line(words.say(_PARTS(value=finding.parts)))
    if finding.value is None or finding.kind is FindingKind.OUTAGE:
        return ""
    measure = letter.measures.get(finding.measure) if finding.measure else None
    said = one_line(words.value(finding.value, measure))
    return words.text("value_newest", value=said, day=local_day(finding.newest)) if finding.newest else said


def _expected(letter: Letter, entry: Entry, words: Words) -> str:
    if entry.life.finding.kind is FindingKind.OUTAGE:
        return ""
    named = bool(entry.life.finding.parts) or len({one.measure for one in entry.expected.wanted}) > 1
    parts = [_wanted(one, letter, words, named=named) for one in entry.expected.wanted]
    return words.text("letter.and" if entry.expected.every else "letter.or").join(parts)


def _wanted(one: Wanted, letter: Letter, words: Words, *, named: bool) -> str:
    # A case of several knows its measure by name only.
    measure = letter.measures.get(one.measure) or Measure(id=one.measure, kind=Kind.WORD, meaning="")
    value = bool(one.value) if measure.kind is Kind.BOOLEAN else one.value  # a share of a yes or no is a yes
    want = words.text(f"letter.want.{one.relation.value}", value=words.value(value, measure))
    return words.text("letter.want.of", measure=words.measure(one.measure), want=want) if named else want


def _remedy(finding: Finding, words: Words) -> str:
    if finding.remedy:
        return one_line(finding.remedy)
    key = f"letter.remedy.{finding.kind.value}"
    return words.text(key) if key in words.texts else ""


def _gain(entry: Entry, words: Words) -> str:
    fix = entry.fix
    if fix is None or entry.criterion is None:
        return ""
    facts: dict[str, Json] = {
        "points": words.two(fix.points),
        "percent": words.two(fix.percent),
    }
    return (
        words.text("letter.gain.value", **facts) if fix.rank is None else words.text("letter.gain.rank", **facts, rank=fix.rank)
    )


def _proof(proof: Proof, words: Words) -> list[str]:
    lines = [one_line(proof.url)] if proof.url else []
    if proof.passage:
        lines.append(words.text("letter.proof.passage", passage=one_line(proof.passage)[:_PASSAGE]))
    return [*lines, words.text("letter.proof.show", command=f"auditor evidence show {proof.digest[:_CHAIN]}")]


def _line(which: str, entry: Entry, words: Words) -> str:
    finding = entry.life.finding
    facts: dict[str, Json] = {
        "title": finding_title(finding, entry.criterion, words),
        "site": one_line(finding.site),
        "first": local_day(entry.life.first_seen),
        "until": local_day(entry.life.recovered_at or entry.life.last_seen),
    }
    return words.text(f"letter.{which}.line", **facts)


def _refused(entry: Entry, words: Words) -> str:
    finding = entry.life.finding
    cause = words.cause(finding.cause) if finding.cause else ""
    return words.text("letter.access.line", site=one_line(finding.site), first=local_day(entry.life.first_seen), cause=cause)


def _payload(letter: Letter) -> dict[str, Json]:
    """Give what a webhook gets: the same letter as data."""
    told = [*letter.entries, *letter.more, *letter.mended]
    return {
        "key": letter.key,
        "kind": letter.kind.value,
        "agency": letter.agency.code,
        "run": letter.run,
        "at": letter.at.isoformat(),
        "findings": [_finding_json(entry) for entry in told],
        "open": [_finding_json(entry) for entry in letter.still],
    }


def _finding_json(entry: Entry) -> dict[str, Json]:
    life, finding = entry.life, entry.life.finding

    def moment(at: datetime | None) -> str | None:
        return at.isoformat() if at else None

    return {
        "why": entry.why.value if entry.why is Why.MENDED or life.recovered_at is None else Why.MENDED.value,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "site": finding.site,
        "criterion": finding.criterion,
        "measure": finding.measure,
        "cause": finding.cause.value if finding.cause else None,
        "because": str(finding.because),
        "fingerprint": finding.fingerprint,
        "first_seen": moment(life.first_seen),
        "same_since": moment(life.same_since),
        "recovered_at": moment(life.recovered_at),
        "points": str(entry.fix.points) if entry.fix else None,
        "evidence": [proof.digest for proof in finding.evidence],
    }


def _wrapped(text: str, indent: str = "") -> str:
    """Break a paragraph as mail is read; what has no spaces (an address) stays whole."""
    lines = textwrap.wrap(
        text, _WIDTH, initial_indent="", subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines)


def _row(pair: tuple[str, str]) -> str:
    return _wrapped(f"{pair[0]}: {pair[1]}", "    ")


@cache
def plain() -> Environment:
    """Give what renders letters as plain text."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=False,  # noqa: S701 - plain text; every value was put on one line, its hidden characters as signs
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["wrapped"] = _wrapped
    made.filters["row"] = _row
    return made


@cache
def markup() -> Environment:
    """Give what renders letters as HTML."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
