"""What agencies and the council said of a mark, in the words and keys that every report uses."""

from auditor.model.council import Explanation
from auditor.model.mark import Mark
from auditor.model.note import Json
from reports.view import local_day
from reports.words import Words

__all__ = ["explanation_json", "explanation_text", "origin_text"]


def origin_text(mark: Mark, words: Words) -> str:
    """Say whose word a mark rests on in the end; empty while nothing is determined."""
    return words.term("origin", mark.origin) if mark.origin else ""


def explanation_text(explanation: Explanation, words: Words) -> str:
    """Say what an agency explained: its text, until when it stands, what it does, and who signed it."""
    document = f", {explanation.document}" if explanation.document else ""
    said = words.text(
        "explanation",
        text=explanation.text,
        until=local_day(explanation.expires),
        effect=words.term("effect", explanation.effect),
        person=explanation.person + document,
        day=local_day(explanation.given_at),
    )
    return f"{said} {explanation.link}".strip()


def explanation_json(explanation: Explanation | None) -> Json:
    """Give an explanation as it stands beside a mark."""
    if explanation is None:
        return None
    return {
        "text": explanation.text,
        "link": explanation.link or None,
        "effect": explanation.effect.value,
        "expires": explanation.expires.isoformat(),
        "person": explanation.person,
        "document": explanation.document or None,
        "given_at": explanation.given_at.isoformat(),
        "evidence": explanation.proof.digest if explanation.proof else None,
    }
