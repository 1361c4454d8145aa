"""PURE: the journal of acts and declarations: each with what it took the place of."""

from collections.abc import Iterable

from auditor.judge.acts import at_of
from auditor.model.council import Act, Decision, Explanation, Handover, Opening, PeriodStep, Subject, Withdrawal
from auditor.model.declaration import Appraisal, Declaration
from auditor.model.ids import RunId
from auditor.model.journal import Entry
from auditor.model.reading import Value

__all__ = ["entries"]


_OF_ONE_CASE = frozenset({Opening.__name__, Handover.__name__})


def entries(done: Iterable[tuple[RunId, Act | Declaration]]) -> tuple[Entry, ...]:
    """Give the journal of what was done, in its order; each entry knows what its like for the same place left standing."""
    stands: dict[tuple[str, ...], Value | None] = {}
    found = []
    for run, act in done:
        place = _place(act)
        before, after = stands.get(place), _after(act)
        stands[place] = after
        at = act.imported_at if isinstance(act, Declaration) else at_of(act)
        found.append(Entry(at=at, run=run, act=act, before=before, after=after))
    return tuple(found)


def _place(act: Act | Declaration) -> tuple[str, ...]:
    """Name what an act changes."""
    kind = type(act).__name__
    match act:
        case Withdrawal(subject=Subject.APPRAISAL):
            kind = Appraisal.__name__
        case Withdrawal():
            kind = Explanation.__name__
        case Decision():
            kind = Opening.__name__
        case PeriodStep():
            return (kind, act.edition, act.period)
        case _:
            pass
    names = ("edition", "agency", "criterion", "fingerprint" if kind in _OF_ONE_CASE else "")
    return (kind, *(str(getattr(act, name, "")) for name in names if name))


def _after(act: Act | Declaration) -> Value | None:
    match act:
        case Appraisal() | Declaration():
            return act.value
        case Explanation():
            return act.text
        case Opening():
            return "open"
        case Handover():
            return act.told_on.isoformat()
        case Decision():
            return "accepted" if act.accepted else "rejected"
        case PeriodStep():
            return act.state.value
        case _:
            return None
