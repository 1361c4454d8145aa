"""``auditor journal``: every act and every version of a declaration in order, with the manifest that proves it."""

from dataclasses import replace

from auditor.app.parts import Parts
from auditor.app.visiting import known_agency
from auditor.judge.journal import entries
from auditor.model.journal import Entry
from auditor.model.zone import local_date

__all__ = ["journal"]


def journal(
    parts: Parts, *, agency: str | None = None, criterion: str | None = None, edition: str | None = None
) -> tuple[Entry, ...]:
    """Give the journal, of one agency, criterion or edition if it is named.

    Raises:
        UsageError: there is no such agency.
    """
    with parts.store() as store:
        if agency is not None:
            known_agency(parts, agency, local_date(parts.clock.now()))
        runs = store.runs.all()
        done = [*store.declarations.journal(edition), *store.acts.journal(edition)]
    place = {run.id: number for number, run in enumerate(runs)}
    manifests = {run.id: run.manifest for run in runs}
    found = entries(sorted(done, key=lambda one: place[one[0]]))
    wanted = (one for one in found if agency in {None, one.agency} and criterion in {None, one.criterion})
    return tuple(replace(one, manifest=manifests[one.run]) for one in wanted)
