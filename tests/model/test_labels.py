"""Words are chosen by labels, and a label means one word."""

from auditor.model.labels import told_apart


def test_words_that_are_said_alike_are_told_apart_by_themselves():
    said = {"never": "Không có", "missing": "khong  co", "present": "Có đủ"}
    assert told_apart(said) == {"never": "Không có (never)", "missing": "khong  co (missing)", "present": "Có đủ"}


def test_labels_that_differ_stay_as_they_are():
    assert told_apart({"a": "Đạt", "b": "Chưa đạt"}) == {"a": "Đạt", "b": "Chưa đạt"}
