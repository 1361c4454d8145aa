"""Nights for tests of findings: what each of them shows of a small province, and the lives and letters that come of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from province import MEASURES, STATES, case, criterion, proof, record, registry

from auditor.findings.letters import Desk, letters
from auditor.findings.rules import Fails, Fine, Unknown, advance
from auditor.findings.sights import sights
from auditor.judge import fixes, judge
from auditor.model.alert import AlertRules, Rule
from auditor.model.finding import Finding, FindingKey, FindingKind, Severity
from auditor.model.note import Note
from auditor.model.reading import Kind, Measure, Measured
from auditor.model.scale import Best, Case, Step, Steps

FIRST = datetime(2019, 3, 1, 20, tzinfo=UTC)
UP, LEFT = "uptime.availability", "tls.days_left"
ALL = {
    **MEASURES,
    UP: Measure(id=UP, kind=Kind.SHARE, meaning="x"),
    LEFT: Measure(id=LEFT, kind=Kind.DAYS, meaning="x"),
}
RULES = AlertRules(
    kinds={
        FindingKind.OUTAGE: Rule(severity=Severity.HIGH, nights=1, mended=2),
        FindingKind.EXPIRY: Rule(severity=Severity.HIGH, nights=1),
        FindingKind.ACCESS: Rule(severity=Severity.MEDIUM, nights=1),
    },
    measures={"a.state": Rule(severity=Severity.LOW), "b.*": Rule(tell=False)},
    remind={Severity.HIGH: (7, 30, 90), Severity.MEDIUM: (30, 90), Severity.LOW: (90,)},
    expiry={LEFT: (30, 14, 7, 1)},
)
CRITERIA = (
    criterion("1", title="Có trang chủ", remedy="Sửa ngay."),
    criterion("2", measure="a.state", scale=STATES),
    criterion("3", measure=LEFT, scale=Steps(steps=(Step(points=Decimal(2), at_least=Decimal(30)),))),
    criterion(
        "4",
        measure=None,
        scale=Best(
            cases=(
                Case(measure="a.yes", equals=True, points=Decimal(1)),
                Case(measure="a.count", at_least=Decimal(3), points=Decimal(2)),
            )
        ),
    ),
)
EXPIRES = Note(key="tls.days_left", text="The certificate is valid until {until}: {days} more days.")


def night(number):
    return FIRST + timedelta(days=number)


def finding(
    subject="1", kind=FindingKind.CRITERION, *, agency="so-a", severity=Severity.MEDIUM, step=None, seen="x", measure="a.yes"
):
    return Finding(
        agency=agency, site=f"https://{agency}.test/", kind=kind, subject=subject, severity=severity, criterion=subject or None,
        measure=measure, probe="p", because=Note(key="test", text="seen"), remedy="sửa", evidence=(proof(),), observed_at=FIRST,
        fingerprint=seen, step=step,
    )  # fmt: skip


def key_of(**given):
    return finding(**given).key


def lived(shown, *, rules=RULES, start=0, reachable=("so-a",), explained="", **given):
    """Live through nights, each ``F`` (fails), ``.`` (fine) or ``?`` (unknown); give the lives and what was told, by night.

    Of an explanation that stands, ``explained`` says ``E`` at the night's place.
    """
    one = finding(**given)
    lives, told = (), {}
    for number, what in enumerate(shown, start):
        sight = {"F": Fails(finding=one), ".": Fine(), "?": Unknown()}[what]
        held = {(one.agency, one.criterion)} if explained[number - start :][:1] == "E" else ()
        done = advance(lives, {one.key: sight}, at=night(number), rules=rules, reachable=reachable, explained=held)
        lives = done.lives
        if done.tellings:
            told[number] = [telling.why.value for telling in done.tellings]
    return lives, told


def read(outcome, measure, *, agency="so-a", site=None, until=None, because=None):
    """Give tonight's reading."""
    found = record(outcome, agency, measure, site=site)
    if until is not None:
        found = replace(found, reading=replace(found.reading, because=EXPIRES(until=until, days=0)))
    return replace(found, reading=replace(found.reading, because=because)) if because else found


def seen(records, *, criteria=CRITERIA, rules=RULES, at=FIRST, resting=(), codes=("so-a",), before=(), lately=None, **given):
    """Give tonight's case, ranking and sights."""
    asked = replace(case(*criteria, records=records, registry=registry(*codes), as_of=at, run="r", **given), measures=ALL)
    ranking = judge(asked)
    return asked, ranking, sights(asked, ranking, records, rules, resting=resting, before=before, lately=lately)


def written(nights, *, rules=RULES, codes=("so-a",), to=("so-a",), **given):
    """Live through nights of readings; give each night's letters and its readings."""
    lives, found = (), []
    for number, records in enumerate(nights):
        at = night(number)
        asked, ranking, shown = seen(records, rules=rules, at=at, codes=codes, before=lives, **given)
        done = advance(lives, shown, at=at, rules=rules, reachable=frozenset(to))
        lives = done.lives
        desk = Desk(
            case=asked, ranking=ranking, rules=rules, to={code: (f"a@{code}.test",) for code in to},
            fixes={code: fixes(asked, ranking, code) for code in codes}, contact="mailto:kiemtra@tinh.test",
        )  # fmt: skip
        found.append(letters(desk, done, at=at))
    return found


def is_measured(found):
    return isinstance(found.reading, Measured)


__all__ = [
    "ALL",
    "CRITERIA",
    "FIRST",
    "LEFT",
    "RULES",
    "UP",
    "FindingKey",
    "finding",
    "is_measured",
    "key_of",
    "lived",
    "night",
    "read",
    "seen",
    "written",
]
