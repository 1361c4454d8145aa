"""What would be endless to build is cut before it is built; no page that is meant to be read is touched."""

import pytest

from auditor.sdk.nesting import bounded

LARGE = 40_000


@pytest.mark.parametrize(
    "markup",
    [
        "".join(f"<p><b id={n}>" for n in range(LARGE)),
        "".join(f"<p><b id={n}>" for n in range(LARGE)) + "</b>" * LARGE,
        "".join(f"<p><font x='>{n}'>" for n in range(LARGE)),
        "".join(f"<i class={n % 3} id={n}>" for n in range(LARGE)),
        "<div>" * LARGE,
        "<ul><li>" * LARGE,
        "<div>" * LARGE + "</div>" * LARGE,
        "<x>" * 7_000 + "</y>" * LARGE,
        "<select>" + "<option>x</option>" * LARGE,
        "<DIV>" * LARGE,
    ],
)
def test_what_grows_with_the_square_of_its_length_is_cut_off(markup):
    body = markup.encode()
    kept = bounded(body)
    assert 1_000 < len(kept) < len(body) / 2
    assert body.startswith(kept)


@pytest.mark.parametrize(
    "markup",
    [
        "<div></div>" * LARGE,
        "<p>một<p>hai" * LARGE,
        "<ul>" + "<li><b>mục</b><br>" * LARGE + "</ul>",
        "<li><b>mục<br>" * LARGE,
        "<table>" + "<tr><td><b>ô<td><i>ô</td>" * LARGE + "</table>",
        "<div>" * 200 + "<p>chữ</p>" * LARGE,
        "<select>" + "<option value=1>xã</option>" * 11_000 + "</select>",
        "".join(f"<a href=/{n}><font color=red>{n}</font></a>" for n in range(LARGE)),
        "<div>" * 600,
    ],
)
def test_long_and_careless_pages_are_left_alone(markup):
    assert bounded(markup.encode()) == markup.encode()
