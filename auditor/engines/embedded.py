"""The embedded engine: carries out a plan of visits in this process, many hosts at once, one visit at a time a host."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from urllib.parse import urlsplit

import anyio

from auditor.schedule.plan import Due
from auditor.visit.runner import Runner, Visited

__all__ = ["visit_all"]


async def _at_once(_host: str) -> None:
    """Wait for nothing."""


async def visit_all(
    runner: Runner,
    due: Sequence[Due],
    *,
    done: Collection[str],
    at_once: int,
    told: Callable[[Visited], None],
    wait: Callable[[str], Awaitable[None]] = _at_once,
) -> None:
    """Make every visit that is not done yet; ``told`` hears of each as it is written down.

    ``wait`` waits for a host's turn, so that a night is spread over its hours.

    The visits of one host follow each other, whichever of its sites they are for: a deep scan never runs beside a crawl.
    """
    by_host: dict[str, list[Due]] = {}
    for one in due:
        if one.visit.key not in done:
            by_host.setdefault(_host(one.site.url), []).append(one)
    free = anyio.Semaphore(at_once)

    async def host(name: str, visits: Sequence[Due]) -> None:
        await wait(name)
        async with free:
            for one in visits:
                told(await runner.run(one))

    async with anyio.create_task_group() as group:
        for name, visits in by_host.items():
            group.start_soon(host, name, visits)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).rstrip(".")
