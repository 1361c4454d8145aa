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
    pauses: Sequence[float] = (),
) -> None:
    """Make every visit that is not done yet; ``told`` hears of each as it is written down.

    ``wait`` waits for a host's turn, so that a night is spread over its hours. After each of the ``pauses`` (seconds), begun when
    all else is done, what failed for a cause that may be gone by then is tried once more.

    The visits of one host follow each other, whichever of its sites they are for: a deep scan never runs beside a crawl.
    """
    left = [one for one in due if one.visit.key not in done]
    for number in range(len(pauses) + 1):
        if number and left:
            await anyio.sleep(pauses[number - 1])
        left = await _wave(runner, left, anyio.Semaphore(at_once), told, _at_once if number else wait, last=number == len(pauses))


async def _wave(
    runner: Runner,
    due: Sequence[Due],
    free: anyio.Semaphore,
    told: Callable[[Visited], None],
    wait: Callable[[str], Awaitable[None]],
    *,
    last: bool,
) -> list[Due]:
    """Make each visit once, and give those that were put off."""
    by_host: dict[str, list[Due]] = {}
    for one in due:
        by_host.setdefault(_host(one.site.url), []).append(one)
    off: list[Due] = []

    async def host(name: str, visits: Sequence[Due]) -> None:
        await wait(name)
        async with free:
            for one in visits:
                visited = await runner.run(one, last=last)
                if visited.kept:
                    told(visited)
                else:
                    off.append(one)

    async with anyio.create_task_group() as group:
        for name, visits in by_host.items():
            group.start_soon(host, name, visits)
    return off


def _host(url: str) -> str:
    return (urlsplit(url).hostname or url).rstrip(".")
