"""Kept evidence that this program cannot read back is said to be so; nothing is guessed, and nothing crashes."""

from dataclasses import dataclass, make_dataclass
from datetime import UTC, datetime

import pytest

from auditor.engines.again import assess_again
from auditor.errors import NotDone
from auditor.evidence.archive import Archive
from auditor.evidence.seen import dump_seen
from auditor.evidence.writer import write_blob
from auditor.model.agency import Registry, Site, SiteRole
from auditor.model.evidence import ProofKind
from auditor.model.note import Note
from auditor.model.reading import Kind, Measure, Measured
from auditor.model.visit import Ending, Visit, VisitRecord
from auditor.sdk.catalogue import build
from auditor.sdk.probe import Probe
from auditor.sdk.vocabulary import Vocabulary
from auditor.visit.knowing import Background, Knowledge

AT = datetime(2026, 1, 5, tzinfo=UTC)
SITE = Site(url="https://so.test/", roles=(SiteRole.PORTAL,), agencies=())
BACKGROUND = Background(registry_hosts=frozenset(), vocabulary=Vocabulary(), guidelines={}, holidays=frozenset())
SAID = Note(key="test", text="said")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the probe of today keeps."""

    word: str


def assess(seen, known):
    return [Measured(measure="a.yes", because=SAID, evidence=(), value=seen.word == "yes")]


PROBE = Probe(
    id="a", version=2, measures=[Measure(id="a.yes", kind=Kind.BOOLEAN, meaning="x")], assess=assess, seen=Seen, look=assess
)


def judged_again(folder, seen, *, known=None):
    """Keep what a probe saw, and judge it by the probe of today."""
    knowledge = Knowledge(registry=Registry(groups=(), agencies=(), rows=()), background=BACKGROUND)
    own = knowledge.of(SITE, AT, AT.date())[1] if known is None else known
    bodies = (dump_seen(seen) if not isinstance(seen, bytes) else seen, own)
    places = {place.digest: place for place in (write_blob(folder, body, "x/y", None, ProofKind.VISIT) for body in bodies)}
    first, second = places
    visit = VisitRecord(
        visit=Visit(run="r-1", probe="a", site=SITE.url), version=1, ending=Ending.DONE, cause=None, requests=1, bytes=1, seconds="0.1",
        started_at=AT, ended_at=AT, seen=first, known=second,
    )  # fmt: skip
    return list(assess_again([visit], [], build([("probes.a", PROBE)]), knowledge, Archive(folder, places.get)))


def test_what_the_probe_of_today_keeps_is_judged(tmp_path):
    assert [change.after.reading.value for change in judged_again(tmp_path, Seen(word="yes"))] == [True]


@pytest.mark.parametrize("field", ["verb", "noun"])
def test_what_another_version_kept_is_not_done_with_probe_site_versions_and_run(tmp_path, field):
    older = make_dataclass("Seen", [(field, str)], frozen=True, slots=True, kw_only=True)
    with pytest.raises(NotDone) as caught:
        judged_again(tmp_path, older(**{field: "yes"}))
    for said in ("what a saw of https://so.test/", "its version 1", "version 2", "run r-1"):
        assert said in str(caught.value)


@pytest.mark.parametrize("body", [b"{}", b"", b"\xff", b'{"$":"Gone"}', b'{"$enum":["Kind","GONE"]}'])
def test_what_is_no_kept_value_at_all_is_not_done_either(tmp_path, body):
    with pytest.raises(NotDone, match="cannot be read by version 2"):
        judged_again(tmp_path, body)


def test_facts_of_another_version_are_not_done_either(tmp_path):
    with pytest.raises(NotDone, match="cannot be read by version 2"):
        judged_again(tmp_path, Seen(word="yes"), known=b'{"$":"_Own"}')
