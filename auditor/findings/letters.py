"""What stands in which letter: one digest an agency and run, and apart from it the request for access. PURE."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from auditor.findings.commands import commands
from auditor.findings.expected import expected
from auditor.findings.rules import Advanced, Telling
from auditor.judge import Case
from auditor.model.agency import Agency
from auditor.model.alert import AlertRules
from auditor.model.edition import Criterion
from auditor.model.finding import Finding, FindingKind, FindingLife, FindingState, Severity
from auditor.model.ids import AgencyId, CriterionId
from auditor.model.letter import Entry, Expected, Letter, Why
from auditor.model.notice import NoticeKind
from auditor.model.ranking import Fix, Ranking, Standing

__all__ = ["Desk", "letters"]

_SEVERITIES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)
_KINDS = (FindingKind.OUTAGE, FindingKind.EXPIRY, FindingKind.ACCESS, FindingKind.CRITERION)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What letters are written from. ``to`` gives the addresses of each agency, ``fixes`` what it would gain.

    ``successors`` names who has the duties of one that has merged.
    """

    case: Case
    ranking: Ranking
    rules: AlertRules
    to: Mapping[AgencyId, tuple[str, ...]]
    fixes: Mapping[AgencyId, tuple[Fix, ...]] = field(default_factory=dict)
    contact: str = ""
    successors: Mapping[AgencyId, Agency] = field(default_factory=dict)


def letters(desk: Desk, advanced: Advanced, *, at: datetime) -> tuple[Letter, ...]:
    """Give the letters of a run, by agency: nobody gets one who has nothing new, due or mended."""
    found: list[Letter] = []
    for agency in desk.case.agencies:
        told = [telling for telling in advanced.tellings if telling.life.finding.agency == agency.code]
        if told:
            found += _of(desk, advanced, agency, told, at)
    return tuple(found)


def _of(desk: Desk, advanced: Advanced, agency: Agency, told: list[Telling], at: datetime) -> Iterator[Letter]:
    refusals = [t for t in told if t.life.finding.kind is FindingKind.ACCESS and t.why is not Why.MENDED]
    failing = [t for t in told if t not in refusals and t.why is not Why.MENDED]
    mended = [t for t in told if t.why is Why.MENDED]
    if failing or mended:
        entries = _sorted(_entry(desk, t.why, t.life) for t in failing)
        named = {t.life.finding.key for t in told}
        rest = (life for life in advanced.lives if life.finding.agency == agency.code and life.finding.key not in named)
        standing = (life for life in rest if _still(life, advanced))
        yield _letter(
            desk,
            agency,
            at,
            NoticeKind.DIGEST,
            entries,
            mended=_sorted(_entry(desk, Why.MENDED, t.life) for t in mended),
            still=_sorted(_entry(desk, Why.REMINDER, life) for life in standing),
        )
    if refusals:
        yield _letter(desk, agency, at, NoticeKind.ACCESS, _sorted(_entry(desk, t.why, t.life) for t in refusals))


def _still(life: FindingLife, advanced: Advanced) -> bool:
    """Tell whether a finding was told before and was really seen failing again tonight."""
    believed = life.state is FindingState.FAILING and life.told > 0
    return believed and life.finding.key in advanced.seen and life.finding.kind is not FindingKind.ACCESS


def _letter(
    desk: Desk,
    agency: Agency,
    at: datetime,
    kind: NoticeKind,
    entries: tuple[Entry, ...],
    *,
    mended: tuple[Entry, ...] = (),
    still: tuple[Entry, ...] = (),
) -> Letter:
    assert desk.case.run is not None
    return Letter(
        kind=kind,
        agency=agency,
        to=desk.to.get(agency.code, ()),
        successor=desk.successors.get(agency.code),
        run=desk.case.run,
        at=at,
        language=desk.rules.language_of(agency.code),
        edition=desk.case.edition,
        measures=desk.case.measures,
        standing=_standing(desk.ranking, agency.code),
        entries=entries[: desk.rules.details],
        more=entries[desk.rules.details :],
        mended=mended,
        still=still,
        grace=desk.case.edition.refusal_grace,
        contact=desk.contact,
    )


def _entry(desk: Desk, why: Why, life: FindingLife) -> Entry:
    finding = life.finding
    criterion = _criterion(desk, finding.criterion)
    gains = (fix for fix in desk.fixes.get(finding.agency, ()) if fix.criterion == finding.criterion)
    return Entry(
        why=why,
        life=life,
        criterion=criterion,
        expected=_lacking(expected(criterion), finding) if criterion else Expected(),
        fix=next(gains, None),
        commands=commands(finding),
    )


def _lacking(asked: Expected, finding: Finding) -> Expected:
    """Leave out of what is asked together that which is there: an engineer looks for what lacks."""
    if not asked.every or not finding.parts:
        return asked
    named = {part.partition(" = ")[0] for part in finding.parts.split(", ")}
    return replace(asked, wanted=tuple(one for one in asked.wanted if one.measure in named))


def _criterion(desk: Desk, name: CriterionId | None) -> Criterion | None:
    mine = (criterion for criterion in desk.case.edition.criteria if criterion.id == name)
    return next((criterion.on(desk.case.day) for criterion in mine), None)


def _standing(ranking: Ranking, code: AgencyId) -> Standing | None:
    rows = (row for group in ranking.groups for row in (*group.rows, *group.unranked))
    return next((row for row in rows if row.agency == code), None)


def _sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Put what matters most first: by severity, kind, points to be gained, and then by name."""

    def order(entry: Entry) -> tuple[int, int, Decimal, str, str]:
        finding = entry.life.finding
        gain = entry.fix.points if entry.fix else Decimal(0)
        return (_SEVERITIES.index(finding.severity), _KINDS.index(finding.kind), -gain, finding.site, finding.subject)

    return tuple(sorted(entries, key=order))
