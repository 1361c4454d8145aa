"""A visit that saw nothing for a passing cause is put off: nothing of it is written, and the next try is whole."""

import pytest
from servers import Site, answer, serve
from visits import RUN, desk

from auditor.engines.embedded import visit_all
from auditor.model.visit import Cause, Ending
from probes import uptime

pytestmark = pytest.mark.anyio
PAGE = answer("<!doctype html><title>Sở</title><p>Cổng của Sở.</p>".encode(), "200 OK", "Content-Type: text/html; charset=utf-8")
URL = "http://so.test/"


class Mending(Site):
    """Fails for the first so many requests for the page, and is well after that."""

    def __init__(self, failures, fault=""):
        super().__init__({"/": self.page})
        self.failures, self.fault = failures, fault

    async def page(self, writer):
        self.failures -= 1
        if self.failures < 0:
            writer.write(PAGE)
        elif self.fault:
            writer.write(answer(b"", self.fault))
        else:
            writer.transport.abort()


async def made(tmp_path, site, pauses):
    told = []
    async with desk(tmp_path, network={"connect_to": {"so.test:80": f"127.0.0.1:{site.port}"}}) as found:
        await visit_all(found.runner, [found.due(uptime.PROBE, URL)], done=(), at_once=1, told=told.append, pauses=pauses)
        return told, found.store.visits.of_run(RUN), sorted(path.name for path in (tmp_path / "evidence").rglob("*.warc.gz*"))


async def test_a_site_that_mends_within_the_night_is_seen_whole_and_its_failure_leaves_nothing(tmp_path):
    with serve(Mending(2)) as site:
        told, [record], files = await made(tmp_path, site, (0.0,))
    assert (record.ending, record.cause) == (Ending.DONE, None)
    assert [one.record for one in told] == [record]
    assert site.asked.count("/") == 3
    assert len(files) == 1
    assert files[0].endswith(".warc.gz")


async def test_the_last_try_is_written_whatever_it_saw(tmp_path):
    with serve(Mending(99)) as site:
        told, [record], _ = await made(tmp_path, site, (0.0, 0.0))
    assert record.cause in {Cause.PROTOCOL, Cause.CONNECT, Cause.AMBIGUOUS}
    assert site.asked.count("/") > 2 * 2
    assert len(told) == 1


async def test_a_refusal_is_an_answer_and_is_not_asked_again(tmp_path):
    with serve(Mending(99, "403 Forbidden")) as site:
        _, [record], _ = await made(tmp_path, site, (600.0,))
    assert record.cause is Cause.BLOCKED
