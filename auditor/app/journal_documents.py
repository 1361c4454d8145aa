"""The JSON documents of what was explained, appraised and done: every act with who, why, when and its proof in the ledger."""

from collections.abc import Iterable

from auditor.app.appraising import Taken
from auditor.model.council import Explanation, Withdrawal
from auditor.model.declaration import Appraisal
from auditor.model.journal import Decided, Entry, Told
from auditor.model.note import Json
from reports.explained import explanation_json
from reports.json import value_json

__all__ = ["appraisals_json", "explanation_document", "explanations_json", "journal_json", "taken_json", "withdrawal_json"]

Object = dict[str, Json]


def explanation_document(found: Explanation) -> Object:
    """One explanation as it was given."""
    shown = explanation_json(found)
    assert isinstance(shown, dict)
    return {
        "agency": found.agency,
        "edition": found.edition,
        "criterion": found.criterion,
        **shown,
        "fingerprint": found.fingerprint,
    }


def explanations_json(told: Iterable[Told]) -> list[Json]:
    """Every explanation; ``standing`` says whether it stands or why it is void."""
    return [
        {
            **explanation_document(one.explanation),
            "standing": one.standing.value,
            "withdrawal": withdrawal_json(one.withdrawal) if one.withdrawal else None,
            "run": one.run,
        }
        for one in told
    ]


def withdrawal_json(found: Withdrawal) -> Object:
    """What was taken back, why and by whom."""
    return {
        "agency": found.agency,
        "edition": found.edition,
        "criterion": found.criterion,
        "subject": found.subject.value,
        "reason": found.reason,
        "person": found.person,
        "document": found.document or None,
        "withdrawn_at": found.withdrawn_at.isoformat(),
    }


def taken_json(taken: Taken) -> Object:
    """What a sheet brought."""
    return {
        "agency": taken.agency,
        "appraisals": [_appraisal(one) for one in taken.appraisals],
        "withdrawals": [withdrawal_json(one) for one in taken.withdrawals],
    }


def appraisals_json(found: Iterable[Decided]) -> list[Json]:
    """Every appraisal; ``in_effect`` marks the one that stands."""
    return [{**_appraisal(one.appraisal), "run": one.run, "in_effect": one.in_effect} for one in found]


def _appraisal(act: Appraisal) -> Object:
    return {
        "agency": act.agency,
        "edition": act.edition,
        "criterion": act.criterion,
        "value": value_json(act.value),
        "reason": act.reason,
        "document": act.document,
        "person": act.person,
        "decided_at": act.decided_at.isoformat(),
        "file": act.proof.url if act.proof else None,
        "place": act.proof.passage if act.proof else None,
        "digest": act.proof.digest if act.proof else None,
    }


def journal_json(found: Iterable[Entry]) -> Object:
    """The journal, in the order in which things were done."""
    return {
        "entries": [
            {
                "at": one.at.isoformat(),
                "kind": one.kind,
                "edition": one.act.edition,
                "agency": one.agency or None,
                "criterion": one.criterion or None,
                "before": value_json(one.before),
                "after": value_json(one.after),
                "said": one.said or None,
                "person": one.person or None,
                "document": one.document or None,
                "run": one.run,
                "manifest": one.manifest,
                "evidence": [proof.digest for proof in one.proofs],
            }
            for one in found
        ]
    }
