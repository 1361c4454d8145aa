"""What every installed probe must keep, whoever wrote it."""

import pkgutil
import re
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from importlib import import_module

import pytest
import time_machine
from refusing import CHALLENGED, Refusing

from auditor.evidence.seen import dump_seen, load_seen
from auditor.judge import notes as judge_notes
from auditor.model.agency import Agency, Site
from auditor.model.codec import Codec
from auditor.model.note import Note
from auditor.model.reading import Kind, Measured, Reading, ReadingRecord, Unavailable, fits
from auditor.model.visit import Blame, Cause
from auditor.sdk.catalogue import find_probes, load_catalogue
from auditor.sdk.guidelines import load_guidelines
from auditor.sdk.html import parser
from auditor.sdk.probe import Known, Probe
from auditor.sdk.vocabulary import load_vocabulary
from auditor.visit import assess as visit_assess
from auditor.visit.assess import assess_all
from reports.words import vietnamese

pytestmark = pytest.mark.anyio
CATALOGUE = load_catalogue()
PLACES = {probe.id: place for package in CATALOGUE.packages for place, probe in find_probes(package)}
PROBES = [pytest.param(probe, id=probe.id) for probe in CATALOGUE.probes.values()]
JUDGING = [pytest.param(probe, id=probe.id) for probe in CATALOGUE.probes.values() if probe.measures]
PLACEHOLDER = re.compile(r"\{(\w+)\}")
FAR = datetime(2041, 2, 3, 4, 5, tzinfo=UTC)
FAILURES = [
    Cause.DNS,
    Cause.CONNECT,
    Cause.TLS,
    Cause.TIMEOUT,
    Cause.HTTP_5XX,
    Cause.ROBOTS,
    Cause.BLOCKED,
    CHALLENGED,
    Cause.OWN_LINK,
    Cause.AMBIGUOUS,
]
OUTSIDE = re.compile(
    r"open|socket\..*|subprocess\..*|os\.(?!fspath).*|shutil\..*|tempfile\..*|pathlib\..*|glob\..*|urllib\..*|http\..*|smtplib\..*|"
    r"sqlite3\..*|time\.sleep|ctypes\..*|signal\..*|builtins\.input.*|webbrowser\..*|syslog\..*|fcntl\..*"
)


class Watch:
    """Hears every audit event of the interpreter, and keeps those of the world outside while it is told to."""

    def __init__(self):
        self.on, self.heard = False, []

    def __call__(self, event, arguments):
        if self.on and OUTSIDE.fullmatch(event) and not _importing():
            self.heard.append((event, arguments[:1]))

    @contextmanager
    def watching(self):
        self.on, self.heard = True, []
        try:
            yield self.heard
        finally:
            self.on = False


def _importing():
    """Tell whether the import machinery is at work: that code is read from files is nobody's doing."""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


WATCH = Watch()
sys.addaudithook(WATCH)


@pytest.fixture(scope="session")
def assessed(night):
    """Give each probe's first assessment of every visit of the night in this process, with what it did to the outside."""
    found = {}
    for probe in CATALOGUE.probes.values():
        given = []
        for seen in night.seen(probe):
            with WATCH.watching() as heard:
                readings = probe.assess(seen.value, seen.known)
            given.append((seen, readings, list(heard)))
        found[probe.id] = given
    return found


READING = Codec(Reading)


def written(reading):
    return READING.dump(reading)


def kept_promise(probe, readings, agencies):
    """Say in which way a probe's readings are not one for each promised measure, of the site or of each of its agencies."""
    by_measure = {}
    for reading in readings:
        by_measure.setdefault(reading.measure, []).append(reading.agency)
    wrong = sorted(set(by_measure) ^ {measure.id for measure in probe.measures})
    for name, of in by_measure.items():
        if of != [None] and sorted(of, key=str) != sorted(agencies):
            wrong.append(f"{name}: of {of}")
    return wrong


def misfits(readings):
    """Give the measured values that their measure does not have."""
    return [
        (reading.measure, wrong)
        for reading in readings
        if isinstance(reading, Measured) and (wrong := fits(CATALOGUE.measures[reading.measure], reading.value))
    ]


def unsaid(readings):
    """Give the notes that have no Vietnamese, or lack a fact that their sentence names."""
    texts = vietnamese().texts
    return [
        reading.because
        for reading in readings
        if reading.because.key not in texts or not set(PLACEHOLDER.findall(reading.because.text)) <= set(reading.because.facts)
    ]


# What a probe says of itself


@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_is_named_after_its_module_and_says_what_it_asks(probe):
    place = PLACES[probe.id]
    assert place.rpartition(".")[2] == probe.id
    first = (import_module(place).__doc__ or "").strip().partition("\n")[0]
    assert "?" in first, f"{place} does not open with its question: {first!r}"
    assert probe.version >= 1
    assert probe.roles


@pytest.mark.parametrize("probe", JUDGING)
def test_every_measure_has_a_meaning_of_its_own(probe):
    meanings = Counter(measure.meaning.strip() for measure in probe.measures)
    assert not [meaning for meaning, times in meanings.items() if times > 1 or len(meaning.split()) < 2]
    assert not [measure.id for measure in probe.measures if not re.fullmatch(r"[a-z]+\.[a-z0-9_]+", measure.id)]


@pytest.mark.parametrize("probe", JUDGING)
def test_words_stand_where_words_are_the_value_or_stand_in_for_a_number(probe):
    for measure in probe.measures:
        assert len(set(measure.words)) == len(measure.words)
        assert not [word for word in measure.words if not re.fullmatch(r"[a-z0-9][a-z0-9_.]*", word)]
        if measure.kind is Kind.WORD:
            assert len(measure.words) > 1, measure.id
        if measure.kind is Kind.BOOLEAN:
            assert not measure.words, measure.id


def test_a_word_that_is_not_of_the_list_and_a_number_out_of_bounds_do_not_fit():
    measures = CATALOGUE.measures
    assert fits(measures["content.news"], "fine")
    assert fits(measures["services.total"], -1)
    assert fits(measures["services.online_share"], Decimal("1.5"))
    assert fits(measures["freshness.news"], True)
    assert fits(measures["freshness.news"], "never") is None


# What a probe sees


@pytest.mark.parametrize("probe", PROBES)
def test_what_a_probe_sees_is_made_of_frozen_values(probe):
    classes = Codec(probe.seen)._classes.values()
    assert is_dataclass(probe.seen)
    for kind in classes:
        assert issubclass(kind, Enum) or kind.__dataclass_params__.frozen, kind
        assert issubclass(kind, Enum) or not [f.name for f in fields(kind) if "list[" in str(f.type) or "set[" in str(f.type)]


@pytest.mark.slow
@pytest.mark.parametrize("probe", PROBES)
def test_what_was_seen_is_read_back_as_it_was_kept(probe, night):
    seen = night.seen(probe)
    assert len(seen) > 5
    for one in seen:
        assert isinstance(one.value, probe.seen)
        assert dump_seen(one.value) == one.kept
        assert load_seen(probe.seen, dump_seen(one.value), night.archive.body) == one.value


# What a probe says


@pytest.mark.slow
@pytest.mark.parametrize("probe", PROBES)
def test_every_visit_gives_one_fitting_reading_of_each_promised_measure(probe, assessed):
    assert assessed[probe.id]
    for seen, readings, _ in assessed[probe.id]:
        assert kept_promise(probe, readings, seen.known.site.agencies) == [], seen.visit.visit.key
        assert misfits(readings) == [], seen.visit.visit.key


@pytest.mark.slow
@pytest.mark.parametrize("probe", PROBES)
def test_every_reading_says_why_in_vietnamese(probe, assessed):
    assert unsaid(reading for _, readings, _ in assessed[probe.id] for reading in readings) == []


@pytest.mark.slow
@pytest.mark.parametrize("probe", PROBES)
def test_an_assessment_does_nothing_to_the_world_outside(probe, assessed):
    assert {(event, str(where)) for _, _, heard in assessed[probe.id] for event, where in heard} == set()


@pytest.mark.slow
@pytest.mark.parametrize("probe", JUDGING)
def test_another_process_at_another_time_gives_the_same_bytes(probe, night, assessed):
    """The night was judged by another process, with another seed for its hashes; this one believes to live in 2041."""
    codec = Codec(ReadingRecord)
    for seen, first, _ in assessed[probe.id]:
        kept = [record for record in night.readings if (record.site, record.probe) == (seen.visit.visit.site, probe.id)]
        proof = next((p for record in kept for p in record.reading.evidence if p.digest == seen.visit.seen), None)
        with time_machine.travel(FAR, tick=False):
            again = assess_all(seen.visit.visit, [probe], seen.value, seen.known, seen.visit.known, proof)
        assert [codec.dump(record) for record in again] == [codec.dump(record) for record in kept], seen.visit.visit.key
        values = [replace(record.reading, evidence=reading.evidence) for record, reading in zip(again, first, strict=True)]
        assert [written(reading) for reading in values] == [written(reading) for reading in first]


@pytest.mark.parametrize("cause", FAILURES)
@pytest.mark.parametrize("probe", PROBES)
async def test_a_site_that_cannot_be_had_leaves_no_promise_open(probe, cause):
    seer = CATALOGUE.probes[probe.reads[0]] if probe.reads else probe
    seen = await seer.look(SITE, Refusing(cause, KNOWN.vocabulary))
    assert load_seen(seer.seen, dump_seen(seen), Refusing.body) == seen
    with WATCH.watching() as heard:
        readings = probe.assess(seen, KNOWN)
    assert kept_promise(probe, readings, SITE.agencies) == []
    assert misfits(readings) == []
    assert unsaid(readings) == []
    assert heard == []
    if "crawl" in probe.reads:
        causes = {reading.cause if isinstance(reading, Unavailable) else reading.value for reading in readings}
        assert causes == {Cause.CHALLENGE if cause is CHALLENGED else cause}
    if cause is not CHALLENGED and cause.blame is not Blame.THEIRS:
        assert not [reading for reading in readings if isinstance(reading, Measured)], "an unknown is never a value"


SITE = Site(url="https://so.test/", roles=tuple(CATALOGUE.probes["crawl"].roles), agencies=("so-a", "so-b"))
KNOWN = Known(
    captured_at=datetime(2026, 11, 20, 19, tzinfo=UTC),
    site=SITE,
    agencies=tuple(Agency(code=code, name=f"Sở {code}", name_en=code, group="1") for code in SITE.agencies),
    vocabulary=load_vocabulary("probes"),
    guidelines=load_guidelines(Refusing.config),
    document=parser(),
)


# Sentences


def all_notes():
    """Give every note constant of the probes' packages, of the judge and of the visit's edge, by its key, with its modules."""
    modules = [judge_notes, visit_assess]
    for package in CATALOGUE.packages:
        root = import_module(package)
        modules += [import_module(found.name) for found in pkgutil.walk_packages(root.__path__, f"{package}.")]
    found = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Note):
                found.setdefault(value.key, {})[value.text] = module.__name__
    return found


def test_every_sentence_has_one_home_and_its_vietnamese_with_the_same_facts():
    texts, wrong = vietnamese().texts, []
    found = all_notes()
    assert len(found) > 100
    for key, said in found.items():
        if len(said) > 1:
            wrong.append(f"{key}: two sentences, in {sorted(said.values())}")
        text = next(iter(said))
        if key not in texts:
            wrong.append(f"{key}: no Vietnamese")
        elif set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(texts[key])):
            wrong.append(f"{key}: other facts in Vietnamese")
    assert wrong == []


# The suite itself: each of its eyes must see


def test_the_watch_hears_files_sockets_and_processes():
    import socket
    import subprocess
    from pathlib import Path

    with WATCH.watching() as heard:
        Path(__file__).read_bytes()
        socket.socket().close()
        subprocess.run(["true"], check=True)
    assert {"open", "socket.__new__", "subprocess.Popen"} <= {event for event, _ in heard}


def test_a_probe_that_forgets_repeats_or_misnames_a_measure_is_found_out():
    [measure, other, *_] = CATALOGUE.probes["services"].measures
    probe = Probe(id="x", version=1, measures=(measure, other), assess=lambda seen, known: [], seen=object)
    reading = Measured(measure=measure.id, because=Note(key="k", text="{what}"), value=1)
    assert kept_promise(probe, [reading], ["so-a"]) == [other.id]
    assert kept_promise(probe, [reading, reading, Measured(measure=other.id, because=reading.because, value=1)], ["so-a"])
    assert misfits([Measured(measure=measure.id, because=reading.because, value=-1)])
    assert unsaid([reading]) == [reading.because]
