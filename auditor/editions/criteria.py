"""Reads the criteria of an edition and the headings they stand under, with every mistake named."""

from decimal import Decimal

from auditor.editions.fields import Fields
from auditor.editions.quantities import read_counted, read_duty
from auditor.editions.scales import read_scale
from auditor.errors import Problem, nearest
from auditor.model.agency import SiteRole
from auditor.model.edition import Basis, Criterion, Heading, Over, Source, Take
from auditor.model.ids import AgencyId, AreaId, CriterionId, GroupId, MeasureId
from auditor.model.reading import Kind

__all__ = ["read_criterion", "read_heading", "read_sums"]

_ROLES = tuple(role.value for role in SiteRole)
_KINDS = tuple(kind.value for kind in Kind)


def read_sums(fields: Fields) -> dict[GroupId, Decimal]:
    """Read the points that are stated for groups: ``points = { "1" = "15", … }``."""
    return {GroupId(group): points for group, points in fields.numbers("points").items()}


def read_heading(entry: object, number: int, file: str, problems: list[Problem]) -> Heading:
    """Read one of ``[[headings]]``."""
    fields = Fields(entry, file, f'heading "{_name(entry, number)}"', problems)
    if not fields.has("points"):
        fields.problem('"points" is missing')
    found = Heading(
        id=CriterionId(fields.text("id")),
        area=AreaId(fields.text("area")),
        title=fields.text("title"),
        title_en=fields.text("title_en", ""),
        points=read_sums(fields),
        parent=_parent(fields),
    )
    fields.done()
    return found


def read_criterion(entry: object, number: int, file: str, problems: list[Problem]) -> Criterion:
    """Read one of ``[[criteria]]``."""
    fields = Fields(entry, file, f'criterion "{_name(entry, number)}"', problems)
    kind = fields.text("declared_kind", "")
    if kind and kind not in _KINDS:
        fields.problem(f'no kind "{kind}"{nearest(kind, _KINDS)}')
    only, exempt, why = _concerned(fields)
    found = Criterion(
        id=CriterionId(fields.text("id")),
        area=AreaId(fields.text("area")),
        title=fields.text("title"),
        title_en=fields.text("title_en", ""),
        groups=tuple(map(GroupId, fields.words("groups"))),
        max_points=fields.number("max_points"),
        source=Source(fields.one_of("source", [source.value for source in Source])),
        scale=read_scale(fields),
        measure=MeasureId(fields.text("measure")) if fields.has("measure") else None,
        declared_kind=kind or None,
        declared_words=fields.words("declared_words", []),
        over=Over(fields.one_of("over", [over.value for over in Over], Over.MAIN.value)),
        take=Take(fields.one_of("take", [take.value for take in Take], Take.LAST.value)),
        roles=_roles(fields),
        counted=read_counted(fields),
        proof=read_duty(fields),
        # One that gives dated bases needs no other.
        legal_basis=fields.text("legal_basis", "" if fields.has("bases") else None),
        bases=_bases(fields),
        remedy=fields.text("remedy"),
        valid_from=fields.optional_day("valid_from"),
        valid_to=fields.optional_day("valid_to"),
        parent=_parent(fields),
        only=only,
        exempt=exempt,
        exempt_because=why,
    )
    fields.raw("measure")
    fields.done()
    return found


def _name(entry: object, number: int) -> object:
    return entry.get("id", number) if isinstance(entry, dict) else number


def _parent(fields: Fields) -> CriterionId | None:
    name = fields.text("parent", "")
    return CriterionId(name) if name else None


def _roles(fields: Fields) -> tuple[SiteRole, ...]:
    given = fields.words("roles", ["portal"])
    for role in given:
        if role not in _ROLES:
            fields.problem(f'no role "{role}"{nearest(role, _ROLES)}')
    return tuple(SiteRole(role) for role in given if role in _ROLES)


def _bases(fields: Fields) -> tuple[Basis, ...]:
    found = []
    for number, entry in enumerate(fields.tables("bases"), 1):
        inner = Fields(entry, fields.file, f"{fields.place}: basis {number}", fields.problems)
        basis = Basis(
            text=inner.text("text"), valid_from=inner.optional_day("valid_from"), valid_to=inner.optional_day("valid_to")
        )
        if basis.valid_from and basis.valid_to and basis.valid_to < basis.valid_from:
            inner.problem("valid_to is before valid_from")
        inner.done()
        found.append(basis)
    return tuple(found)


def _concerned(fields: Fields) -> tuple[tuple[AgencyId, ...], tuple[AgencyId, ...], str]:
    """Read which agencies a criterion concerns, and why not the others."""
    only, exempt = (tuple(map(AgencyId, fields.words(key, []))) for key in ("only", "except"))
    for key, codes in (("only", only), ("except", exempt)):
        if fields.has(key) and not codes:
            fields.problem(f'"{key}" names no agency')
    if only and exempt:
        fields.problem('gives both "only" and "except"')
    why = fields.text("exempt_because", "")
    if (only or exempt) and not why:
        fields.problem('"exempt_because" is missing: say why the criterion does not concern the others')
    if why and not (only or exempt):
        fields.problem('"exempt_because" goes with "only" or "except"')
    return only, exempt, why
