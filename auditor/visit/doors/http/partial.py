"""An exchange while it goes on: whatever ends it, what came until then is kept."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import anyio

from auditor.model.evidence import Cut, Exchange, Phases
from auditor.model.visit import Cause
from auditor.sdk.limits import Limits
from auditor.visit.doors.http.aside import inflated
from auditor.visit.doors.http.wire import UNKEPT, Answer

__all__ = ["Partial"]

_MAX_HEADERS = 200
_MAX_HEADER = 8_192
_MAX_REASON = 200
_MAX_DETAIL = 500

_BROKEN_OFF = {Cause.PROTOCOL, Cause.CONNECT}
_END, _TAIL = b"</html>", 4_096
_AFTER_THE_END = "the page came whole, then the connection failed"

Pair = tuple[bytes, bytes]


class Partial:
    """What is known so far of one request and its answer."""

    def __init__(self, base: Exchange) -> None:
        """Begin with what is known before anything is sent."""
        self._base = base
        self._known: dict[str, Any] = {}
        self.raw = bytearray()

    def sent(self, headers: Iterable[Pair]) -> None:
        """Take the headers as they go out."""
        self._known["request_headers"] = tuple([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])

    def head(self, answer: Answer, *, seconds: str) -> None:
        """Take the answer's head, its headers bounded in number and length."""
        pairs = [
            (name.decode("latin-1")[:_MAX_HEADER], value.decode("latin-1")[:_MAX_HEADER])
            for number, (name, value) in enumerate(answer.headers)
            if number < _MAX_HEADERS
        ]
        self._known |= {
            "status": answer.status,
            "reason": answer.reason.decode("latin-1")[:_MAX_REASON],
            "http_version": answer.version.decode("ascii", "replace"),
            "headers": tuple(pairs),
            "address": answer.address,
            "first_byte_seconds": seconds,
            "phases": answer.phases,
            "detail": f"{UNKEPT}: {answer.unkept}" if answer.unkept else "",
        }

    def stood(self, phases: Phases | None) -> None:
        """Note the connection that was made, where no head of an answer came over it to say so."""
        if phases is not None:
            self._known.setdefault("phases", phases)

    def fail(self, cause: Cause, detail: str, *, cut: Cut | None = None) -> None:
        """Note why it ended."""
        self._known |= {"cause": cause, "detail": detail[:_MAX_DETAIL], "cut": cut}

    async def exchange(self, limits: Limits, seconds: str, threads: anyio.CapacityLimiter) -> Exchange:
        """Give the exchange, its body decoded under the limit."""
        self._known |= {"seconds": seconds, "wire_bytes": len(self.raw)}
        if "status" in self._known:
            await self._decode(limits, threads)
        return replace(self._base, **self._known)

    async def _decode(self, limits: Limits, threads: anyio.CapacityLimiter) -> None:
        failed = "cause" in self._known
        encoding = ", ".join(value for name, value in self._known["headers"] if name.lower() == "content-encoding")
        raw = bytes(self.raw[: limits.wire])
        result = await inflated(raw, encoding, limit=limits.decoded, whole=not failed, threads=threads)
        if result.cut and not failed:
            what = f"{limits.decoded} bytes" if len(result.body) >= limits.decoded else "a thousand packed parts"
            self.fail(Cause.TOO_LARGE, f"more than {what} decoded", cut=Cut.DECODED)
        elif result.broken and not failed and self.raw:
            self.fail(Cause.PROTOCOL, result.broken)
        elif result.lack and not failed:
            self._known["detail"] = "; ".join(filter(None, (self._known["detail"], result.lack)))
        self._known["body"] = result.body
        if failed and self._known["cause"] in _BROKEN_OFF and not result.broken and _is_whole(result.body):
            self._known |= {"cause": None, "detail": f"{_AFTER_THE_END}: {self._known['detail']}"[:_MAX_DETAIL]}


def _is_whole(body: bytes) -> bool:
    """Tell a page that came to its end: what its server says of more that never comes, browsers pass over."""
    return _END in body[-_TAIL:].lower()
