"""Metrics in Prometheus' text form, served on an address of their own while the daemon runs."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import anyio
from anyio.abc import SocketStream, TaskStatus
from anyio.to_thread import run_sync

from auditor.app.health import Health, health
from auditor.app.parts import Parts
from auditor.engines.gate import Mix, outcomes_of
from auditor.errors import AuditorError, NotDone
from auditor.model.delivery import DeliveryState
from auditor.store import Store

__all__ = ["metrics_text", "serve_metrics"]

_SECONDS = 5.0
_MOST_BYTES = 8192
_MOST_AT_ONCE = 8
_END = b"\r\n\r\n"
_TEXT = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str]
Sample = tuple[Labels, float]


def metrics_text(found: Health, mix: Mix) -> str:
    """Say how the service is. ``mix`` counts the visits of the last night that is over, per probe and ending."""
    diary = found.diary
    tasks = sorted(diary.tasks.items()) if diary else []
    night = found.night
    families: list[tuple[str, str, str, Iterable[Sample]]] = [
        ("auditor_up", "gauge", "Whether the daemon lives.", [({}, float(found.alive))]),
        ("auditor_healthy", "gauge", "Whether status --check finds nothing.", [({}, float(not found.problems))]),
        ("auditor_problems", "gauge", "How many things the operator should see to.", [({}, float(len(found.problems)))]),
        ("auditor_started_seconds", "gauge", "When the daemon started.", _at({}, diary.started_at if diary else None)),
        ("auditor_night_open", "gauge", "Whether a night is being made or was cut off.", [({}, float(found.going is not None))]),
        ("auditor_night_published", "gauge", "Whether the last night that is over passed the gate.",
         [({}, float(not night.held_because))] if night else []),
        ("auditor_night_ended_seconds", "gauge", "When the last night ended.", _at({}, night.ended_at if night else None)),
        ("auditor_published_seconds", "gauge", "When the last published night ended.",
         _at({}, found.published.ended_at if found.published else None)),
        ("auditor_visits", "gauge", "Visits of the last night that is over, by probe and how they ended.",
         [({"probe": p, "ending": e}, float(n)) for p, counts in sorted(mix.items()) for e, n in sorted(counts.items())]),
        ("auditor_task_done_total", "counter", "How often a task went well.", [({"task": n}, float(t.done)) for n, t in tasks]),
        ("auditor_task_failures", "gauge", "How often a task has failed since it last went well.",
         [({"task": n}, float(t.failures)) for n, t in tasks]),
        ("auditor_task_ended_seconds", "gauge", "When a task last ended.",
         [sample for n, t in tasks for sample in _at({"task": n}, t.ended_at)]),
        ("auditor_task_next_seconds", "gauge", "When a task is due next.",
         [sample for n, t in tasks for sample in _at({"task": n}, t.next_at)]),
        ("auditor_notices", "gauge", "Notices in the outbox, by how they stand.",
         [({"state": state.value}, float(found.queue.states.get(state, 0))) for state in DeliveryState]),
        ("auditor_notices_oldest_seconds", "gauge", "When the oldest notice that is not over was made.",
         _at({}, found.queue.oldest.notice.created_at if found.queue.oldest else None)),
        ("auditor_disk_free_bytes", "gauge", "Room on the disk of the data folder.", [({}, found.room.free_mb * 1048576.0)]),
    ]  # fmt: skip
    return "".join(line for name, kind, text, samples in families for line in _family(name, kind, text, samples))


def _at(labels: Labels, moment: datetime | None) -> list[Sample]:
    return [(labels, moment.timestamp())] if moment else []


def _family(name: str, kind: str, text: str, samples: Iterable[Sample]) -> Iterable[str]:
    yield f"# HELP {name} {text}\n# TYPE {name} {kind}\n"
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{inside}}} {value!r}\n" if inside else f"{name} {value!r}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


async def serve_metrics(parts: Parts, store: Store, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
    """Answer ``GET /metrics`` and ``GET /health`` until it is cancelled; nothing else, and nothing long.

    Raises:
        NotDone: the address is taken.
    """
    host, _, port = parts.settings.schedule.metrics.rpartition(":")
    places = anyio.Semaphore(_MOST_AT_ONCE)
    mixes: dict[str, Mix] = {}

    def text() -> str:
        found = health(parts, store)
        if found.night and found.night.id not in mixes:
            mixes.clear()
            mixes[found.night.id] = outcomes_of(store.visits.of_run(found.night.id))
        return metrics_text(found, mixes.get(found.night.id, {}) if found.night else {})

    def well() -> str:
        return "\n".join(map(str, health(parts, store).problems))

    async def serve(stream: SocketStream) -> None:
        async with stream, places:
            with anyio.move_on_after(_SECONDS):
                await _answer(stream, text, well)

    try:
        opened = await anyio.create_tcp_listener(local_host=host.strip("[]"), local_port=int(port))
    except OSError as exc:
        raise NotDone(f"schedule.metrics: {host}:{port} cannot be listened on: {exc.strerror or exc}") from exc
    async with opened as listener:
        task_status.started()
        await listener.serve(serve)


async def _answer(stream: SocketStream, text: Callable[[], str], well: Callable[[], str]) -> None:
    asked = b""
    try:
        while _END not in asked and len(asked) < _MOST_BYTES:
            asked += await stream.receive()
        path = asked.split(b"\r\n", 1)[0]
        status, body = "404 Not Found", "/metrics or /health\n"
        if path.startswith((b"GET /metrics ", b"GET /metrics?")):
            status, body = "200 OK", await run_sync(text)
        elif path.startswith(b"GET /health "):
            problems = await run_sync(well)
            status, body = ("503 Service Unavailable", f"{problems}\n") if problems else ("200 OK", "ok\n")
        await _say(stream, status, body)
    except AuditorError as exc:
        await _say(stream, "503 Service Unavailable", f"{exc}\n")
    except (anyio.EndOfStream, anyio.BrokenResourceError):
        return


async def _say(stream: SocketStream, status: str, body: str) -> None:
    sent = body.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {_TEXT}\r\nContent-Length: {len(sent)}\r\nConnection: close\r\n\r\n"
    await stream.send(head.encode() + sent)
