"""What failed for want of something on our side: no route, no file descriptor, no permission. Nobody else is blamed for it."""

import errno
import socket
import ssl
from collections.abc import Iterator

from auditor.model.visit import Cause

__all__ = ["DEMAND", "has_route", "is_lack", "lost"]

_OURS = frozenset(
    {
        *(errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM),
        *(errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT),
        *(errno.EACCES, errno.EPERM),
    }
)
DEMAND = "asks its visitors for a certificate, and ends the connection of those who have none"
"""What a server does that has a door for those alone whom it knows: a refusal, as 401 and 403 are, and no fault of its TLS."""
_NO_TLS = ("[SSL: WRONG_VERSION_NUMBER]",)
"""What OpenSSL says of bytes that are no TLS record: plain HTTP, the banner of SSH or of a mail server."""
_DEEPEST = 20
_ANY_PORT = 9


def is_lack(error: BaseException, address: str = "") -> bool:
    """Tell whether an error, or one that it came from, says that this machine lacks something.

    "No route to host" is said by our own kernel and by routers far away alike: it is ours only if no route leads to ``address``.
    """
    numbers = set(_numbers(error))
    if numbers & _OURS:
        return True
    return errno.EHOSTUNREACH in numbers and bool(address) and not has_route(address)


def has_route(address: str) -> bool:
    """Tell whether this machine would know where to send something for an address. Nothing is sent."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((address, _ANY_PORT))  # over UDP this only looks for a route
    except OSError:
        return False
    return True


def lost(error: BaseException) -> Cause:
    """Say why a connection was not had or was lost. What answers a TLS hello with anything but TLS speaks another protocol."""
    if DEMAND in str(error):
        return Cause.BLOCKED
    if any(code in str(one) for one in _whole(error) for code in _NO_TLS):
        return Cause.PROTOCOL
    if any(isinstance(one, ssl.SSLError) for one in _whole(error)) or "SSL" in str(error) or "CERTIFICATE" in str(error):
        return Cause.TLS
    return Cause.CAPABILITY if is_lack(error) else Cause.CONNECT


def _numbers(error: BaseException) -> Iterator[int]:
    """Give the system's numbers."""
    return (one.errno for one in _whole(error) if isinstance(one, OSError) and one.errno is not None)


def _whole(error: BaseException) -> Iterator[BaseException]:
    """Give an error and those that it came from: each library wraps it once more."""
    waiting: list[BaseException] = [error]
    for _ in range(_DEEPEST):
        if not waiting:
            return
        one = waiting.pop()
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
        before = one.__cause__ or one.__context__
        if before is not None:
            waiting.append(before)
