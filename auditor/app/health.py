"""Whether the service is well: what ``status --check`` answers and what is measured of it."""

import os
import platform
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.app.gating import nights_of, room
from auditor.app.nights import missed
from auditor.app.parts import Parts
from auditor.engines.gate import Room
from auditor.model.delivery import Queue
from auditor.model.note import Note
from auditor.model.notice import Channel
from auditor.model.run import Run, RunState
from auditor.model.zone import VIETNAM
from auditor.schedule.journal import Diary, read_diary
from auditor.schedule.ticker import Ticker
from auditor.store import Store

__all__ = ["Health", "health"]

_SILENT = timedelta(seconds=90)
_SLACK = timedelta(minutes=10)
_WAITED = timedelta(days=1)

NEVER_RAN = Note(key="service.never_ran", text="auditor schedule has never run on this data folder.")
STOPPED = Note(
    key="service.stopped", text="auditor schedule was stopped; its last sign of life was {minutes} minutes ago, at {at}."
)
SILENT = Note(
    key="service.silent",
    text="auditor schedule ended without a word, or hangs; its last sign of life was {minutes} minutes ago, at {at}.",
)
FAILED = Note(key="service.task_failed", text="{task} has failed {times} time(s) since it last went well: {because}")
HELD = Note(key="service.held", text="The last night ({run}) was held back, and the ranking before it stands: {because}")
ABANDONED = Note(key="service.abandoned", text="A night ({run}) was cut off, and nobody goes on with it.")
MISSED = Note(key="service.missed", text="{count} night(s) should have begun and did not, the first at {at}.")
STUCK = Note(key="service.letters_stuck", text="{count} notice(s) wait to be sent, the oldest since {at}: {because}")
NO_ROOM = Note(key="service.no_room", text="The disk has {free} MB left, and {need} MB are needed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the service is: ``problems`` are what its operator should see to, none when all is well.

    ``night`` is the last whole night that is over, ``going`` the one that is being made or was cut off.
    """

    now: datetime
    diary: Diary | None
    alive: bool
    night: Run | None
    published: Run | None
    going: Run | None
    room: Room
    queue: Queue
    problems: tuple[Note, ...]


def health(parts: Parts, store: Store) -> Health:
    """Look at what the daemon wrote down, at the last nights, and at the disk."""
    now, diary, found = parts.clock.now(), read_diary(parts.data), room(parts)
    alive = diary is not None and _alive(diary, now)
    nights = nights_of(store)
    over = [night for night in nights if night.state in {RunState.PUBLISHED, RunState.HELD}]
    going = next((night for night in reversed(nights) if night.state is RunState.OPEN), None)
    published = [night for night in over if night.state is RunState.PUBLISHED]
    problems = [*_of_life(diary, now, alive=alive), *_of_tasks(diary)]
    if over and over[-1].held_because:
        problems.append(HELD(run=over[-1].id, because=over[-1].held_because))
    if going is not None and not alive:
        problems.append(ABANDONED(run=going.id))
    problems += _of_missed(parts, nights, diary, now)
    if found.free_mb < found.need_mb:
        problems.append(NO_ROOM(free=found.free_mb, need=found.need_mb))
    queue = store.outbox.queue()
    problems += _of_queue(parts, queue, now)
    return Health(
        now=now,
        diary=diary,
        alive=alive,
        night=over[-1] if over else None,
        published=published[-1] if published else None,
        going=going,
        room=found,
        queue=queue,
        problems=tuple(problems),
    )


def _alive(diary: Diary, now: datetime) -> bool:
    """Tell whether the daemon lives: it gave a sign lately, and is no process of this machine that is gone."""
    if diary.ended_at is not None or abs(now - diary.beat_at) >= _SILENT:
        return False
    try:
        os.kill(diary.pid, 0)
    except ProcessLookupError:
        return diary.host != platform.node()
    except PermissionError:
        return True
    return True


def _of_life(diary: Diary | None, now: datetime, *, alive: bool) -> list[Note]:
    if diary is None:
        return [NEVER_RAN]
    said = STOPPED if diary.ended_at else SILENT
    minutes = (now - diary.beat_at) // timedelta(minutes=1)
    return [] if alive else [said(minutes=minutes, at=_shown(diary.beat_at))]


def _of_tasks(diary: Diary | None) -> list[Note]:
    tasks = sorted(diary.tasks.items()) if diary else []
    return [FAILED(task=name, times=task.failures, because=task.because) for name, task in tasks if task.failures]


def _of_queue(parts: Parts, queue: Queue, now: datetime) -> list[Note]:
    """What has waited for a day for a channel that is set up; a server that is slow to believe us takes some hours."""
    oldest = queue.oldest
    if oldest is None or now - oldest.notice.created_at <= _WAITED:
        return []
    set_up = parts.settings.mail.host if oldest.notice.channel is Channel.MAIL else parts.settings.webhook.url
    return [STUCK(count=queue.open, at=_shown(oldest.notice.created_at), because=oldest.why or "–")] if set_up else []


def _of_missed(parts: Parts, nights: tuple[Run, ...], diary: Diary | None, now: datetime) -> list[Note]:
    if diary is None:
        return []
    settings = parts.settings.schedule
    struck = missed(nights, Ticker(settings.nightly, settings.timezone), since=diary.first_at, now=now)
    late = [at for at in struck if at <= now - _SLACK]
    return [MISSED(count=len(late), at=_shown(late[0]))] if late else []


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
