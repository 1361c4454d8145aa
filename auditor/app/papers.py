"""The council's sheets: the ranking, and a file an agency, as workbooks and as PDF."""

from pathlib import Path

from auditor.app.parts import Parts
from auditor.editions.workbook import write_book
from auditor.visit.doors.browser.printing import ChromiumPrinter
from reports.agency_book import agency_book
from reports.printed import render_pdf
from reports.ranking_book import ranking_book
from reports.view import Source, agency_file, standings

__all__ = ["print_pdf", "render_xlsx"]

_RANKING, _SHEETS = "xep-hang", "co-quan"
"""The ranking's file, and the folder of the agencies' sheets."""


def render_xlsx(source: Source, folder: Path) -> Path:
    """Write ``xep-hang.xlsx`` and ``co-quan/<code>.xlsx`` into a folder; give the first one's path."""
    sheets = folder / _SHEETS
    sheets.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_RANKING}.xlsx"
    path.write_bytes(write_book(ranking_book(source)))
    for standing in standings(source):
        (sheets / agency_file(standing.agency, "xlsx")).write_bytes(write_book(agency_book(source, standing)))
    return path


def print_pdf(parts: Parts, source: Source, folder: Path) -> Path:
    """Write ``xep-hang.pdf`` and ``co-quan/<code>.pdf`` into a folder; give the first one's path.

    Raises:
        NotDone: there is no Chromium on this machine, or it does not print.
    """
    printer = ChromiumPrinter(parts.settings.browser.executable, parts.clock)
    return render_pdf(source, folder, printer, ranking=_RANKING, sheets=_SHEETS)
