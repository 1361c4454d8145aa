"""A browser for tests of what happens around one: there is none, or it shows what the test says."""

from datetime import UTC, datetime

from auditor.model.evidence import Exchange, digest_of
from auditor.model.visit import Cause
from auditor.sdk.doors import Rendered

AT = datetime(2026, 11, 20, 19, tzinfo=UTC)


def shown(url, html, cause=None):
    """Give a page as a browser would: its document, or why there is none."""
    if cause is not None:
        return Rendered(page=Exchange(url=url, at=AT, cause=Cause(cause), detail="as the test says"))
    body = html.encode()
    headers = (("content-type", "text/html; charset=utf-8"),)
    return Rendered(page=Exchange(url=url, status=200, headers=headers, body=body, digest=digest_of(body), at=AT), requests=1)


class Browser:
    """Shows the pages it was given, by path; of any other it says ``cause``."""

    def __init__(self, pages=None, cause="capability"):
        self.pages, self.cause, self.asked = pages or {}, cause, []

    async def render(self, url, *, why):
        path = "/" + url.split("/", 3)[3]
        self.asked.append(path)
        return shown(url, self.pages[path]) if path in self.pages else shown(url, "", self.cause)
