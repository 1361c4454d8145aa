"""``auditor alerts bounced``: letters that a server took and that came back later are marked so, with the words why."""

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.app.parts import Parts
from auditor.findings.bounces import Bounce, bounces_in
from auditor.findings.message import mailbox, message_id
from auditor.log import get_logger
from auditor.model.delivery import Delivery
from auditor.model.notice import Channel
from auditor.store import Store

__all__ = ["Bounced", "take_bounces", "undelivered"]

_DOMAIN = "x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced:
    """What messages said: the letters that came back as they stand now, and how many messages were of no letter of ours."""

    marked: tuple[Delivery, ...]
    others: int


def take_bounces(parts: Parts, store: Store, messages: Iterable[bytes]) -> Bounced:
    """Read notifications of mail servers and mark the letters that they name. The same one again changes nothing.

    A word counts for a letter of this outbox and an address that it went to; everything else is left alone.
    """
    keys = {_local(key): key for key in store.outbox.all_keys()}
    marked: dict[str, Delivery] = {}
    others = 0
    for message in messages:
        found = [one for bounce in bounces_in(message) if (one := _mark(parts, store, keys, bounce)) is not None]
        others += not found
        marked.update({one.notice.key: one for one in found})
    return Bounced(marked=tuple(marked.values()), others=others)


def undelivered(store: Store) -> tuple[Delivery, ...]:
    """Give the letters that did not come to everybody they were for: refused, given up, or come back."""
    return tuple(one for one in store.outbox.all() if one.refused or one.over_in_vain)


def _mark(parts: Parts, store: Store, keys: dict[str, str], bounce: Bounce) -> Delivery | None:
    key = next((keys[local] for local in (name.partition("@")[0] for name in bounce.message_ids) if local in keys), None)
    one = store.outbox.get(key) if key is not None else None
    if one is None or one.notice.channel is not Channel.MAIL:
        return None
    address = next((to for to in one.notice.to if _same(to, bounce.address)), None)
    if address is None:
        return None
    store.outbox.bounced(one.notice.key, parts.clock.now(), f"{address}: {bounce.words}", address)
    get_logger("sending").warning("bounced", key=one.notice.key, why=bounce.words)
    return store.outbox.get(one.notice.key)


def _same(ours: str, theirs: str) -> bool:
    """Tell whether an address is ours as the server wrote it: hosts in whatever case, letters outside ASCII in their code."""
    a, b = mailbox(ours), mailbox(theirs)
    return a is not None and b is not None and a.lower() == b.lower()


def _local(key: str) -> str:
    return message_id(key, _DOMAIN).strip("<>").partition("@")[0]
