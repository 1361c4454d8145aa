"""What a run must pass to be published."""

from datetime import UTC, datetime

import pytest

from auditor.engines.gate import held_because
from auditor.model.evidence import digest_of
from auditor.model.visit import Cause, Ending, Visit, VisitRecord

AT = datetime(2026, 1, 5, tzinfo=UTC)


def visit(cause=None, number=0):
    ending = Ending.FAILED if cause else Ending.DONE
    return VisitRecord(
        visit=Visit(run="r", probe="crawl", site=f"https://so-{number}.test/"), version=1, ending=ending, cause=cause, requests=1,
        bytes=1, seconds="0.1", started_at=AT, ended_at=AT, seen=None, known=digest_of(b""),
    )  # fmt: skip


def test_a_run_whose_visits_ended_is_published():
    assert held_because([visit(number=n) for n in range(10)]) == ""


@pytest.mark.parametrize("cause", [Cause.CONNECT, Cause.ROBOTS, Cause.CHALLENGE, Cause.AMBIGUOUS])
def test_a_site_that_fails_or_refuses_holds_nothing_back(cause):
    assert held_because([visit(cause), *(visit(number=n) for n in range(3))]) == ""


@pytest.mark.parametrize("cause", [Cause.CRASHED, Cause.OWN_LINK, Cause.CAPABILITY])
def test_more_than_one_visit_in_a_hundred_that_failed_by_our_fault_holds_a_run_back(cause):
    many = [visit(number=n) for n in range(99)]
    assert held_because([*many, visit(cause)]) == ""
    assert "crawl on https://so-0.test/" in held_because([*many[:98], visit(cause), visit(cause)])


def test_a_site_that_never_ends_holds_up_no_night():
    good = [visit(number=n) for n in range(1, 5)]
    assert held_because([*good, *[visit(Cause.BUDGET)] * 8]) == ""
    assert held_because([*good[:1], visit(Cause.BUDGET)]) == ""
    assert held_because([*good, visit(Cause.BUDGET), visit(Cause.CRASHED)]).startswith("1 of 6 visits")


def test_a_night_in_which_time_ran_out_on_most_sites_is_held_back():
    slow = [visit(Cause.BUDGET, n) for n in range(6)]
    assert held_because([*slow[:5], *(visit(number=n) for n in range(5, 10))]) == ""
    assert held_because([*slow, *(visit(number=n) for n in range(6, 10))]).startswith("6 of 10 visits failed by our own fault")


def test_a_night_in_which_nobody_answered_is_held_back():
    assert "own link" in held_because([visit(Cause.CONNECT, n) for n in range(4)])


def test_a_run_without_any_site_to_visit_is_published():
    assert held_because([]) == ""
