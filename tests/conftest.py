"""What every test has: anyio's plug-in on asyncio, and an environment without anybody's settings."""

import os

import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith("AUDITOR_") and not name.startswith("AUDITOR_TEST_"):
            monkeypatch.delenv(name)


SHARED = {"demonstrated": "demonstration", "night": "night", "unbroken": "fortnight"}
"""Fixtures that take a minute and are made once for many tests: those are done by one process of ``pytest -n``."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        group = next((SHARED[name] for name in getattr(item, "fixturenames", ()) if name in SHARED), None)
        if group is not None:
            item.add_marker(pytest.mark.xdist_group(group))
