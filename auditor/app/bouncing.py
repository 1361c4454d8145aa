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
    """What messages said: the letters that came back as they stand now, and how many messages told nothing new.

    ``known`` counts those that said only what was noted before, ``others`` those of no letter of ours.
    """

    marked: tuple[Delivery, ...]
    known: int
    others: int


def take_bounces(parts: Parts, store: Store, messages: Iterable[bytes]) -> Bounced:
    """Read notifications of mail servers and mark the letters that they name.

    A word counts for a letter of this outbox and an address that it went to, once: the same message again, or another one of the
    same letter and address, changes nothing and is counted as known. Everything else is left alone.
    """
    keys = {_local(key): key for key in store.outbox.all_keys()}
    marked: dict[str, Delivery] = {}
    known = others = 0
    for message in messages:
        found = [one for bounce in bounces_in(message) if (one := _ours(store, keys, bounce)) is not None]
        new = {one.notice.key: _after(store, one) for one, address, words in found if _mark(parts, store, one, address, words)}
        known += bool(found) and not new
        others += not found
        marked.update(new)
    return Bounced(marked=tuple(marked.values()), known=known, others=others)


def undelivered(store: Store) -> tuple[Delivery, ...]:
    """Give the letters that did not come to everybody they were for: refused, given up, or come back."""
    return tuple(one for one in store.outbox.all() if one.refused or one.over_in_vain)


def _ours(store: Store, keys: dict[str, str], bounce: Bounce) -> tuple[Delivery, str, str] | None:
    """Give the letter of ours, the address that we sent it to, and the words; None where there is no such one."""
    key = next((keys[local] for local in (name.partition("@")[0] for name in bounce.message_ids) if local in keys), None)
    one = store.outbox.get(key) if key is not None else None
    if one is None or one.notice.channel is not Channel.MAIL:
        return None
    address = next((to for theirs in bounce.addresses for to in one.notice.to if _same(to, theirs)), None)
    return None if address is None else (one, address, bounce.words)


def _mark(parts: Parts, store: Store, one: Delivery, address: str, words: str) -> bool:
    """Note what came back; False where that was known."""
    key = one.notice.key
    new = store.outbox.bounced(key, parts.clock.now(), f"{address}: {words}", address)
    if new:
        get_logger("sending").warning("bounced", key=key, why=words)
    return new


def _after(store: Store, one: Delivery) -> Delivery:
    return store.outbox.get(one.notice.key) or one


def _same(ours: str, theirs: str) -> bool:
    """Tell whether an address is ours as the server wrote it: hosts in whatever case, letters outside ASCII in their code."""
    a, b = mailbox(ours), mailbox(theirs)
    return a is not None and b is not None and a.lower() == b.lower()


def _local(key: str) -> str:
    return message_id(key, _DOMAIN).strip("<>").partition("@")[0]
