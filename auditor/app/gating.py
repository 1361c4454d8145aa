"""What the gate is told of a night: its visits, our own link, the sample's truths, the nights before, and the disk."""

import shutil
from collections.abc import Sequence

import anyio

from auditor.app.canary import canaries
from auditor.app.pace import Pace
from auditor.app.parts import Parts
from auditor.engines.gate import Night, Room, outcomes_of
from auditor.errors import AuditorError
from auditor.model.run import Run, RunKind, RunState
from auditor.store import Store
from auditor.visit.network import Network

__all__ = ["gated", "nights_of", "room"]

_NIGHTS = 7
"""So many nights back the gate looks."""
_MEGABYTE = 1024 * 1024


def nights_of(store: Store, *, scope: str = "") -> tuple[Run, ...]:
    """Give the whole nights of a scope, in the order of their starts."""
    return tuple(
        sorted((r for r in store.runs.all() if r.kind is RunKind.NIGHT and r.scope == scope), key=lambda r: r.started_at)
    )


def room(parts: Parts) -> Room:
    """Say how much room the disk of the data folder has."""
    folder = next(path for path in (parts.data.resolve(), *parts.data.resolve().parents) if path.exists())
    return Room(free_mb=shutil.disk_usage(folder).free // _MEGABYTE, need_mb=parts.settings.gate.free_mb)


def gated(parts: Parts, store: Store, run: Run, planned: Sequence[str], pace: Pace) -> Night:
    """Find out all that the gate may know of a run whose visits are made.

    Raises:
        NotDone: somebody wants the run to stop.
    """
    visits = store.visits.of_run(run.id)
    over = [one for one in nights_of(store, scope=run.scope) if one.state in {RunState.HELD, RunState.PUBLISHED}]
    published = [one for one in over if one.state is RunState.PUBLISHED]
    differences, faults = _canaries(parts, pace)
    pace.go_on()
    return Night(
        visits=visits,
        planned=planned,
        link=_link(parts),
        canaries=differences,
        published=[outcomes_of(store.visits.of_run(one.id)) for one in published[-_NIGHTS:]],
        last=[outcomes_of(store.visits.of_run(one.id)) for one in over[-2:]],
        room=room(parts),
        faults=faults,
    )


def _canaries(parts: Parts, pace: Pace) -> tuple[Sequence[str] | None, Sequence[str]]:
    """Give where the sample's truth did not come out, and why it could not be tried."""
    if not parts.settings.gate.canaries:
        return None, ()
    try:
        found = canaries(parts, pace)
        if found.differences:  # a midnight in between, or a machine that was too busy, is no fault of tonight's code
            found = canaries(parts, pace)
    except (AuditorError, OSError) as exc:
        pace.go_on()
        return None, (f"the sample could not be visited: {exc}",)
    return found.differences, ()


def _link(parts: Parts) -> bool | None:
    """Tell whether a control host takes a connection now; None without any."""
    if not parts.settings.network.control_hosts:
        return None

    async def ask() -> bool:
        network = Network(parts.settings, parts.clock, parts.vocabulary, parts.registry_hosts, patience=0)
        async with network:
            return await network.link_is_up()

    return anyio.run(ask)
