"""What a night shows of each check: theirs fails, ours says nothing, an outage is told once and not criterion by criterion."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from letters import ALL, FIRST, LEFT, RULES, UP, finding, lived, read, seen
from province import appraisal, case, criterion, registry
from reported import RULES as SCALES

from auditor.findings.rules import Fails, Fine, Unknown
from auditor.findings.sights import sights
from auditor.judge import judge
from auditor.model.edition import Over, Source
from auditor.model.finding import FindingKind
from auditor.model.note import Note
from auditor.model.scale import Fraction as Part
from auditor.model.scale import Relative, Weighted, YesNo
from auditor.model.visit import Blame, Cause

OURS = [cause for cause in Cause if cause.blame in {Blame.OURS, Blame.OPEN}]
THEIRS = [cause for cause in Cause if cause.blame is Blame.THEIRS]
REFUSING = [cause for cause in Cause if cause.blame is Blame.REFUSING]
SITE = "https://so-a.test/"


def shown(records, **given):
    """Give tonight's sights as one word each: by kind, or by the criterion's id."""
    words = {Fails: "fails", Fine: "fine", Unknown: "unknown"}
    return {
        key.subject if key.kind is FindingKind.CRITERION else key.kind.value: words[type(sight)]
        for key, sight in seen(records, **given)[2].items()
    }


def one(records, name, **given):
    """Give one finding."""
    found = seen(records, **given)[2]
    return next(s.finding for k, s in found.items() if name in {k.subject, k.kind.value} and isinstance(s, Fails))


def test_points_that_are_left_behind_are_a_failure_and_full_ones_are_none():
    assert shown([read(False, "a.yes"), read("present", "a.state"), read(D(1), UP)]) == {
        "outage": "fine", "access": "unknown", "expiry": "unknown", "1": "fails", "2": "fine", "3": "unknown", "4": "unknown",
    }  # fmt: skip
    assert shown([read("no duty", "a.yes"), read("empty", "a.state")])["2"] == "fails"


def test_a_criterion_that_does_not_concern_an_agency_is_no_failure_of_its():
    spared = criterion("1", exempt=("so-a",), exempt_because="Không có việc này")
    night = [read(False, "a.yes"), read(D(1), UP)]
    assert "1" not in shown(night, criteria=(spared, criterion("2")))
    assert shown(night, criteria=(spared, criterion("2")))["2"] == "fails"


@pytest.mark.parametrize("cause", OURS)
def test_what_is_our_fault_or_open_shows_nothing(cause):
    found = shown([read(cause, measure) for measure in ("a.yes", "a.state", "a.count", LEFT, UP)])
    assert set(found.values()) == {"unknown"}


@pytest.mark.parametrize("cause", REFUSING)
def test_a_refusal_is_a_request_for_access_and_no_fault(cause):
    found = shown([read(cause, measure) for measure in ("a.yes", "a.state", "a.count", LEFT, UP)])
    assert found.pop("access") == "fails"
    assert set(found.values()) == {"unknown"}


def test_a_refusal_is_over_when_that_is_seen_which_was_refused():
    lives = lived("F", kind=FindingKind.ACCESS, subject="", measure="a.yes")[0]
    nights = {
        "fine": [read(False, "a.yes")],
        "unknown": [read(Cause.BUDGET, "a.yes"), read("present", "a.state"), read(D(1), UP)],
        "fails": [read(True, "a.yes"), read(Cause.BLOCKED, "a.state")],
    }
    assert {name: shown(records, before=lives)["access"] for name, records in nights.items()} == {name: name for name in nights}
    assert shown([read(Cause.CONNECT, "a.yes"), read(D(0), UP)], before=lives)["access"] == "unknown"


@pytest.mark.parametrize("cause", THEIRS)
def test_a_site_that_is_down_is_told_once(cause):
    down = [read(cause, measure) for measure in ("a.yes", "a.state", "a.count", LEFT)]
    found = shown([*down, read(D(0), UP)])
    assert found.pop("outage") == "fails"
    assert set(found.values()) == {"unknown"}
    assert shown(down)["outage"] == "fails"
    assert one(down, "outage").because.facts == {"site": SITE, "cause": cause.value}


def by_probe(**causes):
    """Give a reading a probe: of a cause, or a value."""
    return [replace(read(outcome, f"{probe}.x"), probe=probe) for probe, outcome in causes.items()]


@pytest.mark.parametrize(
    ("lately", "outage"),
    [
        ({SITE: None}, "fine"),
        ({SITE: Cause.TIMEOUT}, "fails"),
        ({SITE: Cause.OWN_LINK}, "unknown"),
        ({SITE: Cause.BLOCKED}, "unknown"),
    ],
)
def test_the_last_sample_of_uptime_says_whether_the_site_is_there(lately, outage):
    assert shown([read(D("0.98"), UP), read(True, "a.yes")], lately=lately)["outage"] == outage


def test_what_rests_on_a_sample_alone_has_no_proof_of_something_else():
    found = one([read(D("0.98"), UP)], "outage", lately={SITE: Cause.TIMEOUT})
    assert (found.cause, found.evidence, found.value) == (Cause.TIMEOUT, (), None)


def test_a_share_of_a_whole_window_does_not_say_whether_the_site_is_there_now():
    account = read(D("0.98"), UP)
    account = replace(account, reading=replace(account.reading, facts={"samples": 3000}))
    everything_lost = by_probe(portal=Cause.CONNECT, tls=Cause.CONNECT, dns=True)
    assert shown([account, *everything_lost])["outage"] == "fails"
    assert shown([account, *by_probe(portal=True, tls=True)])["outage"] == "fine"
    assert shown([account, *by_probe(portal=True, mail=Cause.TIMEOUT)])["outage"] == "unknown"
    assert shown([account, *by_probe(portal=Cause.CRASHED)])["outage"] == "unknown"


def test_while_whether_the_site_is_up_cannot_be_said_no_cause_of_theirs_is_believed():
    down = [read(Cause.CONNECT, "a.yes"), read(Cause.OWN_LINK, UP)]
    assert {name: said for name, said in shown(down).items() if said != "unknown"} == {}


def test_a_check_that_fails_by_their_fault_while_the_site_is_up_is_told_by_itself():
    found = one([read(Cause.TIMEOUT, "a.yes"), read(D(1), UP)], "1")
    assert (found.cause, found.value) == (Cause.TIMEOUT, None)


def test_of_several_measures_only_what_is_sure_counts():
    assert shown([read(False, "a.yes"), read(Cause.CRASHED, "a.count")])["4"] == "unknown"
    assert shown([read(Cause.CRASHED, "a.yes"), read(3, "a.count")])["4"] == "fine"
    assert one([read(Cause.CRASHED, "a.yes"), read(2, "a.count")], "4").parts == "a.count = 2"
    rule = criterion(
        "5", measure=None, scale=Weighted(fractions=(Part(measure="a.yes", weight=D(1)), Part(measure="b.yes", weight=D(1))))
    )
    found = seen([read(False, "a.yes"), read(Cause.BUDGET, "b.yes")], criteria=(rule,))[2]
    assert [s.finding.parts for s in found.values() if isinstance(s, Fails)] == ["a.yes = false"]


def test_a_certificate_counts_down_and_its_criterion_is_not_told_beside_it():
    def left(days):
        return [read(days, LEFT, until="2019-04-01"), read(D(1), UP)]

    assert {days: shown(left(days))["expiry"] for days in (31, 30, 1, 0, -1)} == {
        31: "fine",
        30: "fails",
        1: "fails",
        0: "fails",
        -1: "fails",
    }
    assert [one(left(days), LEFT).step for days in (30, 15, 14, 8, 7, 2, 1, 0, -1)] == [30, 30, 14, 14, 7, 7, 1, 1, -1]
    assert "3" not in shown(left(5))
    assert one(left(5), LEFT).remedy == "sửa"


def test_a_site_without_a_certificate_has_nothing_that_ends():
    found = shown([read(0, LEFT), read(D(1), UP)])
    assert (found["expiry"], found["3"]) == ("fine", "fails")


def test_what_the_council_decided_is_not_told():
    assert "1" not in shown([read(False, "a.yes")], appraisals=[appraisal(True)])


def test_what_is_declared_compared_or_a_series_is_not_told():
    rules = (
        criterion("1", source=Source.DECLARED),
        criterion("2", measure="a.count", scale=Relative()),
        criterion("3", measure=UP, scale=YesNo(yes=D(2))),
    )
    assert set(shown([read(1, "a.count")], criteria=rules)) <= {"outage", "access", "expiry"}


def test_a_site_that_rests_shows_nothing():
    records = [read(False, "a.yes"), read(D(0), UP)]
    assert set(shown(records, resting={SITE}).values()) == {"unknown"}


def test_where_the_best_site_counts_one_good_one_is_enough():
    other = "https://other.test/"
    rule = criterion("1", over=Over.BEST)

    def told(first, second):
        records = [read(first, "a.yes"), read(second, "a.yes", site=other)]
        place = registry("so-a", more_sites=[("so-a", other)])
        found = replace(case(rule, records=records, registry=place, as_of=FIRST, run="r"), measures=ALL)
        return [type(s) for k, s in sights(found, judge(found), records, RULES).items() if k.kind is FindingKind.CRITERION]

    assert told(False, True) == [Fine, Fine]
    assert told(False, Cause.CRASHED) == [Unknown, Unknown]
    assert told(False, False) == [Fails, Fails]


def test_the_same_thing_seen_has_the_same_fingerprint_whatever_time_passes():
    aged = Note(key="freshness.old", text="{days}", facts={"days": 40})
    first = replace(read(40, "a.days"), reading=replace(read(40, "a.days").reading, newest=None, because=aged))

    def mark(days, newest):
        found = replace(
            first, reading=replace(first.reading, value=days, newest=date.fromisoformat(newest), because=aged(days=days))
        )
        rule = criterion("1", measure="a.days", scale=SCALES[7].scale, max_points=D(1))
        return one([found], "1", criteria=(rule,)).fingerprint

    assert mark(40, "2019-01-20") == mark(41, "2019-01-20") != mark(41, "2019-01-21")
    assert one([read("missing", "a.state")], "2").fingerprint != one([read("broken", "a.state")], "2").fingerprint
    assert (
        one([read(9, LEFT, until="2019-03-11")], LEFT).fingerprint == one([read(8, LEFT, until="2019-03-11")], LEFT).fingerprint
    )


def test_a_finding_knows_its_key():
    found = one([read(False, "a.yes")], "1")
    assert found.key == replace(finding("1"), site=SITE).key
