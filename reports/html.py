"""A report as a folder of pages that can be read anywhere: no server, no script, nothing from outside.

Every word that came from a site is escaped; what is invisible or turns a line around is shown as a sign.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.csvs import render_csv
from reports.exhibit import exhibit_page, gather
from reports.numbers import exact, two
from reports.overview import groups
from reports.sheet import sheet
from reports.view import Source, agency_file, evidence_file, local_day, local_time, notices, standings
from reports.visible import visible
from reports.whole import render_json
from reports.words import Words, vietnamese

__all__ = ["render_html", "rendered"]

_TEMPLATES = Path(__file__).parent / "templates"


def render_html(source: Source, folder: Path) -> Path:
    """Write the report below a folder and give its front page, ``index.html``.

    Beside it stand a page an agency, a page a piece of evidence, and the same ranking as JSON and CSV. The same source gives
    the same bytes.
    """
    words = vietnamese()
    exhibits = gather(source, words)
    common = _common(source, words)
    for name in ("agency", "evidence"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for standing in standings(source):
        page = sheet(source, standing, exhibits, words)
        _write(folder / "agency" / agency_file(standing.agency), "agency.html.j2", {**common, "root": "../", "sheet": page})
    for (digest, record), exhibit in exhibits.items():
        shown = exhibit_page(exhibit, source.kept(exhibit.proof), words)
        file = evidence_file(digest, record)
        assert file is not None  # gather takes nothing else in
        _write(folder / "evidence" / file, "evidence.html.j2", {**common, "root": "../", "page": shown})
    render_csv(source, folder)
    render_json(source, folder)
    index = folder / "index.html"
    _write(index, "index.html.j2", {**common, "root": "", "groups": groups(source, words)})
    return index


def _common(source: Source, words: Words) -> dict[str, object]:
    """Give what every page says: by what, as of when, and what must be known first."""
    found = notices(source)
    return {
        "edition": source.edition,
        "ranking": source.ranking,
        "as_of": local_time(source.ranking.as_of),
        "as_of_day": local_day(source.ranking.as_of),
        "notices": [
            {"title": words.text(f"notice.{notice.key}.title"), "text": words.text(f"notice.{notice.key}.text", **notice.facts)}
            for notice in found
        ],
    }


def rendered(template: str, values: Mapping[str, object]) -> bytes:
    """Give a page from a template; every text in it is escaped."""
    return _environment().get_template(template).render(values).encode("utf-8")


def _write(path: Path, template: str, values: Mapping[str, object]) -> None:
    path.write_bytes(rendered(template, values))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"two": two, "exact": exact}
    return made


def _finished(value: object) -> object:
    """Make text from outside visible before it is escaped; markup is ours and was made of such text.

    Raises:
        TypeError: a number that no filter has written: a page says none with a point.
    """
    if value is None:
        return "–"
    if isinstance(value, Decimal | float):
        raise TypeError(f"{value} is not written yet: use the filter two or exact")
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
