"""A database for one test: SQLite always, PostgreSQL where one is given."""

import os
from contextlib import contextmanager, nullcontext
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from auditor.store import open_store

URLS = ["", *filter(None, [os.environ.get("AUDITOR_TEST_POSTGRES")])]


@contextmanager
def database(url):
    """Give a database of its own for one test, on the server that the URL names."""
    name = f"test_{uuid4().hex}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        server.dispose()


@pytest.fixture(params=URLS, ids=lambda url: url.partition(":")[0] or "sqlite")
def store(request, tmp_path):
    with database(request.param) if request.param else nullcontext("") as url, open_store(url, tmp_path) as opened:
        yield opened
        assert opened.engine.pool.checkedout() == 0 if hasattr(opened.engine.pool, "checkedout") else True
