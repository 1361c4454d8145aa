"""What a judgement is given of the past is little, and it comes to the same as everything would."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

import pytest
from migrating import migrated
from province import MEASURES, NOTE, NOW, case, criterion, edition, proof
from sqlalchemy import select

from auditor.judge import judge
from auditor.judge.past import past_of
from auditor.judge.sameness import fingerprint
from auditor.judge.seen import look_up
from auditor.model.agency import Agency, Group, Registry, SiteRole, SiteRow
from auditor.model.edition import Over, Take
from auditor.model.evidence import digest_of
from auditor.model.reading import Kind, Measure, Measured, NotApplicable, ReadingRecord, Unavailable
from auditor.model.run import Run, RunKind, RunState
from auditor.model.scale import Ratio, Relative
from auditor.model.visit import Cause, Ending, Visit, VisitRecord
from auditor.store.past import READING
from auditor.store.tables import readings

SERIES = Measure(id="uptime.availability", kind=Kind.SHARE, meaning="x")
EVERY = {**MEASURES, SERIES.id: SERIES}
SHARED = "https://dichvucong.test/"
FAILURES = (Cause.CONNECT, Cause.TIMEOUT, Cause.BLOCKED, Cause.CHALLENGE, Cause.OWN_LINK, Cause.CRASHED, Cause.AMBIGUOUS)
NIGHTS = 52


def the_edition(**given):
    found = edition(
        criterion("1"),
        criterion("2", measure="a.count", scale=Relative(), over=Over.WORST),
        criterion("3", measure="a.share", scale=Ratio(), take=Take.MEDIAN),
        criterion("4", measure=SERIES.id, scale=Ratio()),
        criterion("5", measure="b.yes", take=Take.WORST),
    )
    return replace(found, **given)


def the_registry(chance):
    """Give agencies with sites that were always theirs, were taken over, were lost and came back, or are shared by all."""
    codes, rows, day = [f"so-{n}" for n in range(16)], [], NOW.date()
    for number, code in enumerate(codes):
        url, ago = f"https://{code}.test/", timedelta(days=chance.choice([0, 1, 5, 14, 20, 31, 45]))
        kind = number % 4
        if kind == 0:
            rows.append(SiteRow(agency=code, url=url, role=SiteRole.PORTAL, confirmed=True))
        else:
            rows.append(SiteRow(agency=code, url=url, role=SiteRole.PORTAL, confirmed=True, valid_from=day - ago))
        if kind in {2, 3}:
            end = day - ago - timedelta(days=chance.choice([1, 4, 25]))
            former = codes[number - 1] if kind == 2 else code
            rows.append(SiteRow(agency=former, url=url, role=SiteRole.PORTAL, confirmed=True, valid_to=end))
        rows.append(SiteRow(agency=code, url=SHARED, role=SiteRole.SERVICES, confirmed=True))
    agencies = tuple(
        Agency(code=code, name=code, name_en=code, group="1", valid_from=day - timedelta(days=9) if code == "so-4" else None)
        for code in codes
    )
    return Registry(groups=(Group(id="1", title="Sở", title_en="Departments"),), agencies=agencies, rows=tuple(rows))


def outcome(chance, measure, mood):
    """Give what a visit brings; a site in a bad mood mostly fails, and mostly alike."""
    common = {"measure": measure, "because": NOTE, "evidence": (proof(f"{chance.random()}"),)}
    if chance.random() < mood[0]:
        return Unavailable(cause=mood[1] if chance.random() < 0.8 else chance.choice(FAILURES), **common)
    if chance.random() < 0.05:
        return NotApplicable(**common)
    value = D(chance.randint(0, 4)) / 4
    if measure.endswith("yes"):
        value = value > D("0.5")
    elif measure == "a.count":
        value = chance.randint(0, 9)
    facts = {"samples": chance.randint(1, 300)} if measure == SERIES.id and chance.random() < mood[2] else {}
    return Measured(value=value, facts=facts, **common)


def lived(store, chance, urls):
    """Keep many nights: most published, some held back, some looks by hand among them."""
    moods = {}
    for night in range(NIGHTS, -1, -1):
        at = NOW - timedelta(days=night, hours=2)
        kind = RunKind.PROBE if night % 11 == 5 else RunKind.NIGHT
        state = RunState.KEPT if kind is RunKind.PROBE else RunState.HELD if night % 13 == 7 else RunState.PUBLISHED
        name = f"r{night}"
        store.runs.open(Run(id=name, kind=kind, state=RunState.OPEN, started_at=at))
        for url in urls:
            if night % 9 == 8 or url not in moods:
                moods[url] = (chance.choice([0, 0, 0.1, 0.9, 1]), chance.choice(FAILURES), chance.choice([0, 0.5, 1]))
            seen = [
                ReadingRecord(
                    run=name,
                    site=url,
                    agency=f"so-{chance.randint(0, 15)}" if url == SHARED and chance.random() < 0.7 else None,
                    probe="p",
                    probe_version=1,
                    observed_at=at + timedelta(seconds=place),
                    known=digest_of(b"known"),
                    reading=outcome(chance, measure, moods[url]),
                )
                for place, measure in enumerate(EVERY)
                if chance.random() < 0.9
            ]
            one = Visit(run=name, probe="p", site=url)
            store.visits.finish(
                VisitRecord(
                    visit=one, version=1, ending=Ending.DONE, cause=None, requests=1, bytes=1, seconds="0.1", started_at=at,
                    ended_at=at, seen=digest_of(b"seen"), known=digest_of(b"known"),
                ), seen, [],
            )  # fmt: skip
        store.runs.seal(name, state=state, ended_at=at + timedelta(minutes=30), manifest=digest_of(name.encode()))


def everything(store, until, also):
    """Give all that was published until an instant, and one more run: what would be judged if memory had no end."""
    with store.engine.connect() as connection:
        every = [READING.load(row) for row in connection.execute(select(readings.c.record)).scalars()]
    counts = {run.id for run in store.runs.all() if run.state is RunState.PUBLISHED and run.ended_at <= until} | {also}
    return [one for one in every if one.run in counts and one.observed_at <= until]


def keys(found):
    return {(one.run, one.site, one.reading.measure) for one in found}


def told_alike(empty, whole, told):
    """Judge by everything and by what was told, and compare all that anybody asks of the readings."""
    full, little = replace(empty, records=tuple(whole)), replace(empty, records=told)
    assert judge(full) == judge(little)
    for agency in full.agencies:
        for one in full.edition.criteria:
            assert fingerprint(full, one, agency.code) == fingerprint(little, one, agency.code)
            for site in full.sites(agency.code, one.roles):
                for measure in one.measures:
                    known = look_up(full, measure, site, agency.code)
                    assert known == look_up(little, measure, site, agency.code), (agency.code, measure, site.url)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_told_of_the_past_comes_to_the_same_as_everything(store, seed):
    chance = random.Random(seed)
    place = the_registry(chance)
    lived(store, chance, sorted({row.url for row in place.rows} | {"https://nobody.test/"}))
    looked = 0
    for rule in (
        the_edition(),
        the_edition(valid_to=None),
        the_edition(stale_after=timedelta(days=3), refusal_grace=timedelta(days=50)),
    ):
        for days, also in ((0, None), (0, "r0"), (0, "r7"), (5, "r5"), (40, None), (200, None)):
            empty = case(registry=place, edition=rule, as_of=NOW - timedelta(days=days))
            empty = replace(empty, measures=EVERY)
            whole = everything(store, empty.as_of, also)
            told = store.visits.readings_told(past_of(empty), empty.as_of, also=also)
            assert keys(told) <= keys(whole)
            assert len(keys(told)) == len(told)
            told_alike(empty, whole, told)
            looked += len(whole) - len(told)
    assert looked > 25_000


def changed(found, last):
    """Put other readings in the place of the last night's."""
    return tuple(replace(one, reading=last[one.reading.measure]) if one.run == "r0" else one for one in found)


def test_whatever_the_last_nights_readings_become_the_others_suffice(store):
    chance = random.Random(5)
    place = the_registry(chance)
    lived(store, chance, sorted({row.url for row in place.rows}))
    empty = replace(case(registry=place, edition=the_edition()), measures=EVERY)
    whole, told = everything(store, NOW, "r0"), store.visits.readings_told(past_of(empty), NOW, also="r0", anew=True)
    asked = {measure for one in empty.edition.criteria for measure in one.measures}
    assert keys(one for one in whole if one.run == "r0" and one.reading.measure in asked) <= keys(told)
    for cause in FAILURES:
        failed = {one: outcome(chance, one, (2, cause, 0)) for one in EVERY}
        told_alike(empty, changed(whole, failed), changed(told, failed))


def test_an_agency_alone_is_judged_by_its_own_sites_and_its_group(store):
    chance = random.Random(9)
    place = the_registry(chance)
    lived(store, chance, sorted({row.url for row in place.rows}))
    empty = replace(case(registry=place, edition=the_edition(), alone="so-5"), measures=EVERY)
    whole, told = everything(store, NOW, "r5"), store.visits.readings_told(past_of(empty), NOW, also="r5")
    assert 0 < len(told) < len(whole)
    told_alike(empty, whole, told)


def test_of_a_site_that_always_answers_one_night_is_told(store):
    place = Registry(
        groups=(Group(id="1", title="Sở", title_en="Departments"),),
        agencies=(Agency(code="so-a", name="a", name_en="a", group="1"),),
        rows=(SiteRow(agency="so-a", url="https://a.test/", role=SiteRole.PORTAL, confirmed=True),),
    )
    for night in range(30):
        at = NOW - timedelta(days=30 - night)
        store.runs.open(Run(id=f"r{night}", kind=RunKind.NIGHT, state=RunState.OPEN, started_at=at))
        seen = [
            ReadingRecord(
                run=f"r{night}", site="https://a.test/", agency=None, probe="p", probe_version=1, observed_at=at,
                known=digest_of(b"known"), reading=Measured(measure=measure, value=True, because=NOTE, evidence=(proof("x"),), facts={"samples": 9}),
            )
            for measure in ("a.yes", SERIES.id, "a.days")
        ]  # fmt: skip
        visit = VisitRecord(
            visit=Visit(run=f"r{night}", probe="p", site="https://a.test/"), version=1, ending=Ending.DONE, cause=None, requests=1,
            bytes=1, seconds="0.1", started_at=at, ended_at=at, seen=digest_of(b"seen"), known=digest_of(b"known"),
        )  # fmt: skip
        store.visits.finish(visit, seen, [])
        store.runs.seal(f"r{night}", state=RunState.PUBLISHED, ended_at=at, manifest=digest_of(b"m"))
    empty = replace(case(registry=place, edition=the_edition()), measures=EVERY)
    told = store.visits.readings_told(past_of(empty), NOW)
    assert sorted((one.run, one.reading.measure) for one in told) == [
        ("r29", "a.yes"),
        ("r29", SERIES.id),
    ]  # a.days is none of its


def test_readings_from_before_say_whose_they_are_and_what(store):
    lived(store, random.Random(3), [SHARED])
    said = select(readings.c.id, readings.c.agency, readings.c.answer).order_by(readings.c.id)
    with store.engine.connect() as connection:
        known = connection.execute(said).all()
    assert len({answer for _, _, answer in known}) > 3
    migrated(store, "0008", "head")
    with store.engine.connect() as connection:
        assert connection.execute(said).all() == known
