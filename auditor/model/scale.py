"""The ten shapes in which regulations turn a value into points, as data. ``judge/scales.py`` computes them.

Every shape occurs in a real regulation (DOMAIN section 1.4). ``words`` prices the words that may stand in place of a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from auditor.model.ids import MeasureId

__all__ = [
    "Best",
    "Case",
    "Count",
    "Fraction",
    "Penalty",
    "Piecewise",
    "Ratio",
    "Relative",
    "Scale",
    "Step",
    "Steps",
    "Table",
    "Weighted",
    "YesNo",
]

Words = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNo:
    """Points for true and for false."""

    yes: Decimal
    no: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """The share × max."""

    words: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: exactly one bound is given."""

    points: Decimal
    at_least: Decimal | None = None
    at_most: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The first step whose bound holds; ``otherwise`` when none does."""

    steps: tuple[Step, ...]
    otherwise: Decimal = Decimal(0)
    words: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piecewise:
    """Max from ``norm`` on, nothing under ``floor``, share × max ÷ norm between (2899/QĐ-BTNMT 2019)."""

    floor: Decimal
    norm: Decimal
    words: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """(own ÷ the group's highest) × max: known only when the group is in."""

    words: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Points for each, up to the criterion's max."""

    each: Decimal
    words: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of a ``Best`` scale: these points when the measure has this value (or at least this number)."""

    measure: MeasureId
    points: Decimal
    equals: bool | str | None = None
    at_least: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The most points of the cases that hold; nothing if none does."""

    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fraction:
    """One part of a ``Weighted`` scale: a measure (a share, or true as 1) and what it weighs."""

    measure: MeasureId
    weight: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """Σ weight × share, × max ÷ Σ weight."""

    fractions: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A word's points."""

    table: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """Negative points for each, at most ``most`` of them; the criterion's max is 0. The area says where it stops (``floor``)."""

    each: Decimal
    most: Decimal
    words: Words = field(default_factory=dict)


Scale = YesNo | Ratio | Steps | Piecewise | Relative | Count | Best | Weighted | Table | Penalty
