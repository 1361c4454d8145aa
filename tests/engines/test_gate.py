"""What a run must pass to be published."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.engines.gate import Night, Room, held_because, outcomes_of, through_the_gate
from auditor.model.evidence import digest_of
from auditor.model.visit import Blame, Cause, Ending, Visit, VisitRecord

AT = datetime(2026, 1, 5, tzinfo=UTC)


def visit(cause=None, number=0, probe="crawl", ending=None):
    ending = ending or (Ending.FAILED if cause else Ending.DONE)
    return VisitRecord(
        visit=Visit(run="r", probe=probe, site=f"https://so-{number}.test/"), version=1, ending=ending, cause=cause, requests=1,
        bytes=1, seconds="0.1", started_at=AT, ended_at=AT, seen=None, known=digest_of(b""),
    )  # fmt: skip


def held(visits, **more):
    return held_because(Night(visits=visits, **more))


def visits(good, *causes):
    return [*(visit(number=n) for n in range(good)), *(visit(cause, 1000 + n) for n, cause in enumerate(causes))]


def test_a_run_whose_visits_ended_is_published():
    assert held(visits(10)) == ""


@pytest.mark.parametrize("cause", [Cause.CONNECT, Cause.ROBOTS, Cause.CHALLENGE, Cause.AMBIGUOUS])
def test_a_site_that_fails_or_refuses_holds_nothing_back(cause):
    assert held(visits(3, cause)) == ""


@pytest.mark.parametrize("cause", [Cause.CRASHED, Cause.OWN_LINK, Cause.CAPABILITY])
def test_more_than_one_visit_in_a_hundred_that_failed_by_our_fault_holds_a_run_back(cause):
    assert held(visits(99, cause)) == ""
    assert "crawl on https://so-1000.test/" in held(visits(98, cause, cause))


def test_a_planned_visit_that_was_never_made_is_our_fault():
    made = visits(99)
    planned = [record.visit.key for record in (*made, visit(number=500), visit(number=501))]
    assert held(made, planned=planned[:100]) == ""
    assert held(made, planned=planned) == (
        "2 of 101 visits failed by our own fault: crawl on https://so-500.test/, crawl on https://so-501.test/"
    )


def test_a_site_that_never_ends_holds_up_no_night():
    good = [visit(number=n) for n in range(1, 5)]
    assert held([*good, *[visit(Cause.BUDGET)] * 8]) == ""
    assert held([*good[:1], visit(Cause.BUDGET)]) == ""
    assert held([*good, visit(Cause.BUDGET), visit(Cause.CRASHED, 9)]).startswith("1 of 6 visits")


def test_a_night_in_which_time_ran_out_on_most_sites_is_held_back():
    slow = [visit(Cause.BUDGET, n) for n in range(6)]
    assert held([*slow[:5], *(visit(number=n) for n in range(5, 10))]) == ""
    assert held([*slow, *(visit(number=n) for n in range(6, 10))]).startswith("6 of 10 visits failed by our own fault")


def test_a_night_in_which_nobody_answered_is_held_back():
    assert "own link" in held([visit(Cause.CONNECT, n) for n in range(4)])


def test_a_control_host_that_does_not_answer_holds_a_night_back_and_having_none_does_not():
    assert "own link was down" in held(visits(5), link=False)
    assert held(visits(5), link=True) == held(visits(5), link=None) == ""


def test_a_run_without_any_site_to_visit_is_published():
    assert held([]) == ""


def test_a_truth_of_the_sample_that_does_not_come_out_holds_a_night_back():
    assert held(visits(5), canaries=()) == ""
    assert held(visits(5), canaries=("so-mau tls.trusted: expected true",)).endswith("so-mau tls.trusted: expected true")
    assert held(visits(5), faults=("the sample could not be started",)) == "the sample could not be started"


def test_a_disk_without_room_holds_a_night_back():
    assert held(visits(5), room=Room(free_mb=10, need_mb=10)) == ""
    assert "10 MB are needed" in held(visits(5), room=Room(free_mb=9, need_mb=10))


USUAL = [outcomes_of(visits(18, Cause.CONNECT, Cause.ROBOTS))] * 3


def test_a_few_sites_that_die_or_return_are_no_other_mix():
    for night in (visits(13, *[Cause.CONNECT] * 6, Cause.ROBOTS), visits(20)):
        assert held(night, published=USUAL) == ""


def test_a_night_in_which_a_third_of_all_sites_suddenly_refuse_is_held_back():
    night = visits(11, Cause.CONNECT, *[Cause.BLOCKED] * 8)
    assert held(night, published=USUAL) == (
        "visits end otherwise than in the last nights: crawl done 11 of 20, usually 90%, crawl refusing 8 of 20, usually 5%"
    )
    assert held(night, published=USUAL[:2]) == ""


def test_a_probe_that_goes_wrong_is_seen_among_others_that_do_not():
    others = [visit(number=n, probe="dns") for n in range(200)]
    usual = [outcomes_of([*others, *visits(20)])] * 3
    assert held([*others, *visits(12, *[Cause.TIMEOUT] * 8)], published=usual).endswith("crawl theirs 8 of 20, usually 0%")


def test_an_odd_mix_that_lasts_is_published_in_the_third_night():
    odd = visits(11, Cause.CONNECT, *[Cause.BLOCKED] * 8)
    mix = outcomes_of(odd)
    assert held(odd, published=USUAL, last=[*USUAL, mix])
    assert held(odd, published=USUAL, last=[*USUAL, mix, mix]) == ""


def test_a_new_probe_has_no_usual_mix():
    assert (
        held([*visits(18, Cause.CONNECT, Cause.ROBOTS), *(visit(Cause.TLS, n, "tls") for n in range(20))], published=USUAL) == ""
    )


def test_every_fault_is_told_and_each_check_by_its_name():
    night = Night(visits=visits(5), link=False, room=Room(free_mb=1, need_mb=2))
    assert [check.name for check in through_the_gate(night) if check.fault] == ["link", "room"]
    assert held_because(night).count("; ") == 1


@given(st.lists(st.sampled_from([None, *Cause]), min_size=1, max_size=40))
def test_a_night_is_never_published_with_more_than_a_hundredth_of_endings_ours(causes):
    night = [visit(cause, n) for n, cause in enumerate(causes)]
    ours = sum(cause is not None and cause.blame is Blame.OURS and cause is not Cause.BUDGET for cause in causes)
    assert (ours > len(causes) / 100) <= bool(held(night))


@given(st.lists(st.sampled_from([None, *Cause]), min_size=1, max_size=40))
def test_the_same_mix_again_is_never_another_one(causes):
    night = [visit(cause, n) for n, cause in enumerate(causes)]
    checks = through_the_gate(Night(visits=night, published=[outcomes_of(night)] * 3))
    assert {check.name: check.fault for check in checks}["mix"] == ""
    assert sum(Counter(outcomes_of(night)["crawl"]).values()) == len(causes)
