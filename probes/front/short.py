"""A page whose server hangs up before the end that it announced: visitors see what has come of it."""

from auditor.model.evidence import Exchange
from auditor.model.visit import Cause

__all__ = ["is_cut_short"]

_SHORT = "without sending complete message body"


def is_cut_short(exchange: Exchange) -> bool:
    """Tell whether a page is such a one: its head came, and some of its body."""
    return exchange.status is not None and exchange.cause is Cause.PROTOCOL and _SHORT in exchange.detail and bool(exchange.body)
