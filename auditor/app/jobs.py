"""What the daemon has done, each from one place: the clock knows when, these know what."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from auditor.app.pace import Pace
from auditor.app.parts import Parts
from auditor.app.visiting import run
from auditor.clock import VIETNAM
from auditor.model.agency import Site, SiteRole, merge
from auditor.model.run import Run
from auditor.store import Store

__all__ = ["Jobs", "jobs"]


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """The daemon's work. None is work that this installation has not.

    ``night`` makes a night or goes on with it, and gives the run; it blocks, and stops early when its pace says so. ``sites`` are
    those that are checked for being up, ``check`` checks some of them once. ``tell`` turns a published night into findings and
    notices, and may be called again for the same night. ``send`` sends what is due. Each may run while the others do.
    """

    night: Callable[[Pace], Run]
    sites: Callable[[], Sequence[Site]]
    check: Callable[[Sequence[Site]], Awaitable[None]] | None = None
    tell: Callable[[Run], None] | None = None
    send: Callable[[], Awaitable[object]] | None = None
    send_every: timedelta = timedelta(minutes=1)


def jobs(parts: Parts, store: Store) -> Jobs:  # noqa: ARG001 - the jobs that need the daemon's store are joined here
    """Give the work of this installation: the one place where the daemon meets what it does."""
    return Jobs(
        night=lambda pace: run(parts, groups=(), agencies=(), told=lambda _planned, _visited: None, pace=pace).run,
        sites=lambda: _portals(parts),
    )


def _portals(parts: Parts) -> tuple[Site, ...]:
    """Give the confirmed portals and service sites of today."""
    today = parts.clock.now().astimezone(VIETNAM).date()
    rows = (row for row in parts.registry.rows if row.valid_on(today) and row.confirmed)
    return tuple(site for site in merge(rows) if {SiteRole.PORTAL, SiteRole.SERVICES} & set(site.roles))
