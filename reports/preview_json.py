"""A preview of an edition as JSON: everything that its text says, and all that the text leaves out."""

from decimal import Decimal

from auditor.model.note import Json
from auditor.model.preview import Preview, Shift, Swing
from auditor.model.ranking import Ranking, Standing
from reports.json import Object
from reports.numbers import pointed

__all__ = ["preview_json"]


def preview_json(found: Preview) -> Object:
    """Give a whole preview."""
    return {
        "edition": _edition(found.after, found.new.title),
        "against": _edition(found.before, found.old.title),
        "as_of": found.after.as_of.isoformat(),
        "run": found.after.run,
        "carried": found.carried,
        "agencies": [_shift(shift) for shift in found.shifts],
        "criteria": [_swing(swing) for swing in found.swings],
    }


def _edition(ranking: Ranking, title: str) -> Object:
    return {
        "edition": ranking.edition,
        "title": title,
        "edition_digest": ranking.edition_digest,
        "verified": ranking.verified,
        "in_force": ranking.in_force,
    }


def _shift(shift: Shift) -> Object:
    influences: list[Json] = [{"criterion": one.criterion, "percent": pointed(one.percent)} for one in shift.influences]
    return {
        "agency": shift.agency,
        "name": shift.name,
        "group": shift.group,
        "before": _standing(shift.before),
        "after": _standing(shift.after),
        "percent": _two(shift.percent),
        "rank": shift.rank,
        "class_changes": shift.class_changes,
        "criteria": influences,
    }


def _standing(row: Standing | None) -> Json:
    if row is None:
        return None
    return {
        "points": pointed(row.points),
        "possible": pointed(row.possible),
        "pending": pointed(row.pending),
        "percent": _two(row.percent),
        "low": _two(row.low),
        "high": _two(row.high),
        "coverage": _two(row.coverage),
        "rank": row.rank,
        "best_rank": row.best_rank,
        "worst_rank": row.worst_rank,
        "class": row.class_name,
        "reason_key": row.reason.key if row.reason else None,
    }


def _swing(swing: Swing) -> Object:
    return {
        "criterion": swing.criterion,
        "title": swing.title,
        "change": swing.change,
        "points_before": pointed(swing.points_before),
        "points_after": pointed(swing.points_after),
        "moved": pointed(swing.moved),
        "pending_before": swing.pending_before,
        "pending_after": swing.pending_after,
        "unseen": swing.unseen,
        "undeclared": swing.undeclared,
    }


def _two(number: Decimal | None) -> str | None:
    return None if number is None else pointed(number)
