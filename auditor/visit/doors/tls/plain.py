"""What our own hellos tell where the deep scan is silent: chosen suites, missing certificates, weaknesses in plain sight."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from auditor.sdk.tls import Suite
from auditor.visit.doors.tls.greeting import VERSIONS, Greeting, Reply
from auditor.visit.doors.tls.suites import ANONYMOUS, NAMES, TLS12_SUITES

__all__ = ["COMPRESSION", "NAMED_SUITES", "RENEGOTIATION", "Plain"]

COMPRESSION, RENEGOTIATION = "crime", "insecure_renegotiation"
"""The weaknesses that a server's hello shows in plain text."""
NAMED_SUITES = tuple(number for number in TLS12_SUITES if number not in ANONYMOUS)
"""Suites in which a server has to show a certificate."""


_TELLING = frozenset({Reply.HELLO, Reply.ALERT})
_BY_CHANCE = 0.01
"""What is less likely than this is taken for meant."""


@dataclass
class Plain:
    """One address's answers: to a hello in each protocol, and to those that were said when something was still open.

    ``named`` are the answers to hellos without anonymous suites, by protocol; ``compressing`` is that to one with compression,
    ``other`` that to one which takes no certificate of the kind that the first ones gave, and ``later`` that to one that was said
    again a pause later, for a staple that its certificate demands. ``replies`` are all that came of the hellos in each protocol.
    """

    greetings: dict[str, Greeting] = field(default_factory=dict)
    named: dict[str, Greeting] = field(default_factory=dict)
    compressing: Greeting | None = None
    other: Greeting | None = None
    later: Greeting | None = None
    replies: dict[str, list[Reply]] = field(default_factory=dict)

    def heard(self, version: str, greeting: Greeting) -> None:
        """Take the answer to a hello."""
        self.greetings[version] = greeting
        self.replies.setdefault(version, []).append(greeting.reply)

    @property
    def spoke(self) -> bool:
        """Tell whether it said anything in TLS, be it a refusal."""
        return any(greeting.reply in {Reply.HELLO, Reply.ALERT} for greeting in self.greetings.values())

    @property
    def shy(self) -> list[str]:
        """Give the protocols whose hello was answered by nothing in TLS."""
        return [name for name, one in self.greetings.items() if one.reply not in _TELLING]

    @property
    def is_odd(self) -> bool:
        """Tell whether it hangs up on a protocol between two that it answers, as hardly any server means to."""
        told = [one.reply in _TELLING for one in (self.greetings[name] for name in VERSIONS if name in self.greetings)]
        return any(not one and any(told[:place]) and any(told[place:]) for place, one in enumerate(told))

    @property
    def chance(self) -> float:
        """Give the share of hellos that it hung up on though it answers the same ones at other times; 0 of a steady server."""
        mixed = [reply for replies in self.replies.values() if _TELLING & set(replies) for reply in replies]
        return mixed.count(Reply.CLOSED) / len(mixed) if mixed else 0.0

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Give the protocols of which nothing is known: it may have hung up on their hellos by chance alone."""
        return tuple(name for name in self.shy if self.chance ** len(self.replies.get(name, ())) > _BY_CHANCE)

    @property
    def accepted(self) -> list[str]:
        """Give the protocols in which it said hello, oldest first."""
        return [name for name in VERSIONS if name in self.greetings and self.greetings[name].version == name]

    @property
    def old(self) -> list[str]:
        """Give those of them whose hello is in plain text to its end: all before TLS 1.3."""
        return [name for name in self.accepted if name != "tls1.3"]

    @property
    def all_anonymous(self) -> bool:
        """Tell whether it chose a suite without a certificate in whatever protocol it took."""
        return bool(self.accepted) and all(self.greetings[name].suite in ANONYMOUS for name in self.accepted)

    @property
    def anonymous(self) -> bool:
        """Tell whether it is proven to have no certificate: it also refused every suite that needs one."""
        refused = [self.named[name].reply is Reply.ALERT for name in self.accepted if name in self.named]
        return self.all_anonymous and len(refused) == len(self.accepted) and all(refused)

    @property
    def oversized(self) -> bool:
        """Tell whether it sent more certificates than are read."""
        return any(greeting.oversized for greeting in self.greetings.values())

    def suites(self, covered: Iterable[str]) -> tuple[Suite, ...]:
        """Give the suite that was chosen in each protocol but those whose suites are known."""
        known = set(covered)
        chosen = [(name, self.greetings[name]) for name in self.accepted if name not in known]
        return tuple(
            Suite(protocol=name, name=NAMES[one.suite], dh_bits=one.dh_bits)
            for name, one in chosen
            if one.suite is not None and one.suite in NAMES
        )

    def weaknesses(self) -> Mapping[str, bool]:
        """Tell of each weakness that the hellos show whether it is there; what they do not show is left out."""
        told: dict[str, bool] = {}
        if self.compressing is not None and self.compressing.reply is Reply.HELLO:
            told[COMPRESSION] = self.compressing.compression
        if self.old:
            told[RENEGOTIATION] = not self.greetings[self.old[-1]].renegotiation
        return told

    def chains(self) -> list[tuple[bytes, ...]]:
        """Give every chain that was sent in plain text."""
        return [greeting.chain for greeting in self._all if greeting.chain]

    def staples(self) -> list[bytes]:
        """Give every answer about revocation that was stapled to one."""
        return [*dict.fromkeys(greeting.staple for greeting in self._all if greeting.staple)]

    @property
    def negotiation(self) -> str:
        """Say in one line what was agreed on and which certificates were shown: while it stays so, the server is as it was."""
        agreed = [f"{name}={_agreed(self.greetings[name])}" for name in VERSIONS if name in self.greetings]
        shown = sorted({sha256(b"".join(chain)).hexdigest()[:32] for chain in self.chains()})
        return " ".join([*agreed, *(f"certificates={name}" for name in shown)])

    @property
    def _all(self) -> list[Greeting]:
        return [*self.greetings.values(), *self.named.values(), *filter(None, (self.other, self.later))]


def _agreed(one: Greeting) -> str:
    """Give what a hello came to; how it failed is no part of it: a refusal and a silence are alike."""
    if one.reply is not Reply.HELLO:
        return "-"
    more = [f"dh{one.dh_bits}"] if one.dh_bits else []
    more += ["renegotiation"] if one.renegotiation else []
    return "/".join([one.version, f"{one.suite or 0:04x}", *more])
