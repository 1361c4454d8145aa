"""The files of evidence: until when each was used, what it refers to, what may be let go of, and what was.

A file is let go of as a whole. It stays while a visit that is young enough used it, while a published ranking or a letter names
something in it, and while any file that stays refers to it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Table, case, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from auditor.model.codec import Codec
from auditor.model.ids import Digest, RunId
from auditor.model.place import Place
from auditor.store.tables import bodies, evidence_files, evidence_links, pruned, prunings, records
from auditor.store.writing import instant, writing

__all__ = ["Files", "Pruning", "link_files", "paths_named", "pin_named", "use_files"]

_PLACE = Codec(Place)
_NAME = re.compile(rb"sha256:[0-9a-f]{64}|urn:uuid:[0-9a-f-]{36}")
_AT_ONCE = 400
_WARC, _BLOB = "warc/", "blobs/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """One letting go: ``record`` is its listing (JSON), ``manifest`` its manifest's digest, None while it is not over."""

    id: str
    at: datetime
    manifest: Digest | None
    record: bytes


class Files:
    """The evidence files of this database."""

    def __init__(self, engine: Engine) -> None:
        """Work on an engine."""
        self._engine = engine

    def use(self, paths: Iterable[str], at: datetime) -> None:
        """Note that files were used by something that ended at an instant."""
        with writing(self._engine) as connection:
            use_files(connection, paths, at)

    def pin(self, text: bytes) -> None:
        """Let the files stay for good in which that lies which a text names."""
        with writing(self._engine) as connection:
            pin_named(connection, text)

    def expired(self, before: datetime) -> tuple[str, ...]:
        """Give the files that nothing needs which was used since an instant, is pinned, or is referred to by such a file."""
        young = or_(evidence_files.c.used_at >= instant(before), evidence_files.c.pinned)
        kept = select(evidence_files.c.path).where(young).cte("kept", recursive=True)
        kept = kept.union(select(evidence_links.c.refers_to).where(evidence_links.c.path == kept.c.path))
        query = select(evidence_files.c.path).where(~young, evidence_files.c.path.not_in(select(kept.c.path)))
        with self._engine.connect() as connection:
            return tuple(connection.execute(query.order_by(evidence_files.c.path)).scalars())

    def places(self, paths: Iterable[str]) -> tuple[tuple[RunId, Place], ...]:
        """Give every object and exchange that lies in these files, each with the run that kept it first."""
        with self._engine.connect() as connection:
            return tuple(dict.fromkeys((run, place) for _, _, run, place in _lying(connection, {*paths})))

    def condemn(self, pruning: Pruning, paths: Iterable[str]) -> None:
        """Forget where everything in these files lies, so that nothing new refers to it, and note that they go."""
        going = {*paths}
        with writing(self._engine) as connection:
            found = [*_lying(connection, going)]
            connection.execute(insert(prunings).values(id=pruning.id, at=instant(pruning.at), record=pruning.record))
            names = dict.fromkeys(name for _, name, _, _ in found)
            if names:
                connection.execute(insert(pruned), [{"name": name, "pruning": pruning.id} for name in names])
            for table, name, _, _ in found:
                connection.execute(delete(table).where((table.c.digest if table is bodies else table.c.id) == name))
            for some in _parts(going):
                connection.execute(delete(evidence_files).where(evidence_files.c.path.in_(some)))
                connection.execute(delete(evidence_links).where(evidence_links.c.path.in_(some)))

    def over(self, pruning: str, manifest: Digest) -> None:
        """Note that a letting go is over."""
        with writing(self._engine) as connection:
            connection.execute(update(prunings).where(prunings.c.id == pruning).values(manifest=manifest))

    def prunings(self) -> tuple[Pruning, ...]:
        """Give every letting go, the oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(prunings).order_by(prunings.c.at, prunings.c.id)).mappings()
            return tuple(map(_pruning, rows))

    def pruned(self, name: str) -> Pruning | None:
        """Give the last letting go of an object, by its digest, or of an exchange, by its record; None where there was none."""
        mine = select(prunings).join(pruned, pruned.c.pruning == prunings.c.id).where(pruned.c.name == name)
        with self._engine.connect() as connection:
            row = connection.execute(mine.order_by(prunings.c.at.desc()).limit(1)).mappings().first()
        return _pruning(row) if row is not None else None


def use_files(connection: Connection, paths: Iterable[str], at: datetime, *, pinned: bool = False) -> None:
    """Note within a transaction that files were used; one that is pinned stays so."""
    rows = [{"path": path, "used_at": instant(at), "pinned": pinned} for path in sorted({*paths})]
    if rows:
        new: Any = _insert(connection, evidence_files)
        later = case((new.excluded.used_at > evidence_files.c.used_at, new.excluded.used_at), else_=evidence_files.c.used_at)
        kept = or_(new.excluded.pinned, evidence_files.c.pinned)
        connection.execute(new.on_conflict_do_update(index_elements=["path"], set_={"used_at": later, "pinned": kept}), rows)


def link_files(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Note within a transaction that files refer to others."""
    rows = [{"path": path, "refers_to": other} for path, other in sorted({*pairs}) if path != other]
    if rows:
        connection.execute(_insert(connection, evidence_links).on_conflict_do_nothing(), rows)


def paths_named(connection: Connection, text: bytes) -> set[str]:
    """Give the files in which that lies which a text names, by digest or record."""
    names = sorted({name.decode() for name in _NAME.findall(text)})
    found: set[str] = set()
    for some in _parts(names):
        for query in (
            select(bodies.c.place).where(bodies.c.digest.in_(some)),
            select(records.c.place).where(records.c.id.in_(some)),
        ):
            found |= {_PLACE.load(place).path for place in connection.execute(query).scalars()}
    return found


def pin_named(connection: Connection, text: bytes) -> None:
    """Let the files stay for good in which that lies which a text names: it was told to others."""
    for some in _parts(sorted(paths_named(connection, text))):
        connection.execute(update(evidence_files).where(evidence_files.c.path.in_(some)).values(pinned=True))


def _lying(connection: Connection, paths: set[str]) -> Iterable[tuple[Table, str, RunId, Place]]:
    """Give the rows of what lies in files: the table, the name in it, the run, the place."""
    runs = sorted({path.split("/")[1] for path in paths if path.startswith(_WARC)})
    blobs = [f"sha256:{path.rpartition('/')[2]}" for path in sorted(paths) if path.startswith(_BLOB)]
    queries = [(table, select(table).where(table.c.run == run)) for run in runs for table in (bodies, records)]
    queries += [(bodies, select(bodies).where(bodies.c.digest.in_(some))) for some in _parts(blobs)]
    for table, query in queries:
        for row in connection.execute(query).mappings():
            place: Place = _PLACE.load(row["place"])
            if place.path in paths:
                yield table, row["digest" if table is bodies else "id"], RunId(row["run"]), place


def _insert(connection: Connection, table: Table) -> Any:  # noqa: ANN401 - the statement of one dialect or the other
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _parts(names: Iterable[str]) -> Iterable[list[str]]:
    """Give names in such numbers as a statement takes."""
    held = [*names]
    return (held[start : start + _AT_ONCE] for start in range(0, len(held), _AT_ONCE))


def _pruning(row: RowMapping) -> Pruning:
    return Pruning(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        manifest=Digest(row["manifest"]) if row["manifest"] else None,
        record=bytes(row["record"]),
    )
