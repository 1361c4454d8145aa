"""``auditor explanation``: comply or explain."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.options import options, print_json, say
from auditor.errors import UsageError
from auditor.model.council import Effect, Subject

__all__ = ["explanation_add", "explanation_app", "explanation_list", "explanation_withdraw"]

explanation_app = typer.Typer(help="Giải trình của cơ quan về tiêu chí chưa đạt.", no_args_is_help=True)
Agency = Annotated[str, typer.Argument(metavar="CODE", help="Mã cơ quan.")]
CriterionCode = Annotated[str, typer.Argument(metavar="CRITERION", help="Mã tiêu chí.")]
EditionName = Annotated[str | None, typer.Option(help="Bộ tiêu chí (mặc định: theo cấu hình).")]


@explanation_app.command("add")
def explanation_add(
    agency: Agency,
    criterion: CriterionCode,
    *,
    text: Annotated[str, typer.Option(help="Vì sao chưa đạt.")] = "",
    expires: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Ngày cuối cùng còn hiệu lực.")] = "",
    person: Annotated[str, typer.Option(help="Ai giải trình; nếu không áp dụng: ai của Hội đồng chấp nhận.")] = "",
    link: Annotated[str, typer.Option(help="Địa chỉ web của minh chứng.")] = "",
    file: Annotated[Path | None, typer.Option(help="Tệp minh chứng, được lưu cùng giải trình.")] = None,
    effect: Annotated[
        Effect, typer.Option(help="none: chỉ nêu cạnh điểm; not_applicable: tiêu chí không áp dụng.")
    ] = Effect.NONE,
    document: Annotated[str, typer.Option(help="Văn bản của Hội đồng (bắt buộc khi không áp dụng).")] = "",
    edition: EditionName = None,
) -> None:
    """Ghi một giải trình cho điều đang thấy; nó tự hết hiệu lực khi điều đó thay đổi hoặc hết hạn."""
    from auditor.app.explaining import Given, explain
    from auditor.app.handed import handed_in
    from auditor.app.journal_documents import explanation_document
    from reports.explained import explanation_text
    from reports.words import vietnamese

    given = Given(
        text=text,
        expires=_day(expires),
        person=person,
        link=link,
        effect=effect,
        document=document,
        file=handed_in(file) if file else None,
    )
    made = explain(options.parts(), agency, criterion, given, edition=edition)
    print_json(explanation_document(made))
    say(f"Đã ghi giải trình cho {made.agency}, tiêu chí {made.criterion}: {explanation_text(made, vietnamese())}")


@explanation_app.command("list")
def explanation_list(
    agency: Annotated[str | None, typer.Option(help="Chỉ cơ quan này.")] = None, edition: EditionName = None
) -> None:
    """Liệt kê các giải trình, cả những giải trình đã hết hiệu lực và vì sao."""
    from auditor.app.explaining import explanations
    from auditor.app.journal_documents import explanations_json
    from reports.acts import explanations_text

    found = explanations(options.parts(), agency=agency, edition=edition)
    print_json(explanations_json(found))
    say(explanations_text(found))


@explanation_app.command("withdraw")
def explanation_withdraw(
    agency: Agency,
    criterion: CriterionCode,
    reason: Annotated[str, typer.Option(help="Vì sao rút.")] = "",
    person: Annotated[str, typer.Option(help="Ai rút.")] = "",
    document: Annotated[str, typer.Option(help="Theo văn bản nào.")] = "",
    edition: EditionName = None,
) -> None:
    """Rút giải trình đang đứng của một tiêu chí."""
    from auditor.app.council import withdraw
    from auditor.app.journal_documents import withdrawal_json

    made = withdraw(
        options.parts(),
        Subject.EXPLANATION,
        agency,
        criterion,
        reason=reason,
        person=person,
        document=document,
        edition=edition,
    )
    print_json(withdrawal_json(made))
    say(f"Đã rút giải trình của {made.agency}, tiêu chí {made.criterion}.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(f'--expires "{text}" không phải ngày viết theo dạng NĂM-THÁNG-NGÀY, ví dụ 2027-12-31') from exc
