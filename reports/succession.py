"""PURE: what came before and after an agency: mergers, and what has no successor."""

from auditor.model.ids import AgencyId
from reports.view import Source, day_of, local_day, today_of
from reports.visible import one_line
from reports.words import Words

__all__ = ["succession_lines"]


def succession_lines(source: Source, code: str, words: Words) -> list[str]:
    """Say until when an agency lasted, who has its duties on the as-of day, and whose it has taken over."""
    today = today_of(source)
    agency, successor = source.registry.agency(AgencyId(code), today), source.registry.successor(AgencyId(code), today)
    lines = []
    if agency is not None and agency.valid_to is not None and agency.valid_to < today:
        lines.append(words.text("notice.not_valid.text", last=local_day(agency.valid_to)))
    if successor is not None:
        lines.append(words.text("notice.successor.text", name=successor.name, code=successor.code))
    predecessors = source.registry.predecessors(AgencyId(code), day_of(source))
    if predecessors:
        names = ", ".join(f"{known.name} ({known.code})" for known in predecessors)
        lines.append(words.text("notice.predecessors.text", names=names))
    return [one_line(line) for line in lines]
