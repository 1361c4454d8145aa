"""What judging again found, for the terminal."""

from auditor.model.reading import Kind, Measure
from reports.listing import again_text

MEASURES = {
    "http.version": Measure(id="http.version", kind=Kind.WORD, words=("1.0", "1.1"), meaning="x"),
    "a.share": Measure(id="a.share", kind=Kind.SHARE, meaning="x"),
}


def test_numbers_that_changed_have_a_comma_and_words_that_look_like_numbers_stay():
    changes = [
        {"site": "https://a.test/", "measure": "http.version", "before": "1.0", "after": "1.1"},
        {"site": "https://a.test/", "measure": "a.share", "before": "0.25", "after": {"cause": "connect"}},
        {"site": "https://a.test/", "measure": "gone.share", "before": None, "after": "0.5"},
    ]
    moved = {"agency": "so-a", "percent_before": "70.25", "rank_before": 1, "percent_after": None, "rank_after": None}
    document = {"run": "r", "edition": "e", "readings": 3, "differences": changes, "standings": [moved]}
    assert again_text(document, MEASURES).splitlines()[1:] == [
        "  https://a.test/ http.version: 1.0 → 1.1",
        "  https://a.test/ a.share: 0,25 → cause=connect",
        "  https://a.test/ gone.share: – → 0.5",
        "  so-a: 70,25 (hạng 1) → – (hạng –)",
    ]
