"""Finds every probe: one entry point names a package, and every module in it with a ``PROBE`` counts."""

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points

from auditor.errors import ConfigError, Problem, nearest
from auditor.model.ids import MeasureId, ProbeId
from auditor.model.reading import Measure
from auditor.sdk.probe import AnyProbe, Probe

__all__ = ["Catalogue", "build", "find_probes", "load_catalogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All probes by id, in the order in which they can run (a derived probe after what it reads), and all measures by id."""

    probes: Mapping[ProbeId, AnyProbe]
    measures: Mapping[MeasureId, Measure]
    packages: tuple[str, ...] = ()

    def probe(self, id: str) -> AnyProbe:  # noqa: A002 - the field's word
        """Give a probe by its id.

        Raises:
            ConfigError: there is none of that name.
        """
        if ProbeId(id) not in self.probes:
            raise ConfigError([Problem(file="", place="", what=f'no probe "{id}"{nearest(id, self.probes)}')])
        return self.probes[ProbeId(id)]


def load_catalogue() -> Catalogue:
    """Find every probe that is installed under the entry point group ``auditor.probes``.

    Raises:
        ConfigError: two probes have one id, two claim one measure, or one reads what is not there; both are named.
    """
    packages = tuple(sorted({point.value for point in entry_points(group="auditor.probes")}))
    return build((place, probe) for package in packages for place, probe in find_probes(package))


def find_probes(package: str) -> list[tuple[str, AnyProbe]]:
    """Give every module of a package that has a ``PROBE``, by name."""
    found = []
    for module in sorted(pkgutil.iter_modules(import_module(package).__path__), key=lambda module: module.name):
        place = f"{package}.{module.name}"
        probe = getattr(import_module(place), "PROBE", None)
        if isinstance(probe, Probe):
            found.append((place, probe))
    return found


def build(found: Iterable[tuple[str, AnyProbe]]) -> Catalogue:
    """Join probes to a catalogue, and refuse what is ambiguous."""
    probes: dict[ProbeId, AnyProbe] = {}
    places: dict[str, str] = {}
    measures: dict[MeasureId, Measure] = {}
    problems: list[Problem] = []
    for place, probe in found:
        if probe.id in probes:
            problems.append(Problem(file=place, place="", what=f'probe "{probe.id}" is also in {places[probe.id]}'))
            continue
        probes[probe.id], places[probe.id] = probe, place
        for measure in probe.measures:
            if measure.id in measures:
                other = places[measure.id]
                problems.append(Problem(file=place, place="", what=f'measure "{measure.id}" is also promised by {other}'))
            measures[measure.id], places[measure.id] = measure, place
    for probe in probes.values():
        problems += [
            Problem(file=places[probe.id], place="", what=f'reads no probe "{name}"{nearest(name, probes)}')
            for name in probe.reads
            if name not in probes
        ]
        if (probe.look is None) != bool(probe.reads):
            problems.append(Problem(file=places[probe.id], place="", what="a probe either looks or reads one other probe"))
    if problems:
        raise ConfigError(problems)
    ordered = sorted(probes.values(), key=lambda probe: (bool(probe.reads), probe.id))
    return Catalogue(
        probes={probe.id: probe for probe in ordered},
        measures=dict(sorted(measures.items())),
        packages=tuple(sorted({place.rpartition(".")[0] for place in places.values() if "." in place})),
    )
