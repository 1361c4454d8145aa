"""What a browser would send of a form that nobody changed."""

import pytest
from knowing import exchange

from auditor.sdk.html import Document


def form(html):
    [found] = Document(exchange(body=html)).forms
    return found


@pytest.mark.parametrize(
    ("inside", "entries"),
    [
        ("<input name=q value='x y'>", [("q", "x y")]),
        ("<input name=q><input name=q>", [("q", ""), ("q", "")]),
        ("<input><input name=''>", []),
        ("<input type=hidden name=a value=1><input type=password name=b>", [("a", "1"), ("b", "")]),
        ("<input type=checkbox name=a><input type=checkbox name=b checked><input type=radio name=c value=2 checked>", [("b", "on"), ("c", "2")]),
        ("<input type=file name=a><input type=image name=b><input type=reset name=c><input type=button name=d>", []),
        ("<input name=a disabled value=1><select name=b disabled><option>1</select>", []),
        ("<select name=a><option value=1>Một</option><option selected>Hai  ba</option></select>", [("a", "Hai ba")]),
        ("<select name=a><option value=''>Tất cả</option><option value=1>Một</option></select><select name=b></select>", [("a", ""), ("b", "")]),
        ("<textarea name=a>một\nhai</textarea>", [("a", "một\nhai")]),
        ("<button name=a value=1>Tìm</button><input type=submit name=b value=2>", [("a", "1")]),
        ("<button>Tìm</button><input type=submit name=b value=2>", []),
        ("<button type=button name=a value=1>x</button><input type=submit name=b value=2>", [("b", "2")]),
    ],
)  # fmt: skip
def test_the_entries_of_an_untouched_form(inside, entries):
    assert list(form(f"<form>{inside}</form>").entries) == entries


@pytest.mark.parametrize(
    ("opening", "scripted"),
    [
        ("<form>", False), ("<form action='#'>", False), ("<form onsubmit='return check()'>", False), ("<form action='JavaScript:tim()'>", True),
        ("<form onsubmit='tim(); return  false;'>", True), ("<form onsubmit='event.preventDefault()'>", True),
    ],
)  # fmt: skip
def test_a_form_that_only_a_script_serves(opening, scripted):
    assert form(f"{opening}<input name=q></form>").scripted is scripted


def test_the_charset_that_a_form_asks_for():
    assert form("<form accept-charset='UTF-8, ISO-8859-1'></form>").charset == "utf-8"
    assert form("<form></form>").charset == ""


def test_what_a_form_holds_is_bounded():
    many = "<input name=a value=" + "x" * 9_000 + ">" * 1 + "<input name=b>" * 900
    found = form(f"<form>{many}</form>")
    assert len(found.entries) <= 100
    assert max(len(value) for _, value in found.entries) <= 2_000
