"""Reads what a mail server sends back later: delivery status notifications (RFC 3464). PURE; whatever is in them is hostile.

Only what says for good that an address did not get a letter counts, and only under the name of that letter as it stands in the
part that was sent back: a delay, a relay or a word about another message says nothing of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from itertools import islice

__all__ = ["MOST_BYTES", "Bounce", "bounces_in"]

MOST_BYTES = 1024 * 1024
"""So much of a message is read; what was sent back of ours lies behind the report, and its head is enough."""
_MOST_PARTS, _MOST_RECIPIENTS, _MOST_IDS = 60, 100, 5
_MOST_WORDS = 300
_MESSAGE_ID = re.compile(r"<([^<>@\s]{1,200}@[^<>@\s]{1,255})>")
_ADDRESS = re.compile(r"(?:[^;]{0,100};)?\s*<?([^<>\s;]{3,320})>?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """One recipient that never got a letter: the letter's names as sent back (without brackets), who it is, the words why.

    ``addresses`` are the names of this one recipient: the one that the letter was sent to, then the one that a server made of it
    where it forwards (RFC 3464, 2.3.1 and 2.3.2). They are never two.
    """

    message_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    words: str


def bounces_in(message: bytes) -> tuple[Bounce, ...]:
    """Give what a message says was not delivered; nothing if it is no such notification, or cannot be read."""
    try:
        parts = [*islice(message_from_bytes(message[:MOST_BYTES], policy=compat32).walk(), _MOST_PARTS)]
        ids = tuple(dict.fromkeys(islice(_ids(parts), _MOST_IDS)))
        found = [bounce for part in parts for bounce in _failed(part, ids)]
    except (LookupError, RecursionError, TypeError, ValueError, AttributeError):  # what the parser of others does with nonsense
        return ()
    return tuple(dict.fromkeys(found))[:_MOST_RECIPIENTS] if ids else ()


def _ids(parts: Sequence[Message]) -> Iterator[str]:
    """Give the names of the message that was sent back, whole or its head alone."""
    for part in parts:
        kind = part.get_content_type()
        if kind in {"message/rfc822", "message/global"} and isinstance(part.get_payload(), list):
            for inside in part.get_payload():
                if isinstance(inside, Message):
                    yield from _MESSAGE_ID.findall(str(inside.get("message-id", "")))
        elif kind in {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}:
            body = part.get_payload(decode=True)
            head = message_from_bytes(body, policy=compat32) if isinstance(body, bytes) else part.get_payload()
            for inside in head if isinstance(head, list) else [head]:
                if isinstance(inside, Message):
                    yield from _MESSAGE_ID.findall(str(inside.get("message-id", "")))


def _failed(part: Message, ids: tuple[str, ...]) -> Iterator[Bounce]:
    if part.get_content_type() not in {"message/delivery-status", "message/global-delivery-status"}:
        return
    blocks = part.get_payload()
    for block in islice(blocks, _MOST_RECIPIENTS) if isinstance(blocks, list) else ():
        if not isinstance(block, Message) or str(block.get("action", "")).strip().lower() != "failed":
            continue
        words = _line(" ".join(str(block.get(name, "")) for name in ("status", "diagnostic-code")))
        named = (_ADDRESS.match(_line(str(block.get(name, "")))) for name in ("original-recipient", "final-recipient"))
        addresses = tuple(dict.fromkeys(address[1] for address in named if address is not None))
        if addresses:
            yield Bounce(message_ids=ids, addresses=addresses, words=words or "failed")


def _line(text: str) -> str:
    """Put words on one line, bounded: they go into the database, logs and on screens."""
    return "".join(letter if letter.isprintable() else " " for letter in text[: 2 * _MOST_WORDS]).strip()[:_MOST_WORDS]
