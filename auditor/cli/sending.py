"""``auditor alerts send`` and ``test``: notices go out when they are told to, and the way out can be tried."""

from typing import Annotated, BinaryIO

import typer

from auditor.cli.options import options, print_json, say
from auditor.errors import UsageError

__all__ = ["add_sending", "alerts_bounced", "alerts_send", "alerts_test"]

_NOT_DONE = 3


def add_sending(app: typer.Typer) -> None:
    """Add these commands to ``auditor alerts``."""
    app.command("send")(alerts_send)
    app.command("test")(alerts_test)
    app.command("bounced")(alerts_bounced)


def alerts_send(
    yes: Annotated[bool, typer.Option("--yes", help="Gửi thật; không có thì chỉ liệt kê.")] = False,
) -> None:
    """Gửi những thông báo đến hạn; mỗi thông báo chỉ gửi một lần."""
    import anyio

    from auditor.app.sending import send_due, take_up, waiting
    from auditor.model.delivery import DeliveryState
    from reports.outbox import deliveries_json, deliveries_text, troubles_text
    from reports.words import vietnamese

    words, parts = vietnamese(), options.parts()
    with parts.store() as store:
        if not yes:
            held = waiting(parts, store)
            print_json({"sent": False, "deliveries": deliveries_json(held), "down": {}, "off": {}})
            say(deliveries_text(held))
            say(words.text("outbox.dry", count=len(held)) if held else words.text("outbox.none"))
            return
        take_up(parts, store)
        found = anyio.run(send_due, parts, store)
    down = {channel.value: why for channel, why in found.down.items()}
    off = {channel.value: count for channel, count in found.off.items()}
    print_json({"sent": True, "deliveries": deliveries_json(found.tried), "down": down, "off": off})
    say(deliveries_text(found.tried))
    say(troubles_text(found.down, found.off))
    counts = {"sent": DeliveryState.SENT, "later": DeliveryState.WAITING, "failed": DeliveryState.FAILED}
    say(words.text("outbox.sent", **{name: found.count(state) for name, state in counts.items()}))
    raise typer.Exit(_NOT_DONE if found.down or found.off else 0)


def alerts_test(
    to: Annotated[str | None, typer.Option(help="Gửi một thư thử tới địa chỉ này.")] = None,
    webhook: Annotated[bool, typer.Option("--webhook", help="Gọi thử webhook.")] = False,
) -> None:
    """Thử kênh gửi: một thư thử, hoặc một lần gọi webhook; cho biết máy chủ trả lời gì."""
    import anyio

    from auditor.app.sending import try_mail, try_webhook
    from reports.outbox import outcome_json, outcome_text
    from reports.words import vietnamese

    if (to is None) is not webhook:
        raise UsageError("say either --to ADDRESS or --webhook")
    words, parts = vietnamese(), options.parts()
    text = words.text("outbox.trial.text")
    if to is not None:
        found = anyio.run(try_mail, parts, to, words.text("outbox.trial.subject"), text)
    else:
        found = anyio.run(try_webhook, parts, text)
    print_json(outcome_json(found))
    say(outcome_text(found))
    raise typer.Exit(0 if found.taken else 1)


def alerts_bounced(
    files: Annotated[
        list[typer.FileBinaryRead] | None,
        typer.Argument(help="Các thư báo của máy chủ thư, mỗi tệp một thư; không có thì đọc đầu vào chuẩn."),
    ] = None,
) -> None:
    """Đọc thư báo không giao được (RFC 3464) và ghi nhận thư nào của hệ thống đã bị trả lại, vì sao."""
    import sys

    from auditor.app.bouncing import take_bounces
    from auditor.findings.bounces import MOST_BYTES
    from reports.outbox import bounced_text, deliveries_json

    parts = options.parts()
    opened: list[BinaryIO] = [*files] if files else [sys.stdin.buffer]
    messages = (file.read(MOST_BYTES) for file in opened)
    with parts.store() as store:
        found = take_bounces(parts, store, messages)
    print_json({"bounced": deliveries_json(found.marked), "known": found.known, "others": found.others})
    say(bounced_text(found.marked, found.known, found.others))
