"""Deep scans in child processes: up to eight addresses share one, at most two run, and each is killed at its deadline."""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import anyio
from anyio.abc import ByteReceiveStream, Process
from anyio.streams.buffered import BufferedByteReceiveStream
from pydantic import BaseModel, ConfigDict, ValidationError

from auditor.clock import Clock
from auditor.model.codec import canonical_json
from auditor.model.visit import Cause

__all__ = ["Children", "Failure", "Order", "Said", "joined"]

BATCH = 8
_CHILDREN = 2
_COLLECT = 0.25
"""Seconds in which scans that begin together find each other."""
_MAX_LINE = 4 * 1024 * 1024
_TAIL = 400
_COMMAND = (sys.executable, "-P", "-m", "auditor.visit.doors.tls.child")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One address to scan: for which host, which protocols' suites, which vulnerabilities, how many seconds a handshake."""

    host: str
    address: str
    port: int
    protocols: tuple[str, ...]
    checks: tuple[str, ...]
    timeout: int = 6


class Said(BaseModel):
    """What the child said of one address. ``ok`` is false when its library could not shake hands; ``error`` says why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int
    ok: bool
    error: str = ""
    errors: dict[str, str] = {}
    suites: tuple[tuple[str, str, int | None], ...] = ()
    untested_protocols: tuple[str, ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()
    """Each in Base64 of DER, leaf first."""
    staples: tuple[str, ...] = ()
    vulnerable: tuple[str, ...] = ()
    not_tested: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    """The library's commands that a lost connection ended: at another time they may succeed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why the child said nothing of an address: always our side."""

    cause: Cause
    detail: str


def joined(first: Said | Failure | None, second: Said | Failure) -> Said | Failure:
    """Give what two scans of one address found, one after the other: what either saw is there."""
    if not (isinstance(first, Said) and first.ok):
        return second
    if not (isinstance(second, Said) and second.ok):
        return first
    suites = dict.fromkeys((*first.suites, *second.suites))
    known = {(protocol, name) for protocol, name, bits in suites if bits is not None}
    return second.model_copy(
        update={
            "suites": tuple(one for one in suites if one[2] is not None or one[:2] not in known),
            "untested_protocols": tuple(name for name in second.untested_protocols if name in first.untested_protocols),
            "chains": tuple(dict.fromkeys((*first.chains, *second.chains))),
            "staples": tuple(dict.fromkeys((*first.staples, *second.staples))),
            "vulnerable": tuple(sorted({*first.vulnerable, *second.vulnerable})),
            "not_tested": tuple(name for name in second.not_tested if name in first.not_tested),
            "lost": tuple(name for name in second.lost if name in first.lost),
            "errors": {name: words for name, words in second.errors.items() if name in first.errors},
        }
    )


@dataclass(eq=False)
class _Job:
    order: Order
    seconds: float
    done: anyio.Event = field(default_factory=anyio.Event)
    answer: Said | Failure | None = None

    def settle(self, answer: Said | Failure | None) -> None:
        """Give the answer, or None to say that nobody works on it any more."""
        self.answer = answer
        self.done.set()


class Children:
    """The child processes of a program. Whoever asks first runs a child for all who ask at the time; there is no idle one."""

    def __init__(self, clock: Clock) -> None:
        """Have no child yet."""
        self._clock = clock
        self._waiting: list[_Job] = []
        self._slots = anyio.Semaphore(_CHILDREN)

    async def scan(self, order: Order, *, seconds: float) -> Said | Failure:
        """Scan one address. ``seconds`` run from the child's start, so a queue costs nobody his time."""
        job = _Job(order, seconds)
        while job.answer is None:
            job.done = anyio.Event()
            self._waiting.append(job)
            try:
                await anyio.sleep(_COLLECT)
                await self._lead(job)
                await job.done.wait()
            finally:
                if job in self._waiting:
                    self._waiting.remove(job)
        return job.answer

    async def _lead(self, job: _Job) -> None:
        """Run a child for those who wait, unless somebody has taken this job meanwhile."""
        if job not in self._waiting:
            return
        async with self._slots:
            if job not in self._waiting:
                return
            self._waiting.remove(job)
            batch = [job, *self._waiting[: BATCH - 1]]
            del self._waiting[: BATCH - 1]
            try:
                await self._run(batch)
            finally:
                # Only a cancelled leader leaves jobs unsettled: their owners queue again.
                for one in batch:
                    if not one.done.is_set():
                        one.settle(None)

    async def _run(self, batch: Sequence[_Job]) -> None:
        try:
            process = await anyio.open_process(list(_COMMAND), start_new_session=True, env=_environment())
        except OSError as exc:
            _settle(batch, Failure(cause=Cause.CAPABILITY, detail=f"no process for the scan: {exc}"))
            return
        tail = bytearray()
        limit = max(job.seconds for job in batch)
        try:
            with anyio.move_on_after(limit) as scope:
                async with anyio.create_task_group() as group:
                    assert process.stderr is not None
                    group.start_soon(_drain, process.stderr, tail)
                    await _talk(process, batch)
                    group.cancel_scope.cancel()
        finally:
            await _end(process)
        if scope.cancelled_caught:
            _settle(batch, Failure(cause=Cause.BUDGET, detail=f"the scan was not done after {limit:.0f} s"))
        words = bytes(tail).decode("utf-8", "replace").strip().splitlines()[-1:]
        _settle(batch, Failure(cause=Cause.CRASHED, detail=f"the scan ended with {process.returncode}: {' '.join(words)}"))


def _settle(batch: Sequence[_Job], answer: Failure) -> None:
    for job in batch:
        if not job.done.is_set():
            job.settle(answer)


async def _talk(process: Process, batch: Sequence[_Job]) -> None:
    """Give the order and take the answers as they come, until all are in or the child ends."""
    assert process.stdin is not None
    assert process.stdout is not None
    targets = [
        {
            "id": number,
            "host": job.order.host,
            "address": job.order.address,
            "port": job.order.port,
            "protocols": list(job.order.protocols),
            "checks": list(job.order.checks),
            "timeout": job.order.timeout,
        }
        for number, job in enumerate(batch)
    ]
    answers = BufferedByteReceiveStream(process.stdout)
    with suppress(anyio.BrokenResourceError, anyio.IncompleteRead, anyio.DelimiterNotFound, anyio.EndOfStream):
        await process.stdin.send(canonical_json({"targets": targets}) + b"\n")
        while not all(job.done.is_set() for job in batch):
            line = await answers.receive_until(b"\n", _MAX_LINE)
            try:
                said = Said.model_validate_json(line)
                batch[said.id].settle(said)
            except (ValidationError, IndexError):
                return


async def _drain(stream: ByteReceiveStream, tail: bytearray) -> None:
    """Keep the last words that the child complains with; what is not read would block it."""
    async for chunk in stream:
        tail += chunk
        del tail[:-_TAIL]


async def _end(process: Process) -> None:
    """Kill the child and all it started, and wait for it."""
    with anyio.CancelScope(shield=True):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.aclose()


def _environment() -> dict[str, str]:
    """Give the child the same modules and nothing else of ours: no proxy, no password, few malloc arenas."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONWARNINGS": "ignore",
        "MALLOC_ARENA_MAX": "2",
    }
