"""Findings and notices as plain text for the one who runs the auditor."""

from collections.abc import Iterable, Sequence

from auditor.model.edition import Edition
from auditor.model.finding import FindingLife
from auditor.model.notice import Notice
from auditor.model.run import Run
from reports.letter import finding_title
from reports.view import local_day
from reports.visible import one_line, visible
from reports.words import vietnamese

__all__ = ["findings_text", "notices_text"]


def findings_text(lives: Iterable[FindingLife], edition: Edition) -> str:
    """List findings, one a line."""
    words = vietnamese()
    criteria = {criterion.id: criterion for criterion in edition.criteria}
    lines = [
        words.text(
            "alerts.line",
            agency=life.finding.agency,
            state=words.term("finding_state", life.state),
            severity=words.term("letter.severity", life.finding.severity),
            first=local_day(life.first_seen),
            told=life.told,
            title=finding_title(life.finding, criteria.get(life.finding.criterion) if life.finding.criterion else None, words),
            site=one_line(life.finding.site),
        )
        + (f" {words.text('alerts.held')}" if life.held else "")
        for life in lives
    ]
    return "\n".join(lines) or words.text("alerts.none")


def notices_text(run: Run | None, notices: Sequence[Notice], *, html: bool = False) -> str:
    """Show letters whole, each with its addresses and its subject."""
    words = vietnamese()
    if run is None:
        return words.text("alerts.no_run")
    if not notices:
        return words.text("alerts.no_letter", run=run.id)
    return "\n\n".join(_notice(notice, html=html) for notice in notices)


def _notice(notice: Notice, *, html: bool) -> str:
    words = vietnamese()
    to = ", ".join(map(one_line, notice.to)) or words.text("alerts.no_address")
    if html:
        return notice.html
    return words.text("alerts.head", to=to, subject=one_line(notice.subject)) + "\n\n" + visible(notice.text)
