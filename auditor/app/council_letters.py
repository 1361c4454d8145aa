"""What the council's acts tell the agencies: draft and published results, and contradictions to be answered; each once."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from auditor.app.alerting import addresses
from auditor.app.parts import Parts
from auditor.app.periods import kept_result
from auditor.app.rules import as_published
from auditor.app.sending import queue
from auditor.judge import Case
from auditor.judge.acts import contradictions_of
from auditor.model.agency import Agency
from auditor.model.council import Contradiction
from auditor.model.council_letter import ContradictionLetter, CouncilLetter, ResultLetter
from auditor.model.edition import Edition
from auditor.model.ids import AgencyId
from auditor.model.notice import Channel, Notice, NoticeKind
from auditor.model.period import Period
from auditor.model.zone import local_date
from auditor.store import Store
from reports.council_letter import render_council_letter

__all__ = ["council_letters", "council_notice", "tell_council"]


def tell_council(parts: Parts, store: Store) -> int:
    """Put into the outbox what the council's acts tell; give how many notices are new. Calling it again tells nothing twice."""
    new = (letter for letter in council_letters(parts, store) if not _is_told(store, letter))
    return queue(parts, store, [council_notice(letter) for letter in new])


def _is_told(store: Store, letter: CouncilLetter) -> bool:
    """Tell whether a letter is in the outbox: what was told once is not written again by rules that may have changed since."""
    return any(store.outbox.get(key) is not None for key in (letter.key, f"{letter.key}/webhook"))


def council_letters(parts: Parts, store: Store) -> Iterator[CouncilLetter]:
    """Give every letter that the acts so far call for, the same ones whenever it is asked."""
    for name in sorted({period.edition for period in parts.periods} | {parts.edition().id}):
        edition = parts.edition(name)
        acts = store.acts.all(edition.id)
        yield from _contradictions(parts, edition, contradictions_of(acts))
    for period in parts.periods:
        yield from _results(parts, store, period)


def council_notice(letter: CouncilLetter, language: str | None = None) -> Notice:
    """Give a letter as it is sent by mail; its payload says the same to a webhook."""
    rendered = render_council_letter(letter, language)
    return Notice(
        key=letter.key,
        kind=NoticeKind.RESULT if isinstance(letter, ResultLetter) else NoticeKind.CONTRADICTION,
        channel=Channel.MAIL,
        agency=letter.agency.code,
        run=None,
        to=letter.to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        payload=rendered.payload,
        thread=f"agency/{letter.agency.code}",
        created_at=letter.at,
    )


def _contradictions(parts: Parts, edition: Edition, cases: Iterable[Contradiction]) -> Iterator[ContradictionLetter]:
    """One letter for all that was opened of an agency at once."""
    together: dict[tuple[datetime, AgencyId], list[Contradiction]] = {}
    there = {criterion.id for criterion in edition.criteria}
    for one in cases:
        if one.opening.criterion not in there:
            continue  # the edition has lost it since
        together.setdefault((one.opening.opened_at, one.opening.agency), []).append(one)
    for (at, code), found in together.items():
        agency = _agency(parts, code, at)
        if agency is not None:
            yield ContradictionLetter(
                agency=agency,
                to=_to(parts, code, at),
                at=at,
                language=parts.alerts.language_of(code),
                edition=edition,
                measures=parts.catalogue.measures,
                contact=parts.settings.network.contact,
                cases=tuple(found),
            )


def _results(parts: Parts, store: Store, period: Period) -> Iterator[ResultLetter]:
    kept = kept_result(parts, store, period)
    if kept is None:
        return
    step, ranking = kept
    edition, at = as_published(parts, store, parts.edition(period.edition), ranking), step.stepped_at
    day = Case(edition=edition, registry=parts.registry, measures=parts.catalogue.measures, as_of=ranking.as_of).day
    for group in ranking.groups:
        for row in (*group.rows, *group.unranked):
            agency = parts.registry.agency(row.agency, day)
            if agency is not None:
                yield ResultLetter(
                    agency=agency,
                    to=_to(parts, row.agency, at),
                    at=at,
                    language=parts.alerts.language_of(row.agency),
                    edition=edition,
                    measures=parts.catalogue.measures,
                    contact=parts.settings.network.contact,
                    period=period,
                    step=step,
                    standing=row,
                    ranked=len(group.rows),
                )


def _agency(parts: Parts, code: AgencyId, at: datetime) -> Agency | None:
    return parts.registry.agency(code, local_date(at))


def _to(parts: Parts, code: AgencyId, at: datetime) -> tuple[str, ...]:
    return addresses(parts.registry, code, local_date(at))
