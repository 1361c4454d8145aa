"""The gate: what a run must pass to be published. PURE.

A check that cannot be made (no control hosts, too few nights) says so and holds nothing back; a check that fails holds the night.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from auditor.model.visit import Blame, Cause, VisitRecord

__all__ = ["Check", "Night", "Room", "held_because", "outcomes_of", "through_the_gate"]

_MOST_OURS = 0.01
_MOST_SLOW = 0.5
"""Time runs out on us where it does on more than half of the sites; on fewer, a site that never ends has used it up."""
_MOST_MOVED = 0.25
"""So large a part of a probe's visits may end otherwise than in the last nights: above it, it is likelier that we changed."""
_FEW = 5
"""So many visits may always end otherwise."""
_NIGHTS = 3
"""So many former nights are needed for a usual mix; an odd mix that lasts so long is the usual one."""
_NAMED = 5

Mix = Mapping[str, Mapping[str, int]]
"""How many visits of each probe ended how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Megabytes free on the disk of the data folder, and those that must be."""

    free_mb: int
    need_mb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """All that the gate may know of a night.

    ``planned`` are the keys of all visits that were due. ``link`` tells whether a control host answered when the night was over
    (None without any). ``canaries`` are the differences between the sample's truth and what tonight's code said of it (None if
    they were not run). ``published`` are the mixes of the last published nights and ``last`` those of the last nights of whatever
    end, newest last. That each probe still finds both good and bad is proved by the canaries, whose truth has both: the sites of
    a province may well all be up, or all lack the same thing.
    """

    visits: Sequence[VisitRecord]
    planned: Iterable[str] = ()
    link: bool | None = None
    canaries: Sequence[str] | None = None
    published: Sequence[Mix] = ()
    last: Sequence[Mix] = ()
    room: Room | None = None
    faults: Sequence[str] = field(default=())
    """What went wrong beside the visits (a canary that could not be run), each in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of the gate: ``fault`` is empty where it passes."""

    name: str
    fault: str = ""


def through_the_gate(night: Night) -> tuple[Check, ...]:
    """Give every check, in the order in which a person should read them."""
    return (
        Check(name="link", fault=_link(night)),
        Check(name="endings", fault=_endings(night)),
        Check(name="canaries", fault=_canaries(night)),
        Check(name="mix", fault=_mix(night)),
        Check(name="room", fault=_room(night)),
    )


def held_because(night: Night) -> str:
    """Say why a run must not be published; empty when it may."""
    return "; ".join(check.fault for check in through_the_gate(night) if check.fault)


def outcomes_of(visits: Iterable[VisitRecord]) -> Mix:
    """Count how the visits of each probe ended: done, cut, or whose fault it was."""
    found: dict[str, Counter[str]] = {}
    for record in visits:
        found.setdefault(record.visit.probe, Counter())[record.cause.blame if record.cause else record.ending] += 1
    return found


def _link(night: Night) -> str:
    if night.link is False:
        return "no control host answered when the night was over: our own link was down"
    if night.visits and all(v.cause is not None and v.cause.blame is not Blame.REFUSING for v in night.visits):
        return "no site answered at all: our own link may be down"
    return ""


def _endings(night: Night) -> str:
    """At most one planned visit in a hundred may have failed by our own fault.

    A visit that ran out of time is our fault to the agency, but no one site may hold up a night by it.
    """
    slow = {v.visit.site for v in night.visits if v.cause is Cause.BUDGET}
    are_we_slow = len(slow) > max(1, _MOST_SLOW * len({v.visit.site for v in night.visits}))
    failed = [v for v in night.visits if v.cause is not None and v.cause.blame is Blame.OURS]
    ours = [v.visit.key for v in failed if are_we_slow or v.cause is not Cause.BUDGET]
    planned = {*night.planned, *(v.visit.key for v in night.visits)}
    missing = sorted(planned - {v.visit.key for v in night.visits})
    wrong = [*ours, *missing]
    if len(wrong) <= _MOST_OURS * len(planned):
        return ""
    keys = ", ".join(sorted({_named(key) for key in wrong})[:_NAMED])
    return f"{len(wrong)} of {len(planned)} visits failed by our own fault: {keys}"


def _named(key: str) -> str:
    _, probe, site = key.split("/", 2)
    return f"{probe} on {site}"


def _canaries(night: Night) -> str:
    if night.faults:
        return "; ".join(night.faults)
    if not night.canaries:
        return ""
    return f"{len(night.canaries)} of the sample's truths did not come out: {' · '.join(night.canaries[:_NAMED])}"


def _mix(night: Night) -> str:
    """Compare with the median of the last published nights; a change that has lasted for several nights is no night's fault."""
    if len(night.published) < _NIGHTS:
        return ""
    tonight = outcomes_of(night.visits)
    moved = [line for probe, counts in sorted(tonight.items()) for line in _moved(probe, counts, night.published)]
    lasting = len(night.last) >= _NIGHTS - 1 and not any(
        line for mix in night.last[1 - _NIGHTS :] for probe, counts in tonight.items() for line in _moved(probe, counts, [mix])
    )
    return "" if not moved or lasting else f"visits end otherwise than in the last nights: {', '.join(moved[:_NAMED])}"


def _moved(probe: str, counts: Mapping[str, int], before: Sequence[Mix]) -> list[str]:
    """Say which outcomes of a probe are far from their usual share; nothing of a probe that is new."""
    total = sum(counts.values())
    shares = [mix[probe] for mix in before if mix.get(probe)]
    found = []
    for outcome in sorted({*counts, *(name for share in shares for name in share)}) if shares else ():
        usual = median(share.get(outcome, 0) / sum(share.values()) for share in shares)
        now = counts.get(outcome, 0)
        if abs(now - usual * total) > max(_FEW, _MOST_MOVED * total):
            found.append(f"{probe} {outcome} {now} of {total}, usually {usual:.0%}")
    return found


def _room(night: Night) -> str:
    room = night.room
    if room is None or room.free_mb >= room.need_mb:
        return ""
    return f"the disk has {room.free_mb} MB left, and {room.need_mb} MB are needed"
