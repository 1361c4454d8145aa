"""One POST to a program of the operator's choice. It is the only request of ours that changes anything; no visit can make it.

The address is guarded as a visit's is: checked after it was resolved, connected to as it was checked, no redirect followed.
"""

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import httpcore
import httpx

from auditor.visit.doors.dns.door import NoAddress, Resolver
from auditor.visit.doors.guard import Guard, Refusal
from auditor.visit.doors.http.connect import connect
from auditor.visit.doors.http.http1 import ask_plainly
from auditor.visit.doors.http.request import request_of

__all__ = ["Answered", "Poster", "Unanswered", "post_context"]

_MOST_READ = 4096


class Unanswered(Exception):  # noqa: N818 - it is the outcome's name
    """Nobody answered, or nobody may be asked; its text says why, without the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a program answered, the beginning of its words."""

    status: int
    retry_after: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """How to go there."""

    resolver: Resolver
    guard: Guard
    context: ssl.SSLContext
    seconds: float = 30.0

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Send a body once, within the time that all of it may take.

        Raises:
            Unanswered: the address may not be called, nobody is there, or what came is no whole answer.
        """
        try:
            with anyio.fail_after(self.seconds):
                return await self._post(url, body, headers)
        except Refusal as exc:
            raise Unanswered(str(exc)) from exc
        except NoAddress as exc:
            raise Unanswered(exc.detail) from exc
        except TimeoutError as exc:
            raise Unanswered(f"no answer within {self.seconds:g} s") from exc
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as exc:
            raise Unanswered(f"{type(exc).__name__}: {exc}".rstrip(": ")) from exc
        except (httpx.InvalidURL, ValueError) as exc:
            raise Unanswered("the address or a header cannot be written") from exc

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        target = self.guard.target(url)
        request = request_of("POST", url, {**headers, "Content-Length": str(len(body)), "Connection": "close"})
        context = self.context if target.scheme == "https" else None
        line = await connect(target.host, target.port, context, resolver=self.resolver, guard=self.guard)
        try:
            answer = await ask_plainly(line, replace(request, body=body))
            read = b""
            async for piece in answer.pieces():
                read += piece
                if len(read) >= _MOST_READ:
                    break
            named = {name.lower(): value for name, value in answer.headers}
            after = named.get(b"retry-after", b"").decode("latin-1")
            return Answered(status=answer.status, retry_after=after, body=read[:_MOST_READ])
        finally:
            line.close()


def post_context(trust: Iterable[Path]) -> ssl.SSLContext:
    """Verify the name, by the system's roots and ours; HTTP/1.1 only."""
    context = ssl.create_default_context()
    for path in trust:
        context.load_verify_locations(cafile=path)
    return context
