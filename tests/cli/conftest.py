"""One demonstration for all tests of the commands, and a province that runs while a test needs it."""

import shutil

import pytest
from commands import auditor

from auditor.app.parts import shipped_config
from auditor.sample.province import province


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory):
    """The data folder of a finished demonstration, and what the command said. Nobody changes it."""
    data = tmp_path_factory.mktemp("demo") / "var"
    return data, auditor("demo", "--data", data)


@pytest.fixture
def data(demonstrated, tmp_path):
    """A copy of the demonstration's data folder, to be changed."""
    shutil.copytree(demonstrated[0], tmp_path / "var")
    return tmp_path / "var"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The province, running."""
    with province(tmp_path_factory.mktemp("province"), shipped_config()) as found:
        yield found
