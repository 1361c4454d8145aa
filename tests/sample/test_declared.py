"""The sample's declarations: the same at every start, varied, importable; one agency boasts and one is silent."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from province import criterion, edition, proof, registry

from auditor.editions.declarations import read_declarations
from auditor.editions.given import Given
from auditor.editions.load import load_edition
from auditor.editions.sheet import open_form
from auditor.model.edition import Source
from auditor.model.kinds import declared_measure, measure_of
from auditor.model.reading import Kind, Measure
from auditor.model.scale import Count, Penalty, Ratio, Step, Steps, Table, YesNo
from auditor.registry.load import load_registry
from auditor.sample.configure import write_config, write_declared
from auditor.sample.declared import BOASTER, COLUMNS, SILENT, declared_rows
from auditor.sample.plan import read_sites
from auditor.sdk.catalogue import load_catalogue

SHIPPED = Path(__file__).parents[2] / "config"
D = Decimal
SHARES = Steps(steps=(Step(points=D(2), at_least=D("0.02")), Step(points=D(1), at_least=D("0.01"))))
LATE = Steps(steps=(Step(points=D(2), at_most=D(5)), Step(points=D(1), at_most=D(10))))


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    (folder / "root.pem").write_text("no authority is needed here")
    write_config(folder / "config", SHIPPED, read_sites(), places={}, nameserver="127.0.0.1:53", root=folder / "root.pem")
    return folder / "config"


def rows(scale, kind=None, code=BOASTER, **given):
    one = criterion(source=given.pop("source", Source.DECLARED), scale=scale, declared_kind=kind, **given)
    return [row[2] for row in declared_rows(edition(one), registry(code))]


def test_they_are_the_same_every_time(config):
    place, law = load_registry(config), load_edition(config, "qd-3061-2018")
    assert declared_rows(law, place) == declared_rows(law, place)


def test_values_vary_between_agencies(config):
    place, law = load_registry(config), load_edition(config, "qd-3061-2018")
    by_criterion = {}
    for _, name, value, _, _ in declared_rows(law, place):
        by_criterion.setdefault(name, set()).add(value)
    assert sum(len(values) > 1 for values in by_criterion.values()) > len(by_criterion) / 2


def test_they_can_be_imported_whole(config, tmp_path):
    """Every row fits its criterion, and no criterion that may be declared is left out for those who speak."""
    place, law, measures = load_registry(config), load_edition(config, "qd-3061-2018"), load_catalogue().measures
    path = tmp_path / "declared.csv"
    write_declared(path, law, place, measures)
    at = datetime(2019, 1, 10, tzinfo=UTC)
    given = Given(edition=law, registry=place, measures=measures, imported_at=at, day=at.date(), proof=proof())
    found = read_declarations(open_form(path), given).declarations
    owed = sum(
        declared_measure(one, measure_of(one, measures)) is not None
        for agency in place.agencies
        if agency.code != SILENT
        for one in law.criteria_of(agency.group)
    )
    assert len(found) == owed
    with path.open(encoding="utf-8") as lines:
        assert tuple(next(csv.reader(lines))) == COLUMNS


def test_one_agency_declares_nothing(config):
    place = load_registry(config)
    assert SILENT in {agency.code for agency in place.agencies}
    assert SILENT not in {row[0] for row in declared_rows(load_edition(config, "qd-3061-2018"), place)}


def test_one_agency_declares_the_best_also_of_what_can_be_seen(config):
    place, law = load_registry(config), load_edition(config, "qd-3061-2018")
    group = next(agency.group for agency in place.agencies if agency.code == BOASTER)
    seen = {one.id for one in law.criteria_of(group) if one.source not in {Source.DECLARED, Source.MEASURED}}
    boasts = {row[1]: row[2] for row in declared_rows(law, place) if row[0] == BOASTER and row[1] in seen}
    assert len(boasts) >= 3
    assert set(boasts.values()).isdisjoint({"không", "0"})


@pytest.mark.parametrize(
    ("scale", "kind", "best"),
    [
        (YesNo(yes=D(2)), "boolean", "có"),
        (YesNo(yes=D(0), no=D(2)), "boolean", "không"),
        (Ratio(), "share", "1"),
        (SHARES, "share", "0.02"),
        (LATE, "days", "5"),
        (LATE, "count", "5"),
        (Count(each=D(1)), "count", "8"),
        (Penalty(each=D(1), most=D(2)), "count", "0"),
        (Table(table={"đầy đủ": D(2), "không": D(0)}), "word", "đầy đủ"),
    ],
)
def test_the_best_of_each_scale_is_what_the_boaster_says(scale, kind, best):
    words = ("đầy đủ", "không") if kind == "word" else ()
    assert rows(scale, kind, declared_words=words) == [best]


def test_a_criterion_that_is_only_measured_is_not_declared():
    assert declared_rows(edition(criterion(source=Source.MEASURED)), registry(BOASTER)) == []


def test_the_kind_is_told_by_the_scale_or_by_the_measure():
    assert rows(SHARES, source=Source.LOWER_OF, measure="a.share") == ["0.02"]
    unclear = edition(criterion(source=Source.LOWER_OF, scale=LATE, measure="a.days"))
    assert declared_rows(unclear, registry(BOASTER)) == []
    days = {"a.days": Measure(id="a.days", kind=Kind.DAYS, meaning="x", words=("never",))}
    assert [row[2] for row in declared_rows(unclear, registry(BOASTER), days)] == ["5"]
