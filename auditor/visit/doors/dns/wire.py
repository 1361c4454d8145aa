"""One question to one resolver over UDP, or TCP where the answer is too long; what fails is one exception."""

import secrets
from collections.abc import Sequence

import anyio
import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset

__all__ = ["NoAnswer", "Server", "exchange", "rrset_of", "signatures_of"]

Server = tuple[str, int]
"""A resolver's address and port."""
_SECONDS = 4.0
_PAYLOAD = 1232
"""EDNS payload that no path fragments (DNS flag day 2020)."""


class NoAnswer(Exception):  # noqa: N818 - it is the outcome's name
    """A server did not answer; its text says how.

    ``cut``: it did, but not to the end, so nobody knows what is missing. ``silent``: nothing came at all in time.
    """

    def __init__(self, detail: str, *, cut: bool = False, silent: bool = False) -> None:
        """Say how."""
        self.cut, self.silent = cut, silent
        super().__init__(detail)


async def exchange(
    name: dns.name.Name, rdtype: dns.rdatatype.RdataType, server: Server, *, unchecked: bool = False, recursive: bool = True
) -> dns.message.Message:
    """Ask with DNSSEC records wanted; ``unchecked`` asks for what the resolver itself would withhold as bogus.

    ``recursive=False`` asks a name server for what it knows itself, and plainly.

    Raises:
        NoAnswer: nothing came, nothing that can be read, or an answer that is cut off over TCP too.
    """
    if recursive:
        query = dns.message.make_query(name, rdtype, use_edns=0, payload=_PAYLOAD, want_dnssec=True)
    else:
        query = dns.message.make_query(name, rdtype, flags=0)
    query.id = secrets.randbits(16)
    if unchecked:
        query.flags |= dns.flags.CD
    try:
        with anyio.fail_after(_SECONDS * 2):
            answer, _ = await dns.asyncquery.udp_with_fallback(
                query, server[0], timeout=_SECONDS, port=server[1], ignore_unexpected=True
            )
    except (dns.exception.DNSException, OSError, EOFError, TimeoutError, ValueError) as exc:
        silent = isinstance(exc, dns.exception.Timeout | TimeoutError)
        raise NoAnswer(f"{type(exc).__name__}: {exc}"[:300], silent=silent) from exc
    if answer.flags & dns.flags.TC:
        raise NoAnswer("the answer is cut off over TCP too", cut=True)
    return answer


def rrset_of(section: Sequence[dns.rrset.RRset], name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> dns.rrset.RRset | None:
    """Give a name's records of a type in a section of an answer."""
    return next((r for r in section if r.match(name, dns.rdataclass.IN, rdtype, dns.rdatatype.NONE)), None)


def signatures_of(
    section: Sequence[dns.rrset.RRset], name: dns.name.Name, covers: dns.rdatatype.RdataType
) -> dns.rrset.RRset | None:
    """Give the signatures over a name's records of a type."""
    return next((r for r in section if r.match(name, dns.rdataclass.IN, dns.rdatatype.RRSIG, covers)), None)
