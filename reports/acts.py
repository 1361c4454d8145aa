"""Explanations, appraisals and the journal of acts, as lines for the terminal."""

from collections.abc import Iterable, Mapping
from datetime import date

from auditor.model.council import Explanation, Handover, Withdrawal
from auditor.model.declaration import Appraisal, Declaration
from auditor.model.ids import CriterionId
from auditor.model.journal import Decided, Entry, Told
from auditor.model.reading import Measure, Value
from reports.explained import explanation_text
from reports.view import local_day, local_time
from reports.visible import one_line
from reports.words import Words, vietnamese

__all__ = ["appraisals_text", "explanations_text", "journal_text"]

Kinds = Mapping[CriterionId, Measure]
"""What kind of value each criterion has."""


def explanations_text(told: Iterable[Told]) -> str:
    """List explanations, each with whether it stands or why it is void."""
    words, lines = vietnamese(), []
    for one in told:
        given, taken = one.explanation, one.withdrawal
        lines.append(f"{given.agency}  {given.criterion}  [{words.term('standing', one.standing)}]")
        lines.append(f"      {one_line(explanation_text(given, words))}")
        if taken is not None:
            signed = _signed(taken.person, taken.document)
            lines.append(f"      Rút ngày {local_day(taken.withdrawn_at)}: {one_line(taken.reason)} ({signed})")
    return "\n".join(lines) if lines else "Chưa có giải trình nào."


def appraisals_text(found: Iterable[Decided], kinds: Kinds) -> str:
    """List appraisals; what was replaced or withdrawn is in brackets."""
    words, lines = vietnamese(), []
    for one in found:
        act = one.appraisal
        value = one_line(words.value(act.value, kinds.get(act.criterion)))
        line = f"{act.agency}  {act.criterion}  {value}  {one_line(act.reason)}"
        lines.append(line if one.in_effect else f"[không còn] {line}")
        lines.append(f"      {_signed(act.person, act.document)}, {local_time(act.decided_at)}, lượt {one.run}")
    return "\n".join(lines) if lines else "Chưa có giá trị thẩm định nào."


def journal_text(found: Iterable[Entry], kinds: Kinds) -> str:
    """List acts in their order: when, what, who, on what document, before → after, and where the ledger proves it."""
    words, lines = vietnamese(), []
    for one in found:
        lines.append(f"{local_time(one.at)}  {words.term('act', one.kind)}  {one.agency}  {one.criterion}".rstrip())
        before, after = (_shown(one, value, kinds, words) for value in (one.before, one.after))
        if one.before is not None or one.after is not None:
            lines.append(f"      {before} → {after}")
        if one.said and not isinstance(one.act, Explanation):
            lines.append(f"      {one_line(one.said)}")
        if signed := _signed(one.person, one.document):
            lines.append(f"      {signed}")
        lines.append(f"      lượt {one.run}, {one.manifest}")
    return "\n".join(lines) if lines else "Chưa ghi việc nào."


def _shown(one: Entry, value: Value | None, kinds: Kinds, words: Words) -> str:
    if value is None:
        return "(không có)"
    if isinstance(one.act, Appraisal | Declaration) or (isinstance(one.act, Withdrawal) and one.act.subject == "appraisal"):
        return one_line(words.value(value, kinds.get(one.act.criterion)))
    if isinstance(one.act, Handover):
        return local_day(date.fromisoformat(str(value)))
    return f"“{one_line(str(value))}”" if isinstance(one.act, Explanation | Withdrawal) else words.term("state", str(value))


def _signed(person: str, document: str) -> str:
    return one_line(", ".join(filter(None, (person, document))))
