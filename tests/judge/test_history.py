"""Agencies through time: what was seen before a merger is the predecessor's, and places move only among equals."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from province import NOW, case, criterion, declaration, edition, find, record, registry

from auditor.judge import fixes, judge
from auditor.model.agency import Agency, Registry, SiteRole, SiteRow
from auditor.model.edition import Source
from auditor.model.evidence import digest_of
from auditor.model.mark import Excluded, Pending, Points
from auditor.model.scale import Ratio, Relative

OLD, KEPT = "https://so-old.test/", "https://so-new.test/"
LAST = date(2019, 2, 20)
FIRST = date(2019, 2, 21)
"""Nine days before NOW, so that what was seen before is not stale yet."""


def agency(code, group="1", **given):
    return Agency(code=code, name=code, name_en=code, group=group, **given)


def row(code, url, **given):
    return SiteRow(agency=code, url=url, role=SiteRole.PORTAL, confirmed=True, **given)


def merged(*more):
    """So-old and so-elder have merged into so-new, which has taken so-old's portal over beside its own."""
    return Registry(
        groups=registry().groups,
        agencies=(
            agency("so-old", valid_to=LAST, successor="so-new"),
            agency("so-elder", valid_to=LAST, successor="so-new"),
            agency("so-new", valid_from=FIRST),
            agency("so-other"),
            agency("huyen-x", "2", valid_to=LAST),
            *more,
        ),
        rows=(
            row("so-old", OLD, valid_to=LAST),
            row("so-new", OLD, valid_from=FIRST),
            row("so-other", "https://so-other.test/"),
            row("huyen-x", "https://huyen-x.test/"),
        ),
    )


def at(day, hour=12):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def seen(outcome, when, site=OLD, **given):
    return replace(record(outcome, site=site, **given), observed_at=when)


def test_evidence_of_before_the_merger_does_not_count_for_the_successor():
    before = [seen(True, at(LAST))]
    mark = find(judge(case(criterion(), records=before, registry=merged())), "so-new").marks[0]
    assert isinstance(mark, Pending)
    assert mark.readings == ()
    after = [*before, seen(False, at(FIRST))]
    assert find(judge(case(criterion(), records=after, registry=merged())), "so-new").marks[0].points == 0


def test_the_day_of_the_merger_begins_at_midnight_in_vietnam():
    first = datetime(2019, 2, 20, 17, tzinfo=UTC)
    for when, kind in ((first - timedelta(seconds=1), Pending), (first, Points)):
        mark = find(judge(case(criterion(), records=[seen(True, when)], registry=merged())), "so-new").marks[0]
        assert type(mark) is kind


def test_the_same_evidence_counts_for_the_predecessor_on_its_own_days():
    asked = case(criterion(), records=[seen(True, at(date(2019, 2, 10)))], registry=merged(), as_of=at(LAST))
    ranking = judge(asked)
    assert find(ranking, "so-old").marks[0].points == 2
    codes = {row.agency for group in ranking.groups for row in (*group.rows, *group.unranked)}
    assert codes == {"so-old", "so-elder", "so-other", "huyen-x"}


def test_a_failure_of_before_the_merger_does_not_use_up_the_successors_patience():
    from auditor.model.visit import Cause

    failed = [seen(Cause.CONNECT, NOW - timedelta(days=days)) for days in (20, 15, 1)]
    mark = find(judge(case(criterion(), records=failed, registry=merged())), "so-new").marks[0]
    assert isinstance(mark, Pending)
    kept = Registry(groups=registry().groups, agencies=(agency("so-new"),), rows=(row("so-new", OLD),))
    assert find(judge(case(criterion(), records=failed, registry=kept)), "so-new").marks[0].points == 0


def test_an_agency_whose_site_has_no_dates_still_answers_for_nothing_of_before_its_own_first_day():
    place = replace(merged(), rows=(row("so-new", OLD),))
    assert isinstance(find(judge(case(criterion(), records=[seen(True, at(LAST))], registry=place)), "so-new").marks[0], Pending)


def test_a_site_that_comes_back_counts_for_both_of_ones_own_times():
    spans = [{"valid_to": date(2019, 1, 31)}, {"valid_from": date(2019, 2, 25)}]
    place = Registry(
        groups=registry().groups,
        agencies=(agency("so-a"), agency("so-b")),
        rows=(
            *(row("so-a", OLD, **span) for span in spans),
            row("so-b", OLD, valid_from=date(2019, 2, 1), valid_to=date(2019, 2, 24)),
        ),
    )
    from auditor.model.edition import Take

    rule = criterion(scale=Ratio(), measure="a.share", take=Take.WORST)
    nights = [(D("0.4"), date(2019, 1, 10)), (D("0.1"), date(2019, 2, 10)), (D("0.9"), date(2019, 2, 26))]
    records = [seen(value, at(day), measure="a.share") for value, day in nights]
    assert find(judge(case(rule, records=records, registry=place)), "so-a").points == D("0.8")


def test_an_ended_edition_still_ranks_the_agencies_of_its_last_day_by_what_their_sites_show_now():
    old = Registry(
        groups=registry().groups,
        agencies=(agency("so-old", valid_to=date(2025, 2, 28), successor="so-new"), agency("so-new")),
        rows=(
            row("so-old", OLD, valid_to=date(2025, 2, 28)),
            row("so-new", OLD, valid_from=date(2025, 3, 1)),
            row("so-new", KEPT),
        ),
    )
    now = datetime(2026, 11, 1, tzinfo=UTC)
    records = [seen(True, now - timedelta(hours=1)), seen(False, now - timedelta(hours=1), site=KEPT)]
    ranking = judge(case(criterion(), records=records, registry=old, as_of=now))
    assert (find(ranking, "so-old").points, find(ranking, "so-new").points) == (2, 0)


def test_what_a_predecessor_declared_is_not_its_successors():
    rule = criterion(source=Source.DECLARED)
    asked = case(rule, declarations=[declaration(True, "so-old")], registry=merged(), declarations_closed=True)
    assert find(judge(asked), "so-new").points == 0


def test_a_predecessors_number_is_nothing_that_others_are_compared_with():
    records = [seen(100, at(LAST), measure="a.count"), seen(5, at(FIRST), measure="a.count")]
    records.append(record(10, "so-other", "a.count"))
    asked = case(criterion(scale=Relative(), measure="a.count"), records=records, registry=merged())
    ranking = judge(asked)
    assert (find(ranking, "so-new").points, find(ranking, "so-other").points) == (1, 2)
    assert {code: [fix.points for fix in fixes(asked, ranking, code)] for code in ("so-new", "so-other")} == {
        "so-new": [1],
        "so-other": [],
    }


def test_successors_are_followed_through_every_merger_and_abolished_districts_have_none():
    place = merged(agency("so-last", valid_from=date(2026, 1, 1)))
    again = replace(place.agencies[2], valid_to=date(2025, 12, 31), successor="so-last")
    place = replace(place, agencies=(*place.agencies[:2], again, *place.agencies[3:]))
    assert place.successor("so-old", LAST) is None
    assert place.successor("so-old", FIRST).code == "so-new"
    assert place.successor("so-elder", date(2026, 11, 1)).code == "so-last"
    assert place.successor("huyen-x", date(2026, 11, 1)) is None
    assert place.successor("so-other", date(2026, 11, 1)) is None
    assert place.successor("so-nobody", FIRST) is None
    assert [known.code for known in place.predecessors("so-new", FIRST)] == ["so-elder", "so-old"]
    assert place.predecessors("so-new", LAST) == ()


def test_a_site_is_taken_over_when_all_that_answer_for_it_are_new():
    place = merged()
    assert place.taken_over(OLD, FIRST) == FIRST
    assert place.taken_over(OLD, LAST) is None
    assert place.taken_over("https://so-other.test/", FIRST) is None
    shared = replace(place, rows=(*place.rows, row("so-other", OLD)))
    assert shared.taken_over(OLD, FIRST) is None
    assert place.taken_over("https://nobody.test/", FIRST) is None


def test_a_code_may_change_its_name_and_group_and_is_ranked_as_what_it_was_on_the_day():
    place = Registry(
        groups=registry().groups,
        agencies=(
            replace(agency("so-a", "2"), name="Chi cục A", valid_to=LAST),
            replace(agency("so-a"), name="Sở A", valid_from=FIRST),
            agency("so-b"),
        ),
        rows=(row("so-a", OLD), row("so-b", KEPT)),
    )
    rule = criterion(groups=("1", "2"))
    records = [seen(True, at(date(2019, 2, 10))), seen(True, at(date(2019, 2, 10)), site=KEPT)]
    then, now = (judge(case(rule, records=records, registry=place, as_of=when)) for when in (at(LAST), NOW))
    assert [(find(r, "so-a").name, find(r, "so-a").group) for r in (then, now)] == [("Chi cục A", "2"), ("Sở A", "1")]
    later = judge(case(rule, records=records, registry=place, published=then))
    assert (find(later, "so-a").rank, find(later, "so-a").moved) == (1, None)
    assert find(later, "so-b").moved == 0


@pytest.mark.parametrize(
    ("given", "moved"), [({}, 1), ({"edition": "other"}, None), ({"edition_digest": digest_of(b"before")}, None)]
)
def test_places_move_only_against_a_ranking_by_the_very_same_edition(given, moved):
    rule, codes = criterion(), ("so-a", "so-b")
    before = replace(judge(case(rule, records=[record(False), record(True, "so-b")], codes=codes)), **given)
    now = judge(case(rule, records=[record(True), record(False, "so-b")], codes=codes, published=before))
    assert find(now, "so-a").moved == moved
    assert now.changed_from == given.get("edition_digest")


def test_a_newcomer_and_who_was_unranked_have_not_moved():
    before = judge(case(criterion(), records=[record(True)], codes=("so-a", "so-b")))
    after = judge(case(criterion(), records=[record(True, c) for c in ("so-a", "so-b", "so-c")], published=before))
    assert [(row.agency, row.moved) for row in after.groups[0].rows] == [("so-a", 0), ("so-b", None), ("so-c", None)]


def test_a_criterion_holds_on_the_days_that_it_names():
    rules = (criterion("1", valid_to=date(2019, 2, 28)), criterion("2", valid_from=date(2019, 3, 1)), criterion("3"))
    row = find(judge(case(edition=edition(*rules), records=[record(True)])), "so-a")
    assert [mark.criterion for mark in row.marks] == ["2", "3"]
    assert not any(isinstance(mark, Excluded) for mark in row.marks)


def test_no_gain_is_promised_for_a_step_that_stands_behind_another():
    from auditor.model.scale import Step, Steps

    shadowed = Steps(steps=(Step(at_least=D(5), points=D(1)), Step(at_least=D(10), points=D(2))))
    asked = case(criterion(scale=shadowed, measure="a.count"), records=[record(0, measure="a.count")])
    assert [fix.points for fix in fixes(asked, judge(asked), "so-a")] == [1]
