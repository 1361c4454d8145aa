"""Every mistake in config that we thought of is one folder here, laid over the base, with its exact message."""

import shutil
from pathlib import Path

import pytest

from auditor.editions.check import check_edition
from auditor.editions.complete import incomplete
from auditor.editions.load import edition_ids, read_edition
from auditor.editions.periods import check_periods, read_periods
from auditor.errors import ConfigError
from auditor.findings.config import check_alerts, read_alerts
from auditor.model.ids import MeasureId
from auditor.model.reading import Kind, Measure
from auditor.registry.load import read_registry
from auditor.sdk.guidelines import load_guidelines
from auditor.settings import load_settings

HERE = Path(__file__).parent
MEASURES = {
    measure.id: measure
    for measure in (
        Measure(id=MeasureId("content.calendar"), kind=Kind.WORD, words=("missing", "broken", "empty", "present"), meaning="x"),
        Measure(id=MeasureId("freshness.news"), kind=Kind.DAYS, words=("never", "undated"), meaning="x"),
        Measure(id=MeasureId("tls.days_left"), kind=Kind.DAYS, meaning="x"),
        Measure(id=MeasureId("tls.trusted"), kind=Kind.BOOLEAN, meaning="x"),
        Measure(id=MeasureId("services.online_share"), kind=Kind.SHARE, meaning="x"),
        Measure(id=MeasureId("services.clicks"), kind=Kind.COUNT, words=("unreachable",), meaning="x"),
    )
}


def problems_of(config):
    registry, problems = read_registry(config)
    editions = []
    for name in edition_ids(config):
        edition, found = read_edition(config, name)
        problems = [*problems, *found]
        editions += [edition] if edition and not found else []
        if edition is not None and not found:
            unfit = check_edition(edition, MEASURES, registry)
            problems = [*problems, *(unfit or incomplete(edition, MEASURES, registry))]
    rules, found = read_alerts(config)
    problems = [*problems, *found, *check_alerts(rules, MEASURES, [agency.code for agency in registry.agencies])]
    periods, found = read_periods(config)
    problems = [*problems, *found, *check_periods(periods, editions, edition_ids(config))]
    try:
        load_settings(config, {})
    except ConfigError as exc:
        problems = [*problems, *exc.problems]
    try:
        load_guidelines(config)
    except ConfigError as exc:
        problems = [*problems, *exc.problems]
    return [str(problem).replace(f"{config}/", "") for problem in problems]


def laid_over(folder, tmp_path):
    """Copy the base; files of the folder replace it; `edit.txt` holds lines `file<TAB>old<TAB>new`."""
    config = tmp_path / "config"
    shutil.copytree(HERE / "base", config)
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in {"edit.txt", "expected.txt"}:
            (config / path.relative_to(folder)).write_bytes(path.read_bytes())
    edits = folder / "edit.txt"
    for line in edits.read_text("utf-8").splitlines() if edits.exists() else []:
        name, old, new = (part.replace("\\n", "\n") for part in line.split("\t"))
        text = (config / name).read_text("utf-8")
        assert old in text, f"{folder.name}: {old!r} is not in {name}"
        (config / name).write_text(text.replace(old, new, 1), "utf-8")
    return config


def test_the_base_is_right(tmp_path):
    assert problems_of(laid_over(tmp_path / "none", tmp_path)) == []


@pytest.mark.parametrize("folder", sorted(p for p in (HERE / "bad").iterdir() if p.is_dir()), ids=lambda path: path.name)
def test_a_mistake_is_named_with_file_place_and_the_nearest_right_word(folder, tmp_path):
    assert problems_of(laid_over(folder, tmp_path)) == (folder / "expected.txt").read_text("utf-8").splitlines()


def test_what_a_group_comes_to_is_stated_for_the_days_from_its_first_criterion_on(tmp_path):
    """A group that owes nothing yet on the edition's first day is asked for its points, and stating them is right."""
    config = laid_over(HERE / "bad" / "sum-of-a-later-group-not-stated", tmp_path)
    path = config / "editions" / "e.toml"
    path.write_text(path.read_text("utf-8").replace('points = { "1" = "4" }', 'points = { "1" = "4", "2" = "2" }'), "utf-8")
    assert problems_of(config) == []
