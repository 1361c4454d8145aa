"""A progress bar on a terminal's stderr; silent elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from auditor.app.visiting import Told
from auditor.visit.runner import Visited

__all__ = ["progress"]


@contextmanager
def progress() -> Iterator[Told]:
    """Give what hears of planned and finished visits."""
    if not sys.stderr.isatty():
        yield _unheard
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Đang kiểm tra", total=None)

        def told(planned: int, visited: Visited | None) -> None:
            if visited is None:
                bar.update(task, total=planned)
            else:
                bar.update(task, advance=1, description=visited.record.visit.site[:60])

        yield told


def _unheard(_planned: int, _visited: Visited | None) -> None:
    """Nobody watches."""
