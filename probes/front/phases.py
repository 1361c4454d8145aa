"""How long each phase of a look took."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from auditor.model.evidence import Exchange
from auditor.model.note import Json

__all__ = ["phases_of"]


def phases_of(hops: Sequence[Exchange]) -> dict[str, Json]:
    """Give the milliseconds of each phase, over all redirects of the try that counted: each is what a visitor waits."""
    made = [hop.phases for hop in hops if hop.phases is not None]
    secure = [phases.tls for phases in made if phases.tls is not None]
    waits = [hop for hop in hops if hop.first_byte_seconds is not None]
    stood = sum((Decimal(part) for phases in made for part in (phases.resolve, phases.connect, phases.tls or "0")), Decimal(0))
    waited = sum((Decimal(hop.first_byte_seconds or "0") for hop in waits), Decimal(0))
    return {
        "resolve": _ms(phases.resolve for phases in made) if made else None,
        "connect": _ms(phases.connect for phases in made) if made else None,
        "tls": _ms(secure) if secure else None,
        "first_byte": _ms([str(max(waited - stood, Decimal(0)))]) if waits else None,
        "done": _ms(hop.seconds for hop in hops),
    }


def _ms(seconds: Iterable[str]) -> int:
    return round(sum(map(Decimal, seconds), Decimal(0)) * 1000)
