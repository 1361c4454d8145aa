"""Findings as they stood after the last run and the one before it: enough to say the same of a run twice."""

import zlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, delete, insert, select

from auditor.model.codec import Codec
from auditor.model.finding import FindingLife
from auditor.model.ids import RunId
from auditor.model.notice import Notice
from auditor.store.files import pin_named
from auditor.store.outbox import add_notices
from auditor.store.tables import finding_runs
from auditor.store.writing import instant, writing

__all__ = ["Findings"]

_CODEC = Codec(FindingLife)


class Findings:
    """The findings of this database.

    Each told run has a picture of all lives after it. A run that is told again starts from the picture before it, so it comes
    to the same; older pictures go, for lives carry their own past.
    """

    def __init__(self, engine: Engine) -> None:
        """Work on an engine."""
        self._engine = engine

    def keep(self, run: RunId, at: datetime, lives: Iterable[FindingLife], notices: Iterable[Notice] = ()) -> int:
        """Keep how findings stand after a run, and what is told of them goes into the outbox: both or neither.

        Otherwise a finding could stand as told, by a letter that nobody ever sends. Keeping the same run again puts the new
        picture in place of the old one. The evidence of what is told stays for good. Give how many of the notices are new.
        """
        picture = _CODEC.dump(tuple(lives))
        with writing(self._engine) as connection:
            connection.execute(delete(finding_runs).where(finding_runs.c.run == run))
            connection.execute(insert(finding_runs).values(run=run, at=instant(at), record=zlib.compress(picture)))
            pin_named(connection, picture)
            newest = select(finding_runs.c.run).order_by(finding_runs.c.at.desc(), finding_runs.c.run.desc()).limit(2)
            kept = connection.execute(newest).scalars().all()
            connection.execute(delete(finding_runs).where(finding_runs.c.run.not_in(kept)))
            return add_notices(connection, notices)

    def last_run(self) -> RunId | None:
        """Give the last run whose findings are kept."""
        query = select(finding_runs.c.run).order_by(finding_runs.c.at.desc(), finding_runs.c.run.desc()).limit(1)
        with self._engine.connect() as connection:
            found = connection.execute(query).scalar()
        return RunId(found) if found is not None else None

    def all(self) -> tuple[FindingLife, ...]:
        """Give how findings stand now."""
        return self._newest(None)

    def before(self, run: RunId, at: datetime) -> tuple[FindingLife, ...]:
        """Give how findings stood before a run that ended at this instant."""
        return self._newest((finding_runs.c.run != run) & (finding_runs.c.at < instant(at)))

    def _newest(self, where: object) -> tuple[FindingLife, ...]:
        query = select(finding_runs.c.record).order_by(finding_runs.c.at.desc(), finding_runs.c.run.desc()).limit(1)
        if where is not None:
            query = query.where(where)  # type: ignore[arg-type]
        with self._engine.connect() as connection:
            found = connection.execute(query).scalar()
        lives: tuple[FindingLife, ...] = () if found is None else _CODEC.load(zlib.decompress(found))
        return lives
