"""What ``auditor explain`` tells of a duty: the candidates and what each came to, which won, its target's own text, its dates."""

from collections.abc import Sequence
from datetime import date

from auditor.model.note import Json
from auditor.sdk.dates import dates
from probes.content.labels import Grade
from probes.content.site import CrawledSite
from probes.content.target import Target

__all__ = ["facts_of"]

_SHOWN = 12
_RUNS, _RUN = 6, 200
_DATES = 8


def facts_of(duty: str, site: CrawledSite, targets: Sequence[Target], best: Target | None, today: date) -> dict[str, Json]:
    """Give the candidates of a duty, each with how it was found and what it came to, and what the winner holds."""
    came_to = {target.candidate.url: target for target in targets}
    listed: list[Json] = []
    for candidate in site.candidates.get(duty, ())[:_SHOWN]:
        target = came_to.get(candidate.url)
        listed.append(
            {
                "url": candidate.url,
                "grade": candidate.grade.name.lower(),
                "how": candidate.how,
                "phrase": candidate.text,
                "found_on": candidate.found_on,
                "state": target.state.name.lower() if target else "ambiguous" if candidate.grade < Grade.ACCEPTED else "same",
            }
        )
    facts: dict[str, Json] = {"candidates": listed}
    if best is not None:
        facts["winner"] = best.candidate.url
        facts |= _held(site, best, today)
    return facts


def _held(site: CrawledSite, best: Target, today: date) -> dict[str, Json]:
    """Give the winner's own text, run by run, and the dates in it up to the visit, the newest first."""
    page = best.page
    if page is None or page.cause is not None or not page.is_html:
        return {}
    if page is site.home:
        passage = best.proof.passage if best.proof else None
        return {"own_text": [passage]} if passage else {}
    own = [block.text for block in site.template_of(page).own(page.document) if block.kind != "field"]
    days = sorted({span.day for text in own for span in dates(text[:20_000]) if span.day <= today}, reverse=True)
    text: list[Json] = [run[:_RUN] for run in own[:_RUNS]]
    newest: list[Json] = [day.isoformat() for day in days[:_DATES]]
    return {"own_text": text, "dates": newest}
