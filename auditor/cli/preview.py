"""``auditor preview``: what an edition, or a draft of one, would give over the evidence that is kept."""

from typing import Annotated

import typer

from auditor.cli.options import day_of, options, print_json, say

__all__ = ["preview"]


def preview(
    edition: Annotated[str, typer.Argument(help="Bộ tiêu chí: mã, hoặc đường dẫn đến một tệp dự thảo (./du-thao.toml).")],
    against: Annotated[str | None, typer.Option(help="So với bộ tiêu chí này (mặc định: theo cấu hình).")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Tính đến hết ngày này.")] = None,
) -> None:
    """So sánh thứ hạng theo một bộ tiêu chí khác, trên bằng chứng đã lưu; không dùng mạng, không ghi gì."""
    from auditor.app.previewing import preview as compare
    from reports.preview import preview_text
    from reports.preview_json import preview_json

    parts = options.parts()
    found = compare(parts, edition, against=against, as_of=day_of(as_of))
    print_json(preview_json(found))
    say(preview_text(found, parts.registry))
