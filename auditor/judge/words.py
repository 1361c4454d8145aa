"""Values as they stand in a sentence: exact decimals without useless zeros."""

from decimal import ROUND_HALF_UP, Decimal

from auditor.model.reading import Value

__all__ = ["shown", "shown_value"]

_CENT, _MILLIONTH = Decimal("0.01"), Decimal("0.000001")
_LONG = 6


def shown(number: Decimal) -> Decimal:
    """Round a number as it is shown: half up, 2 places. The only rounding there is."""
    return number.quantize(_CENT, rounding=ROUND_HALF_UP)


def shown_value(value: Value) -> str:
    """Give a value as text; a decimal too long to read is cut to six places for the sentence only."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        if "." not in text:
            return text
        if len(text) - text.index(".") - 1 > _LONG:
            text = f"{value.quantize(_MILLIONTH):f}"
        return text.rstrip("0").rstrip(".")
    return str(value)
