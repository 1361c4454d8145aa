"""Names at which nobody can be visited though they exist: what the doors say of one, and the sentence for people."""

import re

from auditor.model.note import Note

__all__ = ["dangling", "not_public", "unreached"]

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
_PRIVATE = re.compile(r"(?:\A|: )([^\s:]+|[0-9a-f:.]+): ([0-9a-f:.]+) is not a public address\Z")
_DANGLING = re.compile(r"(?:\A|: )([^\s:]+): the name is an alias of (\S+), which does not exist\Z")


def not_public(name: str, address: str) -> str:
    """Say that a name, or an address itself, leads where no visit goes, as an exchange's detail has it."""
    return f"{name}: {address} is not a public address"


def dangling(name: str, target: str) -> str:
    """Say that a name leads on to one that does not exist, as an exchange's detail has it."""
    return f"{name}: the name is an alias of {target}, which does not exist"


def unreached(detail: str) -> Note | None:
    """Give the sentence for a detail that tells one of these; None for any other."""
    if found := _PRIVATE.search(detail):
        name, address = found.groups()
        return PRIVATE_ADDRESS(address=address) if name == address else PRIVATE(name=name, address=address)
    if found := _DANGLING.search(detail):
        return DANGLING(name=found[1], target=found[2])
    return None
