"""The JSON documents of what the council and the agencies do: periods, complaints, contradictions."""

from collections.abc import Iterable

from auditor.app.periods import PeriodStatus
from auditor.judge.acts import at_of
from auditor.model.council import Answer, Complaint, Contradiction, Decision, PeriodStep, Reply
from auditor.model.evidence import Proof
from auditor.model.note import Json
from reports.json import value_json

__all__ = ["contradictions_json", "periods_json", "reply_json", "step_json"]

Object = dict[str, Json]


def periods_json(found: Iterable[PeriodStatus]) -> list[Json]:
    """Periods with their dates, steps, complaints and how many contradictions wait."""
    return [
        {
            "period": status.period.id,
            "edition": status.period.edition,
            "title": status.period.title,
            "verified": status.period.verified,
            "state": status.state.value,
            "next": status.following.value if status.following else None,
            "data_from": status.period.data_from.isoformat(),
            "data_to": status.period.data_to.isoformat(),
            "days": {name: day.isoformat() for name, day in status.period.days()},
            "answer_days": status.period.answer_days,
            "edition_changed": status.changed,
            "steps": [step_json(step) for step in status.steps],
            "complaints": [reply_json(complaint, reply) for complaint, reply in status.complaints],
            "contradictions": _counted(status.contradictions),
        }
        for status in found
    ]


def step_json(step: PeriodStep) -> Object:
    """One step of a period."""
    return {
        "period": step.period,
        "state": step.state.value,
        "person": step.person,
        "document": step.document,
        "at": step.stepped_at.isoformat(),
        "edition_digest": step.edition_digest,
        "result": step.result,
    }


def reply_json(complaint: Complaint, reply: Reply | None) -> Object:
    """A complaint with what was answered."""
    return {
        "period": complaint.period,
        "number": complaint.number,
        "agency": complaint.agency,
        "criterion": complaint.criterion,
        "text": complaint.text,
        "link": complaint.link,
        "person": complaint.person,
        "at": complaint.complained_at.isoformat(),
        "file": _proof(complaint.proof),
        "reply": None
        if reply is None
        else {
            "upheld": reply.upheld,
            "reason": reply.reason,
            "person": reply.person,
            "document": reply.document,
            "at": reply.replied_at.isoformat(),
        },
    }


def contradictions_json(found: Iterable[Contradiction]) -> list[Json]:
    """Contradictions with both values, both proofs, the state, and all that was said; no deadline before the agency was told."""
    return [_contradiction(one) for one in found]


def _contradiction(one: Contradiction) -> Object:
    opening = one.opening
    return {
        "agency": opening.agency,
        "criterion": opening.criterion,
        "fingerprint": opening.fingerprint,
        "state": one.state.value,
        "measured": value_json(opening.measured),
        "declared": value_json(opening.declared),
        "measured_evidence": [proof.digest for proof in opening.measured_proofs],
        "declared_evidence": [_proof(proof) for proof in opening.declared_proofs],
        "opened_at": opening.opened_at.isoformat(),
        "told_on": one.told_on.isoformat() if one.told_on else None,
        "untold": one.untold.value if one.untold else None,
        "answer_days": opening.answer_days,
        "deadline": one.deadline.isoformat() if one.deadline else None,
        "answers": [_answer(answer) for answer in one.answers],
        "decision": _decision(one.decision) if one.decision else None,
    }


def _answer(answer: Answer) -> Object:
    return {
        "text": answer.text,
        "link": answer.link,
        "person": answer.person,
        "at": at_of(answer).isoformat(),
        "file": _proof(answer.proof),
    }


def _decision(decision: Decision) -> Object:
    return {
        "accepted": decision.accepted,
        "reason": decision.reason,
        "person": decision.person,
        "document": decision.document,
        "at": at_of(decision).isoformat(),
        "told_on": decision.told_on.isoformat() if decision.told_on else None,
    }


def _proof(proof: Proof | None) -> Json:
    return None if proof is None else {"digest": proof.digest, "name": proof.url, "place": proof.passage}


def _counted(found: Iterable[Contradiction]) -> Json:
    counts: dict[str, Json] = {}
    for one in found:
        before = counts.get(one.state.value, 0)
        assert isinstance(before, int)
        counts[one.state.value] = before + 1
    return counts
