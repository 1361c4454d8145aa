"""What the journal and the gate keep in English is said to people in Vietnamese."""

import ast
from pathlib import Path

import pytest
from readers import english_in

from auditor.model.note import fill
from reports.journal import said
from reports.words import Words, vietnamese

ROOT = Path(__file__).parents[2]
ENGLISH = {key: text for key, text in Words("en").texts.items() if key.startswith("journal.")}
SAMPLES = {"at": "2026-01-05 17:00:00Z", "times": "2026-01-05 18:00Z to 2026-01-06 18:00Z", "run": "night-2026-01-05", "task": "night",
           "because": "database is locked", "words": "news: missing", "visits": "crawl on https://so.test/, tls on https://mau.test/",
           "moved": "crawl theirs 5 of 8, usually 12%"}  # fmt: skip


def spelled(node, names):
    """Give a sentence of the source, with something in the place of what is put in; empty where it is put together elsewhere."""
    if isinstance(node, ast.Name):
        return spelled(names[node.id], names) if node.id in names else ""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = []
    for part in getattr(node, "values", ()):
        told = ast.unparse(part)
        values = {"held_because": "database is locked", "run.id": "r-1", "beat_at": "2026-01-05 17:00:00", "self.task": "plan", "because": "x",
                  "ends": SAMPLES["times"], "moved": SAMPLES["moved"], "keys": "crawl on https://so.test/", "verb": "has only"}  # fmt: skip
        parts.append(part.value if isinstance(part, ast.Constant) else next((v for k, v in values.items() if k in told), "7"))
    return "".join(parts)


def sentences():
    for file in (*(ROOT / "auditor" / "app").glob("*.py"), ROOT / "auditor" / "engines" / "gate.py"):
        for function in (
            node
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ):
            names = {
                node.targets[0].id: node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            for node in ast.walk(function):
                found = None
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "say"
                    and len(node.args) > 1
                ):
                    found = spelled(node.args[1], names)
                elif isinstance(node, ast.Return) and file.name == "gate.py" and function.name in GATES:
                    value = node.value.orelse if isinstance(node.value, ast.IfExp) else node.value
                    found = spelled(value, names) or None
                if found is not None:
                    yield pytest.param(found, id=f"{file.name}:{node.lineno}")


PROBES = {"crawl", "tls"}
"""Their names are names."""
GATES = {"_link", "_endings", "_canaries", "_mix", "_room"}


def test_the_places_were_found():
    assert len(list(sentences())) >= 14


@pytest.mark.parametrize("sentence", list(sentences()))
def test_every_sentence_that_is_kept_is_known_again(sentence):
    assert sentence
    assert "“" not in said(sentence).replace("“x”", "").replace("“7", ""), sentence
    assert [word for word in english_in(said(sentence)) if word not in PROBES] == []


@pytest.mark.parametrize("key", ENGLISH)
def test_every_sentence_is_vietnamese_with_the_same_facts(key):
    text = vietnamese().texts[key]
    assert {part.split("}")[0] for part in text.split("{")[1:]} == {part.split("}")[0] for part in ENGLISH[key].split("{")[1:]}
    shown = said(
        fill(ENGLISH[key], {name: SAMPLES.get(name, "7") for name in ("count", "planned", "free", "need", "seconds", *SAMPLES)})
    )
    assert [word for word in english_in(shown) if word not in PROBES] == []
    assert "{" not in shown


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("the former auditor schedule ended without a word (killed, or a power cut); last sign of life 2026-01-05 17:00:00Z",
         "lần chạy trước của dịch vụ kết thúc mà không báo (bị buộc dừng hoặc mất điện); dấu hiệu hoạt động cuối cùng lúc 06/01/2026 00:00"),
        ("no site answered at all: our own link may be down; the disk has 3 MB left, and 1024 MB are needed",
         "không trang nào trả lời: có thể đường truyền của máy kiểm tra bị đứt; ổ đĩa còn 3 MB, trong khi cần 1024 MB"),
        ("visits end otherwise than in the last nights: crawl theirs 5 of 8, usually 12%, tls done 1 of 8, usually 100%",
         "các lượt kiểm tra kết thúc khác hẳn những đêm gần đây: crawl: phía cơ quan 5 trên 8, thường là 12 %, tls: hoàn tất 1 trên 8, thường là 100 %"),
        ("night failed: OperationalError: disk I/O error", "việc lượt đêm đã hỏng: “OperationalError: disk I/O error”"),
        ("missing", "“missing”"),
    ],
)  # fmt: skip
def test_a_kept_sentence_is_said_with_its_facts(kept, shown):
    assert said(kept) == shown
