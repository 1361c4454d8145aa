"""Small provinces imagined from bytes, for the judge's properties: every scale, source and join, several sites, penalties under
floors, failed visits, missing and closed declarations, and the council's values. Fewer and smaller bytes give a plainer province.
"""

from dataclasses import dataclass
from decimal import Decimal as D

from province import NOW, appraisal, declaration, edition, record

from auditor.judge import Case
from auditor.model.agency import Agency, Group, Registry, SiteRole, SiteRow
from auditor.model.edition import Criterion, Over, Source
from auditor.model.reading import Kind, Measure
from auditor.model.scale import Best, Count, Fraction, Penalty, Piecewise, Ratio, Relative, Step, Steps, Table, Weighted, YesNo
from auditor.model.scale import Case as When
from auditor.model.visit import Cause

CODES = ("so-a", "so-b", "huyen-c", "so-d")
VALUES = {
    Kind.BOOLEAN: (False, True),
    Kind.SHARE: (D(0), D("0.2"), D(1) / 3, D("0.5"), D("0.75"), D(1)),
    Kind.COUNT: (0, 1, 3, 7, 30),
    Kind.WORD: ("missing", "empty", "present"),
}
"""By kind, from the worst to the best; of penalties the other way round."""
UNKNOWN = (None, Cause.CRASHED, Cause.CONNECT, Cause.CHALLENGE, Cause.AMBIGUOUS)
NO_DUTY, GONE, STALE = "no duty", "gone", "stale"
WORDS = VALUES[Kind.WORD]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A scale and the kinds of what it reads."""

    scale: object
    kinds: tuple[Kind, ...]
    most: D
    declarable: bool = True


SHAPES = (
    Shape(scale=YesNo(yes=D(2)), kinds=(Kind.BOOLEAN,), most=D(2)),
    Shape(scale=YesNo(yes=D(2), no=D("0.5")), kinds=(Kind.BOOLEAN,), most=D(2)),
    Shape(scale=Ratio(), kinds=(Kind.SHARE,), most=D("3.3")),
    Shape(scale=Steps(steps=(Step(at_least=D(7), points=D(3)), Step(at_least=D(2), points=D("1.5"))), otherwise=D("0.25")), kinds=(Kind.COUNT,), most=D(3)),
    Shape(scale=Piecewise(floor=D("0.3"), norm=D("0.7")), kinds=(Kind.SHARE,), most=D(7)),
    Shape(scale=Relative(), kinds=(Kind.COUNT,), most=D(2)),
    Shape(scale=Relative(), kinds=(Kind.SHARE,), most=D(5)),
    Shape(scale=Count(each=D("0.3")), kinds=(Kind.COUNT,), most=D(1)),
    Shape(scale="best", kinds=(Kind.BOOLEAN, Kind.COUNT), most=D(4), declarable=False),
    Shape(scale="weighted", kinds=(Kind.SHARE, Kind.BOOLEAN), most=D(3), declarable=False),
    Shape(scale=Table(table={"present": D(2), "empty": D("0.5"), "missing": D(0)}), kinds=(Kind.WORD,), most=D(2)),
    Shape(scale=Penalty(each=D("0.7"), most=D(3)), kinds=(Kind.COUNT,), most=D(0)),
)  # fmt: skip


class Bytes:
    """Choices one after another; when the bytes are over, always the first."""

    def __init__(self, body):
        self._left = iter(body)

    def of(self, choices):
        return choices[next(self._left, 0) % len(choices)]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One imagined criterion."""

    criterion: Criterion
    shape: Shape
    measures: tuple[Measure, ...]

    @property
    def relative(self):
        return isinstance(self.shape.scale, Relative)

    @property
    def penalty(self):
        return isinstance(self.shape.scale, Penalty)

    def values(self, measure):
        """Give a measure's values from the worst to the best."""
        return tuple(reversed(VALUES[measure.kind])) if self.penalty else VALUES[measure.kind]


@dataclass(frozen=True, kw_only=True)
class World:
    """A province as it is imagined; ``replace`` gives another one."""

    rules: tuple[Rule, ...]
    codes: tuple[str, ...]
    sites: dict
    seen: dict
    told: dict
    appraised: dict
    closed: bool
    floor: str
    min_coverage: str

    def case(self, rules=None, arrange=lambda things: things):
        """Give it as a case; ``arrange`` may put every list of it into another order."""
        rules = self.rules if rules is None else rules
        records = [r for (code, url, measure), outcome in self.seen.items() for r in told_by(outcome, code, url, measure)]
        blocks = arrange(
            [
                [SiteRow(agency=code, url=url, role=SiteRole.PORTAL, confirmed=True) for url in self.sites[code]]
                for code in self.codes
            ]
        )
        agencies = [Agency(code=code, name=code, name_en=code, group=group_of(code)) for code in self.codes]
        criteria = arrange([rule.criterion for rule in rules])
        return Case(
            edition=edition(*criteria, floor=self.floor, min_coverage=self.min_coverage),
            registry=Registry(
                groups=(Group(id="1", title="Sở", title_en="D"), Group(id="2", title="Huyện", title_en="D")),
                agencies=tuple(arrange(agencies)), rows=tuple(row for block in blocks for row in block),
            ),
            measures={m.id: m for rule in self.rules for m in rule.measures},
            as_of=NOW,
            records=tuple(arrange(records)),
            declarations=tuple(arrange([declaration(value, code, name) for (code, name), value in self.told.items()])),
            appraisals=tuple(arrange([appraisal(value, code, name) for (code, name), value in self.appraised.items()])),
            declarations_closed=self.closed,
        )  # fmt: skip

    def inputs(self, code, rule):
        """Give the keys of what is seen of a criterion of an agency."""
        return [(code, url, m.id) for url in self.sites[code] for m in rule.measures]


def group_of(code):
    return "2" if code.startswith("huyen") else "1"


def told_by(outcome, code, url, measure):
    """Give the readings of an outcome."""
    if outcome is None:
        return []
    if outcome == GONE:
        return [record(Cause.CONNECT, code, measure, days_ago=20, site=url), record(Cause.TIMEOUT, code, measure, site=url)]
    if isinstance(outcome, tuple):
        return [record(outcome[1], code, measure, days_ago=3, site=url), record(Cause.CONNECT, code, measure, site=url)]
    return [record(outcome, code, measure, site=url)]


def imagine(body):
    """Give the province of these bytes."""
    take = Bytes(body)
    codes = CODES[: 2 + take.of(range(len(CODES) - 1))]
    rules = tuple(_rule(take, number) for number in range(1, 2 + take.of(range(3))))
    sites = {code: tuple(f"https://{code}.test/{part}" for part in range(1 + take.of((0, 0, 1)))) for code in codes}
    seen, told, appraised = {}, {}, {}
    for code in codes:
        for rule in rules:
            for url in sites[code] if rule.criterion.source is not Source.DECLARED else ():
                for measure in rule.measures:
                    seen[code, url, measure.id] = _outcome(take, rule, measure)
            if rule.criterion.source is not Source.MEASURED and take.of((True, True, False)):
                told[code, rule.criterion.id] = take.of(rule.values(rule.measures[0]))
            if take.of((False,) * 7 + (True,)):
                shares = VALUES[Kind.SHARE]
                appraised[code, rule.criterion.id] = take.of(rule.values(rule.measures[0]) if rule.shape.declarable else shares)
    return World(
        rules=rules, codes=codes, sites=sites, seen=seen, told=told, appraised=appraised, closed=take.of((False, True)),
        floor=take.of(("0", "-10", "-1")), min_coverage=take.of(("0", "0.5")),
    )  # fmt: skip


def _rule(take, number):
    shape = take.of(SHAPES)
    source = take.of(tuple(Source)) if shape.declarable else Source.MEASURED
    measures = tuple(
        Measure(id=f"m{number}.{kind}", kind=kind, meaning="x", words=WORDS if kind is Kind.WORD else ()) for kind in shape.kinds
    )
    scale = shape.scale
    if scale == "best":
        scale = Best(
            cases=(
                When(measure=measures[0].id, equals=True, points=D(4)),
                When(measure=measures[1].id, at_least=D(3), points=D("2.5")),
            )
        )
    elif scale == "weighted":
        scale = Weighted(fractions=(Fraction(measure=measures[0].id, weight=D(2)), Fraction(measure=measures[1].id, weight=D(1))))
    declared = source is not Source.MEASURED
    criterion = Criterion(
        id=str(number), area=take.of(("portal", "policy")), title=f"Tiêu chí {number}", groups=take.of((("1", "2"), ("1",))),
        max_points=shape.most, source=source, scale=scale, measure=measures[0].id if len(measures) == 1 and source is not Source.DECLARED else None,
        declared_kind=measures[0].kind.value if declared else None, declared_words=WORDS if declared and measures[0].kind is Kind.WORD else (),
        over=take.of(tuple(Over)), legal_basis="luật", remedy="sửa",
    )  # fmt: skip
    return Rule(criterion=criterion, shape=shape, measures=measures)


def _outcome(take, rule, measure):
    kind = take.of(("value",) * 6 + (NO_DUTY, GONE, STALE) + ("unknown",) * 3)
    value = take.of(rule.values(measure))
    if kind == "unknown":
        return take.of(UNKNOWN)
    return (STALE, value) if kind == STALE else kind if kind in {NO_DUTY, GONE} else value


def unknown(outcome):
    """Tell whether an outcome leaves open what is there."""
    return outcome is None or (isinstance(outcome, Cause))
