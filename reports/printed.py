"""The ranking and each agency's sheet as pages to be printed, in the form of an administrative document."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from auditor.model.printing import Printer
from auditor.model.ranking import Standing
from auditor.model.web import web_address
from reports.agency_book import SHEET_LEGEND, summary
from reports.docform import COPIES, MOTTO, NATION, date_line, number_line
from reports.fixed import fix_views
from reports.html import rendered
from reports.numbers import sum_of
from reports.outcome import notice_texts
from reports.overview import groups
from reports.papers import paper
from reports.ranking_book import LEGEND
from reports.view import Source, agency_file, local_day, local_time, standings
from reports.words import Words, vietnamese

__all__ = ["ranking_page", "render_pdf", "sheet_page"]


def ranking_page(source: Source, words: Words | None = None) -> bytes:
    """Give the page of the whole ranking: its groups, one below the other."""
    said = words or vietnamese()
    values = {"groups": groups(source, said), "legend": LEGEND}
    day = local_day(source.ranking.as_of)
    about = f"Xếp hạng ứng dụng công nghệ thông tin {day}"
    named = _named(
        source, about, "BẢNG XẾP HẠNG", "Mức độ ứng dụng công nghệ thông tin của các cơ quan, đơn vị, địa phương", said
    )
    return rendered("print_ranking.html.j2", {**named, **values})


def sheet_page(source: Source, standing: Standing, words: Words | None = None) -> bytes:
    """Give the page of one agency's sheet."""
    said = words or vietnamese()
    view = paper(source, standing, said)
    values = {
        "paper": view,
        "summary": tuple(summary(view)),
        "fixes": fix_views(source, standing),
        "legend": SHEET_LEGEND,
        "sum": sum_of(standing.points, standing.possible, standing.pending, standing.percent),
        "web": web_address,
    }
    about = f"Phiếu kết quả của {view.row.name} {local_day(source.ranking.as_of)}"
    kind = "PHIẾU KẾT QUẢ ĐÁNH GIÁ MỨC ĐỘ ỨNG DỤNG CÔNG NGHỆ THÔNG TIN"
    return rendered("print_sheet.html.j2", {**_named(source, about, kind, view.row.name, said), **values})


def render_pdf(source: Source, folder: Path, printer: Printer, *, ranking: str, sheets: str) -> Path:
    """Write the ranking's PDF and an agency's each into a folder, as ``ranking`` and below ``sheets``; give the first one's path.

    Raises:
        AuditorError: this machine cannot print.
    """
    pages = dict(_pages(source, ranking, sheets))
    for name, pdf in printer.printed(pages, source.ranking.as_of):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf)
    return folder / f"{ranking}.pdf"


def _pages(source: Source, ranking: str, sheets: str) -> Iterator[tuple[str, bytes]]:
    yield f"{ranking}.pdf", ranking_page(source)
    for standing in standings(source):
        yield f"{sheets}/{agency_file(standing.agency, 'pdf')}", sheet_page(source, standing)


def _named(source: Source, title: str, kind: str, subject: str, words: Words) -> Mapping[str, object]:
    """Give what every document begins and ends with."""
    return {
        "title": title,
        "kind": kind,
        "subject": subject,
        "head": source.letterhead,
        "nation": NATION,
        "motto": MOTTO,
        "copies": COPIES,
        "number_line": number_line(source.letterhead),
        "date_line": date_line(source),
        "edition": source.edition,
        "as_of": local_time(source.ranking.as_of),
        "notices": notice_texts(source, words),
    }
