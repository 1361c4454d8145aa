"""``auditor declare``: what agencies say of themselves."""

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import options, print_json, say

__all__ = ["declare_app", "declare_import", "declare_list", "declare_template"]

declare_app = typer.Typer(help="Số liệu tự khai của các cơ quan.", no_args_is_help=True)

_Edition = Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")]


@declare_app.command("template")
def declare_template(
    agency: Annotated[str, typer.Option(help="Mã cơ quan.")],
    edition: _Edition = None,
    out: Annotated[Path | None, typer.Option(help="Tệp XLSX để ghi (mặc định: tu-khai-MÃ.xlsx).")] = None,
) -> None:
    """Xuất phiếu tự khai của một cơ quan: đã khóa các nhãn, điền sẵn những gì đã khai lần trước."""
    from auditor.app.asking import write_form
    from auditor.app.documents_declared import form_json

    path = write_form(options.parts(), agency, edition=edition, out=out)
    print_json(form_json(path))
    say(f"Đã ghi phiếu tự khai của {agency}: {path}")


@declare_app.command("import")
def declare_import(
    file: Annotated[Path, typer.Argument(help="Phiếu tự khai (XLSX), hoặc tệp CSV, XLSX mỗi dòng một giá trị.")],
    edition: _Edition = None,
    by: Annotated[str, typer.Option(help="Người nộp (mặc định: người lập ghi trong phiếu).")] = "",
    agency: Annotated[str | None, typer.Option(help="Chỉ nhận phiếu của cơ quan này.")] = None,
) -> None:
    """Nhập số liệu tự khai; có lỗi nào thì nêu từng ô và không nhập gì; còn thiếu tiêu chí nào thì liệt kê."""
    from auditor.app.declaring import import_file
    from auditor.app.documents_declared import imported_json
    from auditor.app.following import follow
    from reports.declared import imported_text

    parts = options.parts()
    document = imported_json(import_file(parts, file, edition=edition, by=by, agency=agency))
    with parts.store() as store:
        queued = follow(parts, store)
    print_json({**document, "queued": queued})
    say(imported_text(file.name, document))
    say(f"{queued} thông báo chờ gửi (auditor alerts send)." if queued else "")


@declare_app.command("list")
def declare_list(
    agency: Annotated[str | None, typer.Option(help="Chỉ cơ quan này.")] = None,
    edition: _Edition = None,
) -> None:
    """Liệt kê mọi lần tự khai của từng tiêu chí: giá trị, tệp, người nộp, lúc nào, đổi gì, lần nào đang có hiệu lực."""
    from auditor.app.declaring import versions
    from auditor.app.documents_declared import versions_json
    from reports.declared import versions_text

    document = versions_json(versions(options.parts(), agency=agency, edition=edition))
    print_json(document)
    say(versions_text(document))
