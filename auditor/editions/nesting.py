"""Proves that criteria stand under their headings as a reader expects: headings that exist, of the same area, undivided."""

from collections.abc import Iterator

from auditor.errors import Problem, nearest
from auditor.model.edition import Edition
from auditor.model.ids import CriterionId

__all__ = ["nesting_problems"]


def nesting_problems(edition: Edition, file: str) -> list[Problem]:
    """Find what is wrong with headings, whatever agencies and measures there are."""
    return [Problem(file=file, place=place, what=what) for place, what in (*_parents(edition), *_leaves(edition))]


def _parents(edition: Edition) -> Iterator[tuple[str, str]]:
    by_id = {heading.id: heading for heading in edition.headings}
    areas = {area.id for area in edition.areas}
    for noun, found in (("criterion", edition.criteria), ("heading", edition.headings)):
        for one in found:
            if one.parent is None:
                continue
            place = f'{noun} "{one.id}"'
            if one.parent not in by_id:
                yield place, f'no heading "{one.parent}"{nearest(one.parent, by_id)}'
            elif by_id[one.parent].area != one.area and one.area in areas:
                yield place, f'its heading "{one.parent}" is of the area "{by_id[one.parent].area}"'
    for heading in edition.headings:
        name, seen = heading.parent, [heading.id]
        while name in by_id and name not in seen:
            seen.append(name)
            name = by_id[name].parent
        if name == heading.id:
            yield f'heading "{heading.id}"', "stands under itself"


def _leaves(edition: Edition) -> Iterator[tuple[str, str]]:
    """A reader sums what stands below a heading: its criteria stand together, and there are some."""
    above = [{heading.id for heading in edition.headings_of(criterion)} for criterion in edition.criteria]
    for heading in edition.headings:
        mine = [at for at, ids in enumerate(above) if heading.id in ids]
        place = f'heading "{heading.id}"'
        if not mine:
            yield place, "has no criterion"
            continue
        between: list[CriterionId] = [edition.criteria[at].id for at in range(mine[0], mine[-1]) if at not in mine]
        if between:
            yield place, f'its criteria must stand together: "{between[0]}" stands between them'
