"""``auditor appraise`` and ``auditor journal``: the council's values, and everything that was done in order."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.options import options, print_json, say
from auditor.model.council import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.app.parts import Parts
    from auditor.model.ids import CriterionId
    from auditor.model.reading import Measure

__all__ = ["appraise_app", "appraise_export", "appraise_import", "appraise_list", "appraise_withdraw", "show_journal"]

appraise_app = typer.Typer(help="Giá trị do Hội đồng thẩm định.", no_args_is_help=True)
EditionName = Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")]
OneAgency = Annotated[str | None, typer.Option(help="Chỉ cơ quan này.")]


@appraise_app.command("export")
def appraise_export(
    agency: OneAgency = None,
    group: Annotated[str | None, typer.Option(help="Chỉ nhóm này.")] = None,
    out: Annotated[Path | None, typer.Option(help="Thư mục ghi phiếu (mặc định: appraisal trong thư mục dữ liệu).")] = None,
    edition: EditionName = None,
) -> None:
    """Xuất phiếu thẩm định XLSX, mỗi cơ quan một tệp, theo số liệu hiện nay."""
    from auditor.app.appraising import export_sheets

    paths = export_sheets(options.parts(), out, agency=agency, group=group, edition=edition)
    print_json({"files": [str(path) for path in paths]})
    say("\n".join([*map(str, paths), f"Đã xuất {len(paths)} phiếu thẩm định."]))


@appraise_app.command("import")
def appraise_import(
    file: Annotated[Path, typer.Argument(help="Phiếu thẩm định đã điền (XLSX).")], edition: EditionName = None
) -> None:
    """Nhập phiếu đã điền; có lỗi nào thì nêu từng ô và không nhập gì. Dòng để nguyên không thay đổi gì."""
    from auditor.app.appraising import import_sheet
    from auditor.app.journal_documents import taken_json

    taken = import_sheet(options.parts(), file, edition=edition)
    print_json(taken_json(taken))
    set_, back = len(taken.appraisals), len(taken.withdrawals)
    say(
        f"{taken.agency}: đặt {set_} giá trị, rút {back} giá trị."
        if set_ or back
        else f"{taken.agency}: phiếu không có gì thay đổi."
    )
    if set_ or back:
        say("Có hiệu lực từ lần xếp hạng sau; xem trước bằng auditor rank --as-of với ngày hôm nay.")


@appraise_app.command("list")
def appraise_list(agency: OneAgency = None, edition: EditionName = None) -> None:
    """Liệt kê giá trị thẩm định: lý do, văn bản, người, lúc nào, lượt nào; cả giá trị đã thay hoặc rút."""
    from auditor.app.appraising import appraisals
    from auditor.app.journal_documents import appraisals_json
    from reports.acts import appraisals_text

    parts = options.parts()
    found = appraisals(parts, agency=agency, edition=edition)
    print_json(appraisals_json(found))
    say(appraisals_text(found, _kinds(parts, edition)))


@appraise_app.command("withdraw")
def appraise_withdraw(
    agency: Annotated[str, typer.Argument(metavar="CODE", help="Mã cơ quan.")],
    criterion: Annotated[str, typer.Argument(metavar="CRITERION", help="Mã tiêu chí.")],
    reason: Annotated[str, typer.Option(help="Vì sao rút.")] = "",
    person: Annotated[str, typer.Option(help="Ai rút.")] = "",
    document: Annotated[str, typer.Option(help="Theo văn bản nào.")] = "",
    edition: EditionName = None,
) -> None:
    """Rút giá trị thẩm định đang đứng của một tiêu chí."""
    from auditor.app.council import withdraw
    from auditor.app.journal_documents import withdrawal_json

    made = withdraw(
        options.parts(), Subject.APPRAISAL, agency, criterion, reason=reason, person=person, document=document, edition=edition
    )
    print_json(withdrawal_json(made))
    say(f"Đã rút giá trị thẩm định của {made.agency}, tiêu chí {made.criterion}.")


def show_journal(
    agency: OneAgency = None,
    criterion: Annotated[str | None, typer.Option(help="Chỉ tiêu chí này.")] = None,
    edition: Annotated[str | None, typer.Option(help="Chỉ bộ tiêu chí này.")] = None,
) -> None:
    """Sổ ghi chép: mọi lần tự khai, giải trình, thẩm định theo thứ tự, giá trị trước và sau, văn bản, và mắt xích sổ cái."""
    from auditor.app.journal import journal
    from auditor.app.journal_documents import journal_json
    from reports.acts import journal_text

    parts = options.parts()
    found = journal(parts, agency=agency, criterion=criterion, edition=edition)
    print_json(journal_json(found))
    say(journal_text(found, _kinds(parts, edition)))


def _kinds(parts: "Parts", edition: str | None) -> "Mapping[CriterionId, Measure]":
    """Give what kind of value each criterion of an edition has."""
    from auditor.model.kinds import appraised_measure, measure_of

    measures = parts.catalogue.measures
    criteria = parts.edition(edition).criteria
    found = {one.id: appraised_measure(one, measure_of(one, measures)) for one in criteria}
    return {name: measure for name, measure in found.items() if measure is not None}
