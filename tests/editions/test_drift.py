"""A form that was exported before is taken while it asks the same, however its numbers are written."""

from dataclasses import replace

from auditor.editions.control import Control, Kept
from auditor.editions.drift import drift


def control(scored, digest="sha256:a"):
    labels = ("1.3", "Số máy chủ", scored, "Luật", "2", "Số nguyên", None, None, None)
    row = Kept(kind="criterion", subject="1.3", labels=labels)
    return Control(edition="e", digest=digest, period="", agency="so-a", group="1", rows=(row,))


def test_a_form_of_before_whose_scoring_has_a_point_is_the_same_as_one_with_a_comma():
    then, now = control("mỗi đơn vị 0.5 điểm"), control("mỗi đơn vị 0,5 điểm", "sha256:b")
    assert drift(then, now) == ""
    assert drift(now, then) == ""
    assert drift(then, replace(now, digest=then.digest)) == ""


def test_another_price_in_another_edition_is_a_change_and_said_with_a_comma():
    said = drift(control("mỗi đơn vị 0.5 điểm"), control("mỗi đơn vị 0,6 điểm", "sha256:b"))
    assert 'từ "mỗi đơn vị 0,5 điểm" thành "mỗi đơn vị 0,6 điểm"' in said
