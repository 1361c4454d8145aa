"""What DMARC records mean, by RFC 7489."""

import pytest
from maildesk import dmarc


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ("v=DMARC1; p=reject", "sound"),
        ("v=DMARC1;p=quarantine;rua=mailto:a@b.vn;", "sound"),
        ("v=DMARC1; p=REJECT; pct=100; sp=none", "sound"),
        ("v=DMARC1; p=reject; pct=99", "sound"),
        ("v=DMARC1; p=quarantine; pct=99", "weak"),
        ("v=DMARC1; p=quarantine; pct=99; t=y", "weak"),
        ("v=DMARC1; p=reject; pct=99; t=y", "sound"),
        ("v=DMARC1; p=none", "weak"),
        ("v=DMARC1; rua=mailto:a@b.vn", "weak"),
        ("v=DMARC1; p=rejected; rua=mailto:a@b.vn", "weak"),
        ("v=DMARC1", "invalid"),
        ("v=DMARC1; p=rejected", "invalid"),
        ("v=DMARC1; p=reject; pct=abc", "sound"),
        ("v=DMARC1; p=reject; pct=101", "sound"),
        (f"v=DMARC1; p=reject; pct={'0' * 5000}", "sound"),
        (f"v=DMARC1; p=quarantine; pct={'0' * 5000}", "weak"),
        (f"v=DMARC1; p=reject; pct={'0' * 5000}100", "sound"),
        ("v=DMARC1; p=reject; pct=00005000", "sound"),
        (f"v=DMARC1; p=reject; pct={'9' * 5000}", "sound"),
        ("v=DMARC1; p=reject; x_y1=2; np=reject", "sound"),
        ("v=DMARC1; p=reject; pct=", "sound"),
        ("v=DMARC1; p=reject; t=y", "sound"),
        ("v=DMARC1; p=quarantine; t=Y", "weak"),
        ("v=DMARC1; p=none; t=y", "weak"),
        ("v=DMARC1; p=reject; t=n", "sound"),
        ("v=DMARC1; p=reject; t=maybe", "sound"),
        ("v=DMARC1; p=reject; p=none", "invalid"),
        ("v=DMARC1; p=reject; nonsense", "sound"),
        ("v=DMARC1; p=reject; xyz=1; =;", "sound"),
        ("v=DMARC1; ???; p=reject", "sound"),
        ("v=DMARC1; p reject", "invalid"),
        ("v=DMARC1, p=reject", "absent"),
        ("v=dmarc1; p=reject", "absent"),
        ("p=reject; v=DMARC1", "absent"),
    ],
)
def test_one_dmarc_record(record, state):
    assert dmarc((record,)).value == state


def test_a_policy_under_test_says_so():
    reading = dmarc(("v=DMARC1; p=quarantine; t=y",))
    assert "t=y" in str(reading.because)
    assert (reading.because.key, reading.facts["testing"], reading.facts["least"]) == ("mail.test_dmarc", True, "none")
    lowered = dmarc(("v=DMARC1; p=reject; t=y",))
    assert "pct" not in str(lowered.because)
    assert dmarc(("v=DMARC1; p=reject; pct=50; t=y",)).because.key == "mail.lowered_dmarc"
    assert (lowered.because.key, lowered.facts["policy"], lowered.facts["least"]) == (
        "mail.tested_dmarc",
        "reject",
        "quarantine",
    )


def test_dmarc_is_inherited_from_the_organisation_and_only_without_one_of_its_own():
    assert dmarc((), ("v=DMARC1; p=reject",)).value == "sound"
    assert dmarc((), ("v=DMARC1; p=reject; sp=none",)).value == "weak"
    assert dmarc((), ("v=DMARC1; p=none; sp=quarantine",)).value == "sound"
    assert dmarc(("v=DMARC1; p=none",), ("v=DMARC1; p=reject",)).value == "weak"
    assert dmarc(("v=DMARC1; p=none; sp=reject",)).value == "weak"
    assert dmarc(("v=DMARC1; p=reject", "v=DMARC1; p=none"), ("v=DMARC1; p=reject",)).value == "invalid"
    assert dmarc().value == "absent"
    assert dmarc((), ("v=DMARC1; p=reject",)).facts["inherited"] is True
    assert dmarc((), ("v=DMARC1; p=none; sp=reject; t=y",)).value == "sound"
    assert dmarc((), ("v=DMARC1; p=reject; sp=quarantine; pct=50",)).value == "weak"


def test_parts_that_are_no_tags_are_passed_over_and_told():
    assert dmarc(("v=DMARC1; p=reject; xyz=1; =; a b",)).facts["passed_over"] == ["=", "a b"]


def test_a_weaker_policy_for_names_below_is_told():
    reading = dmarc(("v=DMARC1; p=reject; sp=none",))
    assert (reading.value, reading.because.key) == ("sound", "mail.below_dmarc")
    assert dmarc(("v=DMARC1; p=reject; sp=quarantine",)).because.key == "mail.sound_dmarc"
