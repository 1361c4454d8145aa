"""A second means: whether anybody gets in where our hellos do not, the system's OpenSSL first, with all that it can do."""

import errno
import ssl
from dataclasses import dataclass
from functools import lru_cache

import anyio
from anyio.streams.tls import TLSAttribute, TLSStream

from auditor.visit.doors.tls.certificate import is_address
from auditor.visit.doors.tls.greeting import Reply
from auditor.visit.doors.tls.hello import EVERY_GROUP, Hello, greet

__all__ = ["Opened", "opens"]

_MAX_DETAIL = 200
_CUT = frozenset({errno.ECONNRESET, errno.ENOTCONN, errno.EPIPE})
_VERSIONS = {"TLSv1": "tls1.0", "TLSv1.1": "tls1.1", "TLSv1.2": "tls1.2", "TLSv1.3": "tls1.3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Whether it got in, and what was agreed on, or how it was refused.

    ``opened`` is False only where a connection was there and TLS was refused on it; None where it could not be tried.
    """

    opened: bool | None
    version: str = ""
    detail: str = ""


async def opens(host: str, place: tuple[str, int], *, seconds: float) -> Opened:
    """Shake hands to the end, with the host's name and without; then say hello with every group that was ever given a number.

    Certificates are not looked at, for who gets in is all that is asked.
    """
    name = None if is_address(host) else host
    found = Opened(opened=None, detail="no time was left")
    with anyio.move_on_after(seconds):
        for named in dict.fromkeys((name, None)):
            found = await _shake(place, named)
            if found.opened is not False:
                return found
        for version in ("tls1.2", "tls1.3"):
            said = await greet(Hello(host=host, version=version, groups=EVERY_GROUP), place, seconds=seconds)
            if said.reply is Reply.HELLO:
                return Opened(opened=True, version=said.version, detail="with a group that browsers do not have")
            if not said.connected:
                return Opened(opened=None, detail=said.detail)
        return found
    return Opened(opened=None, detail=f"not done after {seconds:.0f} s")


async def _shake(place: tuple[str, int], name: str | None) -> Opened:
    try:
        stream = await anyio.connect_tcp(*place)
    except OSError as exc:
        return Opened(opened=False if _was_cut(exc) else None, detail=_words(exc))
    async with stream:
        try:
            wrapped = await TLSStream.wrap(stream, hostname=name, ssl_context=_context(), standard_compatible=False)
        except (ssl.SSLError, OSError, anyio.EndOfStream, anyio.BrokenResourceError) as exc:
            return Opened(opened=False if _is_refusal(exc) else None, detail=_words(exc.__cause__ or exc))
        met = wrapped.extra_attributes
        version = _VERSIONS.get(met[TLSAttribute.tls_version](), "")
        return Opened(opened=True, version=version, detail=met[TLSAttribute.cipher]()[0])


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    """Permit whatever the system's library still has, of every age."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


def _was_cut(error: OSError) -> bool:
    """Tell a connection that was there, and reset so fast that connecting itself trips over it."""
    return any(isinstance(one, OSError) and one.errno in _CUT for one in (error, error.__cause__))


def _is_refusal(error: Exception) -> bool:
    """Tell a server that ends the handshake, by a word or by leaving, from a way to it that was lost meanwhile."""
    if isinstance(error, ssl.SSLError) or not isinstance(cause := error.__cause__ or error, OSError):
        return True
    return isinstance(cause, ssl.SSLError | ConnectionError)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:_MAX_DETAIL]
