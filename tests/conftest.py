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
