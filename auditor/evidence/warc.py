"""WARC/1.1 records (ISO 28500): one gzip member each, bodies decoded, digests by SHA-256.

A body is kept as it was read, so its encoding headers are renamed ``X-Crawler-…`` and Content-Length corrected, as public
crawls do.
"""

import io
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

from fastwarc import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType

from auditor.model.evidence import Cut, Exchange, digest_of
from auditor.model.ids import Digest

__all__ = ["Revisited", "new_record_id", "request_record", "response_record", "warcinfo_record"]

_LEVEL = 6
_RENAMED = {"content-encoding": "X-Crawler-Content-Encoding", "transfer-encoding": "X-Crawler-Transfer-Encoding"}
_REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_TRUNCATED = {Cut.SECONDS: "time", Cut.WIRE: "length", Cut.DECODED: "length"}
Revisited = tuple[str | None, str | None]
"""The record id and the URL under which the same body is kept already."""


def new_record_id() -> str:
    """Give a new record's id."""
    return f"urn:uuid:{uuid.uuid4()}"


def warcinfo_record(software: str, at: datetime, note: str) -> bytes:
    """Give the record that opens a file."""
    body = f"software: {software}\r\nformat: WARC File Format 1.1\r\ndescription: {_line(note)}\r\n".encode()
    headers = [("WARC-Date", _date(at)), ("Content-Type", "application/warc-fields")]
    return _record(WarcRecordType.warcinfo, new_record_id(), headers, body)


def request_record(exchange: Exchange, concurrent_to: str) -> bytes:
    """Give the record of a request."""
    path = exchange.url.split("//", 1)[-1].partition("/")
    lines = [f"{exchange.method} /{path[2]} HTTP/1.1", *_header_lines(exchange.request_headers)]
    headers = [
        ("WARC-Target-URI", _uri(exchange.url)),
        ("WARC-Date", _date(exchange.at)),
        ("WARC-Concurrent-To", f"<{concurrent_to}>"),
        ("Content-Type", "application/http; msgtype=request"),
    ]
    return _record(WarcRecordType.request, new_record_id(), headers, _head(lines))


def response_record(exchange: Exchange, record: str, digest: Digest, *, revisited: Revisited | None = None) -> bytes:
    """Give the record of an answer; a body that is kept already is only referred to."""
    lines = [f"HTTP/1.1 {exchange.status} {_line(exchange.reason)}".rstrip(), *_answer_lines(exchange)]
    headers = [
        ("WARC-Target-URI", _uri(exchange.url)),
        ("WARC-Date", _date(exchange.at)),
        ("WARC-Payload-Digest", digest),
        ("Content-Type", "application/http; msgtype=response"),
    ]
    if exchange.address:
        headers.append(("WARC-IP-Address", exchange.address))
    if exchange.cut in _TRUNCATED:
        headers.append(("WARC-Truncated", _TRUNCATED[exchange.cut]))
    if revisited is None:
        return _record(WarcRecordType.response, record, headers, _head(lines) + exchange.body)
    headers.append(("WARC-Profile", _REVISIT))
    if revisited[0]:
        headers.append(("WARC-Refers-To", f"<{revisited[0]}>"))
    if revisited[1]:
        headers.append(("WARC-Refers-To-Target-URI", _uri(revisited[1])))
    return _record(WarcRecordType.revisit, record, headers, _head(lines))


def _record(kind: WarcRecordType, record_id: str, headers: Iterable[tuple[str, str]], block: bytes) -> bytes:
    record = WarcRecord()
    record.init_headers(kind, record_urn=record_id.removeprefix("urn:").encode())
    for name, value in headers:
        record.headers[name] = value
    record.headers["WARC-Block-Digest"] = digest_of(block)
    record.set_bytes_content(block)
    buffer = io.BytesIO()
    writer = GzipWriter(buffer, compression_level=_LEVEL)
    record.write(writer)
    writer.finish()
    return buffer.getvalue()


def _answer_lines(exchange: Exchange) -> list[str]:
    lines = []
    for name, value in exchange.headers:
        if name.lower() == "content-length":
            continue
        lines += _header_lines([(_RENAMED.get(name.lower(), name), value)])
    return [*lines, f"Content-Length: {len(exchange.body)}"]


def _header_lines(headers: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{_line(name).replace(':', '_') or '_'}: {_line(value)}" for name, value in headers]


def _head(lines: Iterable[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _line(text: str) -> str:
    """Keep a hostile text on its line."""
    return "".join(char if char.isprintable() or char == " " else "?" for char in text)


def _uri(url: str) -> str:
    """Percent-encode what may not stand in a header."""
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~-._")


def _date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
