"""Runs: opened, resumed, sealed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from auditor.model.ids import Digest, RunId
from auditor.model.run import Run, RunKind, RunState
from auditor.store.tables import runs
from auditor.store.writing import instant, writing

__all__ = ["Runs", "end_run"]


class Runs:
    """The runs of this database."""

    def __init__(self, engine: Engine) -> None:
        """Work on an engine."""
        self._engine = engine

    def open(self, run: Run) -> None:
        """Add a run that begins."""
        with writing(self._engine) as connection:
            connection.execute(
                insert(runs).values(
                    id=run.id,
                    kind=run.kind,
                    state=run.state,
                    started_at=instant(run.started_at),
                    scope=run.scope,
                    held_because=run.held_because,
                )
            )

    def seal(self, run: RunId, *, state: RunState, ended_at: datetime, manifest: Digest, held_because: str = "") -> None:
        """Note how a run ended."""
        with writing(self._engine) as connection:
            end_run(connection, run, state=state, ended_at=ended_at, manifest=manifest, held_because=held_because)

    def get(self, run: str) -> Run | None:
        """Give one run, None if it is not known."""
        return next((found for found in self.all() if found.id == run), None)

    def all(self) -> tuple[Run, ...]:
        """Give every run: those that ended in the order in which they did, then the open ones by their start."""
        query = select(runs).order_by(runs.c.ended_at.is_(None), runs.c.ended_at, runs.c.started_at, runs.c.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(_run(row) for row in rows)

    def unsealed(self) -> tuple[Run, ...]:
        """Give every run that is open or was cut off."""
        return tuple(run for run in self.all() if run.state is RunState.OPEN)

    def unfinished(self, kind: RunKind, scope: str) -> Run | None:
        """Give the run of that kind and scope that was cut off, if there is one."""
        cut = [run for run in self.unsealed() if run.kind is kind and run.scope == scope]
        return cut[-1] if cut else None

    def last_published(self) -> Run | None:
        """Give the last published run, None if nothing was published."""
        published = [run for run in self.all() if run.state is RunState.PUBLISHED]
        return published[-1] if published else None


def end_run(
    connection: Connection, run: RunId, *, state: RunState, ended_at: datetime, manifest: Digest, held_because: str = ""
) -> None:
    """Note how a run ended, within a transaction."""
    connection.execute(
        update(runs)
        .where(runs.c.id == run)
        .values(state=state, ended_at=instant(ended_at), manifest=manifest, held_because=held_because)
    )


def _run(row: Any) -> Run:  # noqa: ANN401 - a row by column name
    return Run(
        id=RunId(row["id"]),
        kind=RunKind(row["kind"]),
        state=RunState(row["state"]),
        started_at=datetime.fromisoformat(row["started_at"]),
        ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
        scope=row["scope"],
        manifest=Digest(row["manifest"]) if row["manifest"] else None,
        held_because=row["held_because"],
    )
