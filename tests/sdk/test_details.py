"""Every sentence that a door says in detail is known by its key, and what nobody knows is quoted."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readers import english_in

from auditor.model.note import Note, fill, nested, quoted
from auditor.sdk.details import CAUSE, NOTHING, SAID, SAYINGS, SEVERAL, told
from reports.words import vietnamese

ROOT = Path(__file__).parents[2]
DOORS = ROOT / "auditor" / "visit" / "doors"
RAISED = {"Stop", "NoAddress", "NoAnswer", "Refusal"}
ELSEWHERE = {"ocsp.py", "crl.py", "revocation.py"}
"""What is said there has a short word of its own beside it, which is what people are told."""
FIELDS = re.compile(r"\{(\w+)\}")
SAMPLES = {"number": "5", "seconds": "5", "code": "250", "rcode": "SERVFAIL", "type": "DNSKEY", "server": "192.0.2.1", "host": "so.test",
           "day": "2026-01-02", "detail": "no such key", "reason": "no such key", "words": "'abc def'", "alerts": "alert 40"}  # fmt: skip


def spelled(node):
    """Give a string of the source, with something in the place of what is put in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = (
        part.value if isinstance(part, ast.Constant) else "SERVFAIL" if "rcode" in ast.dump(part) else "7"
        for part in getattr(node, "values", ())
    )
    return "".join(parts) if isinstance(node, ast.JoinedStr) else ""


def details():
    for file in sorted(file for file in DOORS.rglob("*.py") if file.name not in ELSEWHERE):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            found = []
            if isinstance(node, ast.Call):
                found = [keyword.value for keyword in node.keywords if keyword.arg == "detail"]
                found += node.args if getattr(node.func, "id", "") in RAISED else []
            if isinstance(node, ast.Assign) and "detail" in ast.dump(node.targets[0]):
                found = [node.value, *getattr(node.value, "elts", ())]
            for one in found:
                text = spelled(one)
                if " " in text.strip():
                    yield pytest.param(text, id=f"{file.relative_to(DOORS)}:{node.lineno}")


@pytest.mark.parametrize("text", list(details()))
def test_what_a_door_says_is_a_sentence_that_is_known(text):
    assert told(text).key != SAID.key, text


def test_the_doors_were_searched():
    assert len(list(details())) > 50


@pytest.mark.parametrize("note", [*SAYINGS, NOTHING, SEVERAL, SAID, CAUSE], ids=lambda note: note.key)
def test_every_saying_is_vietnamese_with_the_same_facts(note):
    text = vietnamese().texts[note.key]
    assert sorted(FIELDS.findall(text)) == sorted(FIELDS.findall(note.text))
    assert english_in(text) == []


def test_no_saying_is_translated_that_nobody_says():
    known = {note.key for note in (*SAYINGS, NOTHING, SEVERAL, SAID, CAUSE)}
    assert tomllib.loads((ROOT / "reports/locale/vi/details.toml").read_text("utf-8")).keys() == known


@pytest.mark.parametrize("note", SAYINGS, ids=lambda note: note.key)
def test_every_saying_is_recognised_by_its_own_words(note):
    text = fill(note.text, {name: SAMPLES.get(name, "CN=Ten, O=To chuc") for name in FIELDS.findall(note.text)})
    found = told(text)
    assert re.sub("[“”']", "", str(found)) == text.replace("'", "").replace("alert 40)", "40)")
    assert found.key == note.key or note.key.removesuffix("_old") == found.key
    assert "{" not in vietnamese().say(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)",
         "chứng thư không xác minh được: chứng thư đã hết hạn"),
        ("ConnectError: [SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c:1006)",
         "máy chủ báo không nhận phiên bản giao thức này"),
        ("[Errno 111] Connection refused", "kết nối bị từ chối"),
        ("not TLS: b'HTTP/1.1 400 Bad'", "trả lời không phải TLS: “HTTP/1.1 400 Bad”"),
        ("closed without a word; alert 40", "đóng kết nối mà không trả lời; cảnh báo TLS số 40"),
        ("the DNSKEY of so.test is not proven by test: key 1: expired on 2026-01-02; key 2: no such key",
         "test không chứng minh được bản ghi DNSKEY của so.test: khóa 1: chữ ký hết hạn ngày 02/01/2026; khóa 2: không có khóa này"),
        ("STARTTLS was refused: 454 TLS is “off” today", 'từ chối STARTTLS: “454 TLS is "off" today”'),
        ("a library's new words", "“a library's new words”"),
        ("missing", "“missing”"),
        ("", "không rõ thêm"),
    ],
)  # fmt: skip
def test_a_detail_is_said_in_vietnamese_and_foreign_words_stand_in_quotation_marks(text, said):
    assert vietnamese().say(told(text)) == said


@given(st.text(max_size=400))
def test_whatever_stands_in_a_detail_is_said_as_one_sentence_or_quoted(text):
    found = told(text)
    assert isinstance(nested(found.as_fact()), Note)
    assert vietnamese().say(found)


@pytest.mark.parametrize("word", ["missing", "broken", "weak", "sound", "none", "true", "dns", "measured"])
@pytest.mark.parametrize("name", ["value", "state", "cause", "source", "fault", "how", "lack", "level"])
def test_what_a_site_wrote_is_never_taken_for_a_word_of_ours(name, word):
    note = Note(key="nobody.knows", text="{" + name + "}")
    assert vietnamese().say(note(**{name: quoted(word)})) == f"“{word}”"
    assert vietnamese().say(note(**{name: [quoted(word)]})) == f"“{word}”"


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("[Errno 111] Connect call failed ('103.9.210.2', 443)", "kết nối không thành tới “103.9.210.2:443”"),
        ("[Errno 111] Connect call failed ('2001:db8::1', 443, 0, 0)", "kết nối không thành tới “[2001:db8::1]:443”"),
        ("the handshake failed:", "bắt tay không thành"),
        ("CN=Wire Mail CA may not issue certificates for servers", "CN=Wire Mail CA không có quyền cấp chứng thư cho máy chủ"),
        ("the root CN=R is valid from 2020-01-01 to 2021-01-01 only", "chứng thư gốc CN=R chỉ có hiệu lực từ 01/01/2020 đến 01/01/2021"),
        ("certificate verify failed: unhandled critical extension", "chứng thư không xác minh được: chuỗi chứng thư có phần mở rộng bắt buộc mà không ai biết"),
    ],
)  # fmt: skip
def test_nothing_of_a_program_stands_in_a_sentence(detail, said):
    assert vietnamese().say(told(detail)) == said
