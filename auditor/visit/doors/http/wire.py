"""Connections pinned to the address that was checked, under httpcore; names come from the dns door and no other way."""

import ssl
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import httpcore
import httpx

from auditor.model.visit import Cause
from auditor.visit.doors.dns.door import NoAddress, Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.lacks import is_lack

__all__ = ["PinnedTransport", "tls_context"]


class _PinnedBackend(httpcore.AsyncNetworkBackend):
    """Opens a TCP connection to a name's checked addresses, one after the other; nothing resolves the name again."""

    def __init__(self, resolver: Resolver, guard: Guard) -> None:
        self._resolver, self._guard = resolver, guard
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        mapped = self._guard.mapped(host, port)
        places = [mapped] if mapped else [(address, port) for address in await self._resolver.addresses(host)]
        theirs: Exception | None = None
        ours: Exception = NoAddress(Cause.DNS, "no address")
        for address, number in places:
            try:
                return await self._inner.connect_tcp(address, number, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                if is_lack(exc, address):
                    ours = NoAddress(Cause.CAPABILITY, f"no way to {address} from here: {exc}")
                else:
                    theirs = exc
        raise theirs or ours

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002 - httpcore's own signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError(f"no visit goes to a local socket ({path})")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class _Stream(httpx.AsyncByteStream):
    def __init__(self, stream: AsyncIterator[bytes], close: httpcore.Response) -> None:
        self._stream, self._response = stream, close

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


class PinnedTransport(httpx.AsyncBaseTransport):
    """httpx's transport over such connections: a few to one host, HTTP/2 where the server offers it."""

    def __init__(self, resolver: Resolver, guard: Guard, context: ssl.SSLContext, *, connections: int) -> None:
        """Open a pool for one host."""
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30.0,
            http1=True,
            http2=True,
            network_backend=_PinnedBackend(resolver, guard),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body comes as it is on the wire, without transfer encoding."""
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        assert isinstance(answer.stream, AsyncIterator) or hasattr(answer.stream, "__aiter__")
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer.aiter_stream(), answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


def tls_context(trust: Iterable[Path], *, verify: bool) -> ssl.SSLContext:
    """Give the one TLS context of all visits: the system's roots and ours; without verification, also what is old and weak.

    The second reads a portal's content although its certificate or protocol is bad, which other measures judge.
    """
    context = ssl.create_default_context()
    for path in trust:
        context.load_verify_locations(cafile=path)
    context.set_alpn_protocols(["http/1.1", "h2"])
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0)
    return context
