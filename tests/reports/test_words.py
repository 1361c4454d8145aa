"""Every sentence and every word of a closed list has its Vietnamese."""

import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from handshakes import endpoint, mute, port_80, read, seen
from province import MEASURES

from auditor.judge import notes
from auditor.model.edition import Over, Source, Take
from auditor.model.note import Note
from auditor.model.reading import Kind, Measure
from auditor.model.visit import Blame, Cause, Ending
from auditor.sdk.tls import Revocation
from probes import tls
from reports.words import Words, vietnamese

ROOT = Path(__file__).parents[2]

SECTIONS = [
    "introduction",
    "structure",
    "functions",
    "leaders",
    "contacts",
    "transaction",
    "news",
    "directives",
    "commendations",
    "calendar",
    "citizen_reception",
    "law_dissemination",
    "strategy",
    "legal_documents",
    "projects",
    "consultation",
    "research",
    "statistics",
    "foreign_language",
    "search",
    "sitemap",
    "qna",
    "feedback",
    "procedures",
    "hotline",
    "spokesperson",
    "budget",
    "service_portal",
    "links",
    "rss",
    "map",
    "natural_conditions",
]
OTHERS = [
    "services.total",
    "services.level_1",
    "services.level_2",
    "services.level_3",
    "services.level_4",
    "services.full",
    "services.partial",
    "services.online_share",
    "services.contradictions",
    "services.clicks",
    "services.forms",
    "tls.offered",
    "tls.trusted",
    "tls.hostname",
    "tls.valid_now",
    "tls.chain_complete",
    "tls.days_left",
    "tls.oldest_protocol",
    "tls.newest_protocol",
    "tls.weak_suites",
    "tls.key_bits",
    "tls.vulnerabilities",
    "tls.revoked",
    "tls.profile",
    "tls.grade",
    "https.forced",
    "https.hsts_days",
    "https.mixed_content",
    "http.version",
    "http.compression",
    "headers.csp",
    "headers.framing",
    "headers.nosniff",
    "headers.referrer",
    "headers.cookies",
    "headers.leaks",
    "dns.ipv6",
    "dns.ipv6_reached",
    "dns.dnssec",
    "dns.nameservers",
    "dns.caa",
    "mail.spf",
    "mail.dmarc",
    "mail.starttls",
    "uptime.availability",
]
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("note", notes.ALL, ids=lambda note: note.key)
def test_every_sentence_of_the_judge_is_translated_with_all_its_facts(note):
    text = vietnamese().texts[note.key]
    assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(note.text))
    assert text != note.text


@pytest.mark.parametrize("family", [Cause, Blame, Ending, Source, Over, Take])
def test_every_word_of_a_closed_list_is_translated(family):
    words = vietnamese()
    assert all(words.term(family.__name__.lower(), word) != word for word in family)


@pytest.mark.parametrize("measure", [*(f"content.{x}" for x in SECTIONS), *(f"freshness.{x}" for x in SECTIONS), *OTHERS])
def test_every_measure_has_a_title(measure):
    assert vietnamese().measure(measure) != measure


@pytest.mark.parametrize(
    "word",
    [
        "missing",
        "broken",
        "empty",
        "present",
        "never",
        "undated",
        "absent",
        "weak",
        "sound",
        "invalid",
        "unsigned",
        "secure",
        "bogus",
        "true",
        "false",
    ],
)
def test_every_word_of_a_value_is_translated(word):
    assert vietnamese().value(word) != word


def test_a_note_without_a_translation_falls_back_to_english():
    assert vietnamese().say(Note(key="nobody.knows", text="Port {port} is open.")(port=443)) == "Port 443 is open."


def test_facts_that_are_codes_are_said_in_words():
    said = vietnamese().say(notes.PENDING(cause="connect", blame="theirs"))
    assert "không kết nối được" in said
    assert "connect" not in said
    assert "Tin tức, sự kiện: có nội dung" in vietnamese().say(notes.PRICED(value="content.news = present", points="1", max="2"))


def test_where_a_date_was_read_is_said_in_words_and_the_date_with_its_day_first():
    note = Note(key="freshness.fresh", text="", facts={"newest": "2026-11-02", "days": 19, "how": "list"})
    assert vietnamese().say(note) == "Tin mới nhất ghi ngày 02/11/2026, 19 ngày trước lượt kiểm tra (đọc từ: danh sách)."


def test_values_have_their_units():
    words = vietnamese()
    assert words.value(3, Measure(id="freshness.news", kind=Kind.DAYS, meaning="")) == "3 ngày"
    assert words.value(Decimal("0.66667"), MEASURES["a.share"]) == "66,67 %"
    assert words.value("absent", Measure(id="headers.csp", kind=Kind.WORD, meaning="")) == "chưa đặt"
    assert words.value(True) == "có"


SAID = notes.PRICED(value="a.share = 0.5, http.version = 1.1, a.count = 3", points="1.25", max="2.5")
SITES = notes.OVER(over="mean", count=2, parts="0.5; 1–2.25", points="1.125", max="2.5")


def test_people_read_numbers_with_a_comma_and_no_other_comma_between_them():
    text = vietnamese().say(SAID)
    assert text == "Kết quả “a.share: 0,5; Phiên bản HTTP: HTTP/1.1; a.count: 3” được 1,25 trên 2,5 điểm."
    assert "0,5; 1–2,25 → 1,125 trên 2,5 điểm" in vietnamese().say(SITES)
    assert vietnamese().say(notes.RELATIVE(value="0.5", highest="1.25", max="2", points="0.8")).startswith("0,5 ÷ 1,25 (")
    assert (vietnamese().two(Decimal("1.5")), vietnamese().exact(Decimal("1.50"))) == ("1,50", "1,5")


def test_programs_and_english_letters_keep_the_point_in_the_same_sentence():
    text = vietnamese().for_programs().say(SAID)
    assert text == "Kết quả “a.share: 0.5, Phiên bản HTTP: HTTP/1.1, a.count: 3” được 1.25 trên 2.5 điểm."
    assert vietnamese().for_programs().value(Decimal("0.66667"), MEASURES["a.share"]) == "66.67 %"
    english = Words("en")
    assert english.for_programs() is english
    assert english.value(Decimal("0.66667"), MEASURES["a.share"]) == "66.67 %"
    assert "1.25 of 2.5 points" in english.say(SAID)
    assert vietnamese().two(Decimal("1.5")) == "1,50"


def test_seconds_and_shares_get_their_comma_but_no_address_version_or_quotation_does():
    up = Note(key="uptime.up", text="", facts={"url": "https://1.2.3.4:8.5/", "seconds": "0.123"})
    assert vietnamese().say(up) == "https://1.2.3.4:8.5/ trả về trang đọc được sau 0,123 giây."
    worth = notes.APPRAISED(value="0.5", points="1", max="2", reason="mục 1.5, 2.25", person="P", document="3.14/BB")
    assert vietnamese().say(worth) == "Hội đồng thẩm định xác định “0,5”: 1 trên 2 điểm. Lý do: mục 1.5, 2.25 (P, 3.14/BB)"
    assert vietnamese().say(worth, None, {"value": "bản 1.1"}).startswith("Hội đồng thẩm định xác định “bản 1.1”:")
    assert vietnamese().value("1.1", Measure(id="http.version", kind=Kind.WORD, meaning="")) == "HTTP/1.1"
    assert vietnamese().value("1.5", Measure(id="x.word", kind=Kind.WORD, meaning="")) == "1.5"
    assert vietnamese().fact_word("first_byte_seconds", "0.25") == "0,25"
    assert vietnamese().fact_word("address", "10.1") == "10.1"


def test_a_file_that_is_not_flat_or_contradicts_another_is_named(tmp_path):
    (tmp_path / "vi").mkdir()
    (tmp_path / "vi" / "a.toml").write_text('"x.y" = "một"\n')
    (tmp_path / "vi" / "b.toml").write_text('x.y = "hai"\n')
    with pytest.raises(ValueError, match=r'b\.toml: "x" is not a sentence'):
        Words("vi", tmp_path)
    (tmp_path / "vi" / "b.toml").write_text('"x.y" = "hai"\n')
    with pytest.raises(ValueError, match=r'b\.toml: "x\.y" stands otherwise in a\.toml'):
        Words("vi", tmp_path)


def test_every_cap_of_the_tls_grade_is_named_in_vietnamese():
    caps = tomllib.loads((ROOT / "config" / "guidelines" / "tls-grade.toml").read_text("utf-8"))["caps"]
    assert [cap for cap in caps if vietnamese().term("fault", cap) == cap] == []


def test_every_reason_why_nobody_tells_of_a_revocation_and_every_alert_is_named_in_vietnamese():
    doors = ROOT / "auditor" / "visit" / "doors" / "tls"
    source = "".join((doors / name).read_text("utf-8") for name in ("ocsp.py", "crl.py", "revocation.py"))
    words = set(re.findall(r'(?:fault=|fault, detail = \(?|fault = |yield |else \(?)"(\w+)"', source))
    assert {"not_signed", "another_scope", "no_answer", "own_side", "not_sent", "unknown_signer"} <= words
    words |= {"no_word", "alert", *(f"alert_{number}" for number in tls._ALERTS)}
    assert [word for word in sorted(words) if vietnamese().term("fault", word) == word] == []


def test_an_agency_reads_in_vietnamese_alone_why_nobody_tells_and_how_a_server_refuses():
    english = "the authority answers 404"
    told = (
        Revocation(means="staple", cause=Cause.NOT_RUN, fault="not_sent", detail="the server staples no answer"),
        Revocation(means="ocsp", cause=Cause.AMBIGUOUS, fault="no_answer", detail=english),
    )
    soft = read(seen(endpoint(revocation=told)))["tls.revoked"]
    hard = read(seen(endpoint(revocation=(told[0], replace(told[1], hard=True)))))["tls.revoked"]
    old = read(seen(endpoint(revocation=(replace(told[1], fault=""),))))["tls.revoked"]
    refusing = mute(Cause.TLS, connected=True, spoke=True, opened=False, alerts=(40, 70, 99), detail=english)
    nobody = read(seen(refusing, elsewhere=port_80()))["tls.offered"]
    assert [one.because.key for one in (soft, hard, old, nobody)] == [
        "tls.no_word",
        "tls.no_hard_word",
        "tls.no_word",
        "tls.nobody",
    ]
    assert [vietnamese().say(one.because).partition("(")[2] for one in (soft, hard, old, nobody)] == [
        "OCSP stapling: máy chủ không gửi kèm xác nhận, OCSP: tổ chức cấp không trả lời được).",
        "OCSP: tổ chức cấp không trả lời được).",
        "OCSP: chưa có xác nhận được tính).",
        "báo không có bộ mã hoặc tham số dùng chung, báo không nhận phiên bản giao thức nào, cảnh báo từ chối).",
    ]
    assert nobody.facts["alerts"] == [40, 70, 99]
