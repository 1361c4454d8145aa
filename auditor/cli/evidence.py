"""``auditor evidence``: what is kept, shown and proved."""

from typing import Annotated

import typer

from auditor.cli.options import options, print_json, say

__all__ = ["evidence_app", "evidence_list", "evidence_prune", "evidence_show", "evidence_verify"]

evidence_app = typer.Typer(help="Bằng chứng đã lưu.", no_args_is_help=True)


@evidence_app.command("list")
def evidence_list(run: Annotated[str | None, typer.Option(help="Chỉ lượt chạy này.")] = None) -> None:
    """Liệt kê mọi bằng chứng đã lưu, cả những gì đã hết hạn và đã xóa (khi nào, vì sao)."""
    from auditor.app.documents import objects_json
    from auditor.app.keeping import gone_objects, kept_objects
    from reports.listing import objects_text

    parts = options.parts()
    document = objects_json(kept_objects(parts, run), gone_objects(parts, run))
    print_json(document)
    say(objects_text(document))


@evidence_app.command("show")
def evidence_show(digest: Annotated[str, typer.Argument(help="sha256:… hoặc phần đầu của nó, hay urn:uuid:…")]) -> None:
    """Cho xem một bằng chứng: yêu cầu, trả lời, thời điểm, nội dung, và đoạn quyết định."""
    from auditor.app.keeping import show
    from reports.listing import kept_json, kept_text

    found = show(options.parts(), digest)
    print_json(kept_json(found.kept, found.readings))
    say(kept_text(found.kept, found.readings))


@evidence_app.command("verify")
def evidence_verify() -> None:
    """Kiểm chứng từng byte đã lưu và chuỗi sổ cái."""
    from auditor.app.documents import report_json
    from auditor.app.keeping import prove

    found = prove(options.parts())
    print_json(report_json(found))
    for fault in found.faults:
        say(f"LỖI {fault.digest} {fault.path}: {fault.what}")
    size = f"{found.runs} lượt chạy, {found.objects} đối tượng, {found.bytes} byte"
    say(f"Nguyên vẹn: {size}." if found.ok else f"{len(found.faults)} lỗi trong {size}.")
    raise typer.Exit(0 if found.ok else 1)


@evidence_app.command("prune")
def evidence_prune(
    yes: Annotated[bool, typer.Option("--yes", help="Xóa thật; không có thì chỉ cho biết sẽ xóa gì.")] = False,
) -> None:
    """Xóa những tệp đã quá hạn lưu mà không còn gì dựa vào; sổ cái vẫn ghi tên, ngày xóa và lý do."""
    from auditor.app.documents import pruned_json
    from auditor.app.pruning import prune
    from reports.listing import pruned_text

    document = pruned_json(prune(options.parts(), dry=not yes))
    print_json(document)
    say(pruned_text(document))
