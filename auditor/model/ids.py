"""The names of things, as types, so that one cannot be given for another."""

from typing import NewType

__all__ = [
    "AgencyId",
    "AreaId",
    "CriterionId",
    "Digest",
    "EditionId",
    "GroupId",
    "MeasureId",
    "PeriodId",
    "ProbeId",
    "QuantityId",
    "RunId",
]

AgencyId = NewType("AgencyId", str)
AreaId = NewType("AreaId", str)
CriterionId = NewType("CriterionId", str)
Digest = NewType("Digest", str)
"""``sha256:`` and 64 hexadecimal digits."""
EditionId = NewType("EditionId", str)
GroupId = NewType("GroupId", str)
MeasureId = NewType("MeasureId", str)
PeriodId = NewType("PeriodId", str)
ProbeId = NewType("ProbeId", str)
QuantityId = NewType("QuantityId", str)
RunId = NewType("RunId", str)
