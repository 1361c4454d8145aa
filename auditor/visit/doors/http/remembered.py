"""Pages of a former night are asked for with their validators: a 304 costs the site's server nothing (RFC 9110 section 13)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import Protocol

import anyio
from anyio.to_thread import run_sync

from auditor.errors import EvidenceError
from auditor.model.evidence import Earlier, Exchange
from auditor.model.visit import Cause
from auditor.visit.doors.http.asking import Ask

__all__ = ["FULL_AFTER", "Memory", "Remembered", "expected", "reusable"]

FULL_AFTER = timedelta(days=6, hours=12)
"""A page whose body came longer ago is asked for in full: a server that says 304 whatever happens is found out within a week.

Half a day less than seven, so that a crawl every night asks in full on every seventh, though it begins a little early."""
_MOST_HEAD = 16 * 1024
"""Answers whose headers have more characters are not remembered; a portal's have one or two thousand."""
_MOST_TAG = 1_024
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*+"')
_CODED = re.compile(r"(?:--?|;)(?:gzip|br|zstd|deflate)$")
"""What servers add to a tag when they pack the body (Apache's mod_deflate), and leave out when there is none."""
_ASKING = {"if-none-match", "if-modified-since"}
_SETTLED = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.TOO_MANY_REQUESTS}
_OF_THE_BODY = {
    *("connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    *("content-encoding", "content-length", "content-location", "content-md5", "content-range", "content-type"),
    *("etag", "last-modified"),
}
"""Headers that a 304 does not update: those of the connection, and those that say what the kept bytes are (RFC 9111 section 3.2).

Browsers leave the same ones alone, since servers put nonsense there. The validators stay those that came with the bytes."""


class Memory(Protocol):
    """What former nights kept. Its methods read files and the database: they are called in a thread."""

    def pages(self) -> Mapping[str, Exchange]:
        """Give the answers that may be asked about again, by address, without their bodies; bounded in number."""
        ...

    def body(self, page: Exchange) -> bytes:
        """Give such an answer's body, proved against its digest.

        Raises:
            EvidenceError: it is missing or is not what was kept.
        """
        ...


class Remembered:
    """One visit's use of what former nights kept. It is read when the visit first asks for a page that way, and not before."""

    def __init__(self, memory: Memory | None, threads: anyio.CapacityLimiter) -> None:
        """Work on a memory; without one, every page is asked for in full."""
        self._memory, self._threads = memory, threads
        self._pages: dict[str, Exchange] | None = None if memory else {}
        self._asked: set[str] = set()
        self._turn = anyio.Lock()

    async def asking(self, url: str, ask: Ask, headers: Mapping[str, str]) -> tuple[Ask, Exchange | None]:
        """Add the validators of a kept page to a request that may carry them, and give that page.

        ``headers`` are those that the request has anyway. A page that this visit has asked for already is asked for in full.
        """
        new = url not in self._asked
        self._asked.add(url)
        if not (new and ask.revalidate and ask.method == "GET") or ask.headers:
            return ask, None
        async with self._turn:
            if self._pages is None and self._memory is not None:
                self._pages = dict(await run_sync(self._memory.pages, limiter=self._threads))
        page = self._pages.pop(url, None) if self._pages else None
        if page is None or not _selects(page, headers):
            return ask, None
        return replace(ask, headers=_validators(page)), page

    async def confirmed(self, answer: Exchange, page: Exchange, most: int) -> Exchange | None:
        """Give the page that a 304 confirms, with its body; None when the answer is no 304 of it or the body cannot be had."""
        if answer.status != HTTPStatus.NOT_MODIFIED or answer.cause is not None or not _agree(answer, page):
            return None
        assert self._memory is not None
        async with self._turn:  # one body at a time, whatever the number of requests under way
            try:
                body = await run_sync(partial(self._memory.body, page), limiter=self._threads)
            except EvidenceError:
                return None
        return _joined(answer, page, body) if len(body) <= most else None

    def believes(self, answer: Exchange) -> bool:
        """Tell whether an answer to a request with validators stands as if it had none; if not, none is sent any more.

        A 304 that confirms nothing does not, nor a refusal that may be meant for the validators.
        """
        status = answer.status or 0
        refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _SETTLED
        if status != HTTPStatus.NOT_MODIFIED and not refused:
            return True
        self.stop()
        return False

    def stop(self) -> None:
        """Ask for everything in full from now on: no site is asked twice for page after page."""
        self._pages = {}


def expected(answer: Exchange) -> Exchange:
    """Give an answer as it is; a 304 that nobody asked for is broken HTTP (RFC 9110 section 15.4.5)."""
    if answer.status != HTTPStatus.NOT_MODIFIED or answer.cause is not None:
        return answer
    if any(name.lower() in _ASKING for name, _ in answer.request_headers):
        return answer
    return replace(
        answer, cause=Cause.PROTOCOL, detail="304 (Not Modified) to a request that did not ask whether it was modified"
    )


def reusable(answer: Exchange, now: datetime) -> Exchange | None:
    """Give what to remember of an answer, None unless it was a whole page that may be asked about again."""
    whole = answer.method == "GET" and answer.status == HTTPStatus.OK and answer.cause is None and answer.cut is None
    if not whole or answer.record is None or answer.digest is None or answer.header("content-range"):
        return None
    came = answer.earlier or Earlier(record=answer.record, at=answer.at)
    head = sum(len(name) + len(value) for name, value in answer.headers)
    if not timedelta() <= now - came.at < FULL_AFTER or head > _MOST_HEAD or not _validators(answer):
        return None
    vary, control = _words(answer, "vary"), _words(answer, "cache-control")
    if "*" in vary or "no-store" in control or ("cookie" in vary and "private" in control):
        return None
    chosen_by = tuple((name, value) for name, value in answer.request_headers if name.lower() in vary)
    return replace(answer, body=b"", request_headers=chosen_by, earlier=came)


def _validators(page: Exchange) -> dict[str, str]:
    """Give the headers that ask whether a page is still as it was; none where it has no validator that can be relied on."""
    found = {}
    tag, date = (page.header("etag") or "").strip(), (page.header("last-modified") or "").strip()
    if len(tag) <= _MOST_TAG and _TAG.fullmatch(tag):
        found["If-None-Match"] = tag
    modified, sent = _moment(date), _moment(page.header("date") or "") or page.at
    # A page of the very second in which it was sent may have changed once more in it (RFC 9110 section 8.8.2.2).
    if modified is not None and modified < sent:
        found["If-Modified-Since"] = date
    return found


def _selects(page: Exchange, headers: Mapping[str, str]) -> bool:
    """Tell whether a request is like the one that chose this page among others (RFC 9111 section 4.1).

    Cookies are each visit's own, and never the same.
    """
    before = {name.lower(): value for name, value in page.request_headers}
    now = {name.lower(): value for name, value in headers.items()}
    return all(before.get(name) == now.get(name) for name in _words(page, "vary") - {"cookie"})


def _agree(answer: Exchange, page: Exchange) -> bool:
    """Tell whether a 304 is of the page that we have: a tag that it names is the same (RFC 9111 section 4.3.4)."""
    named = answer.header("etag")
    return named is None or _opaque(named) == _opaque(page.header("etag") or "")


def _opaque(tag: str) -> str:
    return _CODED.sub("", tag.strip()[:_MOST_TAG].removeprefix("W/").strip('"'))


def _joined(answer: Exchange, page: Exchange, body: bytes) -> Exchange:
    """Give the answer as if the page had been sent again."""
    listed = {name for name in _words(answer, "connection") if name not in {"keep-alive", "close"}}
    new = tuple((name, value) for name, value in answer.headers if name.lower() not in _OF_THE_BODY | listed)
    names = {name.lower() for name, _ in new}
    return replace(
        answer,
        status=page.status,
        reason=page.reason,
        headers=(*((name, value) for name, value in page.headers if name.lower() not in names), *new),
        body=body,
        digest=page.digest,
        earlier=page.earlier,
    )


def _words(answer: Exchange, name: str) -> frozenset[str]:
    """Give the words of a header that is a list, without their values."""
    parts = (part.partition("=")[0].strip().lower() for line in answer.header_all(name) for part in line.split(","))
    return frozenset(filter(None, parts))


def _moment(date: str) -> datetime | None:
    """Read an HTTP date; None where it is none, or could not be sent as it stands."""
    if not (date.isascii() and date.isprintable()):
        return None
    try:
        found = parsedate_to_datetime(date)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
