"""What reports are made of, and where they are written."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from auditor.app.papers import print_pdf, render_xlsx
from auditor.app.parts import Parts
from auditor.app.uptime import last_weeks
from auditor.errors import EvidenceError, UsageError
from auditor.evidence.archive import Archive, KeptRecord
from auditor.judge import Case, fixes_of
from auditor.model.declaration import Declaration
from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, CriterionId
from auditor.model.letterhead import Letterhead
from auditor.model.ranking import Ranking
from auditor.store import Store
from reports.csvs import render_csv
from reports.html import render_html
from reports.view import Confirmed, Kept, Source
from reports.whole import render_json

__all__ = ["FORMATS", "kept_by", "source_of", "write_report"]

Render = Callable[[Parts, Source, Path], Path]
FORMATS: dict[str, Render] = {
    "html": lambda _, source, folder: render_html(source, folder),
    "pdf": print_pdf,
    "xlsx": lambda _, source, folder: render_xlsx(source, folder),
    "csv": lambda _, source, folder: render_csv(source, folder),
    "json": lambda _, source, folder: render_json(source, folder),
}


def source_of(parts: Parts, store: Store, case: Case, ranking: Ranking, *, only: AgencyId | None = None) -> Source:
    """Join what a report of this ranking is made of; ``only`` leaves the other agencies' fixes out."""
    codes = [row.agency for group in ranking.groups for row in (*group.rows, *group.unranked)]
    wanted = [code for code in codes if only is None or code == only]
    return Source(
        ranking=ranking,
        edition=case.edition.on(case.day),
        registry=case.registry,
        measures=case.measures,
        visits=store.visits.of_run(ranking.run) if ranking.run else (),
        readings=store.visits.readings_of(ranking.run) if ranking.run else (),
        fixes=fixes_of(case, ranking, wanted),
        kept=kept_by(parts.archive(store)),
        declarations=_declarations(case, wanted),
        letterhead=Letterhead(**parts.settings.document.model_dump()),
    )


def _declarations(case: Case, agencies: Iterable[AgencyId]) -> dict[tuple[AgencyId, CriterionId], Declaration]:
    """Give what these agencies declared, as it is in effect."""
    found = ((code, criterion.id, case.declared(code, criterion.id)) for code in agencies for criterion in case.edition.criteria)
    return {(code, criterion): declared for code, criterion, declared in found if declared is not None}


def kept_by(archive: Archive) -> Callable[[Proof], Kept | None]:
    """Give how a report reads a piece of evidence back, the very exchange where a proof names one; None when it is gone."""

    def kept(proof: Proof) -> Kept | None:
        try:
            place = archive.of(proof)
            record, request = archive.record(place), archive.request(place)
        except EvidenceError:
            return None
        line, *headers = request.split("\r\n") if request else [""]
        pairs = tuple((name, value.strip()) for name, _, value in (header.partition(":") for header in headers))
        return Kept(
            url=(place.url if proof.record else proof.url) or proof.url or place.url or "",
            method=line.partition(" ")[0],
            request_headers=pairs,
            status_line=record.status_line,
            headers=record.headers,
            at=_moment(record.warc.get("warc-date")),
            body=record.body,
            digest=proof.digest,
            media_type=place.media_type,
            size=place.size,
            path=place.path,
            record=place.record,
            confirms=_confirmed(record),
        )

    return kept


def _confirmed(record: KeptRecord) -> Confirmed | None:
    if record.confirms is None:
        return None
    head = record.earlier
    return Confirmed(
        record=record.confirms,
        at=_moment(record.warc.get("warc-refers-to-date")),
        status_line=head.status_line if head else "",
        headers=head.headers if head else (),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def write_report(parts: Parts, source: Source, store: Store, form: str, *, period: str | None = None) -> Path:
    """Write a report into the data folder and give its path; a period's has a folder of its own, for a draft is not public.

    Raises:
        UsageError: there is no such format.
    """
    if form not in FORMATS:
        raise UsageError(f'no report format "{form}"; there are {", ".join(FORMATS)}')
    whole = replace(source, kept=kept_by(parts.archive(store)), uptime=last_weeks(parts, store, source.ranking.as_of))
    return FORMATS[form](parts, whole, parts.data / ("report" if period is None else f"report-{period}"))
