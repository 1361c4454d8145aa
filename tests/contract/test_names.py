"""Names that a module offers stand in a sorted ``__all__``, and modules and functions stay small."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for package in ("auditor", "probes", "reports") for path in (ROOT / package).rglob("*.py"))
LINES, FUNCTION = 300, 40
LONG_MODULES = {}
"""Longer than they should be, and why."""
LONG_FUNCTIONS: dict[str, str] = {}
"""``module:function`` that are longer than they should be, and why."""
UNLISTED = {
    "auditor/store/migrations/versions/0001_first_tables.py": "called by alembic",
}
"""Modules with public names outside ``__all__``, and why."""
THROUGH_PROBE = {"look", "assess"}
"""What a probe's module offers through its ``PROBE``."""


def places(paths):
    return pytest.mark.parametrize("path", paths, ids=[path.relative_to(ROOT).as_posix() for path in paths])


def relative(path):
    return path.relative_to(ROOT).as_posix()


def listed(tree):
    """Give the names of ``__all__`` as written, None without one."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["__all__"]:
            return ast.literal_eval(node.value)
    return None


def defined(tree):
    """Give the public functions, classes and types that a module defines; its constants may stay its own."""
    found = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }
    return found - THROUGH_PROBE if "PROBE" in (listed(tree) or ()) else found


def bound(tree):
    """Give every name that a module's top level binds."""
    found = set(defined(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        found |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return found


def functions(tree):
    """Give every function of a module with its length in lines, its docstring left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            words = ast.get_docstring(node, clean=False)
            yield node.name, node.end_lineno - node.lineno + 1 - (words.count("\n") + 1 if words is not None else 0)


def wrong_names(source):
    """Say what is wrong with a module's ``__all__``."""
    tree = ast.parse(source)
    names = listed(tree)
    if names is None:
        return [f"{name} is public, and there is no __all__" for name in sorted(defined(tree))]
    wrong = [f"{name} is listed and not there" for name in names if name not in bound(tree)]
    wrong += [f"{name} is public and not listed" for name in sorted(defined(tree) - set(names))]
    if names != sorted(names, key=_order) or len(set(names)) != len(names):
        wrong.append("not sorted")
    return wrong


def _order(name):
    """Sort as ruff does: constants, then classes, then the rest, each by name."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)


@places(MODULES)
def test_public_names_are_listed_sorted_and_there(path):
    wrong = wrong_names(path.read_text("utf-8"))
    assert (wrong == []) or relative(path) in UNLISTED, wrong


@places(MODULES)
def test_modules_and_functions_are_small(path):
    source = path.read_text("utf-8")
    name = relative(path)
    assert source.count("\n") <= LINES or name in LONG_MODULES
    long = [f"{name}:{function}" for function, lines in functions(ast.parse(source)) if lines > FUNCTION]
    assert [function for function in long if function not in LONG_FUNCTIONS] == []


def test_every_exception_is_still_one():
    assert [name for name in LONG_MODULES if (ROOT / name).read_text("utf-8").count("\n") <= LINES] == []
    long = {
        f"{relative(path)}:{function}"
        for path in MODULES
        for function, lines in functions(ast.parse(path.read_text("utf-8")))
        if lines > FUNCTION
    }
    assert set(LONG_FUNCTIONS) <= long
    assert [name for name in UNLISTED if not wrong_names((ROOT / name).read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("def f(): ...", ["f is public, and there is no __all__"]),
        ("__all__ = ['f']", ["f is listed and not there"]),
        ("__all__ = ['A']\nclass A: ...\nclass B: ...", ["B is public and not listed"]),
        ("__all__ = ['B', 'A']\nclass A: ...\nclass B: ...", ["not sorted"]),
        ("__all__ = ['A', 'A']\nclass A: ...", ["not sorted"]),
        ("__all__ = ['LAST', 'A', 'b']\nLAST = 1\nclass A: ...\ndef b(): ...\ndef _c(): ...", []),
        ("__all__ = ['A', 'B']\nA, B = 1, 2", []),
        ("__all__ = ['PROBE']\nPROBE = 1\ndef look(): ...\ndef assess(): ...", []),
        ("__all__ = ['X']\nX = 1\ndef look(): ...", ["look is public and not listed"]),
        ("_x = 1", []),
    ],
)
def test_a_wrong_list_is_found_out(source, wrong):
    assert wrong_names(source) == wrong


def test_a_long_function_is_found_out_and_a_long_docstring_is_none():
    body = "    x = 1\n" * 41
    assert dict(functions(ast.parse(f"def f():\n{body}")))["f"] == 42
    assert dict(functions(ast.parse(f'def f():\n    """{body}"""\n    return 1')))["f"] == 2
