"""What the gate is told of a night: the sample is really visited inside it."""

from dataclasses import replace
from threading import Event

import pytest

from auditor.app.canary import canaries
from auditor.app.gating import gated, room
from auditor.app.pace import AT_ONCE, Pace
from auditor.app.parts import Parts, shipped_config
from auditor.clock import SystemClock
from auditor.engines.gate import held_because
from auditor.errors import NotDone, UsageError
from auditor.model.run import Run, RunKind, RunState
from auditor.settings import load_settings

CANARY = "huyen-mau-binh"


@pytest.fixture
def parts_with(tmp_path):
    def made(environment):
        parts = Parts(config=shipped_config(), data=tmp_path / "var", clock=SystemClock())
        parts.__dict__["settings"] = load_settings(shipped_config(), environment)
        return parts

    return made


def opened(parts, store):
    run = Run(id="night", kind=RunKind.NIGHT, state=RunState.OPEN, started_at=parts.clock.now(), scope="")
    store.runs.open(run)
    return run


@pytest.mark.slow
def test_a_parser_that_went_blind_is_betrayed_by_the_canaries_and_holds_the_night_back(parts_with, monkeypatch):
    parts = parts_with({"AUDITOR_GATE__CANARIES": f'["{CANARY}"]'})
    good = canaries(parts, AT_ONCE)
    assert good.differences == ()
    assert {record.probe for record in good.readings} >= {"tls", "dns", "uptime", "portal"}
    blind = {name: replace(probe, assess=blind_to(probe)) for name, probe in parts.catalogue.probes.items()}
    monkeypatch.setattr("auditor.app.parts.load_catalogue", lambda: replace(parts.catalogue, probes=blind))
    with parts.store() as store:
        facts = gated(parts, store, opened(parts, store), [], AT_ONCE)
    assert "of the sample's truths did not come out" in held_because(facts)
    assert f"{CANARY} " in held_because(facts)


def blind_to(probe):
    """Assess as the probe does, but call whatever is true false, and whatever is present missing."""

    def assess(seen, known):
        worse = {True: False, "present": "missing"}
        found = probe.assess(seen, known)
        return [replace(r, value=worse.get(r.value, r.value)) if hasattr(r, "value") else r for r in found]

    return assess


def test_a_canary_that_the_sample_does_not_have_is_named_with_the_nearest(parts_with):
    with pytest.raises(UsageError, match=r'no agency "so-mau-thong-tim" \(did you mean "so-mau-thong-tin"\?\)'):
        canaries(parts_with({"AUDITOR_GATE__CANARIES": '["so-mau-thong-tim"]'}), AT_ONCE)


def test_a_sample_that_cannot_be_visited_holds_the_night_back(parts_with):
    parts = parts_with({"AUDITOR_GATE__CANARIES": '["nobody"]'})
    with parts.store() as store:
        facts = gated(parts, store, opened(parts, store), [], AT_ONCE)
    assert held_because(facts).startswith("the sample could not be visited:")


def test_a_run_that_is_stopped_stops_in_its_canaries_too(parts_with):
    parts = parts_with({"AUDITOR_GATE__CANARIES": f'["{CANARY}"]'})
    pace = Pace(stop=Event())
    pace.stop.set()
    with parts.store() as store, pytest.raises(NotDone, match="every finished visit is kept"):
        gated(parts, store, opened(parts, store), [], pace)


def test_a_disk_is_measured_where_the_data_will_lie(parts_with):
    assert room(parts_with({})).free_mb > 0
    assert room(parts_with({"AUDITOR_GATE__FREE_MB": "7"})).need_mb == 7


def test_control_hosts_are_asked_when_the_night_is_over(parts_with):
    parts = parts_with({
        "AUDITOR_GATE__CANARIES": "[]",
        "AUDITOR_NETWORK__CONTROL_HOSTS": '["https://control.test/"]',
        "AUDITOR_NETWORK__CONNECT_TO": '{ "control.test:443" = "127.0.0.1:9" }',
    })  # fmt: skip
    with parts.store() as store:
        facts = gated(parts, store, opened(parts, store), [], AT_ONCE)
    assert facts.link is False
    assert "own link was down" in held_because(facts)
