"""The readings of one agency's services: counts, shares, contradictions, forms, clicks."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, MeasureId
from auditor.model.note import Json, Note, quoted
from auditor.model.reading import Measured, NotApplicable, Reading, Unavailable
from auditor.model.visit import Cause
from probes.services_list import notes
from probes.services_list.attribution import Share
from probes.services_list.clicks import Clicks
from probes.services_list.collection import Collection, Gap
from probes.services_list.levels import Level
from probes.services_list.proving import Download, Proven, Prover, causes
from probes.services_list.rows import ServiceRow

__all__ = ["UNREACHABLE", "AgencyReadings"]

UNREACHABLE = "unreachable"
"""What stands for a number of clicks where no way leads to a service."""
_COUNTED = (Level.ONE, Level.TWO, Level.THREE, Level.FOUR, Level.FULL, Level.PARTIAL)
_SHOWN = 10
_LISTED = 50


class AgencyReadings:
    """Reads the measures of one agency; ``agency`` is None where the site serves it alone."""

    def __init__(self, collection: Collection, prover: Prover, clicks: Clicks, share: Share, agency: AgencyId | None) -> None:
        """Take what the agency's rows are."""
        self._collection, self._prover, self._clicks = collection, prover, clicks
        self._share, self._agency, self._rows = share, agency, share.rows
        self._levels = Counter(row.level for row in share.rows)
        self._proofs = self._proofs_of(share.rows)
        self._gap = next(iter(collection.gaps), None)

    def all(self) -> list[Reading]:
        """Give every reading."""
        sample = self._prover.sample(self._rows)
        return [*self._counts(), self._contradictions(sample), self._forms(sample), self._way()]

    def _counts(self) -> list[Reading]:
        """Count by level. Where a list was not read to its end nothing is said of the whole but what the list itself says."""
        total = len(self._rows)
        facts = self._facts()
        missing = self._missing()
        if missing is not None:
            names = [*(str(level) for level in _COUNTED), "online_share"]
            return [self._total(missing, facts), *(self._unavailable(name, *missing, facts=facts) for name in names)]
        online = sum(count for level, count in self._levels.items() if level is not None and level.online)
        found: list[Reading] = [self._measured("total", total, notes.TOTAL(total=total), facts=facts)]
        for level in _COUNTED:
            evidence = self._proofs_of([row for row in self._rows if row.level is level]) or self._proofs
            because = notes.COUNTED(count=self._levels[level], total=total, level=str(level))
            found.append(self._measured(str(level), self._levels[level], because, evidence=evidence, facts=self._brief()))
        share = Decimal(online) / total if total else Decimal(0)
        found.append(self._measured("online_share", share, notes.SHARE(online=online, total=total), facts=self._brief()))
        return found

    def _missing(self) -> tuple[Cause, Note] | None:
        """Say why these rows may not be all of the agency's."""
        gap = self._gap
        if gap is not None:
            return gap.cause, notes.GAP(url=gap.url, cause=str(gap.cause), read=gap.read)
        if self._share.unknown and self._share.why is not None:
            return self._share.why, notes.NOBODY(count=self._share.unknown, cause=str(self._share.why))
        return None

    def _total(self, missing: tuple[Cause, Note], facts: Mapping[str, Json]) -> Reading:
        """Give the number that the only list of an agency's own site states, where it could not be read to its end."""
        gap: Gap | None = self._gap
        alone = self._agency is None and not self._share.unattributed and len(self._collection.gaps) == 1
        if gap is None or gap.stated is None or not alone or len(self._rows) > gap.stated:
            return self._unavailable("total", *missing, facts=facts)
        because = notes.STATED(total=gap.stated, read=len(self._rows), url=gap.url, cause=str(gap.cause))
        return self._measured("total", gap.stated, because, facts=facts)

    def _contradictions(self, sample: list[Proven]) -> Reading:
        """Count the opened services whose page contradicts their label; unknown where not one could be opened."""
        labelled = [one for one in sample if one.row.level is not None]
        opened = [one for one in labelled if one.detail is not None]
        wrong = [one for one in opened if one.wrong is not None]
        facts: dict[str, Json] = {"opened": len(opened), "sample": [one.facts() for one in sample]}
        if labelled and not opened:
            cause = _most(causes(labelled))
            because = notes.NOT_PROVEN(sampled=len(labelled), cause=str(cause))
            return self._unavailable("contradictions", cause, because, facts=facts)
        names: list[Json] = [quoted(one.row.name) for one in wrong[:_SHOWN]]
        facts["contradicted"] = [{"name": one.row.name, "url": one.row.url, "how": str(one.wrong)} for one in wrong]
        evidence = tuple(one.proof for one in wrong if one.proof) or self._proofs
        because = notes.CONTRADICTED(count=len(wrong), opened=len(opened), names=names)
        return self._measured("contradictions", len(wrong), because, evidence=evidence, facts=facts)

    def _forms(self, sample: list[Proven]) -> Reading:
        """Share of the services that owe a form whose own page offers one that downloads."""
        owing = [one for one in sample if one.row.level is not None and one.row.level.owes_forms]
        pageless = [row for row in self._rows if row.level is not None and row.level.owes_forms and not row.url]
        told = [one for one in owing if one.download in {Download.YES, Download.NO}]
        yes = [one for one in told if one.download is Download.YES]
        facts: dict[str, Json] = {
            "sample": [{"name": one.row.name, "url": one.row.url, "downloads": str(one.download)} for one in owing]
        }
        if not told and not self._levels.keys() - {None} and self._rows:
            return self._unavailable("forms", Cause.AMBIGUOUS, notes.LEVELLESS, facts=facts)
        unseen = [one for one in owing if one.download is Download.UNKNOWN]
        if not told and unseen:
            cause = _most([one.cause or Cause.NOT_RUN for one in unseen])
            return self._unavailable("forms", cause, notes.NO_FORMS_SEEN(cause=str(cause)), facts=facts)
        if not told and any(row.scripted for row in pageless):
            cause = Cause.CAPABILITY
            return self._unavailable("forms", cause, notes.NO_FORMS_SEEN(cause=str(cause)), facts=facts)
        if not told and not pageless and self._rows:
            return NotApplicable(
                measure=MeasureId("services.forms"),
                because=notes.NO_FORMS_OWED,
                evidence=self._proofs,
                facts=facts,
                agency=self._agency,
            )
        share = Decimal(len(yes)) / len(told) if told else Decimal(0)
        evidence = tuple(one.proof for one in told if one.proof)[:_SHOWN] or self._proofs
        because = notes.FORMS(count=len(yes), total=len(told) or len(pageless))
        return self._measured("forms", share, because, evidence=evidence, facts=facts)

    def _way(self) -> Reading:
        """Give the clicks to the nearest service."""
        near = self._clicks.least(self._rows)
        if near is not None:
            clicks, row = near
            proof = self._collection.page_of(row)
            facts: dict[str, Json] = {"service": row.name, "url": row.url or row.page, "list": row.page}
            because = notes.CLICKS(clicks=clicks, name=quoted(row.name))
            return self._measured("clicks", clicks, because, evidence=(proof,) if proof else self._proofs, facts=facts)
        seen = self._collection.site.seen
        if self._rows and (seen.left or seen.cuts):
            return self._unavailable("clicks", Cause.BUDGET, notes.NO_WAY_SEEN(cause=str(Cause.BUDGET)))
        because = notes.NO_WAY if self._rows else notes.NO_LIST
        return self._measured("clicks", UNREACHABLE, because)

    def _facts(self) -> dict[str, Json]:
        """Give what `auditor explain` shows of how the list was read."""
        lists = self._collection.lists
        gap = self._gap
        return {
            **self._brief(),
            "list_pages": len(lists),
            "lists": [listed.page.exchange.url for listed in lists[:_LISTED]],
            "read_as": dict(sorted(Counter(row.how for row in self._rows).items())),
            "level_by": dict(sorted(Counter(row.level_by or "none" for row in self._rows).items())),
            "unattributed_rows": [f"{row.name} | {row.executing}"[:200] for row in self._share.unattributed[:_LISTED]],
            "stated": max((listed.stated for listed in lists if listed.stated), default=None),
            "unread": {"url": gap.url, "cause": str(gap.cause), "read": gap.read} if gap else None,
        }

    def _brief(self) -> dict[str, Json]:
        return {"unattributed": len(self._share.unattributed), "without_level": self._levels[None]}

    def _measured(
        self,
        name: str,
        value: int | Decimal | str,
        because: Note,
        *,
        evidence: tuple[Proof, ...] = (),
        facts: Mapping[str, Json] | None = None,
    ) -> Measured:
        return Measured(
            measure=MeasureId(f"services.{name}"),
            because=because,
            evidence=evidence or self._proofs,
            facts=dict(facts or {}),
            agency=self._agency,
            value=value,
        )

    def _unavailable(self, name: str, cause: Cause, because: Note, *, facts: Mapping[str, Json] | None = None) -> Unavailable:
        return Unavailable(
            measure=MeasureId(f"services.{name}"),
            because=because,
            evidence=self._proofs,
            facts=dict(facts or {}),
            agency=self._agency,
            cause=cause,
        )

    def _proofs_of(self, rows: Iterable[ServiceRow]) -> tuple[Proof, ...]:
        """Give the pages that list these rows, each once."""
        found: dict[str, Proof] = {}
        for row in rows:
            if row.page not in found and (proof := self._collection.page_of(row)) is not None:
                found[row.page] = proof
            if len(found) >= _SHOWN:
                break
        return tuple(found.values())


def _most(found: Iterable[Cause]) -> Cause:
    """Give the commonest cause, the first of several."""
    counted = Counter(found).most_common(1)
    return counted[0][0] if counted else Cause.NOT_RUN
