"""One judged province for all tests of reports, and its report written once."""

from datetime import UTC, datetime

import pytest
from reported import make_source

from reports.html import render_html


@pytest.fixture(scope="session")
def source():
    return make_source()


@pytest.fixture(scope="session")
def ended():
    return make_source(as_of=datetime(2020, 8, 1, tzinfo=UTC))


@pytest.fixture(scope="session")
def pages(source, tmp_path_factory):
    return render_html(source, tmp_path_factory.mktemp("report")).parent
