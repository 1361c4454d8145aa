"""What must be pure names neither clock, chance, file, socket nor anything global; read from the source, not from a run."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT_TOOLS = (
    "text",
    "dates",
    "html",
    "boilerplate",
    "charset",
    "urls",
    "outcome",
    "brief",
    "refusals",
    "standins",
    "front",
    "tables",
)
PURE = sorted(
    [
        *(ROOT / "auditor/model").glob("*.py"),
        *(ROOT / "auditor/judge").glob("*.py"),
        ROOT / "auditor/schedule/plan.py",
        ROOT / "auditor/schedule/spread.py",
        ROOT / "auditor/engines/gate.py",
        *(
            ROOT / f"auditor/findings/{name}.py"
            for name in ("commands", "expected", "letters", "message", "outbox", "priced", "rules", "sights")
        ),
        *(ROOT / f"auditor/sdk/{name}.py" for name in TEXT_TOOLS),
        ROOT / "reports/view.py",
    ]
)
PROBES = sorted((ROOT / "probes").rglob("*.py"))
BUILTINS = {"open", "print", "input", "breakpoint", "eval", "exec", "__import__"}
MODULES = {
    "random", "secrets", "time", "socket", "os", "pathlib", "subprocess", "tempfile", "shutil", "uuid", "threading", "asyncio",
    "anyio", "sqlite3", "ssl", "select", "signal", "logging", "structlog", "urllib.request", "http.client", "auditor.clock", "auditor.log",
}  # fmt: skip
MOMENTS = {"now", "utcnow", "today", "localtime", "gmtime", "monotonic", "perf_counter", "time_ns", "fromtimestamp"}
"""Names that read a clock whatever they hang on; ``fromtimestamp`` without a zone reads the machine's."""
FILES = {"read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "iterdir", "rglob"}


def impure(source, *, but_look=False):
    """Give what a module names that a pure one must not, each with its line; ``but_look`` leaves out what only ``look`` uses."""
    tree = ast.parse(source)
    spared = _only_of_look(tree) if but_look else set()
    names = _imported(tree)
    wrong = []
    for node in _nodes(tree, spared):
        said = None
        if isinstance(node, ast.Global):
            said = f"global {', '.join(node.names)}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MOMENTS | FILES:
            said = f"….{node.func.attr}"
        elif isinstance(node, ast.Name | ast.Attribute):
            full = _full(node, names)
            of_world = any(full == module or full.startswith(f"{module}.") for module in MODULES)
            of_clock = full.startswith("datetime.") and full.rpartition(".")[2] in MOMENTS
            said = full if full in BUILTINS or of_world or of_clock else None
        if said:
            wrong.append((node.lineno, said))
    return sorted(set(wrong))


def _nodes(tree, spared):
    """Walk a tree without imports themselves and without what is spared."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if node in spared or isinstance(node, ast.Import | ast.ImportFrom):
            continue
        yield node
        stack += ast.iter_child_nodes(node)


def _imported(tree):
    """Give the full name behind each name that the module imports anywhere."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = alias.name if alias.asname else alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def _full(node, names):
    """Give a dotted name in full; of what is no import or builtin, nothing."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    root = names.get(node.id, node.id if node.id in BUILTINS and not parts else "")
    return ".".join([root, *reversed(parts)]) if root else ""


def _only_of_look(tree):
    """Give ``look`` and the functions and classes of the module that nothing but it leads to."""
    defined = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    if "look" not in defined:
        return set()

    def reached(starts):
        found, stack = set(), list(starts)
        while stack:
            name = stack.pop()
            if name in defined and name not in found and name != "look":
                found.add(name)
                stack += [node.id for node in ast.walk(defined[name]) if isinstance(node, ast.Name)]
        return found

    public = {name for name in defined if not name.startswith("_") and name != "look"}
    of_look = reached(node.id for node in ast.walk(defined["look"]) if isinstance(node, ast.Name))
    named = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {defined["look"], *(defined[name] for name in of_look - reached(public | (named & defined.keys())))}


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_pure_module_names_nothing_of_the_world(path):
    assert impure(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", PROBES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_probe_touches_the_world_in_its_look_alone(path):
    assert impure(path.read_text("utf-8"), but_look=True) == []


def test_every_pure_module_is_looked_at():
    assert {path.parent.name for path in PURE} == {"model", "judge", "schedule", "engines", "findings", "sdk", "reports"}
    assert all(path.is_file() for path in PURE)
    assert len(PURE) > 30
    assert len(PROBES) > 20


@pytest.mark.parametrize(
    "bad",
    [
        "x = open('f')",
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import datetime\ndef f(tz): return datetime.now(tz)",
        "from datetime import date as d\nx = d.today()",
        "import dataclasses, datetime\nx = dataclasses.field(default_factory=datetime.datetime.utcnow)",
        "import random\nx = random.random()",
        "from random import choice\nx = choice([1])",
        "import time as t\nx = t.time()",
        "from time import monotonic\nx = monotonic",
        "print(1)",
        "x = input()",
        "import socket\nsocket.create_connection(('a', 1))",
        "import os\nx = os.environ['HOME']",
        "from os import path\nx = path.exists('f')",
        "from pathlib import Path\nx = Path('f')",
        "def f(folder): return folder.read_text()",
        "def f():\n    import subprocess\n    subprocess.run(['true'])",
        "from urllib.request import urlopen\nurlopen('http://x')",
        "import uuid\nx = uuid.uuid4()",
        "N = 0\ndef f():\n    global N\n    N += 1",
        "from auditor.clock import SystemClock\nx = SystemClock()",
        "class A:\n    def look(self): return open('f')",
    ],
)
def test_a_module_that_reaches_out_is_found_out(bad):
    assert impure(bad)
    assert impure(bad, but_look=True)


@pytest.mark.parametrize(
    "good",
    [
        "from datetime import datetime\ndef f(at: datetime): return at.date()",
        "def f(text): return text.replace('open', 'now')",
        "class Door:\n    def open(self): ...\ndef f(door): door.open()",
        "from urllib.parse import urlsplit\nx = urlsplit('a')",
        "opened = today = 1",
        "def f(seen): return seen.time, seen.os, seen.today",
    ],
)
def test_what_only_looks_alike_is_let_be(good):
    assert impure(good) == []


def test_only_what_look_alone_uses_may_reach_out():
    source = """
async def look(site, doors):
    return _both(_alone(doors.now()))
def _alone(at): return open(at)
def _both(x): return {body}
def assess(seen, known): return _both(seen)
"""
    assert impure(source.format(body="x"), but_look=True) == []
    assert impure(source.format(body="x"))
    assert impure(source.format(body="open(x)"), but_look=True) == [(5, "open")]
