"""What a night shows of every check that an agency owes: it fails, it is fine, or nothing can be said. PURE.

Only tonight's own readings speak; a stale value never does. What is our fault, a refusal, a doubt or a maintenance says nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from auditor.findings.priced import Verdict, verdict
from auditor.findings.rules import Fails, Fine, Sight, Unknown
from auditor.judge import Case
from auditor.judge.sameness import UNTIL, named, seen_in
from auditor.model.agency import Site, SiteRole
from auditor.model.alert import AlertRules
from auditor.model.edition import Criterion, Over, Source
from auditor.model.finding import Finding, FindingKey, FindingKind, FindingLife
from auditor.model.ids import AgencyId, CriterionId, MeasureId
from auditor.model.note import Json, Note
from auditor.model.ranking import Ranking
from auditor.model.reading import Measured, ReadingRecord, Unavailable
from auditor.model.scale import Relative
from auditor.model.visit import Blame, Cause

__all__ = ["REFUSED", "UNSEEN", "sights"]

REFUSED = Note(key="finding.refused", text="{site} refuses to be looked at ({cause}); {count} checks could not be made.")
UNSEEN = Note(key="finding.unseen", text="{site} could not be read ({cause}), confirmed by a second try.")

_SAMPLE = MeasureId("uptime.availability")
_SERIES = "uptime."
"""A sample says whether the site is there, which is told as an outage; what the series of them is worth, the report shows."""
_SAMPLES = "samples"
"""The fact by which a reading of a whole window is told from that of one look."""
_PROBES = 2
"""So many probes must have had nothing of a site, by its own fault, before it is called down without a look or a sample."""
_PROOFS = 3


def sights(
    case: Case,
    ranking: Ranking,
    tonight: Iterable[ReadingRecord],
    rules: AlertRules,
    *,
    before: Iterable[FindingLife] = (),
    lately: Mapping[str, Cause | None] | None = None,
    resting: Collection[str] = (),
) -> Mapping[FindingKey, Sight]:
    """Give what tonight's readings show of every check of every agency; sites that rest (a maintenance) show nothing.

    ``before`` are the findings so far: a refusal is over when that is seen which was refused. ``lately`` is what the last
    sample of uptime said of a site, None where it was up.
    """
    refused = {life.finding.key: life.finding.measure for life in before if life.finding.kind is FindingKind.ACCESS}
    appraised = {
        (row.agency, mark.criterion)
        for group in ranking.groups
        for row in (*group.rows, *group.unranked)
        for mark in row.marks
        if mark.appraised is not None
    }
    by_site: dict[str, list[ReadingRecord]] = {}
    for record in sorted(tonight, key=lambda record: (record.observed_at, record.probe_version)):
        by_site.setdefault(record.site, []).append(record)
    found: dict[FindingKey, Sight] = {}
    for agency in case.agencies:
        spared = {criterion for code, criterion in appraised if code == agency.code}
        night = _Night(
            case=case,
            code=agency.code,
            by_site=by_site,
            rules=rules,
            spared=frozenset(spared),
            refused=refused,
            lately=lately or {},
        )
        found.update(night.sights(one for one in case.criteria(agency.group) if one.concerns(agency.code)))
    return {key: Unknown() if key.site in resting else sight for key, sight in found.items()}


@dataclass(frozen=True, kw_only=True)
class _Night:
    """One agency's night. ``spared`` are criteria that the council has decided on: what it said stands.

    ``refused`` is which measure a site last refused, ``lately`` what its last sample said.
    """

    case: Case
    code: AgencyId
    by_site: Mapping[str, Sequence[ReadingRecord]]
    rules: AlertRules
    spared: frozenset[CriterionId]
    refused: Mapping[FindingKey, MeasureId | None]
    lately: Mapping[str, Cause | None]

    def sights(self, criteria: Iterable[Criterion]) -> dict[FindingKey, Sight]:
        """Give the sights of all that this agency owes."""
        owed = [c for c in criteria if _is_checked(c) and c.id not in self.spared]
        sites = {site.url: site for criterion in owed for site in self._sites(criterion)}
        found: dict[FindingKey, Sight] = {}
        for url in sites:
            found[self._key(url, FindingKind.OUTAGE)] = self._outage(url)
            found[self._key(url, FindingKind.ACCESS)] = self._access(url)
            for measure in self.rules.expiry:
                found[self._key(url, FindingKind.EXPIRY, measure)] = self._expiry(url, measure, owed)
        for criterion in owed:
            found.update(self._criterion(criterion, found))
        return found

    def _key(self, site: str, kind: FindingKind, subject: str = "") -> FindingKey:
        return FindingKey(agency=self.code, site=site, kind=kind, subject=subject)

    def _sites(self, criterion: Criterion) -> tuple[Site, ...]:
        roles = criterion.roles
        if roles not in self._by_roles:
            self._by_roles[roles] = self.case.sites(self.code, roles)
        return self._by_roles[roles][:1] if criterion.over is Over.MAIN else self._by_roles[roles]

    @cached_property
    def _by_roles(self) -> dict[tuple[SiteRole, ...], tuple[Site, ...]]:
        return {}

    @cached_property
    def _here(self) -> dict[str, Mapping[MeasureId, ReadingRecord]]:
        return {}

    def _of(self, site: str) -> Mapping[MeasureId, ReadingRecord]:
        """Give tonight's last reading of each measure of a site that speaks for this agency."""
        if site not in self._here:
            mine = (record for record in self.by_site.get(site, ()) if record.agency in {None, self.code})
            self._here[site] = {record.reading.measure: record for record in mine}
        return self._here[site]

    def _outage(self, site: str) -> Sight:
        """Say whether the site is there: by its last sample, by tonight's own look, or by what else was had of it."""
        here = self._of(site)
        look = here.get(_SAMPLE)
        if site in self.lately:
            return self._by_sample(site, self.lately[site])
        if look is not None and _SAMPLES not in look.reading.facts:
            if not isinstance(look.reading, Measured):
                return Unknown()
            return Fine() if look.reading.value else Fails(finding=self._finding(FindingKind.OUTAGE, "", look, None))
        others = [record for record in here.values() if not record.reading.measure.startswith(_SERIES)]
        theirs = [record for record in others if _blame(record) is Blame.THEIRS]
        seen = {record.probe for record in others if isinstance(record.reading, Measured)}
        lost = [record for record in theirs if record.probe not in seen]
        if not theirs:
            return Fine() if seen else Unknown()
        if not lost or (seen and len({record.probe for record in lost}) < _PROBES):
            return Fine() if look is None and seen else Unknown()
        assert isinstance(lost[0].reading, Unavailable)
        return self._by_sample(site, lost[0].reading.cause)

    def _by_sample(self, site: str, cause: Cause | None) -> Sight:
        """Turn what a sample said into a sight; it rests on a reading that shows the same, if there is one."""
        records = sorted(self._of(site).values(), key=lambda record: _blame(record) is not Blame.THEIRS)
        if cause is None or cause.blame is not Blame.THEIRS or not records:
            return Fine() if cause is None else Unknown()
        because = UNSEEN(site=site, cause=cause.value)
        return Fails(finding=self._finding(FindingKind.OUTAGE, "", records[0], None, because=because, cause=cause))

    def _access(self, site: str) -> Sight:
        refused = [record for record in self._of(site).values() if _blame(record) is Blame.REFUSING]
        if not refused:
            measure = self.refused.get(self._key(site, FindingKind.ACCESS))
            record = self._of(site).get(measure) if measure else None
            return Unknown() if record is None or isinstance(record.reading, Unavailable) else Fine()
        reading = refused[0].reading
        assert isinstance(reading, Unavailable)
        because = REFUSED(site=site, cause=reading.cause.value, count=len(refused))
        return Fails(finding=self._finding(FindingKind.ACCESS, "", refused[0], None, because=because))

    def _expiry(self, site: str, measure: MeasureId, owed: Iterable[Criterion]) -> Sight:
        record = self._of(site).get(measure)
        if record is None or isinstance(record.reading, Unavailable):
            return Unknown()
        if not isinstance(record.reading, Measured) or not _counts_down(record):
            return Fine()
        days = int(record.reading.value)
        reached = [step for step in self.rules.expiry[measure] if days <= step]
        if not reached:
            return Fine()
        criterion = next((one for one in owed if measure in one.measures), None)
        step = min(reached) if days >= 0 else -1
        return Fails(finding=self._finding(FindingKind.EXPIRY, measure, record, criterion, step=step))

    def _criterion(self, criterion: Criterion, found: Mapping[FindingKey, Sight]) -> Iterator[tuple[FindingKey, Sight]]:
        verdicts = {site.url: verdict(criterion, self._of(site.url)) for site in self._sites(criterion)}
        best = criterion.over is Over.BEST
        for site, said in verdicts.items():
            key = self._key(site, FindingKind.CRITERION, criterion.id)
            if self._is_countdown(criterion, site):
                continue
            if best and not all(other.fails for other in verdicts.values()):
                # One good site is enough, so none of the others is at fault while any of them may be it.
                yield key, Fine() if any(other.fine for other in verdicts.values()) else Unknown()
            elif said.fails and said.record is not None:
                yield key, self._failing(criterion, said, found[self._key(site, FindingKind.OUTAGE)])
            else:
                yield key, Fine() if said.fine else Unknown()

    def _failing(self, criterion: Criterion, said: Verdict, outage: Sight) -> Sight:
        """A check that could not be made because the site is down is told as the outage, once."""
        assert said.record is not None
        if isinstance(said.record.reading, Unavailable) and not isinstance(outage, Fine):
            return Unknown()
        found = self._finding(FindingKind.CRITERION, criterion.id, said.record, criterion, parts=said.parts, lacking=said.lacking)
        return Fails(finding=found)

    def _is_countdown(self, criterion: Criterion, site: str) -> bool:
        record = self._of(site).get(criterion.measure) if criterion.measure in self.rules.expiry and criterion.measure else None
        return record is not None and isinstance(record.reading, Measured) and _counts_down(record)

    def _finding(
        self,
        kind: FindingKind,
        subject: str,
        record: ReadingRecord,
        criterion: Criterion | None,
        *,
        because: Note | None = None,
        parts: str = "",
        lacking: Sequence[ReadingRecord] = (),
        cause: Cause | None = None,
        step: int | None = None,
    ) -> Finding:
        reading, said = record.reading, because or record.reading.because
        measured = reading if isinstance(reading, Measured) else None
        return Finding(
            agency=self.code,
            site=record.site,
            kind=kind,
            subject=subject,
            severity=self.rules.of(kind, reading.measure).severity,
            criterion=criterion.id if criterion else None,
            measure=reading.measure,
            probe=record.probe,
            because=said,
            remedy=criterion.remedy if criterion else "",
            evidence=() if cause and measured else reading.evidence[:_PROOFS],
            observed_at=record.observed_at,
            fingerprint=_fingerprint(kind, subject, record, said, lacking),
            value=measured.value if measured and not parts and not cause else None,
            newest=measured.newest if measured else None,
            cause=reading.cause if isinstance(reading, Unavailable) else cause,
            parts=parts,
            step=step,
        )


def _is_checked(criterion: Criterion) -> bool:
    """Tell whether a night's own readings decide a criterion: not what is declared, compared with others, or a series."""
    measured = criterion.source is not Source.DECLARED and not isinstance(criterion.scale, Relative)
    return measured and not any(measure.startswith(_SERIES) for measure in criterion.measures)


def _counts_down(record: ReadingRecord) -> bool:
    return UNTIL in record.reading.because.facts


def _blame(record: ReadingRecord) -> Blame | None:
    return record.reading.cause.blame if isinstance(record.reading, Unavailable) else None


def _fingerprint(kind: FindingKind, subject: str, record: ReadingRecord, because: Note, lacking: Sequence[ReadingRecord]) -> str:
    """Name what is seen, as ``judge/sameness.py`` defines it for explanations too."""
    if kind is FindingKind.OUTAGE:
        return named(kind.value, subject, record.site, because.key, "")
    if lacking:
        parts: list[Json] = [[one.reading.measure, seen_in(one.reading)] for one in lacking]
        return named(kind.value, subject, record.site, because.key, parts)
    return named(kind.value, subject, record.site, because.key, seen_in(record.reading))
