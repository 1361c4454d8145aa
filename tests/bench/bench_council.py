"""The council's sums, measured: 40 agencies judged, ranked and reported, and 10,000 judged and ranked; 100 criteria of all scales.

As a program it is one contender in a process of its own: ``reported FOLDER``, ``ranked AGENCIES``, or ``filled FOLDER NIGHTS`` and
then ``told FOLDER``: what a judgement takes once so many nights have been published.
"""

import json
import random
import resource
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from imagined import SHAPES, VALUES
from province import NOTE, NOW, edition, proof

from auditor.judge import Case, fixes_of, judge
from auditor.model.agency import Agency, Group, Registry, SiteRole, SiteRow
from auditor.model.declaration import Declaration
from auditor.model.edition import Criterion, Source
from auditor.model.evidence import digest_of
from auditor.model.reading import Kind, Measure, Measured, ReadingRecord, Unavailable
from auditor.model.run import Run, RunKind, RunState
from auditor.model.scale import Best, Fraction, Weighted
from auditor.model.scale import Case as When
from auditor.model.visit import Cause, Ending, Visit, VisitRecord

CRITERIA, FEW, MANY, AT_ONCE, NIGHTS = 100, 40, 10_000, 1_000, 60
SOURCES = (
    Source.MEASURED,
    Source.MEASURED,
    Source.DECLARED,
    Source.LOWER_OF,
    Source.MEASURED_ELSE_DECLARED,
    Source.MEASURED_CAPS_DECLARED,
)


def rules():
    """Give the criteria, with the measures of each and the kind of its value."""
    found = []
    for number in range(CRITERIA):
        shape = SHAPES[number % len(SHAPES)]
        source = SOURCES[number % len(SOURCES)] if shape.declarable else Source.MEASURED
        measures = tuple(
            Measure(id=f"m{number}.{kind}", kind=kind, meaning="x", words=VALUES[kind] if kind is Kind.WORD else ())
            for kind in shape.kinds
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
            scale = Weighted(
                fractions=(Fraction(measure=measures[0].id, weight=D(2)), Fraction(measure=measures[1].id, weight=D(1)))
            )
        criterion = Criterion(
            id=f"{1 + number // 20}.{1 + number % 20}", area=("portal", "policy")[number % 2], title=f"Tiêu chí {number}", groups=("1",), max_points=shape.most,
            source=source, scale=scale, measure=measures[0].id if len(measures) == 1 and source is not Source.DECLARED else None,
            declared_kind=measures[0].kind.value if source is not Source.MEASURED else None, legal_basis="luật", remedy="sửa",
        )  # fmt: skip
        found.append((criterion, measures))
    return found


def province(agencies):
    """Give a case: a reading a measure and site, a declaration where one is asked for; some visits failed."""
    chance, made = random.Random(7), rules()
    codes = [f"so-{number:05d}" for number in range(agencies)]
    records, told = [], []
    for code in codes:
        site, seen = f"https://{code}.test/", (proof(code),)
        for criterion, measures in made:
            for measure in measures if criterion.source is not Source.DECLARED else ():
                common = {"measure": measure.id, "because": NOTE, "evidence": seen}
                failed = chance.random() < 0.001
                reading = (
                    Unavailable(cause=Cause.CRASHED, **common)
                    if failed
                    else Measured(value=chance.choice(VALUES[measure.kind]), **common)
                )
                records.append(
                    ReadingRecord(run="r", site=site, agency=None, probe="p", probe_version=1, observed_at=NOW - timedelta(hours=1), known=DIGEST, reading=reading)
                )  # fmt: skip
            if criterion.source is not Source.MEASURED:
                value = chance.choice(VALUES[measures[0].kind])
                told.append(
                    Declaration(
                        agency=code,
                        edition="e",
                        criterion=criterion.id,
                        value=value,
                        imported_at=NOW - timedelta(days=1),
                        proof=seen[0],
                    )
                )
    return Case(
        edition=edition(*(criterion for criterion, _ in made)),
        registry=Registry(
            groups=(Group(id="1", title="Sở", title_en="Departments"),),
            agencies=tuple(Agency(code=code, name=code.title(), name_en=code, group="1", valid_from=date(2018, 1, 1)) for code in codes),
            rows=tuple(SiteRow(agency=code, url=f"https://{code}.test/", role=SiteRole.PORTAL, confirmed=True) for code in codes),
        ),
        measures={measure.id: measure for _, measures in made for measure in measures},
        as_of=NOW, records=tuple(records), declarations=tuple(told), declarations_closed=True,
    )  # fmt: skip


DIGEST = digest_of(b"known")


def reported(folder):
    """Judge, rank, find every gain, and write every report that needs no browser."""
    from auditor.app.reporting import FORMATS
    from reports.view import Source as Report

    case = province(FEW)
    began = time.process_time()
    ranking = judge(case)
    codes = [row.agency for group in ranking.groups for row in (*group.rows, *group.unranked)]
    source = Report(
        ranking=ranking, edition=case.edition, registry=case.registry, measures=case.measures, readings=case.records,
        fixes=fixes_of(case, ranking, codes), kept=lambda _: None,
    )  # fmt: skip
    forms = [form for form in FORMATS if form != "pdf"]
    for form in forms:
        FORMATS[form](None, source, Path(folder) / form)  # these need no settings
    return {"seconds": time.process_time() - began, "rows": len(codes), "forms": forms}


def ranked(agencies):
    """Judge and rank, and find what everybody would gain, a thousand at a time."""
    case = province(int(agencies))
    began = time.process_time()
    ranking = judge(case)
    judged = time.process_time() - began
    codes = [row.agency for group in ranking.groups for row in (*group.rows, *group.unranked)]
    gains = 0
    for first in range(0, len(codes), AT_ONCE):
        gains += sum(map(len, fixes_of(case, ranking, codes[first : first + AT_ONCE]).values()))
    seconds = time.process_time() - began
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "judged": judged, "mb": rss, "rows": len(codes), "gains": gains}


def filled(folder, nights):
    """Publish so many nights, on each of which every site was looked at and one in a thousand readings failed."""
    from auditor.store import open_store

    case = province(FEW)
    of_site = {site: [one for one in case.records if one.site == site] for site in {one.site for one in case.records}}
    with open_store("", Path(folder)) as store:
        for night in range(int(nights)):
            name, at = f"r{night}", NOW - timedelta(days=int(nights) - night)
            store.runs.open(Run(id=name, kind=RunKind.NIGHT, state=RunState.OPEN, started_at=at))
            for site, seen in of_site.items():
                visit = VisitRecord(
                    visit=Visit(run=name, probe="p", site=site), version=1, ending=Ending.DONE, cause=None, requests=1, bytes=1,
                    seconds="1", started_at=at, ended_at=at, seen=DIGEST, known=DIGEST,
                )  # fmt: skip
                store.visits.finish(visit, [replace(one, run=name, observed_at=at) for one in seen], ())
            store.runs.seal(name, state=RunState.PUBLISHED, ended_at=at, manifest=DIGEST)
    return {}


def told(folder):
    """Read of the past what a judgement rests on, and judge."""
    from auditor.judge.past import past_of
    from auditor.store import open_store

    case = replace(province(FEW), records=())
    with open_store("", Path(folder)) as store:
        began = time.process_time()
        records = store.visits.readings_told(past_of(case), case.as_of)
        ranking = judge(replace(case, records=records))
        seconds = time.process_time() - began
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "mb": rss, "rows": sum(len(group.rows) for group in ranking.groups), "readings": len(records)}


def measured(*arguments):
    done = subprocess.run([sys.executable, __file__, *map(str, arguments)], capture_output=True, check=True, timeout=900)
    return json.loads(done.stdout)


if __name__ == "__main__":
    print(json.dumps({"reported": reported, "ranked": ranked, "filled": filled, "told": told}[sys.argv[1]](*sys.argv[2:])))
