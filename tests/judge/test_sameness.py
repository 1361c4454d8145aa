"""What is seen of a criterion has a name that stays while the same is seen; an explanation stands as long as it does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from province import MEASURES, NOW, STATES, appraisal, case, criterion, declaration, find, proof, record, registry

from auditor.judge import judge
from auditor.judge.sameness import explained, fingerprint
from auditor.model.council import Effect, Explanation
from auditor.model.edition import Over, Source
from auditor.model.mark import Excluded, Origin, Pending, Points
from auditor.model.note import Note
from auditor.model.reading import Kind, Measure
from auditor.model.scale import Best, Case, Ratio, Relative, Steps
from auditor.model.scale import Step as Bound
from auditor.model.visit import Cause

UNTIL = Note(key="ends", text="{until}, {days}")
DAYS = Steps(steps=(Bound(points=D(2), at_most=D(30)),), words={"never": D(0), "undated": D(0)})


def told(text="đang chờ kinh phí", *, seen, effect=Effect.NONE, expires=date(2019, 6, 1), given_at=NOW - timedelta(hours=1)):
    return Explanation(
        agency="so-a", edition="e", criterion="1", fingerprint=seen, text=text, effect=effect, expires=expires,
        person="Nguyễn Văn A", document="QĐ 5" if effect is Effect.NOT_APPLICABLE else "", given_at=given_at, proof=proof("tờ trình"),
    )  # fmt: skip


def name(*records, criteria=(), nights=0, **given):
    """Give the fingerprint so many nights after NOW."""
    made = case(*(criteria or (criterion(),)), records=records, as_of=NOW + timedelta(days=nights), **given)
    return fingerprint(made, made.edition.criteria[0], "so-a")


def freshness(days, newest, days_ago=0):
    found = record(days, measure="a.days", days_ago=days_ago)
    return replace(found, reading=replace(found.reading, newest=newest))


def ending(days, until, days_ago=0):
    found = record(days, measure="a.days", days_ago=days_ago)
    return replace(found, reading=replace(found.reading, because=UNTIL(until=until, days=days)))


def test_the_same_value_has_the_same_name_on_every_night_and_another_has_another():
    assert name(record(False, days_ago=3), record(False)) == name(record(False, days_ago=9))
    assert name(record(False)) != name(record(True))
    shares = [criterion(measure="a.share", scale=Ratio())]
    values = [name(record(D(text), measure="a.share"), criteria=shares) for text in ("0.9", "0.90", "0.91")]
    assert values[0] == values[1] != values[2]


def test_days_that_run_on_by_themselves_change_nothing_but_another_day_does():
    days = [criterion(measure="a.days", scale=DAYS)]
    seen = name(freshness(40, date(2019, 1, 20)), criteria=days)
    assert name(freshness(40, date(2019, 1, 20)), freshness(45, date(2019, 1, 20), -5), criteria=days, nights=5) == seen
    assert name(freshness(0, date(2019, 3, 1)), criteria=days) != seen
    left = name(ending(20, "2019-03-21"), criteria=days)
    assert name(ending(20, "2019-03-21"), ending(19, "2019-03-21", -1), criteria=days, nights=1) == left
    assert name(ending(20, "2019-04-21"), criteria=days) != left


@pytest.mark.parametrize("cause", [Cause.CRASHED, Cause.OWN_LINK, Cause.BUDGET, Cause.AMBIGUOUS, Cause.NOT_RUN])
@pytest.mark.parametrize("nights", [1, 40])
def test_a_night_on_which_we_could_not_look_changes_nothing_however_long(cause, nights):
    assert name(record(False), record(cause, days_ago=-nights), nights=nights + 1) == name(record(False))


def test_what_was_seen_before_a_failed_visit_counts_as_long_as_its_value_does():
    seen, failed = record(False), record(Cause.CONNECT, days_ago=-3)
    assert name(seen, failed, nights=4) == name(seen)
    assert name(seen, failed, nights=20) != name(seen)
    assert name(seen, failed, nights=20) == name(failed, nights=3)
    assert name(seen, failed, nights=20) != name(seen, record(Cause.TIMEOUT, days_ago=-3), nights=20)
    # What stood behind a wall from the first night on is the same wall when the grace is over.
    assert name(record(Cause.BLOCKED), nights=1) == name(record(Cause.BLOCKED), record(Cause.BLOCKED, days_ago=-40), nights=41)


def test_what_is_declared_is_part_of_it_where_it_counts():
    lower = [criterion(source=Source.LOWER_OF)]
    plain = name(record(False), criteria=lower)
    assert name(record(False), criteria=lower, declarations=[declaration(True)]) != plain
    assert name(record(False), criteria=lower, declarations_closed=True) == plain
    assert name(record(False), declarations=[declaration(True)]) == name(record(False))


def test_every_site_and_every_measure_that_decides_is_part_of_it():
    place, second = registry("so-a", more_sites=[("so-a", "https://hai.test/")]), {"site": "https://hai.test/"}
    one, both = [criterion()], [criterion(over=Over.WORST)]
    named = [
        name(record(False), record(value, **second), criteria=kind, registry=place)
        for kind in (one, both)
        for value in (True, False)
    ]
    assert named[0] == named[1]
    assert named[2] != named[3]
    best = [criterion(measure=None, scale=Best(cases=(Case(measure="a.yes", points=D(1)), Case(measure="b.yes", points=D(2)))))]
    parts = [name(record(False), record(value, measure="b.yes"), criteria=best) for value in (True, False)]
    assert parts[0] != parts[1]


def test_of_a_years_average_only_whether_it_is_enough_is_part_of_it(monkeypatch):
    monkeypatch.setitem(MEASURES, "uptime.availability", Measure(id="uptime.availability", kind=Kind.SHARE, meaning="x"))
    scale = Steps(steps=(Bound(points=D(2), at_least=D("0.99")),))
    up = [criterion(measure="uptime.availability", scale=scale)]
    named = [name(record(D(text), measure="uptime.availability"), criteria=up) for text in ("0.97", "0.98", "0.995")]
    assert named[0] == named[1] != named[2]


def marked(*acts, criteria=(), nights=0, **given):
    given.setdefault("records", [record(False)])
    return find(
        judge(case(*(criteria or (criterion(),)), explanations=acts, as_of=NOW + timedelta(days=nights), **given)), "so-a"
    ).marks[0]


def test_an_explanation_stands_beside_the_mark_and_changes_no_points():
    mark = marked(told(seen=name(record(False))))
    assert isinstance(mark, Points)
    assert (mark.points, mark.origin, mark.explanation.text) == (D(0), Origin.MEASURED, "đang chờ kinh phí")
    assert proof("tờ trình") in mark.proofs


def test_it_is_void_when_something_else_is_seen_and_when_its_day_is_over():
    given = told(seen=name(record(False)), expires=date(2019, 3, 9))
    assert marked(given, nights=7).explanation == given
    assert marked(given, nights=9).explanation is None
    assert marked(given, records=[record(False), record(True, days_ago=-1)], nights=2).explanation is None
    # It was given for what is seen now, so it is of use again when that is seen again before it ran out.
    again = [record(False), record(True, days_ago=-1), record(False, days_ago=-2)]
    assert marked(given, records=again, nights=3).explanation == given


def test_an_explanations_last_day_is_vietnams():
    given = told(seen=name(record(False)), expires=date(2019, 3, 2))
    instants = [datetime(2019, 3, 2, hour, 59, tzinfo=UTC) for hour in (16, 17)]
    found = [case(criterion(), records=[record(False)], explanations=[given], as_of=instant) for instant in instants]
    assert [explained(each, each.edition.criteria[0], "so-a") for each in found] == [given, None]


def test_where_the_council_found_that_there_is_no_duty_the_mark_is_left_out_until_it_is_void():
    given = told(seen=name(record(False)), effect=Effect.NOT_APPLICABLE, expires=date(2019, 3, 9))
    mark = marked(given)
    assert isinstance(mark, Excluded)
    assert mark.origin is Origin.EXPLAINED
    assert str(mark.because) == (
        "Does not concern this agency, the council found on its explanation, until 2019-03-09: đang chờ kinh phí (Nguyễn Văn A, QĐ 5)"
    )
    assert marked(given, nights=9).points == 0
    pending = marked(told(seen=name(), effect=Effect.NOT_APPLICABLE), records=[])
    assert isinstance(pending, Excluded)
    assert isinstance(marked(records=[]), Pending)


def test_a_value_of_the_councils_goes_before_a_duty_that_it_lifted():
    given = told(seen=name(record(False)), effect=Effect.NOT_APPLICABLE)
    mark = marked(given, appraisals=[appraisal(True)])
    assert (mark.points, mark.origin, mark.explanation) == (D(2), Origin.APPRAISED, given)


def test_numbers_that_the_council_set_or_lifted_are_the_groups_too():
    scale = criterion(measure="a.count", scale=Relative())
    records = [record(count, f"so-{code}", "a.count") for code, count in (("a", 10), ("b", 20), ("c", 5))]

    def points(**given):
        ranking = judge(case(scale, records=records, **given))
        return [getattr(find(ranking, code).marks[0], "points", None) for code in ("so-a", "so-b", "so-c")]

    assert points() == [D(1), D(2), D("0.5")]
    assert points(appraisals=[appraisal(5, "so-b")]) == [D(2), D(1), D(1)]
    assert points(appraisals=[appraisal(40)]) == [D(2), D(1), D("0.25")]
    seen = replace(told(seen="", effect=Effect.NOT_APPLICABLE), agency="so-b")
    made = case(scale, records=records)
    seen = replace(seen, fingerprint=fingerprint(made, scale, "so-b"))
    assert points(explanations=[seen]) == [D(2), None, D(1)]


def test_the_councils_value_of_several_measures_is_their_share_of_the_points():
    best = criterion(measure=None, scale=Best(cases=(Case(measure="a.yes", points=D(1)), Case(measure="b.yes", points=D(2)))))
    assert marked(criteria=[best], appraisals=[appraisal(D("0.75"))]).points == D("1.5")


def test_words_of_a_table_are_told_apart():
    states = [criterion(measure="a.state", scale=STATES)]
    assert name(record("broken", measure="a.state"), criteria=states) != name(
        record("missing", measure="a.state"), criteria=states
    )
