"""What ``status`` says to a person."""

import ast
from pathlib import Path

import pytest

from auditor.app import health
from auditor.model.note import Note
from reports.service import health_text, status_text
from reports.words import vietnamese

NOTES = [note for note in vars(health).values() if isinstance(note, Note)]
SERVICE = {
    "problems": [
        {"key": "service.task_failed", "text": "x", "facts": {"task": "night", "times": 2, "because": "database is locked"}},
        {"key": "service.no_room", "text": "x", "facts": {"free": 3, "need": 1024}},
    ],
    "tasks": {
        "night": {"next_at": "2026-01-05T18:00:00+00:00", "ended_at": None, "done": 0},
        "post": {"next_at": None, "ended_at": None, "done": 7},
    },
    "gate": {"run": "r2", "open": False, "because": "x", "published": "r1"},
    "said": [
        {"at": "2026-01-05T17:00:00+00:00", "what": "started\x1b[31m"},
        {"at": "2026-01-05T17:00:05+00:00", "what": "started"},
    ],
}


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.key)
def test_every_problem_is_said_in_vietnamese_with_all_its_facts(note):
    names = {part.split("}")[0] for part in note.text.split("{")[1:]}
    text = vietnamese().texts[note.key]
    assert all(f"{{{name}}}" in text for name in names)


def test_every_problem_of_the_module_is_looked_at():
    tree = ast.parse(Path(health.__file__).read_text("utf-8"))
    made = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Note"]
    assert len(made) == len(NOTES) > 5


def test_what_is_wrong_is_named_in_words():
    text = health_text(SERVICE)
    assert 'Việc "lượt đêm" đã hỏng 2 lần kể từ lần thành công gần nhất: cơ sở dữ liệu đang bị khóa' in text
    assert "Ổ đĩa còn 3 MB, trong khi cần 1024 MB." in text
    assert health_text({"problems": []}) == "Dịch vụ ổn."


def test_tasks_weeks_and_what_was_said_are_told_in_our_own_time_and_harmlessly():
    week = {
        "week": "2026-01-05",
        "probe": "crawl",
        "visits": 8,
        "endings": {"done": 7, "theirs": 1},
        "shares": {"done": "0.8750", "theirs": "0.1250"},
    }
    text = status_text({"service": SERVICE, "runs": [], "weeks": [week]})
    assert "lượt đêm: lần tới 06/01/2026 01:00:00, đã xong 0 lần" in text
    assert "06/01/2026 00:00:00  “started␛[31m”" in text
    assert "06/01/2026 00:00:05  đã khởi động" in text
    assert "\x1b" not in text
    assert "tuần 2026-01-05  crawl: 8 lượt; hoàn tất 87,5 %" in text
    assert "Chưa có lượt chạy nào." in text
    assert "Cổng kiểm soát: đóng với lượt r2; lượt công bố gần nhất: r1" in text
