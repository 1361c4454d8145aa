"""Acts of the council and the agencies: every one is kept, in the order in which they were done."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, insert, select

from auditor.model.codec import Codec
from auditor.model.council import Act, PeriodStep
from auditor.model.ids import RunId
from auditor.model.run import RunState
from auditor.store.tables import acts, runs
from auditor.store.writing import instant, writing

__all__ = ["Acts"]

_CODEC = Codec(Act)


class Acts:
    """The acts of this database: the council's journal."""

    def __init__(self, engine: Engine) -> None:
        """Work on an engine."""
        self._engine = engine

    def add(self, run: RunId, done: Iterable[Act]) -> None:
        """Add what was done at once, whole."""
        with writing(self._engine) as connection:
            for act in done:
                agency, criterion = ("", "") if isinstance(act, PeriodStep) else (act.agency, act.criterion or "")
                connection.execute(
                    insert(acts).values(
                        run=run,
                        edition=act.edition,
                        kind=type(act).__name__,
                        agency=agency,
                        criterion=criterion,
                        record=_CODEC.dump(act),
                    )
                )

    def rows(self) -> tuple[tuple[RunId, bytes], ...]:
        """Give every row as it stands, in order: its run and its text, unread; for the proof against the ledger."""
        query = select(acts.c.run, acts.c.record).order_by(acts.c.id)
        with self._engine.connect() as connection:
            return tuple((RunId(run), record) for run, record in connection.execute(query))

    def all(self, edition: str, *, until: datetime | None = None) -> tuple[Act, ...]:
        """Give every act for an edition in the order of doing; only of runs that are in the ledger.

        ``until`` leaves out what was done later.
        """
        return tuple(act for _, act in self.journal(edition, until=until))

    def journal(self, edition: str | None = None, *, until: datetime | None = None) -> tuple[tuple[RunId, Act], ...]:
        """Give the same, each with the run that it was done in; of every edition where none is named."""
        query = (
            select(acts.c.run, acts.c.record)
            .join(runs, runs.c.id == acts.c.run)
            .where(runs.c.state != RunState.OPEN)
            .order_by(acts.c.id)
        )
        if edition is not None:
            query = query.where(acts.c.edition == edition)
        if until is not None:
            query = query.where(runs.c.ended_at <= instant(until))
        with self._engine.connect() as connection:
            return tuple((RunId(run), _CODEC.load(record)) for run, record in connection.execute(query))
