"""What the council and the agencies did, as it is listed: each with what it took the place of, and whether it stands."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum

from auditor.model.council import Act, Explanation, Withdrawal
from auditor.model.declaration import Appraisal, Declaration
from auditor.model.evidence import Proof
from auditor.model.ids import Digest, RunId
from auditor.model.reading import Value

__all__ = ["Decided", "Entry", "Standing", "Told"]


class Standing(StrEnum):
    """Whether an explanation stands, or why it is void."""

    STANDS = "stands"
    CHANGED = "changed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    GONE = "gone"
    """The edition no longer asks this of the agency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An explanation as it was given, in which run, and how it stands."""

    run: RunId
    explanation: Explanation
    standing: Standing
    withdrawal: Withdrawal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An appraisal, in which run it was kept, and whether it is the one that stands."""

    run: RunId
    appraisal: Appraisal
    in_effect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act or one version of a declaration, and what stood before it; None where nothing did, or does since.

    ``before`` and ``after`` are values; of an explanation its text, of a case or a period the state. ``manifest`` is the link of
    the ledger's chain that proves it.
    """

    at: datetime
    run: RunId
    act: Act | Declaration
    before: Value | None
    after: Value | None
    manifest: Digest | None = None

    @property
    def kind(self) -> str:
        """Name what was done."""
        return type(self.act).__name__.lower()

    @property
    def agency(self) -> str:
        """Give the agency, empty for what concerns all."""
        return str(getattr(self.act, "agency", ""))

    @property
    def criterion(self) -> str:
        """Give the criterion, empty for what concerns all."""
        return str(getattr(self.act, "criterion", "") or "")

    @property
    def person(self) -> str:
        """Give who did it."""
        return self.act.declared_by if isinstance(self.act, Declaration) else str(getattr(self.act, "person", ""))

    @property
    def document(self) -> str:
        """Give on what document."""
        return str(getattr(self.act, "document", ""))

    @property
    def said(self) -> str:
        """Give the reason or the text."""
        return next((str(getattr(self.act, name)) for name in ("reason", "text", "note") if getattr(self.act, name, "")), "")

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Give what it rests on."""
        found: list[Proof] = []
        for field in fields(self.act):
            value = getattr(self.act, field.name)
            found += [one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, Proof)]
        return tuple(found)
