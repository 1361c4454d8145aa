"""The life of a finding: believed after its nights, told once, reminded on its days, mended; what is unknown changes nothing."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import RULES, finding, lived, night
from province import criterion, edition

from auditor.findings.rules import Fails, Fine, Unknown, advance
from auditor.model.alert import AlertRules, Rule
from auditor.model.finding import FindingKind, FindingState, Severity
from reports.alerts import findings_text

NIGHTS = st.text("F.?", max_size=120)
OUTAGE = {"subject": "", "kind": FindingKind.OUTAGE, "severity": Severity.HIGH}
EXPIRY = {"subject": "tls.days_left", "kind": FindingKind.EXPIRY, "severity": Severity.HIGH, "measure": "tls.days_left"}


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("F", {}),
        ("FF", {1: ["new"]}),
        ("F.F.F", {}),
        ("F?F", {2: ["new"]}),
        ("FF.", {1: ["new"], 2: ["mended"]}),
        ("FF?.", {1: ["new"], 3: ["mended"]}),
        ("FF..FF", {1: ["new"], 2: ["mended"], 5: ["new"]}),
        ("F" * 40, {1: ["new"], 31: ["reminder"]}),
    ],
)
def test_a_criterion_is_believed_on_the_second_night(shown, told):
    assert lived(shown)[1] == told


@pytest.mark.parametrize(
    ("shown", "explained", "told"),
    [
        ("FFFF", "EEEE", {}),
        ("FFFF", "EE..", {2: ["new"]}),  # never told before: told as soon as the explanation is void
        ("FFFFFF", "...EE.", {1: ["new"], 5: ["reminder"]}),  # told again at once, whatever the days of reminding
        ("FFFFFF.", "...EE..", {1: ["new"], 5: ["reminder"], 6: ["mended"]}),
        ("FFFF.", "...E.", {1: ["new"], 4: ["mended"]}),
        ("F" * 33, "." * 10 + "E" * 21, {1: ["new"], 31: ["reminder"]}),
    ],
)
def test_while_an_explanation_stands_nothing_is_told_and_once_it_is_void_it_is(shown, explained, told):
    assert lived(shown, explained=explained)[1] == told


def test_what_an_explanation_holds_is_not_listed_in_a_letter_about_something_else():
    one, other = finding(), finding("2")
    sights = {one.key: Fails(finding=one), other.key: Fails(finding=other)}
    lives = ()
    for number in range(3):
        held = {("so-a", "1")} if number == 2 else ()
        done = advance(lives, sights, at=night(number), rules=RULES, reachable={"so-a"}, explained=held)
        lives = done.lives
    assert done.seen == {other.key}
    assert [life.held for life in done.lives] == [True, False]
    said = findings_text(done.lives, edition(criterion("1"), criterion("2"))).splitlines()
    assert [line.endswith("[chưa báo: cơ quan đã giải trình]") for line in said] == [True, False]


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("F", {0: ["new"]}),
        ("F.", {0: ["new"]}),
        ("F..", {0: ["new"], 2: ["mended"]}),
        ("F.F.F..", {0: ["new"], 6: ["mended"]}),
        ("F" * 10, {0: ["new"], 7: ["reminder"]}),
        ("FFFFFFF?F", {0: ["new"], 8: ["reminder"]}),
        ("FFFFFFF.FF", {0: ["new"], 8: ["reminder"]}),
    ],
)
def test_an_outage_is_told_at_once_and_a_site_that_flaps_is_told_once(shown, told):
    assert lived(shown, **OUTAGE)[1] == told


def test_reminders_come_on_their_days_and_the_last_of_them_for_ever():
    told = lived("F" * 300, **OUTAGE)[1]
    assert sorted(told) == [0, 7, 30, 90, 180, 270]
    assert sorted(lived("F" * 300)[1]) == [1, 31, 91, 181, 271]
    assert sorted(lived("F" * 300, severity=Severity.LOW)[1]) == [1, 91, 181, 271]


def test_days_of_reminding_that_went_by_unseen_are_one_reminder():
    assert lived("F" + "?" * 40 + "F" * 51, **OUTAGE)[1] == {0: ["new"], 41: ["reminder"], 90: ["reminder"]}


def test_a_certificate_is_told_at_every_step_of_its_countdown_and_no_other_day():
    lives, told = (), []
    for number in range(36):
        left = 33 - number
        step = min((s for s in (30, 14, 7, 1) if left <= s), default=None) if left >= 0 else -1
        one = finding(**EXPIRY, step=step)
        done = advance(
            lives, {one.key: Fine() if step is None else Fails(finding=one)}, at=night(number), rules=replace(RULES, remind={}),
            reachable={"so-a"},
        )  # fmt: skip
        lives = done.lives
        told += [(left, telling.why.value) for telling in done.tellings]
    assert told == [(30, "new"), (14, "step"), (7, "step"), (1, "step"), (-1, "step")]


def test_another_certificate_that_ends_soon_too_has_steps_of_its_own():
    lives, told = (), []
    for number, step in enumerate((7, 30, 14, 7)):
        one = finding(**EXPIRY, step=step, seen=str(number > 0))
        done = advance(lives, {one.key: Fails(finding=one)}, at=night(number), rules=RULES, reachable={"so-a"})
        lives = done.lives
        told += [telling.life.finding.step for telling in done.tellings]
    assert told == [7, 14, 7]


def test_the_same_since_is_counted_from_the_last_change_of_what_is_seen():
    lives = ()
    for number, seen in enumerate("aabb"):
        one = finding(seen=seen)
        lives = advance(lives, {one.key: Fails(finding=one)}, at=night(number), rules=RULES, reachable=()).lives
    assert (lives[0].first_seen, lives[0].same_since, lives[0].last_seen) == (night(0), night(2), night(3))


def test_who_has_no_address_is_told_when_he_has_one_and_never_of_what_was_mended_before():
    assert lived("FFFF", reachable=())[1] == {}
    lives, _ = lived("FF", reachable=())
    one = lives[0].finding
    assert [
        t.why for t in advance(lives, {one.key: Fails(finding=one)}, at=night(9), rules=RULES, reachable={"so-a"}).tellings
    ] == ["new"]
    assert advance(lives, {one.key: Fine()}, at=night(9), rules=RULES, reachable={"so-a"}).tellings == ()


def test_what_is_not_to_be_told_is_known_and_not_told():
    lives, told = lived("FFF", measure="b.yes")
    assert (lives[0].state, told) == (FindingState.FAILING, {})


def test_what_is_no_longer_owed_ends_without_a_word():
    lives, _ = lived("FF")
    done = advance(lives, {}, at=night(3), rules=RULES, reachable={"so-a"})
    assert (done.lives, done.tellings) == ((), ())


@settings(deadline=None)
@given(NIGHTS)
def test_a_night_of_which_nothing_is_known_changes_nothing(shown):
    rules = replace(RULES, remind={})
    known = [number for number, what in enumerate(shown) if what != "?"]
    told = [why for _, why in sorted(lived(shown, rules=rules)[1].items())]
    without = lived("".join(shown[number] for number in known), rules=rules)[1]
    assert told == [why for _, why in sorted(without.items())]
    assert [known.index(number) for number in sorted(lived(shown, rules=rules)[1])] == sorted(without)


@settings(deadline=None)
@given(NIGHTS, st.integers(1, 4), st.integers(1, 4))
def test_a_letter_rests_on_that_very_night_and_on_enough_of_them(shown, nights, mended):
    rules = AlertRules(default=Rule(nights=nights, mended=mended), remind={Severity.MEDIUM: (3, 9)})
    _, told = lived(shown, rules=rules)
    open_ = False
    for number, [why] in sorted(told.items()):
        assert shown[number] == ("." if why == "mended" else "F")
        known = shown[: number + 1].replace("?", "")
        if why == "new":
            assert known.endswith("F" * nights)
        elif why == "mended":
            assert known.endswith("." * mended)
        assert (why == "new") is not open_
        open_ = why != "mended"


@settings(deadline=None)
@given(st.text("FFF?.", max_size=100))
def test_between_two_letters_of_one_fault_lies_a_day_of_reminding(shown):
    first = before = None
    for number, [why] in sorted(lived(shown, **OUTAGE)[1].items()):
        if why == "reminder":
            assert any(before < first + day <= number for day in (7, 30, 90))
        before, first = number, number if why == "new" else first


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("F.?"), st.sampled_from("F.?"), st.sampled_from("F.?")), max_size=30))
def test_findings_do_not_meddle_with_each_other(shown):
    those = [finding("1"), finding("2", severity=Severity.LOW), finding(**OUTAGE)]
    lives, told = (), {one.key: [] for one in those}
    for number, row in enumerate(shown):
        sights = {
            one.key: {"F": Fails(finding=one), ".": Fine(), "?": Unknown()}[what] for one, what in zip(those, row, strict=True)
        }
        done = advance(lives, dict(reversed(sights.items())), at=night(number), rules=RULES, reachable={"so-a"})
        again = advance(reversed(lives), sights, at=night(number), rules=RULES, reachable={"so-a"})
        assert again == done
        lives = done.lives
        for telling in done.tellings:
            told[telling.life.finding.key].append((number, telling.why.value))
    alone = [
        lived([row[0] for row in shown]), lived([row[1] for row in shown], subject="2", severity=Severity.LOW),
        lived([row[2] for row in shown], **OUTAGE),
    ]  # fmt: skip
    assert list(told.values()) == [[(number, why) for number, whys in one[1].items() for why in whys] for one in alone]
