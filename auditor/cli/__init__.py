"""The commands: parse, call, print; no logic. Words for people are Vietnamese, on stdout; progress and logs go to stderr."""

import gc
import os
import sys
import traceback
from types import TracebackType

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from auditor.cli.alerts import alerts_app
from auditor.cli.appraise import appraise_app, show_journal
from auditor.cli.commands import app
from auditor.cli.contradictions import contradictions_app
from auditor.cli.declare import declare_app
from auditor.cli.evidence import evidence_app
from auditor.cli.explanation import explanation_app
from auditor.cli.options import in_front
from auditor.cli.period import period_app
from auditor.cli.preview import preview
from auditor.cli.sending import add_sending
from auditor.cli.uptime import uptime_app
from auditor.errors import AuditorError, ConfigError, InputError, UsageError

__all__ = ["COLLECTED", "app", "main"]

_NOT_DONE = 3
_INTERRUPTED = 130
"""What typer makes of Ctrl-C."""

COLLECTED = (20_000, 10, 10)
"""How seldom Python looks for cycles of objects: a page is thousands of small tuples; the usual 700 cost a fifth of the time."""

app.command()(preview)
app.add_typer(declare_app, name="declare")
app.add_typer(contradictions_app, name="contradictions")
app.add_typer(period_app, name="period")
app.add_typer(explanation_app, name="explanation")
app.add_typer(appraise_app, name="appraise")
app.command("journal")(show_journal)
app.add_typer(evidence_app, name="evidence")
app.add_typer(uptime_app, name="uptime")
add_sending(alerts_app)
app.add_typer(alerts_app, name="alerts")


def main() -> None:
    """Run a command and leave with its exit code: 0 done, 1 answered no, 2 wrong use or config, 3 not done by our fault."""
    gc.set_threshold(*COLLECTED)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.excepthook = _crashed
    try:
        # Not ``app(…)``: that puts typer's own hook in place of ours.
        code = get_command(app)(in_front(sys.argv[1:]), standalone_mode=False) or 0
        sys.stdout.flush()
    except AuditorError as exc:
        typer.echo(str(exc), err=True)
        code = 2 if isinstance(exc, ConfigError | UsageError) else 1 if isinstance(exc, InputError) else _NOT_DONE
    except TyperException as exc:
        typer.echo(f"{exc.format_message()} (auditor --help)", err=True)
        code = 2
    except typer.Abort:
        code = _INTERRUPTED
    except SystemExit:
        code = _NOT_DONE  # typer's word for a reader of our output who left: it has silenced the rest
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python writes the rest when it ends
        code = _NOT_DONE
    if code == _INTERRUPTED:
        typer.echo("Đã dừng; lần chạy sau sẽ làm tiếp.", err=True)
        code = _NOT_DONE
    sys.exit(code)


def _crashed(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """Tell what nobody foresaw, and leave as our own fault does: Python's own 1 would be an answer."""
    traceback.print_exception(kind, fault, trace)
    typer.echo("Lỗi của chương trình, không phải của cơ quan nào; hãy gửi các dòng trên cho người phát triển.", err=True)
    raise SystemExit(_NOT_DONE)
