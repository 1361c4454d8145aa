"""Does the portal hold what the law requires, and how fresh is it? Read from the crawl, judged by DESIGN section 10.

The duties are those of NĐ 43/2011/NĐ-CP, articles 10 to 17, and what later rules added; ``probes/vocabulary`` says how portals
call them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from auditor.model.evidence import Proof
from auditor.model.ids import MeasureId, ProbeId
from auditor.model.note import Json, Note
from auditor.model.reading import Kind, Measure, Measured, Reading, Unavailable
from auditor.model.visit import Cause
from auditor.sdk.dates import local_day
from auditor.sdk.posting import rules_of
from auditor.sdk.probe import Known, Probe
from auditor.sdk.workdays import working_days
from probes.content import notes
from probes.content.completeness import FIELDS, CompletenessReader
from probes.content.details import details_of
from probes.content.duties import DUTIES, dating_of
from probes.content.freshness import Newest, newest_of, undated_for
from probes.content.site import CrawledSite
from probes.content.target import State, Target
from probes.content.targets import Targets
from probes.content.telling import facts_of
from probes.content.terms import posted
from probes.crawling.seen import CrawlSeen
from probes.site.said import proofs_of

__all__ = ["PROBE"]

_STATES = ("missing", "broken", "empty", "present")
_COMPLETE = {section: section for section in FIELDS if section != "documents"} | {"legal_documents": "documents"}
"""Which duties owe fields, and what their completeness is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Duty:
    """What was found for one duty."""

    state: str
    because: Note
    proofs: tuple[Proof, ...]
    facts: dict[str, Json]
    targets: Sequence[Target] = ()
    cause: Cause | None = None


def assess(seen: CrawlSeen, known: Known) -> list[Reading]:
    """Give the state and the freshness of every duty."""
    site = CrawledSite.of(seen, known)
    if site.hidden_by_scripts is not None:
        return _nothing(site.hidden_by_scripts, notes.NEEDS_BROWSER, proofs_of([site.home.exchange.proof()]))
    cause = site.home.cause
    if cause is not None:
        because = site.home.why_no_front or notes.FRONT_FAILED(cause=str(cause))
        return _nothing(cause, because, proofs_of([site.home.exchange.proof()]))
    targets, complete = Targets(site), CompletenessReader(site)
    readings: list[Reading] = []
    for duty in DUTIES:
        found = _judge(duty, site, targets.of(duty))
        readings += [_content(duty, found), _freshness(duty, found, site)]
        if duty in _COMPLETE:
            readings.append(_completeness(_COMPLETE[duty], found, complete))
    return readings


def _nothing(cause: Cause, because: Note, proofs: tuple[Proof, ...]) -> list[Reading]:
    return [Unavailable(measure=measure.id, because=because, evidence=proofs, cause=cause) for measure in PROBE.measures]


def _judge(duty: str, site: CrawledSite, targets: Sequence[Target]) -> _Duty:
    """Let the best target count: present before empty before broken; what is undecided keeps the rest from being said."""
    title = site.known.vocabulary.sections[duty].title
    best = max(targets, key=lambda target: target.state, default=None)
    facts = facts_of(duty, site, targets, best, local_day(site.known.captured_at))
    if best is None:
        return _none_found(duty, title, site, facts)
    others = (proof for target in targets if target.state == best.state for proof in (target.proof, target.screenshot))
    proofs = proofs_of([best.proof, best.screenshot, *others])
    if best.state is State.UNDECIDED:
        return _Duty(state="", because=best.because, proofs=proofs, facts=facts, targets=targets, cause=best.cause)
    return _Duty(state=best.state.name.lower(), because=best.because, proofs=proofs, facts=facts, targets=targets)


def _none_found(duty: str, title: str, site: CrawledSite, facts: dict[str, Json]) -> _Duty:
    """Missing, if every page near the front page was opened, and no words of a page made by scripts name the duty."""
    proofs = proofs_of([site.home.exchange.proof()])
    if site.unread is not None:
        because = notes.UNREAD_PAGES(title=title, cause=str(site.unread))
        return _Duty(state="", because=because, proofs=proofs, facts=facts, cause=site.unread)
    if site.seen.near:
        because = notes.OPEN_PAGES(title=title, near=site.seen.near)
        return _Duty(state="", because=because, proofs=proofs, facts=facts, cause=Cause.BUDGET)
    if named := site.named_by_script(duty):
        because = notes.NOT_LINKED(title=title, text=named)
        return _Duty(
            state="",
            because=because,
            proofs=proofs_of([site.home.exchange.proof(passage=named)]),
            facts=facts,
            cause=Cause.AMBIGUOUS,
        )
    return _Duty(state="missing", because=notes.MISSING(title=title), proofs=proofs, facts=facts)


def _content(duty: str, found: _Duty) -> Reading:
    measure = MeasureId(f"content.{duty}")
    if found.cause is not None:
        return Unavailable(measure=measure, because=found.because, evidence=found.proofs, facts=found.facts, cause=found.cause)
    return Measured(measure=measure, because=found.because, evidence=found.proofs, facts=found.facts, value=found.state)


def _freshness(duty: str, found: _Duty, site: CrawledSite) -> Reading:
    measure = MeasureId(f"freshness.{duty}")
    if found.cause is not None:
        return Unavailable(measure=measure, because=found.because, evidence=found.proofs, cause=found.cause)
    if found.state != "present":
        because = notes.NEVER(state=found.state)
        return Measured(measure=measure, because=because, evidence=found.proofs, value="never")
    today = local_day(site.known.captured_at)
    newest = newest_of(found.targets, site, until=today, dating=dating_of(duty))
    if newest is None and (unread := undated_for(found.targets, site, dating_of(duty))) is not None:
        return Unavailable(measure=measure, because=notes.DATES_NOT_READ(cause=str(unread)), evidence=found.proofs, cause=unread)
    if newest is None:
        return Measured(measure=measure, because=notes.UNDATED, evidence=found.proofs, value="undated")
    days = (today - newest.day).days
    because = notes.FRESH(newest=newest.day.isoformat(), days=days, how=newest.how)
    return Measured(
        measure=measure,
        because=because,
        evidence=proofs_of([newest.proof]) or found.proofs,
        facts=_age_facts(duty, found, newest, site),
        value=days,
        newest=newest.day,
    )


def _age_facts(duty: str, found: _Duty, newest: Newest, site: CrawledSite) -> dict[str, Json]:
    """Say where the date was read and what other places show, the age in working days, and how soon entries were posted."""
    today = local_day(site.known.captured_at)
    facts: dict[str, Json] = {
        "read_from": newest.how,
        "working_days": working_days(newest.day, today, site.known.holidays),
        **{f"newest_in_{how}": day.isoformat() for how, day in newest.others},
    }
    pages = [
        target.page for target in found.targets if target.state is State.PRESENT and target.page and target.page is not site.home
    ]
    details = (detail for page in pages if page.is_html for detail in details_of(page, site))
    blocks = (site.template_of(detail).own(detail.document) for detail in details)
    rules = rules_of(site.known.guidelines.get("terms", {}))
    told = posted(duty, blocks, site.known.holidays, rules, [agency.name for agency in site.known.agencies])
    return facts if told is None else {**facts, "posted": told}


def _completeness(section: str, found: _Duty, reader: CompletenessReader) -> Reading:
    """Give the share of a section's fields; a section that is not there, or holds nothing, has none of them."""
    measure = MeasureId(f"{section}.completeness")
    if found.cause is not None:
        return Unavailable(measure=measure, because=found.because, evidence=found.proofs, cause=found.cause)
    if found.state != "present":
        because = notes.INCOMPLETE_NOTHING(state=found.state)
        return Measured(
            measure=measure, because=because, evidence=found.proofs, facts={"lacks": list(FIELDS[section])}, value=Decimal(0)
        )
    told = reader.of(section, found.targets)
    if told is None:
        return Unavailable(measure=measure, because=notes.NO_FIELDS_READ, evidence=found.proofs, cause=Cause.CAPABILITY)
    facts: dict[str, Json] = {"seen": list(told.seen), "lacks": list(told.lacks), "entries": told.entries}
    because = notes.COMPLETE(count=len(told.seen), fields=len(FIELDS[section]))
    if told.lacks:
        because = notes.INCOMPLETE(count=len(told.seen), fields=len(FIELDS[section]), lacks=list(told.lacks))
    evidence = proofs_of([page.exchange.proof() for page in told.pages])
    return Measured(measure=measure, because=because, evidence=evidence, facts=facts, value=told.share)


def _measures() -> tuple[Measure, ...]:
    states = [
        Measure(id=MeasureId(f"content.{duty}"), kind=Kind.WORD, meaning=f"Whether the portal holds: {duty}", words=_STATES)
        for duty in DUTIES
    ]
    ages = [
        Measure(
            id=MeasureId(f"freshness.{duty}"),
            kind=Kind.DAYS,
            unit="days",
            meaning=f"Days from the newest own date of {duty} to the visit",
            words=("never", "undated"),
        )
        for duty in DUTIES
    ]
    shares = [
        Measure(
            id=MeasureId(f"{section}.completeness"),
            kind=Kind.SHARE,
            meaning=f"Share of the required fields that the entries of {section} show: {', '.join(fields)}",
        )
        for section, fields in FIELDS.items()
    ]
    return (*states, *ages, *shares)


PROBE = Probe(id=ProbeId("portal"), version=9, measures=_measures(), assess=assess, seen=CrawlSeen, reads=(ProbeId("crawl"),))
