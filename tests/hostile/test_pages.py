"""Pages that are made to take for ever: each of these once ran for minutes, or without end."""

from datetime import UTC, datetime

import pytest

from auditor.model.evidence import Exchange, digest_of
from auditor.sdk.boilerplate import Template
from auditor.sdk.html import Document
from auditor.sdk.outcome import cause_of, looks_like_html
from auditor.sdk.vocabulary import Vocabulary
from probes.content.substance import Reader


def exchange(body, content_type="text/html; charset=utf-8"):
    headers = (("Content-Type", content_type),) if content_type else ()
    at = datetime(2026, 1, 5, tzinfo=UTC)
    return Exchange(url="https://so.test/", at=at, status=200, headers=headers, body=body, digest=digest_of(body))


def test_hundreds_of_comments_before_nothing_are_no_page():
    assert not looks_like_html(exchange(b"<!---->" * 280 + b"x", "text/plain"))
    assert looks_like_html(exchange(b"<!---->" * 200 + b"<html>", "text/plain"))


@pytest.mark.parametrize("opened", ["<script", "<style ", "<", "<title>", "<script>x</script"])
def test_what_is_opened_thousands_of_times_and_never_closed_is_read_once(opened):
    assert cause_of(exchange(opened.encode() * 8_000)) is None


@pytest.mark.parametrize(
    "text", ["á" * 200_000, "a." * 100_000, "1/1/2024 " * 2_000, "0" * 100_000, "a@" * 50_000, "(at)" * 20_000]
)
def test_a_text_without_end_is_counted_in_the_time_that_its_length_takes(text):
    page = Document(exchange(f"<p>{text}</p>".encode()))
    substance = Reader(Template([page]), Vocabulary()).read(page)
    assert substance.words >= 0
    assert substance.mails == 0
