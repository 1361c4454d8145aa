"""The one way in which the council's and the agencies' acts are kept: as a run of their own, in the ledger, with their files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.app.parts import Parts
from auditor.engines.lock import only_one
from auditor.errors import NotDone, UsageError
from auditor.evidence.acts import acts_body, acts_name
from auditor.evidence.ledger import last
from auditor.evidence.writer import write_blob
from auditor.model.codec import Codec
from auditor.model.council import Act
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.run import RunKind
from auditor.model.web import web_address
from auditor.model.zone import VIETNAM
from auditor.store import Store

__all__ = ["MAX_WORDS", "Attached", "act", "proof_of", "said"]

_CODEC = Codec(Act)
_JSON = "application/json"
MAX_WORDS = 1500
"""Characters of a reason or an explanation: it stands in a cell of a sheet."""
_LINK = "--link"
_SLACK = timedelta(minutes=1)
"""Runs that are sealed in one instant end microseconds after each other."""
_PATIENCE = 15.0
"""Seconds that an act waits for another one to be kept; a night takes hours, and is not waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that somebody handed in with an act: its bytes are kept, and the act's proof names them."""

    name: str
    body: bytes
    media_type: str


def act(
    parts: Parts,
    edition: str | None,
    scope: str,
    done: Callable[[Store, datetime], Sequence[Act]],
    files: Sequence[Attached] | Callable[[], Sequence[Attached]] = (),
) -> tuple[Act, ...]:
    """Keep what is done, all of it or nothing: ``done`` makes the acts from the store and the instant they are done at.

    It is called under the data folder's lock, so what it reads there still holds when its acts are kept. Their own text goes into
    the ledger too, so that no act can be changed or taken out unseen. Nothing is kept when it raises or gives no act. ``files``
    are what was handed in, or give what ``done`` has made. Who is killed in between has kept all or nothing: the acts are added
    at once, and what has none is sealed as cut off.

    Raises:
        NotDone: another run is at work in the data folder, and goes on.
    """
    with only_one(parts.data, patience=_PATIENCE), parts.store() as store:
        night = parts.night(store, edition)
        night.settle()
        now = parts.clock.now()
        _runs_on(parts, now)
        made = tuple(done(store, now))
        if not made:
            return ()
        run, notes = night.open(RunKind.COUNCIL, scope)
        given = files() if callable(files) else files
        blobs = [write_blob(parts.evidence, file.body, file.media_type, file.name, ProofKind.BLOB) for file in given]
        blobs.append(write_blob(parts.evidence, acts_body(run.id, _CODEC.dump(made)), _JSON, acts_name(run.id), ProofKind.BLOB))
        store.visits.keep(run.id, blobs, run.started_at)
        store.acts.add(run.id, made)
        manifest, ended = night.seal(run, notes)
        night.keep(run, manifest, ended)
    return made


def _runs_on(parts: Parts, now: datetime) -> None:
    """Prove that the clock has not gone back behind the ledger: what is done in its past would count for nothing."""
    newest = last(parts.evidence)
    ended = datetime.fromisoformat(str(newest.table["ended_at"])) if newest else now
    if ended > now + _SLACK:
        raise NotDone(
            f"đồng hồ máy chậm hơn sổ cái (ghi lúc {ended.astimezone(VIETNAM):%H:%M %d/%m/%Y}): hãy chỉnh giờ rồi làm lại"
        )


def proof_of(file: Attached) -> Proof:
    """Give the proof that names a file's bytes."""
    return Proof(digest=digest_of(file.body), kind=ProofKind.BLOB, media_type=file.media_type, size=len(file.body), url=file.name)


def said(needed: Mapping[str, str], more: Mapping[str, str] | None = None) -> None:
    """Prove the words of an act, each by its option's name: what is needed is there, none is too long, a link leads to a page.

    Raises:
        UsageError: something is not so.
    """
    for name, text in needed.items():
        if not text.strip():
            raise UsageError(f"{name} không được để trống: phải ghi rõ ai làm và vì sao, hội đồng thì cả theo văn bản nào")
    for name, text in {**needed, **(more or {})}.items():
        if len(text) > MAX_WORDS:
            raise UsageError(f"{name} dài {len(text)} ký tự; nhiều nhất là {MAX_WORDS}")
    link = (more or {}).get(_LINK, "")
    if link and not web_address(link):
        raise UsageError(f'{_LINK} "{link[:80]}" không phải địa chỉ web: hãy ghi địa chỉ bắt đầu bằng http:// hoặc https://')
