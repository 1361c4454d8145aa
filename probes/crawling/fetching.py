"""Opening a few addresses at once."""

from collections.abc import Iterable

import anyio

from auditor.model.evidence import Chain
from auditor.sdk.doors import Doors
from probes.crawling.frontier import Due

__all__ = ["look"]


async def look(due: Iterable[Due], doors: Doors) -> list[Chain]:
    """Open a few addresses at once; the order of the answers is the order of the questions."""
    due = list(due)
    found: list[Chain | None] = [None] * len(due)

    async def one(index: int, asked: Due) -> None:
        why = f"link on {asked.found_on}"[:300]
        found[index] = await doors.http.get(asked.url, why=why, limits=doors.limits.page, revalidate=True)

    async with anyio.create_task_group() as group:
        for index, asked in enumerate(due):
            group.start_soon(one, index, asked)
    return [chain for chain in found if chain is not None]
