"""The embedded engine: carries out a plan of visits in this process, many sites at once, one visit at a time a site."""

from collections.abc import Callable, Collection, Sequence

import anyio

from auditor.schedule.plan import Due
from auditor.visit.runner import Runner, Visited

__all__ = ["visit_all"]


async def visit_all(
    runner: Runner, due: Sequence[Due], *, done: Collection[str], at_once: int, told: Callable[[Visited], None]
) -> None:
    """Make every visit that is not done yet; ``told`` hears of each as it is written down.

    The visits of one site follow each other, so that a deep scan never runs beside a crawl.
    """
    by_site: dict[str, list[Due]] = {}
    for one in due:
        if one.visit.key not in done:
            by_site.setdefault(one.site.url, []).append(one)
    free = anyio.Semaphore(at_once)

    async def site(visits: Sequence[Due]) -> None:
        async with free:
            for one in visits:
                told(await runner.run(one))

    async with anyio.create_task_group() as group:
        for visits in by_site.values():
            group.start_soon(site, visits)
