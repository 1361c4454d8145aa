"""The options that every command shares, and how a command answers: for a person, or as one JSON document."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.app.parts import Parts

__all__ = ["Options", "day_of", "in_front", "options", "print_json", "say", "take_options"]

_VALUED = ("--config", "--data")
_FLAGS = ("--json", "-v", "--verbose")
_DATA = Path("var")


@dataclass
class Options:
    """What stands before or after any command's name. ``data`` is None until somebody names a folder."""

    config: Path | None = None
    data: Path | None = None
    json: bool = False

    def parts(self) -> "Parts":
        """Give what commands work with."""
        from auditor.app.parts import Parts

        return Parts.of(self.config, self.data or _DATA)


options = Options()


def take_options(
    config: Annotated[Path | None, typer.Option(help="Thư mục cấu hình (mặc định: cấu hình kèm theo).")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Thư mục dữ liệu: cơ sở dữ liệu, bằng chứng, báo cáo (mặc định: ./var).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="In đúng một tài liệu JSON ra stdout.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Ghi nhật ký mỗi lượt kiểm tra ra stderr.")] = False,
) -> None:
    """Note the options of this command."""
    from auditor.log import configure

    configure(verbose=verbose, terminal=sys.stderr.isatty())
    options.config, options.data, options.json = config, data, json


def day_of(text: str | None) -> date | None:
    """Read a day from the command line, None where none was given.

    Raises:
        UsageError: it is no day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(f'"{text}" is no date of the form YYYY-MM-DD') from exc


def print_json(document: Any) -> None:  # noqa: ANN401 - any JSON document
    """Print a command's document where one was asked for."""
    if options.json:
        from reports.json import write_document

        write_document(document, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def say(text: str) -> None:
    """Print what a person reads, unless a document was asked for."""
    if not options.json and text:
        typer.echo(text)


def in_front(arguments: Sequence[str]) -> list[str]:
    """Bring the global options to the front: they may stand before or after the command's name."""
    front: list[str] = []
    rest: list[str] = []
    words = list(arguments)
    while words:
        word = words.pop(0)
        if word == "--":
            rest += [word, *words]
            break
        if word in _FLAGS or word.startswith(tuple(f"{name}=" for name in _VALUED)):
            front.append(word)
        elif word in _VALUED and words:
            front += [word, words.pop(0)]
        else:
            rest.append(word)
    return front + rest
