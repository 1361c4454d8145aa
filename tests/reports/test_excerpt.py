"""Bodies for people: the right alphabet, the passage found however the source spells it, and never more than there is room for."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.evidence import digest_of
from reports.body import as_text, hex_head
from reports.excerpt import excerpt, find
from reports.view import Kept
from reports.visible import one_line, visible


def kept(body, media_type="text/html", headers=(), status="HTTP/1.1 200 OK"):
    return Kept(
        url="https://a.test/", status_line=status, headers=headers, at=datetime(2019, 1, 1, tzinfo=UTC), body=body,
        digest=digest_of(body), media_type=media_type, size=len(body), path="x",
    )  # fmt: skip


def marked(text, passage):
    spans = find(text, {"p1": passage})
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    ("source", "passage", "found"),
    [
        ("<p>Lịch công tác</p>", "Lịch công tác", "Lịch công tác"),
        ("<p>Lịch\n  <b>công</b>&nbsp;tác</p>", "Lịch công tác", "Lịch\n  <b>công</b>&nbsp;tác"),
        (unicodedata.normalize("NFD", "<p>Lịch công tác</p>"), "Lịch công tác", unicodedata.normalize("NFD", "Lịch công tác")),
        ("<p>h&#7887;i &amp; đáp</p>", "hỏi & đáp", "h&#7887;i &amp; đáp"),
        (
            "Strict-Transport-Security: max-age=300",
            "strict-transport-security:max-age=300",
            "Strict-Transport-Security: max-age=300",
        ),
        ('"a": [\n    "một",\n    "hai"\n  ]', '"a":["một","hai"]', 'a": [\n    "một",\n    "hai"\n  ]'),
    ],
)
def test_a_passage_is_found_as_the_source_spells_it(source, passage, found):
    assert marked(source, passage) == [found]


def test_what_is_not_there_is_not_found():
    assert marked("<p>Lịch công tác</p>", "Lịch tiếp dân") == []
    assert marked("abc", "  ") == []


def test_overlapping_passages_become_one_with_every_anchor():
    text = "a lịch công tác b"
    pieces = excerpt(text, find(text, {"p1": "lịch công", "p2": "công tác", "p3": "lịch công tác"}), 1000)
    assert [(piece.text, piece.anchors) for piece in pieces if piece.marked] == [("lịch công tác", ("p1", "p3", "p2"))]
    assert "".join(piece.text for piece in pieces) == text


@given(st.integers(0, 60_000), st.lists(st.integers(0, 60_000), max_size=6), st.integers(200, 20_000))
def test_an_excerpt_is_the_text_with_its_gaps_counted(length, places, most):
    letters = "".join(chr(0x61 + n % 26) for n in range(length))
    spans = [span for n, at in enumerate(places) for span in find(letters[at : at + 30], {f"p{n}": letters[at : at + 20]})]
    spans = [
        type(s)(start=s.start + places[int(s.anchor[1:])], end=s.end + places[int(s.anchor[1:])], anchor=s.anchor) for s in spans
    ]
    pieces = excerpt(letters, spans, most)
    at = 0
    for piece in pieces:
        assert piece.left_out or letters[at : at + len(piece.text)] == piece.text
        at += piece.left_out or len(piece.text)
    assert at == length
    assert sum(len(piece.text) for piece in pieces) <= max(most, 200 * len(spans)) + 1
    anchors = [anchor for piece in pieces for anchor in piece.anchors]
    assert sorted(anchors) == sorted(span.anchor for span in spans)


def test_a_long_passage_is_cut_where_it_is_shown():
    text = "x" * 50_000
    [piece] = [piece for piece in excerpt(text, find(text, {"p1": text}), 20_000) if piece.marked]
    assert len(piece.text) == 4_000


def test_unclosed_tags_and_entities_do_not_make_the_search_slow():
    assert marked("<a " * 150_000 + "&" * 150_000 + "cuối cùng", "cuối  cùng") == ["cuối cùng"]


@pytest.mark.parametrize(
    ("body", "headers", "text"),
    [
        ("Hỏi đáp".encode(), (), "Hỏi đáp"),
        ("Hỏi đáp".encode("utf-16"), (), "Hỏi đáp"),
        ("Đáp".encode("cp1258"), (("Content-Type", "text/html; charset=windows-1258"),), "Đáp"),
        ('<meta charset="windows-1252">é'.encode("cp1252"), (), '<meta charset="windows-1252">é'),
        (b"caf\xe9", (("Content-Type", "text/html; charset=punycode"),), "cafĂ"[:3] + "é"),
    ],
)
def test_a_body_is_read_in_its_own_alphabet(body, headers, text):
    assert as_text(kept(body, headers=headers)) == text


def test_json_of_ours_is_set_out_in_lines_and_a_sites_stays_as_it_came():
    body = '{"a":["một"]}'.encode()
    assert as_text(kept(body, "application/json", status="")) == '{\n  "a": [\n    "một"\n  ]\n}'
    assert as_text(kept(body, "application/json")) == '{"a":["một"]}'
    deep = b"[" * 100_000
    assert as_text(kept(deep, "application/json", status="")) == deep.decode()


def test_bytes_that_are_no_text_are_shown_in_hexadecimal():
    picture = b"\x89PNG\r\n\x1a\n" + bytes(1000)
    assert as_text(kept(picture, "image/png")) is None
    lines = hex_head(picture).splitlines()
    assert lines[0] == "000000  89 50 4e 47 0d 0a 1a 0a 00 00 00 00 00 00 00 00  ·PNG············"
    assert len(lines) == 32


def test_what_is_invisible_or_turns_a_line_around_is_shown_as_a_sign():
    assert visible("a\u202eb\u200bc\x00d\x7f\ud800\r\ne\tf") == "a‹U+202E›b‹U+200B›c␀d␡‹U+D800›\ne\tf"
    assert one_line("a\nb\x1b[31mc") == "a⏎b␛[31mc"
    assert visible("Hỏi đáp – “ơn”") == "Hỏi đáp – “ơn”"
