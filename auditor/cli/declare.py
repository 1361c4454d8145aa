"""``auditor declare``: what agencies say of themselves."""

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import options, print_json, say

__all__ = ["declare_app", "declare_import", "declare_list"]

declare_app = typer.Typer(help="Số liệu tự khai của các cơ quan.", no_args_is_help=True)


@declare_app.command("import")
def declare_import(
    file: Annotated[Path, typer.Argument(help="Tệp CSV hoặc XLSX.")],
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
    by: Annotated[str, typer.Option(help="Người nộp.")] = "",
) -> None:
    """Nhập số liệu tự khai; có lỗi nào thì nêu từng dòng, từng cột và không nhập gì."""
    from auditor.app.declaring import import_file
    from auditor.app.documents import declarations_json

    rows = import_file(options.parts(), file, edition=edition, by=by)
    print_json(declarations_json((row, True) for row in rows))
    say(f"Đã nhập {len(rows)} giá trị tự khai của {len({row.agency for row in rows})} cơ quan từ {file.name}.")


@declare_app.command("list")
def declare_list(
    agency: Annotated[str | None, typer.Option(help="Chỉ cơ quan này.")] = None,
    edition: Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")] = None,
) -> None:
    """Liệt kê số liệu tự khai, cả những giá trị đã được thay."""
    from auditor.app.declaring import declarations
    from auditor.app.documents import declarations_json
    from reports.listing import declarations_text

    document = declarations_json(declarations(options.parts(), agency=agency, edition=edition))
    print_json(document)
    say(declarations_text(document))
