"""The outbox: notices that wait, are under way, were sent or given up; each key once, for ever."""

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, insert, or_, select, update

from auditor.model.codec import Codec
from auditor.model.delivery import Delivery, DeliveryState, Queue, refused_of
from auditor.model.notice import Notice
from auditor.store.tables import outbox
from auditor.store.writing import instant, writing

__all__ = ["Outbox", "add_notices"]

_CODEC = Codec(Notice)
_OPEN = (DeliveryState.WAITING, DeliveryState.SENDING)
_STRAY = timedelta(hours=1)
"""What was changed so much later than now was changed before the clock was set back: its waiting means nothing."""


class Outbox:
    """The deliveries of this database. They are added and moved on, never removed, so that no key is ever told twice."""

    def __init__(self, engine: Engine) -> None:
        """Work on an engine."""
        self._engine = engine

    def put(self, notices: Iterable[Notice]) -> int:
        """Add notices that are to be told; a key that is there already stays as it is. Give how many are new."""
        with writing(self._engine) as connection:
            return add_notices(connection, notices)

    def due(self, now: datetime) -> tuple[Delivery, ...]:
        """Give what is to be tried now, the oldest first, with tries that were cut off."""
        return self._of(select(outbox).where(_due(now)).order_by(outbox.c.created_at, outbox.c.key))

    def begin(self, key: str, now: datetime, *, until: datetime) -> bool:
        """Claim a delivery for one try; False where another has it, or had it. A try not ended by ``until`` is due again."""
        claim = update(outbox).where(outbox.c.key == key, _due(now))
        values = {
            "state": DeliveryState.SENDING,
            "tries": outbox.c.tries + 1,
            "changed_at": instant(now),
            "due_at": instant(until),
        }
        with writing(self._engine) as connection:
            return connection.execute(claim.values(values)).rowcount == 1

    def sent(self, key: str, now: datetime, *, refused: Sequence[str] = (), taken: Iterable[str] = ()) -> None:
        """Note that everybody has it who ever will; ``refused`` says who never will, and why, ``taken`` who has it since now."""
        self._end(key, now, DeliveryState.SENT, left=(), refused=refused, taken=taken, why="; ".join(refused), due_at=None)

    def failed(
        self,
        key: str,
        now: datetime,
        why: str,
        retry_at: datetime | None,
        *,
        left: Sequence[str] = (),
        refused: Sequence[str] = (),
        taken: Iterable[str] = (),
    ) -> None:
        """Note a try that left somebody without it; without ``retry_at`` it is given up."""
        state = DeliveryState.FAILED if retry_at is None else DeliveryState.WAITING
        self._end(key, now, state, left=left, refused=refused, taken=taken, why=why, due_at=retry_at)

    def get(self, key: str) -> Delivery | None:
        """Give one delivery, None if there is none of that key."""
        found = self._of(select(outbox).where(outbox.c.key == key))
        return found[0] if found else None

    def all(self) -> tuple[Delivery, ...]:
        """Give every delivery, the oldest first."""
        return self._of(select(outbox).order_by(outbox.c.created_at, outbox.c.key))

    def open(self) -> tuple[Delivery, ...]:
        """Give those that are not over."""
        return self._of(select(outbox).where(outbox.c.state.in_(_OPEN)).order_by(outbox.c.created_at, outbox.c.key))

    def all_keys(self) -> tuple[str, ...]:
        """Give every key, the oldest first."""
        with self._engine.connect() as connection:
            return tuple(connection.execute(select(outbox.c.key).order_by(outbox.c.created_at, outbox.c.key)).scalars())

    def queue(self) -> Queue:
        """Give the outbox at a glance."""
        counts = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        first = select(outbox).where(outbox.c.state.in_(_OPEN)).order_by(outbox.c.created_at, outbox.c.key).limit(1)
        with self._engine.connect() as connection:
            states = {DeliveryState(state): int(count) for state, count in connection.execute(counts)}
        return Queue(states=states, oldest=next(iter(self._of(first)), None))

    def bounced(self, key: str, now: datetime, words: str, address: str) -> bool:
        """Note that an address which was served never got it; when that is so for each of them, it came back as a whole.

        False where that is known already: one letter comes back from one address once, however often somebody says so.
        """
        with writing(self._engine) as connection:
            one = _locked(connection, key)
            if one is None or any(refused_of(line) == address for line in one.refused):
                return False
            refused = (*one.refused, words)
            over = one.state is DeliveryState.SENT and _nobody_has(one, refused)
            values = {
                "state": DeliveryState.BOUNCED if over else one.state,
                "changed_at": instant(now),
                "refused": json.dumps(refused, ensure_ascii=False),
                "why": "; ".join(refused),
            }
            connection.execute(update(outbox).where(outbox.c.key == key).values(values))
        return True

    def before(self, notice: Notice) -> tuple[str, ...]:
        """Give the keys of what was sent in the same thread before a notice, the oldest first."""
        if not notice.thread:
            return ()
        query = select(outbox.c.key).where(
            outbox.c.thread == notice.thread,
            outbox.c.state == DeliveryState.SENT,
            outbox.c.created_at < instant(notice.created_at),
        )
        with self._engine.connect() as connection:
            return tuple(connection.execute(query.order_by(outbox.c.created_at, outbox.c.key)).scalars())

    def _end(
        self,
        key: str,
        now: datetime,
        state: DeliveryState,
        *,
        left: Sequence[str],
        refused: Sequence[str],
        taken: Iterable[str],
        why: str,
        due_at: datetime | None,
    ) -> None:
        with writing(self._engine) as connection:
            one = _locked(connection, key)
            if one is None or one.state not in _OPEN:
                return
            # Who had it after an earlier try may have sent it back while this one was under way.
            every = {refused_of(line): line for line in (*refused, *one.refused)}
            came_back = state is DeliveryState.SENT and _nobody_has(one, tuple(every.values()))
            served = {**dict.fromkeys(taken, now), **one.taken}
            values = {
                "state": DeliveryState.BOUNCED if came_back else state,
                "changed_at": instant(now),
                "due_at": instant(due_at) if due_at else None,
                "left": json.dumps(list(left)),
                "refused": json.dumps(list(every.values()), ensure_ascii=False),
                "taken": json.dumps({address: instant(at) for address, at in served.items()}),
                "why": why,
            }
            connection.execute(update(outbox).where(outbox.c.key == key).values(values))

    def _of(self, query: Select[Any]) -> tuple[Delivery, ...]:
        with self._engine.connect() as connection:
            return tuple(map(_delivery, connection.execute(query).mappings()))


def add_notices(connection: Connection, notices: Iterable[Notice]) -> int:
    """Add notices within a transaction; a key that is there already stays as it is. Give how many are new."""
    added = 0
    for notice in notices:
        if not connection.execute(select(outbox.c.key).where(outbox.c.key == notice.key)).first():
            connection.execute(insert(outbox).values(_new(notice)))
            added += 1
    return added


def _locked(connection: Connection, key: str) -> Delivery | None:
    """Give a delivery that nobody else moves on before this transaction ends."""
    row = connection.execute(select(outbox).where(outbox.c.key == key).with_for_update()).mappings().first()
    return _delivery(row) if row is not None else None


def _nobody_has(one: Delivery, refused: Sequence[str]) -> bool:
    return {refused_of(line) for line in refused} >= set(one.notice.to)


def _due(now: datetime) -> ColumnElement[bool]:
    come = or_(outbox.c.due_at <= instant(now), outbox.c.changed_at > instant(now + _STRAY))
    return and_(outbox.c.state.in_(_OPEN), come)


def _new(notice: Notice) -> dict[str, object]:
    return {
        "key": notice.key,
        "agency": notice.agency,
        "thread": notice.thread,
        "state": DeliveryState.WAITING,
        "tries": 0,
        "created_at": instant(notice.created_at),
        "changed_at": instant(notice.created_at),
        "due_at": instant(notice.created_at),
        "left": json.dumps(list(notice.to)),
        "refused": "[]",
        "taken": "{}",
        "why": "",
        "record": zlib.compress(_CODEC.dump(notice)),
    }


def _delivery(row: Any) -> Delivery:  # noqa: ANN401 - a row by column name
    return Delivery(
        notice=_CODEC.load(zlib.decompress(row["record"])),
        state=DeliveryState(row["state"]),
        tries=row["tries"],
        changed_at=datetime.fromisoformat(row["changed_at"]),
        due_at=datetime.fromisoformat(row["due_at"]) if row["due_at"] else None,
        left=tuple(json.loads(row["left"])),
        refused=tuple(json.loads(row["refused"])),
        taken={address: datetime.fromisoformat(at) for address, at in json.loads(row["taken"]).items()},
        why=row["why"],
    )
