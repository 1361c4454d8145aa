"""Facts in, readings out: each case of ``portal``, ``services`` and ``sitewide`` is a little site and what is to be said of it."""

import json
from pathlib import Path

import pytest
from littlesite import LittleSite, said
from readers import legible

from auditor.sdk.catalogue import load_catalogue

FOLDER = Path(__file__).parent
PROBES = ("portal", "services", "sitewide")
KINDS = ("pass", "partly", "fail", "unavailable")
KEYS = {
    "says", "pages", "readings", "all", "menu", "footer", "clock", "title", "base", "seen", "missing", "agencies", "roles", "registry",
    "ordinary", "extras", "forms",
}  # fmt: skip
CATALOGUE = load_catalogue()


def cases():
    for probe in PROBES:
        for kind in KINDS:
            for case in json.loads((FOLDER / probe / f"{kind}.json").read_text("utf-8")):
                yield pytest.param(probe, case, id=f"{probe}-{kind}: {case['says']}")


@pytest.mark.parametrize(("probe", "case"), list(cases()))
def test_the_readings_are_those_of_the_case(probe, case):
    assert case.keys() <= KEYS
    site = LittleSite(case)
    found = said(legible(CATALOGUE.probes[probe].assess(site.seen(), site.known())))
    wanted = case.get("readings", {})
    assert wanted or "all" in case
    assert {name: found.get(name, "no such reading") for name in wanted} == wanted
    if "all" in case:
        assert set(found.values()) == {case["all"]}


def test_every_duty_and_every_count_has_a_case():
    named = {name.partition(" ")[0] for param in cases() for name in param.values[1].get("readings", {})}
    promised = {measure.id for probe in PROBES for measure in CATALOGUE.probes[probe].measures}
    assert {name for name in promised if name.startswith(("content.", "services.", "portal."))} - named == set()
    assert named <= promised


def test_no_two_cases_say_the_same():
    sentences = [param.id for param in cases()]
    assert len(sentences) == len(set(sentences))
    assert len(sentences) > 100
