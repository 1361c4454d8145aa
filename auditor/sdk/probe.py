"""A probe is one file: what it saw, how it looks, what that means."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from auditor.model.agency import Agency, Site, SiteRole
from auditor.model.evidence import Exchange
from auditor.model.ids import ProbeId
from auditor.model.note import Json
from auditor.model.reading import Measure, Reading
from auditor.sdk.doors import Doors
from auditor.sdk.vocabulary import Vocabulary

if TYPE_CHECKING:
    from auditor.sdk.html import Document

__all__ = ["AnyProbe", "Known", "Probe"]

S = TypeVar("S")


def _made(name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401, ARG001 - whatever it is
    """Make it each time: nothing is shared."""
    return make()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that an assessment may know besides what was seen. Its digest stands in every reading.

    ``captured_at`` is the moment of capture: every "days ago" counts to it. ``agencies`` are those the site serves, with all
    names.
    ``registry_hosts`` are the hosts of every site in the registry. ``document`` parses an exchange's body, each body once
    per run. ``once`` gives what assessments of the same visit work out alike, by a name: it is made when first asked for.
    """

    captured_at: datetime
    site: Site
    agencies: tuple[Agency, ...]
    registry_hosts: frozenset[str] = frozenset()
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    guidelines: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    document: "Callable[[Exchange], Document]"
    once: "Callable[[str, Callable[[], Any]], Any]" = _made


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(Generic[S]):
    """One probe.

    ``seen`` is the frozen dataclass that ``look`` gives: what was seen, nothing more; its fields are dataclasses, tuples,
    strings, numbers,
    dates, bytes, ``Exchange`` and ``Chain``, so that it can be kept and read back. ``assess`` is pure and promises a reading
    for each
    measure, whatever was seen. A derived probe has no ``look`` and names in ``reads`` the one probe whose ``seen`` it is given.
    ``roles`` are the sites it concerns. ``version`` rises whenever ``assess`` can answer differently.
    """

    id: ProbeId
    version: int
    measures: Sequence[Measure]
    assess: Callable[[S, Known], list[Reading]]
    seen: type[S]
    look: Callable[[Site, Doors], Awaitable[S]] | None = None
    reads: tuple[ProbeId, ...] = ()
    roles: frozenset[SiteRole] = frozenset({SiteRole.PORTAL})


AnyProbe = Probe[Any]
