"""Every wrong form is one folder in ``bad/`` with its exact message; none is half taken, and none takes more than its share."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from wrongforms import GOOD, HOME, WRONG, good, made, packed, parts_of, told

HERE = Path(__file__).parent
FOLDERS = sorted(path.name for path in (HERE / "bad").iterdir())
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
MEMORY, SECONDS = 700 * 1024 * 1024, 120
"""A form may cost an import so much at the most: address space in bytes, of which an idle one takes a third, and CPU."""


def test_the_form_that_they_come_from_is_right():
    assert HOME.problems(good()) == []


def test_there_are_many_and_every_recipe_has_its_folder():
    assert len(FOLDERS) >= 60
    assert set(WRONG) <= set(FOLDERS)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_wrong_form_is_refused_with_its_exact_message(name, tmp_path):
    expected = (HERE / "bad" / name / "expected.txt").read_text("utf-8").splitlines()
    assert expected
    assert told(name, tmp_path) == expected


def test_a_form_that_libreoffice_saved_is_taken_like_the_one_it_opened():
    ours, theirs = HOME.read(good()), HOME.read((HERE / "libreoffice.xlsx").read_bytes())
    assert plain(theirs.declarations) == plain(ours.declarations)
    assert [row.proof.passage for row in theirs.declarations] == [row.proof.passage for row in ours.declarations]
    assert len(theirs.declarations) == len(HOME.questions) == len([name for name in GOOD if "." in name])


def test_a_form_that_names_no_year_is_no_form_of_the_one_that_runs():
    """The kept form was written when forms named none; nobody is told that it was tampered with."""
    assert HOME.problems((HERE / "libreoffice.xlsx").read_bytes(), period="2026") == [
        'phieu.xlsx: phiếu không ghi là của kỳ nào, nay là kỳ "2026": hãy xuất phiếu mới (auditor declare template --agency so-a)'
    ]


def plain(rows):
    return [(row.criterion, row.value, row.counts, row.evidence_link, row.note, row.declared_by) for row in rows]


# What somebody worse would send: bytes that grow


def a_long_shared_string():
    cell = b'<c r="I23" t="s"><v>0</v></c>'
    parts = parts_of(good())
    body = parts[SHEET]
    many = b"".join(b'<row r="%d">%s</row>' % (row, cell.replace(b"I23", b"A%d" % row)) for row in range(100, 5_000))
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + b"x" * 20_000_000 + b"</t></si></sst>"
    )
    return packed(parts | {SHEET: body.replace(b"</sheetData>", many + b"</sheetData>"), STRINGS: strings})


def as_many_cells_as_are_let_in():
    parts = parts_of(good())
    rows = b"".join(
        b'<row r="%d">%s</row>' % (row, b"".join(b'<c r="%s%d"><v>1</v></c>' % (letter, row) for letter in LETTERS))
        for row in range(100, 4_900)
    )
    return packed(parts | {SHEET: parts[SHEET].replace(b"</sheetData>", rows + b"</sheetData>")})


LETTERS = [bytes([letter]) for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


def a_joined_cell_over_everything():
    parts = parts_of(good())
    everything = rb'\g<0><mergeCell ref="A1:XFD1048576"/>'
    return packed(parts | {SHEET: re.sub(rb"<mergeCells[^>]*>", everything, parts[SHEET])})


def a_row_at_the_end_of_the_sheet():
    parts = parts_of(good())
    return packed(parts | {SHEET: parts[SHEET].replace(b"</sheetData>", b'<row r="1048576" hidden="1"/></sheetData>')})


def a_sheet_that_says_it_is_large():
    parts = parts_of(good())
    body = parts[SHEET]
    start, end = body.index(b"<dimension"), body.index(b"/>", body.index(b"<dimension")) + 2
    return packed(parts | {SHEET: body[:start] + b'<dimension ref="A1:XFD1048576"/>' + body[end:]})


def very_many_hidden_columns():
    parts = parts_of(good())
    return packed(
        parts | {SHEET: parts[SHEET].replace(b"<cols>", b"<cols>" + b'<col min="1" max="4294967295" hidden="1"/>' * 1_000)}
    )


GROWING = [
    a_long_shared_string, as_many_cells_as_are_let_in, a_joined_cell_over_everything, a_row_at_the_end_of_the_sheet,
    a_sheet_that_says_it_is_large, very_many_hidden_columns,
]  # fmt: skip
BOMBS = ["a-zip-bomb", "an-entity-bomb", "very-many-cells", "very-deep-styles", "very-many-sheets"]
READER = """
import json, resource, sys
sys.path[:0] = json.loads(sys.argv[1])
from formed import Office
from auditor.editions.sheet import open_form
from pathlib import Path
office = Office()
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[3]),) * 2)
form = open_form(Path(sys.argv[4]))
print(json.dumps(office.problems(form.body, form.name)))
"""


def bounded(body, folder):
    """Read a form in a process of its own, that ends when it takes too much."""
    path = folder / "phieu.xlsx"
    path.write_bytes(body)
    places = json.dumps([str(HERE.parent / "support"), str(HERE.parents[1])])
    words = [sys.executable, "-c", READER, places, str(MEMORY), str(SECONDS), str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=os.environ, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_its_bounds(name, tmp_path):
    assert bounded(made(name)[0], tmp_path) == (HERE / "bad" / name / "expected.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("recipe", GROWING, ids=lambda recipe: recipe.__name__)
def test_what_grows_is_read_or_refused_within_its_bounds(recipe, tmp_path):
    body = recipe()
    assert len(body) < 4 * 1024 * 1024
    found = bounded(body, tmp_path)
    harmless = recipe in {a_row_at_the_end_of_the_sheet, a_sheet_that_says_it_is_large}
    assert (found == []) is harmless
