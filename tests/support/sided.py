"""A night and a declaration that say different things of the one criterion of ``littleconfig``."""

from council import night
from littleconfig import EDITION
from province import proof

from auditor.model.evidence import digest_of
from auditor.model.note import Note
from auditor.model.reading import Measured, ReadingRecord
from auditor.model.visit import Ending, Visit, VisitRecord

BOTH = EDITION.replace('source = "declared"\ndeclared_kind = "boolean"', 'source = "lower_of"\nmeasure = "https.forced"')


def seen(parts, value, at, letter="a"):
    """Publish a night on which a site was seen to force HTTPS, or not to."""
    site = f"https://{letter}.test/"

    def visit(run):
        return VisitRecord(
            visit=Visit(run=run, probe="transport", site=site), version=1, ending=Ending.DONE, cause=None, requests=1, bytes=2,
            seconds="0.1", started_at=at, ended_at=at, seen=digest_of(b"seen"), known=digest_of(b"known"),
        )  # fmt: skip

    def reading(run):
        return ReadingRecord(
            run=run, site=site, agency=None, probe="transport", probe_version=1, observed_at=at, known=digest_of(b"known"),
            reading=Measured(measure="https.forced", because=Note(key="test", text="seen"), evidence=(proof(),), value=value),
        )  # fmt: skip

    night(parts, at, [(visit, [reading])])
