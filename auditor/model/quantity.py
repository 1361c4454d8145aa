"""Numbers that several criteria share: how many officials, computers, documents. Each is declared once."""

from dataclasses import dataclass
from enum import StrEnum

from auditor.model.ids import GroupId, QuantityId

__all__ = ["Counted", "Duty", "Quantity"]


class Duty(StrEnum):
    """Whether a declared value must come with a proof (a link, or a note that names a document)."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number that agencies of these groups declare once, whatever number of criteria rest on it."""

    id: QuantityId
    title: str
    title_en: str = ""
    unit: str = ""
    groups: tuple[GroupId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A share that is declared as two counts: so many of a quantity.

    What is counted is either a quantity too (``part``) or the criterion's own number, asked for under ``title``.
    """

    of: QuantityId
    part: QuantityId | None = None
    title: str = ""
