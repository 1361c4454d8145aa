"""Vietnamese text in all its spellings."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sdk.phrases import Phrases
from auditor.sdk.text import (
    clean,
    count_words,
    fold,
    nfc,
    slug_forms,
    slug_segments,
    spellings,
    tokens,
    words_of,
)


@given(st.text(max_size=80))
def test_folding_keeps_offsets(text):
    assert len(fold(text)) == len(nfc(text))


@pytest.mark.parametrize(
    ("label", "phrase", "found"),
    [
        ("HÒA GIẢI ở cơ sở", "hoà giải", True),
        (unicodedata.normalize("NFD", "Lịch công tác tuần"), "lịch công tác", True),
        ("HƢỚNG DẪN", "hướng dẫn", True),
        ("hoi dap", "hỏi đáp", True),
        ("Hội đáp", "hỏi đáp", False),
        ("Đấu thấu mua sắm công", "đấu thầu mua sắm công", True),
        ("Lịch tiếp công dân", "lịch công tác", False),
        ("thông tintức", "tin tức", False),
    ],
)
def test_a_phrase_is_found_by_whole_words_with_the_right_marks(label, phrase, found):
    assert bool(Phrases({"x": [phrase]}).find(tokens(label))) is found


def test_overlapping_phrases_are_all_found():
    found = Phrases({"a": ["văn bản chỉ đạo"], "b": ["chỉ đạo điều hành"]}).find(tokens("Văn bản chỉ đạo điều hành"))
    assert [match.key for match in found] == ["a", "b"]


def test_slugs_are_known_with_d_and_without():
    assert slug_forms("Lãnh đạo Sở") == {"lanh-dao-so", "lanh-ao-so"}


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://a.test/web/guest/hoi-ap.html", "hoi-ap"),
        ("https://a.test/Pages/CoCauToChuc.aspx?ItemID=3", "co-cau-to-chuc"),
        ("https://a.test/gio%CC%9B%CC%81i-thie%CC%A3%CC%82u/", "gioi-thieu"),
        ("https://a.test/tin-tuc-12345.html", "tin-tuc"),
    ],
)
def test_an_address_gives_its_slugs(url, slug):
    assert slug in slug_segments(url)


def test_an_address_that_cannot_be_parsed_has_no_slugs():
    assert slug_segments("http://[::1") == ()


@given(st.text(max_size=300))
def test_words_are_the_same_however_they_are_asked_for(text):
    found = tokens(text)
    assert spellings(text) == [(token.folded, token.marked) for token in found]
    assert count_words(text) == len(words_of(text)) == len(found)
    assert [nfc(text)[token.start : token.end] for token in found] == words_of(text)


@given(st.text(alphabet="aÁđƣ\u0301 \t\n\u00a0\u200b\u00ad\u2003.,", max_size=400))
def test_clean_text_has_one_space_between_words_and_none_around(text):
    assert clean(text) == " ".join(nfc(text).split())


def test_a_word_without_marks_among_others_is_another_word():
    found = Phrases({"map": ["bản đồ huyện"], "tender": ["đấu thầu mua sắm công"], "procedures": ["thủ tục hành chính"]})
    assert not found.find(tokens("Văn bản do huyện ban hành"))
    assert [match.key for match in found.find(tokens("Đấu thấu mua sắm công"))] == ["tender"]
    assert [match.key for match in found.find(tokens("Thủ tuc hành chính"))] == ["procedures"]  # no word is spelled so
    assert not found.find(tokens("Thủ tục hanh chính"))
