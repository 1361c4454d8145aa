"""The rules of telling: how soon a finding is believed, how much it matters, and when it is told again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.model.finding import FindingKind, Severity
from auditor.model.ids import AgencyId, MeasureId

__all__ = ["AlertRules", "Rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What holds for one kind of finding.

    ``nights`` is on how many nights it must have been seen to be believed, ``mended`` how many good nights in a row end it.
    What is not to be told is still measured and marked.
    """

    severity: Severity = Severity.MEDIUM
    nights: int = 2
    mended: int = 1
    tell: bool = True


@dataclass(frozen=True, kw_only=True)
class AlertRules:
    """All rules. ``measures`` are by id or by family (``tls.*``); the longest name that fits counts.

    ``remind`` is on which days after the first letter a finding that still fails is told again; the last of them comes back.
    ``expiry`` is how many days before the end a countdown is told, from the most down. ``details`` is how many findings a
    letter tells in full.
    """

    default: Rule = Rule()
    kinds: Mapping[FindingKind, Rule] = field(default_factory=dict)
    measures: Mapping[str, Rule] = field(default_factory=dict)
    remind: Mapping[Severity, tuple[int, ...]] = field(default_factory=dict)
    expiry: Mapping[MeasureId, tuple[int, ...]] = field(default_factory=dict)
    language: str = "vi"
    languages: Mapping[AgencyId, str] = field(default_factory=dict)
    details: int = 12

    def of(self, kind: FindingKind, measure: MeasureId | None) -> Rule:
        """Give the rule of a finding of this kind on this measure."""
        if kind in self.kinds:
            return self.kinds[kind]
        fitting = (name for name in self.measures if measure is not None and _fits(name, measure))
        best = max(fitting, key=len, default=None)
        return self.default if best is None else self.measures[best]

    def language_of(self, agency: AgencyId) -> str:
        """Give the language of an agency's letters."""
        return self.languages.get(agency, self.language)


def _fits(name: str, measure: MeasureId) -> bool:
    return measure.startswith(name[:-1]) if name.endswith(".*") else measure == name
