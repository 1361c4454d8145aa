"""The council's sheets: the ranking, and a file an agency, as workbooks."""

from pathlib import Path

from auditor.editions.workbook import write_book
from reports.agency_book import agency_book
from reports.ranking_book import ranking_book
from reports.view import Source, agency_file, standings

__all__ = ["RANKING", "SHEETS", "render_xlsx"]

RANKING, SHEETS = "xep-hang", "co-quan"
"""The ranking's file, and the folder of the agencies' sheets."""


def render_xlsx(source: Source, folder: Path) -> Path:
    """Write ``xep-hang.xlsx`` and ``co-quan/<code>.xlsx`` into a folder; give the first one's path."""
    sheets = folder / SHEETS
    sheets.mkdir(parents=True, exist_ok=True)
    path = folder / f"{RANKING}.xlsx"
    path.write_bytes(write_book(ranking_book(source)))
    for standing in standings(source):
        (sheets / agency_file(standing.agency, "xlsx")).write_bytes(write_book(agency_book(source, standing)))
    return path
