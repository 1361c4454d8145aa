"""Config and data folders, and all that is read from them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from auditor.clock import Clock, SystemClock
from auditor.editions.check import check_edition
from auditor.editions.complete import incomplete
from auditor.editions.load import edition_ids, load_edition, read_edition
from auditor.editions.periods import check_periods, load_periods
from auditor.engines.night import Night
from auditor.errors import ConfigError, Problem, UsageError, nearest
from auditor.evidence.archive import Archive
from auditor.findings.config import check_alerts, load_alerts
from auditor.model.agency import Registry
from auditor.model.alert import AlertRules
from auditor.model.edition import Edition
from auditor.model.evidence import digest_of
from auditor.model.ids import Digest, MeasureId
from auditor.model.period import Period
from auditor.model.reading import Measure
from auditor.model.uptime import Maintenance
from auditor.registry.holidays import load_holidays
from auditor.registry.load import load_registry
from auditor.registry.maintenance import load_maintenance
from auditor.sdk.catalogue import Catalogue, load_catalogue
from auditor.sdk.guidelines import load_guidelines
from auditor.sdk.vocabulary import Section, Vocabulary, load_vocabulary
from auditor.settings import Settings, load_settings
from auditor.store import Store, open_store
from auditor.visit.knowing import Background, Knowledge

__all__ = ["Parts", "find_config", "shipped_config"]

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_config() -> Path:
    """Give the folder of the shipped config: inside the package when installed, beside it in a checkout."""
    inside = _PACKAGE / "config"
    return inside if inside.is_dir() else _PACKAGE.parent / "config"


def find_config(config: Path | None, data: Path) -> Path:
    """Give the config folder to use: the one asked for, else the data folder's own, else the shipped one.

    Raises:
        ConfigError: the one asked for is not there.
    """
    if config is not None:
        if not config.is_dir():
            raise ConfigError([Problem(file=str(config), place="", what="there is no such config folder")])
        return config
    own = data / "config"
    return own if own.is_dir() else shipped_config()


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What commands work with; each is read when it is first asked for, and then kept.

    Everything here raises ``ConfigError`` when config is wrong, with every problem listed.
    """

    config: Path
    data: Path
    clock: Clock

    @classmethod
    def of(cls, config: Path | None, data: Path) -> "Parts":
        """Work on these folders, by the machine's clock.

        Raises:
            ConfigError: there is no such config folder.
            UsageError: the data folder is a file.
        """
        if data.exists() and not data.is_dir():
            raise UsageError(f"{data} is a file, and not a folder of data")
        return cls(config=find_config(config, data), data=data, clock=SystemClock())

    @property
    def evidence(self) -> Path:
        """Give the evidence folder."""
        return self.data / "evidence"

    @cached_property
    def settings(self) -> Settings:
        """Give the settings."""
        settings = load_settings(self.config)
        if settings.network.dns_anchor:
            # Here, because few have an anchor of their own and dnspython takes as long to import as all the rest of a command.
            from auditor.visit.doors.dns.anchor import read_anchors  # noqa: PLC0415

            read_anchors(settings.network.dns_anchor)
        return settings

    @cached_property
    def registry(self) -> Registry:
        """Give the registry."""
        return load_registry(self.config)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Give every installed probe."""
        return load_catalogue()

    @property
    def known_measures(self) -> Mapping[MeasureId, Measure]:
        """Give every measure that an edition may name; none while the probes cannot be read."""
        try:
            return self.catalogue.measures
        except ConfigError:
            return {}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Give the words that the installed probes look for."""
        sections: dict[str, Section] = {}
        phrases: dict[str, tuple[str, ...]] = {}
        abbreviations: dict[str, str] = {}
        for package in self.catalogue.packages:
            found = load_vocabulary(package)
            sections.update(found.sections)
            phrases.update(found.phrases)
            abbreviations.update(found.abbreviations)
        return Vocabulary(sections=sections, phrases=phrases, abbreviations=abbreviations)

    @cached_property
    def background(self) -> Background:
        """Give what every visit knows alike."""
        return Background(
            registry_hosts=self.registry_hosts,
            vocabulary=self.vocabulary,
            guidelines=load_guidelines(self._with("guidelines")),
            holidays=self.holidays,
        )

    @cached_property
    def knowledge(self) -> Knowledge:
        """Give what assessments may know."""
        return Knowledge(registry=self.registry, background=self.background)

    @cached_property
    def registry_hosts(self) -> frozenset[str]:
        """Give the hosts of every site in the registry."""
        return frozenset(urlsplit(row.url).hostname or "" for row in self.registry.rows)

    @cached_property
    def holidays(self) -> frozenset[date]:
        """Give the public holidays."""
        return load_holidays(self._with("holidays.csv"))

    @cached_property
    def maintenance(self) -> tuple[Maintenance, ...]:
        """Give the maintenance that agencies announced."""
        return load_maintenance(self.config, {row.url for row in self.registry.rows})

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Give the years of declaring, appraising and ranking."""
        return load_periods(self.config)

    @cached_property
    def away(self) -> dict[str, float]:
        """Give until when, by the clock's own seconds, hosts have asked uptime checks of this process to stay away."""
        return {}

    @cached_property
    def alerts(self) -> AlertRules:
        """Give the rules of telling, proved against the catalogue and the registry."""
        rules = load_alerts(self._with("alerts.toml"))
        problems = check_alerts(rules, self.catalogue.measures, (agency.code for agency in self.registry.agencies))
        if problems:
            raise ConfigError(problems)
        return rules

    def _with(self, name: str) -> Path:
        """Give the config folder that has a file of the whole country: this one, else the shipped one."""
        return self.config if (self.config / name).exists() else shipped_config()

    def edition(self, name: str | None = None) -> Edition:
        """Give an edition, the configured one by default, proved against the catalogue and the registry."""
        wanted = name or self.settings.judge.edition
        if wanted in self._editions:
            return self._editions[wanted]
        edition = load_edition(self.config, wanted)
        problems = check_edition(edition, self.catalogue.measures, self.registry)
        if problems:
            raise ConfigError(problems)
        self._editions[wanted] = edition
        return edition

    @property
    def edition_names(self) -> list[str]:
        """Give the ids of the editions that this config has."""
        return edition_ids(self.config)

    def edition_body(self, name: str) -> bytes | None:
        """Give an edition's file as it is now, None where it cannot be read."""
        try:
            return (self.config / "editions" / f"{name}.toml").read_bytes()
        except OSError:
            return None

    def edition_digest(self, name: str) -> Digest | None:
        """Give what names an edition's file as it is now."""
        body = self.edition_body(name)
        return None if body is None else digest_of(body)

    @cached_property
    def _editions(self) -> dict[str, Edition]:
        return {}

    def store(self) -> Store:
        """Open the database; use it as a context manager."""
        return open_store(self.settings.store.url, self.data)

    def archive(self, store: Store) -> Archive:
        """Open the kept evidence for reading."""
        return Archive(self.evidence, store.visits.place)

    def night(self, store: Store, edition: str | None = None) -> Night:
        """Give what a run's bookkeeping needs."""
        chosen = self.edition(edition)
        return Night(
            store=store,
            evidence=self.evidence,
            clock=self.clock,
            edition=chosen,
            rule=self.edition_body(chosen.id),
            registry=self.registry,
            measures=dict(self.catalogue.measures),
        )

    def problems(self) -> list[Problem]:
        """Give everything that is wrong with the config, from every file of it."""
        found: list[Problem] = []
        broken: set[str] = set()
        for read in ("settings", "registry", "catalogue", "vocabulary", "background", "maintenance", "alerts", "periods"):
            try:
                getattr(self, read)
            except ConfigError as exc:
                broken.add(read)
                found += [problem for problem in exc.problems if problem not in found]
        if not broken & {"catalogue", "vocabulary"}:
            found += self._vocabulary_problems()
        return found + self._edition_problems(broken)

    def _vocabulary_problems(self) -> list[Problem]:
        """Every duty that is measured has its words, and every section of the vocabulary is measured."""
        measured = {name.removeprefix(_CONTENT) for name in self.catalogue.measures if name.startswith(_CONTENT)}
        worded = set(self.vocabulary.sections)
        lacking = [
            Problem(file="probes/vocabulary", place="", what=f'no section "{name}" for the measure "{_CONTENT}{name}"')
            for name in sorted(measured - worded)
        ]
        idle = [
            Problem(
                file="probes/vocabulary", place=f"sections.{name}", what=f'no measure "{_CONTENT}{name}"{nearest(name, measured)}'
            )
            for name in sorted(worded - measured)
        ]
        return [*lacking, *idle]

    def _edition_problems(self, broken: Collection[str]) -> list[Problem]:
        """Check every edition, as far as what it is checked against can be read."""
        names = edition_ids(self.config)
        found: list[Problem] = []
        editions: list[Edition] = []
        for name in names:
            edition, problems = read_edition(self.config, name)
            found += problems
            editions += [edition] if edition and not problems else []
            if edition is not None and not problems and not {"catalogue", "registry"} & set(broken):
                unfit = check_edition(edition, self.catalogue.measures, self.registry)
                found += unfit or incomplete(edition, self.catalogue.measures, self.registry)
        if "settings" not in broken and self.settings.judge.edition not in names:
            _, problems = read_edition(self.config, self.settings.judge.edition)
            found += problems
        return found if "periods" in broken else found + check_periods(self.periods, editions, names)


_CONTENT = "content."
