"""Why a site could not be visited, where more is known than a cause: what the doors say of it, and the sentence for people."""

import re

from auditor.model.note import Note

__all__ = ["away", "dangling", "not_public", "robots_down", "unreached"]

PRIVATE = Note(
    key="unreached.private",
    text="The name {name} leads to {address}, which is not a public address of the Internet: visitors from outside cannot come"
    " there, and we do not visit such addresses.",
)
PRIVATE_ADDRESS = Note(
    key="unreached.private_address",
    text="{address} is not a public address of the Internet: visitors from outside cannot come there, and we do not visit such"
    " addresses.",
)
DANGLING = Note(
    key="unreached.dangling",
    text="The name {name} exists and is an alias (CNAME) of {target}, but {target} does not exist.",
)
AWAY = Note(
    key="unreached.away",
    text="{name} answered with status {status} and asked that nobody come back soon (Retry-After), so it was not asked again.",
)
ROBOTS_DOWN = Note(
    key="unreached.robots_down",
    text="{url} answers with status {status}. While it does, no page of the site may be asked for (RFC 9309): search engines stay"
    " away too.",
)
SILENT = Note(
    key="unreached.hung_up",
    text="The server took the connection and closed it without a word of an answer, each time that it was asked.",
)
DNS_FAILED = Note(
    key="unreached.dns_failed",
    text="The name {name} could not be resolved: its name servers, or what they sign, fail ({rcode}). Whether the name exists is"
    " not said by that.",
)
DNS_LOOP = Note(
    key="unreached.dns_loop",
    text="The name {name} is an alias (CNAME) that leads round in a circle, and never to an address.",
)
DEMANDS = Note(
    key="unreached.demands",
    text="The server asks every visitor for a certificate of his own and turns away all who have none: what lies behind it is for"
    " those alone whom it knows, so nothing of it can be read from here.",
)
_DEMANDS = "asks its visitors for a certificate, and ends the connection of those who have none"
_PRIVATE = re.compile(r"(?:\A|: )([^\s:]+|[0-9a-f:.]+): ([0-9a-f:.]+) is not a public address\Z")
_DANGLING = re.compile(r"(?:\A|: )([^\s:]+): the name is an alias of (\S+), which does not exist\Z")
_SILENT = re.compile(r"(?:\A|: )Server disconnected without sending a response\.?\Z")
_DNS_FAILED = re.compile(r"(?:\A|: )([^\s:]+): the resolver answers (SERVFAIL)\Z")
_DNS_LOOP = re.compile(r"(?:\A|: )([^\s:]+): the CNAMEs never end\Z")
_AWAY = re.compile(r"\A(\S+): answered (\d{3}) and wants nobody to come back soon \(Retry-After\)\Z")
_ROBOTS_DOWN = re.compile(r"(?:\A|: )(https?://\S+): answered (\d{3}), so nothing may be asked for\Z")


def not_public(name: str, address: str) -> str:
    """Say that a name, or an address itself, leads where no visit goes, as an exchange's detail has it."""
    return f"{name}: {address} is not a public address"


def dangling(name: str, target: str) -> str:
    """Say that a name leads on to one that does not exist, as an exchange's detail has it."""
    return f"{name}: the name is an alias of {target}, which does not exist"


def away(name: str, status: int) -> str:
    """Say that a host answered so and wants nobody to come back soon, as an exchange's detail has it."""
    return f"{name}: answered {status} and wants nobody to come back soon (Retry-After)"


def robots_down(url: str, status: int) -> str:
    """Say that a robots.txt is a server's error, as an exchange's detail has it."""
    return f"{url}: answered {status}, so nothing may be asked for"


def unreached(detail: str) -> Note | None:
    """Give the sentence for a detail that tells one of these; None for any other."""
    if found := _PRIVATE.search(detail):
        name, address = found.groups()
        return PRIVATE_ADDRESS(address=address) if name == address else PRIVATE(name=name, address=address)
    if found := _DANGLING.search(detail):
        return DANGLING(name=found[1], target=found[2])
    if found := _AWAY.search(detail):
        return AWAY(name=found[1], status=int(found[2]))
    if found := _ROBOTS_DOWN.search(detail):
        return ROBOTS_DOWN(url=found[1], status=int(found[2]))
    if _DEMANDS in detail:
        return DEMANDS
    if _SILENT.search(detail):
        return SILENT
    return _of_dns(detail)


def _of_dns(detail: str) -> Note | None:
    if found := _DNS_FAILED.search(detail):
        return DNS_FAILED(name=found[1], rcode=found[2])
    if found := _DNS_LOOP.search(detail):
        return DNS_LOOP(name=found[1])
    return None
