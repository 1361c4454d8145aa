"""Declarations: every import is kept; the last one of an agency and criterion is in effect."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, insert, select

from auditor.model.codec import Codec
from auditor.model.declaration import Declaration
from auditor.model.ids import RunId
from auditor.model.run import RunState
from auditor.store.tables import declarations, runs
from auditor.store.writing import instant, writing

__all__ = ["Declarations"]

_CODEC = Codec(Declaration)


class Declarations:
    """The declared values of this database."""

    def __init__(self, engine: Engine) -> None:
        """Work on an engine."""
        self._engine = engine

    def add(self, run: RunId, rows: Iterable[Declaration]) -> None:
        """Add one import, whole."""
        with writing(self._engine) as connection:
            for row in rows:
                connection.execute(
                    insert(declarations).values(run=run, edition=row.edition, agency=row.agency, record=_CODEC.dump(row))
                )

    def all(self, edition: str, *, until: datetime | None = None) -> tuple[Declaration, ...]:
        """Give every declaration for an edition, in the order of import; only of imports that are in the ledger.

        ``until`` leaves out what was imported later.
        """
        return tuple(row for _, row in self.journal(edition, until=until))

    def journal(self, edition: str | None = None, *, until: datetime | None = None) -> tuple[tuple[RunId, Declaration], ...]:
        """Give the same, each with the run that it came in; of every edition where none is named."""
        query = (
            select(declarations.c.run, declarations.c.record)
            .join(runs, runs.c.id == declarations.c.run)
            .where(runs.c.state != RunState.OPEN)
            .order_by(declarations.c.id)
        )
        if edition is not None:
            query = query.where(declarations.c.edition == edition)
        if until is not None:
            query = query.where(runs.c.ended_at <= instant(until))
        with self._engine.connect() as connection:
            return tuple((RunId(run), _CODEC.load(record)) for run, record in connection.execute(query))
