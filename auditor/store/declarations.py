"""Declarations: every import is kept; the last one of an agency and criterion is in effect."""

from collections.abc import Iterable

from sqlalchemy import Engine, insert, select

from auditor.model.codec import Codec
from auditor.model.declaration import Declaration
from auditor.model.ids import RunId
from auditor.store.tables import declarations

__all__ = ["Declarations"]

_CODEC = Codec(Declaration)


class Declarations:
    """The declared values of this database."""

    def __init__(self, engine: Engine) -> None:
        """Work on an engine."""
        self._engine = engine

    def add(self, run: RunId, rows: Iterable[Declaration]) -> None:
        """Add one import, whole."""
        with self._engine.begin() as connection:
            for row in rows:
                connection.execute(
                    insert(declarations).values(run=run, edition=row.edition, agency=row.agency, record=_CODEC.dump(row))
                )

    def all(self, edition: str) -> tuple[Declaration, ...]:
        """Give every declaration for an edition, in the order of import."""
        query = select(declarations.c.record).where(declarations.c.edition == edition).order_by(declarations.c.id)
        with self._engine.connect() as connection:
            return tuple(_CODEC.load(row) for row in connection.execute(query).scalars())
