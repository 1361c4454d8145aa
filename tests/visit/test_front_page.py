"""Where no front page comes over the wire, nothing is said of a portal's content, and the check of availability says why."""

import pytest
from crawldoors import HOST, SITE, doors_to, page
from knowing import by_id, known
from servers import Site, answer, serve

from auditor.model.reading import Measured, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.vocabulary import load_vocabulary
from probes import crawl, portal, sitewide, uptime
from probes.uptime import UptimeSeen

HTML = "Content-Type: text/html; charset=utf-8"
FRONTS = {
    "no content": (answer(b"", "204 No Content"), Cause.PROTOCOL),
    "empty": (answer(b"", "200 OK", HTML), Cause.PROTOCOL),
    "a document": (answer(b"%PDF-1.4\n%...", "200 OK", "Content-Type: application/pdf"), Cause.PROTOCOL),
    "a program's text": (
        answer(b"<?php $db; ?>", "200 OK", "Content-Type: application/x-httpd-php", "Content-Disposition: attachment; filename=i.php"),
        Cause.PROTOCOL,
    ),
    "nowhere": (answer(b"", "301 Moved Permanently", HTML), Cause.REDIRECTS),
    "default page": (answer(b"<h1>It works!</h1>", "200 OK", HTML), Cause.HTTP_4XX),
    "dead program": (answer(b"<b>Fatal error</b>: x in /var/www/db.php:12", "200 OK", HTML), Cause.HTTP_5XX),
}  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize("kind", FRONTS)
async def test_without_a_front_page_all_content_is_unavailable(kind):
    raw, cause = FRONTS[kind]
    with serve(Site({"/": raw, "/auditor": page()})) as server:
        async with doors_to({HOST: server}) as doors:
            seen = await crawl.PROBE.look(SITE, doors)
            checked = UptimeSeen(chain=await doors.http.get(SITE.url, why="uptime", robots=False))
    told = known(site=SITE, vocabulary=load_vocabulary("probes"))
    readings = by_id([*portal.PROBE.assess(seen, told), *sitewide.PROBE.assess(seen, told)])
    assert all(isinstance(reading, Unavailable) and reading.cause is cause for reading in readings.values())
    availability = by_id(uptime.PROBE.assess(checked, told))["uptime.availability"]
    assert isinstance(availability, Measured)
    assert availability.value == 0
    assert availability.facts["cause"] == cause.value


@pytest.mark.anyio
async def test_with_one_the_content_is_judged():
    with serve(Site({"/": page("/tin-tuc"), "/tin-tuc": page()})) as server:
        async with doors_to({HOST: server}) as doors:
            seen = await crawl.PROBE.look(SITE, doors)
    readings = by_id(sitewide.PROBE.assess(seen, known(site=SITE, vocabulary=load_vocabulary("probes"))))
    assert readings["portal.unicode"].value is True
