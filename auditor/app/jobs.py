"""What the daemon has done, each from one place: the clock knows when, these know what."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from auditor.app.following import follow
from auditor.app.pace import Pace
from auditor.app.parts import Parts
from auditor.app.pruning import prune
from auditor.app.sending import send_due, take_up
from auditor.app.uptime import check_sites, sites_to_check
from auditor.app.visiting import run
from auditor.model.agency import Site
from auditor.model.run import Run
from auditor.store import Store

__all__ = ["Jobs", "jobs"]


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """The daemon's work. None is work that this installation has not.

    ``night`` makes a night or goes on with it, and gives the run; it blocks, and stops early when its pace says so. ``sites`` are
    those that are checked for being up, ``check`` checks some of them once. ``tell`` turns a published night into findings and
    notices, and may be called again for the same night. ``send`` sends what is due. ``prune``, once a day, lets go of what has
    been kept for long enough. Each may run while the others do, but for ``night`` and ``prune``, which never do at once.
    """

    night: Callable[[Pace], Run]
    sites: Callable[[], Sequence[Site]]
    check: Callable[[Sequence[Site]], Awaitable[None]] | None = None
    tell: Callable[[Run], None] | None = None
    send: Callable[[], Awaitable[object]] | None = None
    send_every: timedelta = timedelta(minutes=1)
    prune: Callable[[], object] | None = None


def jobs(parts: Parts, store: Store) -> Jobs:
    """Give the work of this installation: the one place where the daemon meets what it does."""
    return Jobs(
        night=lambda pace: run(parts, groups=(), agencies=(), told=lambda _planned, _visited: None, pace=pace).run,
        sites=lambda: sites_to_check(parts),
        check=lambda sites: check_sites(parts, store, sites),
        tell=lambda night: _queued(parts, store, night),
        send=lambda: send_due(parts, store),
        prune=lambda: _tidied(parts, store),
    )


def _tidied(parts: Parts, store: Store) -> None:
    store.uptime.prune(_oldest(parts))
    prune(parts, dry=False)


def _queued(parts: Parts, store: Store, night: Run) -> None:
    take_up(parts, store, night)
    follow(parts, store)


def _oldest(parts: Parts) -> int:
    """Give the moment before which samples are let go of; the days that they were rolled up into stay for good."""
    return int((parts.clock.now() - timedelta(days=parts.settings.evidence.retention_days)).timestamp())
