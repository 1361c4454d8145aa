"""The numbers that criteria share, as an edition writes them: read, and checked against the criteria that count on them."""

import re
from collections.abc import Iterator

from auditor.editions.fields import Fields
from auditor.errors import Problem, nearest
from auditor.model.agency import Registry
from auditor.model.edition import Criterion, Edition, Source
from auditor.model.ids import GroupId, QuantityId
from auditor.model.quantity import Counted, Duty, Quantity
from auditor.model.reading import Kind

__all__ = ["counted_problems", "quantity_problems", "read_counted", "read_duty", "read_quantity", "unused_problems"]

_ID = re.compile(r"[a-z][a-z0-9_]*")


def read_quantity(entry: object, number: int, file: str, problems: list[Problem]) -> Quantity:
    """Read one of ``[[quantities]]``."""
    name = entry.get("id", number) if isinstance(entry, dict) else number
    fields = Fields(entry, file, f'quantity "{name}"', problems)
    found = Quantity(
        id=QuantityId(fields.text("id")),
        title=fields.text("title"),
        title_en=fields.text("title_en", ""),
        unit=fields.text("unit", ""),
        groups=tuple(map(GroupId, fields.words("groups"))),
    )
    if found.id and not _ID.fullmatch(found.id):
        fields.problem("an id is made of small letters, digits and _")
    fields.done()
    return found


def read_counted(fields: Fields) -> Counted | None:
    """Read a criterion's ``of`` and ``numerator``: a quantity's id, or a title of the criterion's own number."""
    if not fields.has("of") and not fields.has("numerator"):
        return None
    of, part = fields.text("of"), fields.text("numerator")
    if _ID.fullmatch(part):
        return Counted(of=QuantityId(of), part=QuantityId(part))
    return Counted(of=QuantityId(of), title=part)


def read_duty(fields: Fields) -> Duty | None:
    """Read ``proof``, None where nothing is said."""
    if not fields.has("proof"):
        return None
    return Duty(fields.one_of("proof", [duty.value for duty in Duty]))


def quantity_problems(edition: Edition, file: str) -> Iterator[Problem]:
    """Find what is wrong with the numbers that criteria share, whatever probes and agencies there are."""
    ids = [quantity.id for quantity in edition.quantities]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield Problem(file=file, place=f'quantity "{name}"', what="stands twice")
    for criterion in edition.criteria:
        for what in _uses(criterion, edition):
            yield Problem(file=file, place=f'criterion "{criterion.id}"', what=what)


def _uses(criterion: Criterion, edition: Edition) -> Iterator[str]:
    counted = criterion.counted
    if counted is None:
        return
    known = {quantity.id: quantity for quantity in edition.quantities}
    if counted.of == counted.part:
        yield f'"of" and "numerator" are both "{counted.of}"'
    for name in filter(None, (counted.of, counted.part)):
        if name not in known:
            yield f'no quantity "{name}"{nearest(name, known)}'
        elif lacking := [group for group in criterion.groups if group not in known[name].groups]:
            yield f'quantity "{name}" is not declared by group {", ".join(lacking)}'


def counted_problems(criterion: Criterion, kind: Kind | None) -> Iterator[str]:
    """Find why a criterion cannot be declared as so many of a quantity; ``kind`` is what it takes."""
    if criterion.counted is None:
        return
    if criterion.source is Source.MEASURED:
        yield '"of" and "numerator" are for criteria that take a declaration'
    elif kind is not None and kind is not Kind.SHARE:
        yield f'"of" and "numerator" make a share, and the criterion takes a {kind}'


def unused_problems(edition: Edition, registry: Registry) -> Iterator[tuple[str, str]]:
    """Find quantities that nobody would be asked for, or for nothing; (place, what) each."""
    groups = {group.id for group in registry.groups}
    counted = [criterion.counted for criterion in edition.criteria if criterion.counted]
    used = {one.of for one in counted} | {one.part for one in counted if one.part}
    for quantity in edition.quantities:
        place = f'quantity "{quantity.id}"'
        for group in quantity.groups:
            if group not in groups:
                yield place, f'no group "{group}"{nearest(group, groups)}'
        if quantity.id not in used:
            yield place, "no criterion counts on it"
