"""What became of notices, for the one who runs the auditor: as text and as JSON."""

from collections.abc import Iterable, Mapping, Sequence

from auditor.model.delivery import Delivery, DeliveryState, Outcome, Queue
from auditor.model.note import Json
from auditor.model.notice import Channel
from reports.view import local_time
from reports.visible import one_line
from reports.words import vietnamese

__all__ = [
    "bounced_text",
    "deliveries_json",
    "deliveries_text",
    "outcome_json",
    "outcome_text",
    "queue_json",
    "troubles_text",
    "undelivered_text",
]


def deliveries_json(deliveries: Iterable[Delivery]) -> list[Json]:
    """Deliveries as they stand; the letters themselves are shown by ``alerts preview``."""
    return [
        {
            "key": one.notice.key,
            "channel": one.notice.channel.value,
            "agency": one.notice.agency,
            "to": list(one.notice.to),
            "subject": one.notice.subject,
            "state": one.state.value,
            "tries": one.tries,
            "left": list(one.left),
            "refused": list(one.refused),
            "created_at": one.notice.created_at.isoformat(),
            "changed_at": one.changed_at.isoformat(),
            "due_at": one.due_at.isoformat() if one.due_at else None,
            "why": one.why or None,
        }
        for one in deliveries
    ]


def queue_json(queue: Queue) -> dict[str, Json]:
    """The outbox at a glance."""
    oldest = queue.oldest
    return {
        "open": queue.open,
        "states": {state.value: queue.states.get(state, 0) for state in DeliveryState},
        "oldest": {"key": oldest.notice.key, "created_at": oldest.notice.created_at.isoformat(), "why": oldest.why or None}
        if oldest
        else None,
    }


def undelivered_text(deliveries: Sequence[Delivery]) -> str:
    """List letters that did not come to everybody they were for; nothing if there are none."""
    return "\n".join([vietnamese().text("outbox.undelivered"), deliveries_text(deliveries)]) if deliveries else ""


def bounced_text(marked: Sequence[Delivery], known: int, others: int) -> str:
    """Say which letters came back, how many messages said so again, and how many were of none of ours."""
    told = vietnamese().text("outbox.bounced", count=len(marked), others=others)
    again = vietnamese().text("outbox.bounced_known", known=known) if known else ""
    return "\n".join(filter(None, (deliveries_text(marked), told, again)))


def deliveries_text(deliveries: Iterable[Delivery]) -> str:
    """List deliveries, one a line, with what holds each up."""
    words = vietnamese()
    lines = []
    for one in deliveries:
        line = words.text(
            "outbox.line",
            channel=words.term("channel", one.notice.channel),
            to=", ".join(map(one_line, one.notice.to)),
            subject=one_line(one.notice.subject),
            state=words.term("delivery", one.state),
        )
        if one.due_at is not None and one.tries:
            line += words.text("outbox.again", tries=one.tries, due=local_time(one.due_at))
        lines.append(line + (words.text("outbox.why", why=one_line(one.why)) if one.why else ""))
    return "\n".join(lines)


def troubles_text(down: Mapping[Channel, str], off: Mapping[Channel, int]) -> str:
    """Say which channels failed, and how much waits for those that are not set up."""
    words = vietnamese()
    failed = [words.text("outbox.down", channel=words.term("channel", one), why=one_line(why)) for one, why in down.items()]
    absent = [words.text("outbox.off", channel=words.term("channel", one), count=count) for one, count in off.items()]
    return "\n".join([*failed, *absent])


def outcome_json(outcome: Outcome) -> dict[str, Json]:
    """What came of a trial."""
    return {
        "taken": list(outcome.taken),
        "later": dict(outcome.later),
        "never": dict(outcome.never),
        "down": outcome.down or None,
        "said": outcome.said or None,
    }


def outcome_text(outcome: Outcome) -> str:
    """Say what came of a trial, with the server's own words."""
    words = vietnamese()
    if outcome.taken:
        return words.text("outbox.trial.taken", to=", ".join(map(one_line, outcome.taken)), said=one_line(outcome.said))
    if outcome.down:
        return words.text("outbox.trial.down", why=one_line(outcome.down))
    refused = {**outcome.later, **outcome.never}
    return "\n".join(words.text("outbox.trial.refused", to=one_line(to), why=one_line(why)) for to, why in refused.items())
