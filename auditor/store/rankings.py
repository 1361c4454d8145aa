"""Published rankings, kept as they were published."""

from datetime import datetime

from sqlalchemy import Engine, insert, select

from auditor.model.codec import Codec
from auditor.model.ids import Digest
from auditor.model.ranking import Ranking
from auditor.model.run import RunState
from auditor.store.files import pin_named
from auditor.store.runs import end_run
from auditor.store.tables import rankings
from auditor.store.writing import instant, writing

__all__ = ["Rankings"]

_CODEC = Codec(Ranking)


class Rankings:
    """The rankings of this database."""

    def __init__(self, engine: Engine) -> None:
        """Work on an engine."""
        self._engine = engine

    def publish(self, ranking: Ranking, *, ended_at: datetime, manifest: Digest) -> None:
        """Add a ranking and note that its run is published: both or neither.

        A ranking of the same run and edition that stands already is left as it is. The evidence that it names stays for good.
        """
        assert ranking.run is not None
        with writing(self._engine) as connection:
            same = (rankings.c.run == ranking.run) & (rankings.c.edition == ranking.edition)
            if connection.execute(select(rankings.c.id).where(same)).first() is None:
                body = _CODEC.dump(ranking)
                new = {"run": ranking.run, "edition": ranking.edition, "as_of": instant(ranking.as_of), "record": body}
                connection.execute(insert(rankings).values(new))
                pin_named(connection, body)
            end_run(connection, ranking.run, state=RunState.PUBLISHED, ended_at=ended_at, manifest=manifest)

    def of_run(self, run: str, edition: str) -> Ranking | None:
        """Give the ranking that a run published by an edition, None if it published none."""
        query = select(rankings.c.record).where((rankings.c.run == run) & (rankings.c.edition == edition))
        with self._engine.connect() as connection:
            found = connection.execute(query).scalar()
        ranking: Ranking | None = _CODEC.load(found) if found is not None else None
        return ranking

    def last(self, edition: str, *, before: datetime | None = None) -> Ranking | None:
        """Give the last ranking by an edition, or the last one as of an earlier instant."""
        query = select(rankings.c.record).where(rankings.c.edition == edition)
        if before is not None:
            query = query.where(rankings.c.as_of < instant(before))
        with self._engine.connect() as connection:
            found = connection.execute(query.order_by(rankings.c.as_of.desc(), rankings.c.id.desc()).limit(1)).scalar()
        if found is None:
            return None
        ranking: Ranking = _CODEC.load(found)
        return ranking
