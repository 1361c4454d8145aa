"""How long the parsers are fuzzed: ``HYPOTHESIS_PROFILE=small`` with every run of the tests, ``hour`` an hour or so for each.

An hour is many turns, not one long one: Hypothesis remembers all examples of a turn.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

TURNS = {"small": 1, "hour": 80}
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "small")

settings.register_profile("small", max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("hour", max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))


def pytest_generate_tests(metafunc):
    if "turn" in metafunc.fixturenames:
        metafunc.parametrize("turn", range(TURNS[PROFILE]))


def pytest_collection_modifyitems(items):
    for item in items:
        if "turn" in item.fixturenames and PROFILE == "hour":
            item.add_marker(pytest.mark.timeout(0))
