"""The way that a front page sends its visitors on by itself: a refresh, which browsers follow as they follow a redirect."""

import re
from collections import Counter
from collections.abc import Sequence

from auditor.model.evidence import Chain
from auditor.sdk.doors import HttpDoor
from auditor.sdk.html import page_of
from auditor.sdk.outcome import cause_of

__all__ = ["onward", "whole"]

_SOON, _MOST_STEPS = 10, 5
"""Seconds for which nobody reads a page that then sends him on, and how often that may go on."""
_REFRESH = re.compile(rb"refresh", re.IGNORECASE)
_HTML = {"", "text/html", "application/xhtml+xml"}


async def onward(chain: Chain, http: HttpDoor) -> tuple[Chain, ...]:
    """Follow a page to where it sends its visitors, step by step; nothing where they stay, or come back to where they were."""
    on: list[Chain] = []
    been = Counter({hop.url for hop in chain.exchanges})
    for _ in range(_MOST_STEPS):
        last = (on or [chain])[-1]
        target = _target(last)
        # With the cookie that it has just been given, a visitor may see another page at the same address.
        if target is None or been[target] > (last.final.header("set-cookie") is not None):
            break
        on.append(await http.get(target, why="uptime: refresh", robots=False, newest=True))
        been.update({target, *(hop.url for hop in on[-1].exchanges)})
    return tuple(on)


def whole(chain: Chain, on: Sequence[Chain]) -> Chain:
    """Give the way to the page that visitors come to at last, each step by the try that counted."""
    *steps, last = (chain, *on)
    before = tuple(hop for step in steps for hop in (step.confirmed or step.hops))
    confirmed = (*before, *last.confirmed) if last.confirmed else ()
    return Chain(hops=(*before, *last.hops), confirmed=confirmed, cause=last.cause)


def _target(chain: Chain) -> str | None:
    final = chain.final
    if not (final.header("refresh") or _REFRESH.search(final.body)) or final.media_type not in _HTML:
        return None
    if chain.cause is not None or cause_of(final) is not None:
        return None
    sent = page_of(final).sends_on
    return sent[1] if sent and sent[0] <= _SOON else None
