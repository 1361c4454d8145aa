"""Reads an edition: its areas and criteria from ``editions/<id>.toml``, with every mistake named."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from auditor.editions.criteria import read_criterion, read_heading, read_sums
from auditor.editions.fields import Fields, table_of
from auditor.editions.nesting import nesting_problems
from auditor.editions.quantities import quantity_problems, read_duty, read_quantity
from auditor.errors import ConfigError, Problem, nearest
from auditor.model.edition import Area, Class, Edition
from auditor.model.evidence import digest_of
from auditor.model.ids import AreaId, EditionId, MeasureId
from auditor.model.quantity import Duty

__all__ = ["edition_ids", "load_draft", "load_edition", "parse_edition", "read_edition"]


def edition_ids(config: Path) -> list[str]:
    """Give the ids of the editions that a config folder has."""
    return sorted(path.stem for path in (config / "editions").glob("*.toml"))


def load_edition(config: Path, name: str) -> Edition:
    """Read one edition.

    Raises:
        ConfigError: there is none of that id, or anything is wrong with its file; every problem is listed.
    """
    edition, problems = read_edition(config, name)
    if problems or edition is None:
        raise ConfigError(problems)
    return edition


def read_edition(config: Path, name: str) -> tuple[Edition | None, list[Problem]]:
    """Read one edition as far as it can be read, with every problem found."""
    file = f"editions/{name}.toml"
    try:
        body = (config / file).read_bytes()
    except FileNotFoundError:
        return None, [Problem(file=file, place="", what=f'no edition "{name}"{nearest(name, edition_ids(config))}')]
    except OSError as exc:
        return None, [Problem(file=file, place="", what=f"cannot be read: {exc.strerror}")]
    return parse_edition(body, name)


def load_draft(path: Path) -> Edition:
    """Read an edition that stands outside of any config, under whatever name.

    Raises:
        ConfigError: there is no such file, or anything is wrong with it; every problem is listed.
    """
    try:
        body = path.read_bytes()
    except OSError as exc:
        raise ConfigError([Problem(file=str(path), place="", what=f"cannot be read: {exc.strerror}")]) from exc
    edition, problems = _parse(body, "", str(path))
    if problems or edition is None:
        raise ConfigError(problems)
    return edition


def parse_edition(body: bytes, name: str) -> tuple[Edition | None, list[Problem]]:
    """Read an edition from a file's bytes, as far as it can be read, with every problem found."""
    return _parse(body, name, f"editions/{name}.toml")


def _parse(body: bytes, name: str, file: str) -> tuple[Edition | None, list[Problem]]:
    """Read a file's bytes; without a ``name`` its id may be any."""
    problems: list[Problem] = []
    table = table_of(body, file, problems)
    if table is None:
        return None, problems
    fields = Fields(table, file, "", problems)
    own = fields.text("id")
    if name and own not in {name, ""}:
        fields.problem(f'id is "{table.get("id")}" and not the file\'s name')
    edition = Edition(
        id=EditionId(name or own),
        title=fields.text("title"),
        title_en=fields.text("title_en", ""),
        legal_basis=fields.text("legal_basis"),
        verified=fields.flag("verified"),
        valid_from=fields.day("valid_from"),
        valid_to=fields.optional_day("valid_to"),
        min_coverage=fields.number("min_coverage"),
        stale_after=fields.span("stale_after"),
        refusal_grace=fields.span("refusal_grace"),
        window=fields.span("window"),
        classes=tuple(_class(entry, number, file, problems) for number, entry in enumerate(fields.tables("classes"), 1)),
        areas=tuple(_area(entry, number, file, problems) for number, entry in enumerate(fields.tables("areas"), 1)),
        criteria=tuple(read_criterion(entry, at, file, problems) for at, entry in enumerate(fields.tables("criteria"), 1)),
        headings=tuple(read_heading(entry, at, file, problems) for at, entry in enumerate(fields.tables("headings"), 1)),
        points=read_sums(fields),
        unpriced=_unpriced(fields),
        quantities=tuple(read_quantity(entry, at, file, problems) for at, entry in enumerate(fields.tables("quantities"), 1)),
        proof=read_duty(fields) or Duty.OPTIONAL,
        digest=digest_of(body),
    )
    fields.done()
    problems += _shape_problems(edition, file)
    return edition, problems


def _class(entry: object, number: int, file: str, problems: list[Problem]) -> Class:
    fields = Fields(entry, file, f"class {number}", problems)
    found = Class(name=fields.text("name"), name_en=fields.text("name_en", ""), at_least=fields.number("at_least"))
    fields.done()
    return found


def _area(entry: object, number: int, file: str, problems: list[Problem]) -> Area:
    name = entry.get("id", number) if isinstance(entry, dict) else number
    fields = Fields(entry, file, f'area "{name}"', problems)
    order = fields.raw("number")
    if not isinstance(order, int) or isinstance(order, bool):
        fields.problem('"number" is not a whole number')
    found = Area(
        id=AreaId(fields.text("id")),
        number=order if isinstance(order, int) else 0,
        title=fields.text("title"),
        title_en=fields.text("title_en", ""),
        floor=fields.number("floor", Decimal(0)),
        points=read_sums(fields),
    )
    fields.done()
    return found


def _unpriced(fields: Fields) -> dict[MeasureId, str]:
    """Read which measures no criterion is meant to price: ``unpriced = [ { measures = ["…"], because = "…" } ]``."""
    found: dict[MeasureId, str] = {}
    for number, entry in enumerate(fields.tables("unpriced"), 1):
        inner = Fields(entry, fields.file, f"unpriced {number}", fields.problems)
        why = inner.text("because")
        for name in map(MeasureId, inner.words("measures")):
            if name in found:
                inner.problem(f'"{name}" stands twice')
            found[name] = why
        inner.done()
    return found


def _shape_problems(edition: Edition, file: str) -> list[Problem]:
    """Find what is wrong with the whole, whatever probes and agencies there are."""
    problems = [
        *_twice(file, "criterion", [*(c.id for c in edition.criteria), *(heading.id for heading in edition.headings)]),
        *_twice(file, "area", [area.id for area in edition.areas]),
    ]
    areas = {area.id for area in edition.areas}
    for noun, found in (("criterion", edition.criteria), ("heading", edition.headings)):
        for one in found:
            if one.area and one.area not in areas:
                what = f'no area "{one.area}"{nearest(one.area, areas)}'
                problems.append(Problem(file=file, place=f'{noun} "{one.id}"', what=what))
    problems += nesting_problems(edition, file)
    problems += quantity_problems(edition, file)
    cuts = [grade.at_least for grade in edition.classes]
    if cuts != sorted(set(cuts), reverse=True):
        problems.append(Problem(file=file, place="classes", what="must stand from the highest at_least down, each once"))
    if edition.valid_to and edition.valid_to < edition.valid_from:
        problems.append(Problem(file=file, place="", what="valid_to is before valid_from"))
    if not 0 <= edition.min_coverage <= 1:
        problems.append(Problem(file=file, place="", what='"min_coverage" must be from 0 to 1'))
    return problems


def _twice(file: str, noun: str, ids: Sequence[str]) -> list[Problem]:
    again = sorted({name for name in ids if name and ids.count(name) > 1})
    return [Problem(file=file, place=f'{noun} "{name}"', what="stands twice") for name in again]
