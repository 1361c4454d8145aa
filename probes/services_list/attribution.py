"""Whose services the rows of a site are: the agency's that each row names, or all of them where the site serves one alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from auditor.model.agency import Agency
from auditor.model.ids import AgencyId
from auditor.model.visit import Cause
from probes.services_list.agencies import Names
from probes.services_list.collection import Collection
from probes.services_list.proving import Prover
from probes.services_list.rows import ServiceRow

__all__ = ["Attribution", "Share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The rows of one agency; those that name none or several; and how many might be its, had their own pages been read."""

    rows: Sequence[ServiceRow]
    unattributed: Sequence[ServiceRow] = ()
    unknown: int = 0
    why: Cause | None = None


class Attribution:
    """Parts the rows of a site among the agencies that it serves."""

    def __init__(self, collection: Collection, prover: Prover) -> None:
        """Know the agencies' names."""
        known = collection.site.known
        self._collection, self._prover = collection, prover
        self._names = Names(known.agencies, known.vocabulary)

    def of(self, agency: Agency | None) -> Share:
        """Give the rows of one agency; of ``None``, the only one that the site serves."""
        if agency is None:
            return self._alone()
        mine = [row for row, named in self._named if named == [agency.code]]
        lost = [row for row, named in self._named if named is not None and len(named) != 1]
        unknown = [row for row, named in self._named if named is None]
        return Share(rows=mine, unattributed=lost, unknown=len(unknown), why=self._why(unknown))

    def _why(self, unknown: Sequence[ServiceRow]) -> Cause | None:
        return next(
            (cause for row in unknown if (cause := self._prover.detail(row)[2]) is not None), Cause.NOT_RUN if unknown else None
        )

    def _alone(self) -> Share:
        """Give the rows of a site that serves one agency: all, unless some name it and so others are not its own."""
        rows = self._collection.rows
        mine = [row for row in rows if self._names.named(row.executing)]
        if not mine or len(mine) == len(rows):
            return Share(rows=rows)
        own = {id(row) for row in mine}
        kept = [row for row in rows if id(row) in own or not row.executing]
        return Share(rows=kept, unattributed=[row for row in rows if id(row) not in own and row.executing])

    @cached_property
    def _named(self) -> list[tuple[ServiceRow, list[AgencyId] | None]]:
        """Give each row with the agencies it names; None where neither the list nor a page that was read could say."""
        return [(row, self._executing(row)) for row in self._collection.rows]

    def _executing(self, row: ServiceRow) -> list[AgencyId] | None:
        if row.executing:
            return self._names.named(row.executing)
        if not row.url:
            return []
        _, detail, _ = self._prover.detail(row)
        return None if detail is None else self._names.named(detail.executing)
