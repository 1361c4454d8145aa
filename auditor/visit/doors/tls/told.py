"""What one address has told, joined: our own hellos of tonight, and the deep scan, be it tonight's or an earlier one."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auditor.model.note import Json
from auditor.model.visit import Cause
from auditor.sdk.tls import Endpoint, Suite
from auditor.visit.doors.tls.batch import Failure, Said
from auditor.visit.doors.tls.certificate import name_matches
from auditor.visit.doors.tls.chain import Roots
from auditor.visit.doors.tls.greeting import VERSIONS, Greeting, Reply
from auditor.visit.doors.tls.ocsp import case_of
from auditor.visit.doors.tls.plain import Plain
from auditor.visit.doors.tls.revocation import staple_word
from auditor.visit.doors.tls.second import Opened
from auditor.visit.doors.tls.shown import show

__all__ = ["CHECKS", "Told", "is_dhe"]

CHECKS = ("heartbleed", "openssl_ccs", "crime", "robot", "insecure_renegotiation")
"""Vulnerabilities that the scan looks for by trying, in protocols up to TLS 1.2; ``poodle`` and ``drown`` follow from suites."""


@dataclass
class Told:
    """One address's answers while they come in.

    ``said`` is tonight's deep scan, None without one; ``groups`` are the sizes that were measured for it, by protocol. ``before``
    is what an earlier visit told, where its deep scan still holds. ``second`` is what another client met.
    ``refused_by`` are the browsers that do not get in, each with a word that says why.
    """

    plain: Plain = field(default_factory=Plain)
    said: Said | Failure | None = None
    groups: dict[str, int] = field(default_factory=dict)
    before: Endpoint | None = None
    second: Opened | None = None
    negotiation: str = ""
    refused_by: dict[str, str] = field(default_factory=dict)

    @property
    def greetings(self) -> dict[str, Greeting]:
        """Give the answers to the hellos, one a protocol."""
        return self.plain.greetings

    @property
    def shakes(self) -> bool:
        """Tell whether any handshake came through with our hellos or the scan."""
        return self._deep is not None or any(one.reply is Reply.HELLO for one in self.greetings.values())

    @property
    def not_tested(self) -> tuple[str, ...]:
        """Give the vulnerabilities that tonight's scan could not look for."""
        return self._deep.not_tested if self._deep else CHECKS

    @property
    def _deep(self) -> Said | None:
        return self.said if isinstance(self.said, Said) and self.said.ok else None

    def endpoint(self, host: str, address: str, roots: Roots, now: datetime) -> Endpoint:
        """Join it all."""
        said, before = self._deep, self.before
        suites = before.suites if before else self._suites()
        seen = {*self.plain.accepted, *(suite.protocol for suite in suites)}
        shown = show(host, said, self.plain, roots, now)
        judged = shown.verdict
        whole = before is not None or (said is not None and not said.untested_protocols)
        vulnerabilities, not_tested = (before.vulnerabilities, before.not_tested) if before else self._weaknesses(suites)
        staples = [*self.plain.staples(), *(map(base64.b64decode, said.staples) if said else ())]
        stapled = staple_word(staples, case_of(shown.chain, roots) if staples else None, now)
        return Endpoint(
            address=address,
            connected=True,
            handshake=self.shakes,
            cause=None if whole else self._why(),
            detail="" if whole else self._why_detail(),
            protocols=tuple(name for name in VERSIONS if name in seen),
            suites=suites,
            chain=shown.chain,
            trusted=judged.trusted if judged else None,
            trust_detail=judged.detail if judged else shown.detail,
            chain_complete=judged.complete if judged else None,
            hostname_matches=name_matches(host, shown.chain[0]) if shown.chain else None,
            vulnerabilities=vulnerabilities,
            not_tested=not_tested,
            spoke=True,
            path=judged.path if judged else (),
            chain_cause=shown.cause,
            anonymous=said is None and self.plain.anonymous,
            revoked=stapled.revoked,
            revocation=(stapled,) if shown.chain else (),
            opened=self.second.opened if self.second else None,
            negotiation=self.negotiation,
            deep_at=before.deep_at if before else now if whole else None,
            deep_proofs=before.deep_proofs if before else (),
            refused_by=tuple(self.refused_by),
            refused_for=tuple(dict.fromkeys(self.refused_by.values())),
            unsettled=self.plain.unsettled,
            alerts=tuple(sorted({one.alert for one in self.greetings.values() if one.alert is not None})),
        )

    def _suites(self) -> tuple[Suite, ...]:
        found = tuple(
            Suite(protocol=protocol, name=name, dh_bits=bits or (self.groups.get(protocol) if is_dhe(name) else None))
            for protocol, name, bits in (self._deep.suites if self._deep else ())
        )
        return found + self.plain.suites(suite.protocol for suite in found)

    def _weaknesses(self, suites: tuple[Suite, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give the vulnerabilities that were found, and those that nobody could look for."""
        found = set(self.said.vulnerable) if isinstance(self.said, Said) else set()
        if any(suite.protocol == "ssl2" for suite in suites):
            found.add("drown")
        if any(suite.protocol == "ssl3" and "_CBC_" in suite.name for suite in suites):
            found.add("poodle")
        told = {name: bad for name, bad in self.plain.weaknesses().items() if name in self.not_tested}
        found |= {name for name, bad in told.items() if bad}
        return tuple(sorted(found)), tuple(name for name in self.not_tested if name not in told)

    def _why(self) -> Cause:
        """Say whose lack it is that not all was seen: the server's where another client does not get in either."""
        if isinstance(self.said, Failure):
            return self.said.cause
        if self.plain.chance or (self.said is not None and self.said.lost):
            return Cause.AMBIGUOUS  # connections that are cut off by chance, somewhere between here and there
        return Cause.TLS if self.second is not None and self.second.opened is False else Cause.CAPABILITY

    def _why_detail(self) -> str:
        if self.second is not None and self.second.opened is not None:
            alerts = ", ".join(dict.fromkeys(one.detail for one in self.greetings.values() if one.reply is Reply.ALERT))
            how = f"gets in by {self.second.version}" if self.second.opened else "does not get in either"
            return f"every hello of ours is refused ({alerts}); OpenSSL with everything permitted {how}: {self.second.detail}"
        match self.said:
            case Failure(detail=detail):
                return detail
            case Said(ok=False, error=error):
                return f"it answers hellos, but a full handshake failed: {error}"
            case Said(untested_protocols=protocols):
                return f"suites could not be tested: {', '.join(protocols)}"
        return ""

    def raw(self, place: tuple[str, int]) -> dict[str, Json]:
        """Give everything that was seen tonight, for the evidence."""
        deep: Mapping[str, Json] = {}
        if isinstance(self.said, Said):
            deep = self.said.model_dump(mode="json", exclude={"id"})
        elif self.said is not None:
            deep = {"failure": self.said.cause.value, "detail": self.said.detail}
        before, second, plain = self.before, self.second, self.plain
        return {
            "address": place[0],
            "port": place[1],
            "hellos": {name: _raw(one) for name, one in self.greetings.items()},
            "hellos_without_anonymous": {name: _raw(one) for name, one in plain.named.items()},
            "hello_with_compression": _raw(plain.compressing) if plain.compressing else None,
            "hello_for_another_key": _raw(plain.other) if plain.other else None,
            "hello_for_a_staple": _raw(plain.later) if plain.later else None,
            "staples": [base64.b64encode(one).decode() for one in plain.staples()],
            "another_client": {"opened": second.opened, "version": second.version, "detail": second.detail} if second else None,
            "deep": dict(deep),
            "deep_before": {
                "at": before.deep_at.isoformat() if before.deep_at else None,
                "evidence": [one.digest for one in before.deep_proofs],
            }
            if before
            else None,
            "dh_bits": dict(self.groups),
            "browsers_refused": dict(self.refused_by),
        }


def is_dhe(name: str) -> bool:
    """Tell whether a suite rests on a finite-field Diffie-Hellman group."""
    return "_DHE_" in name or "_DH_anon_" in name


def _raw(one: Greeting) -> dict[str, Json]:
    return {
        "reply": one.reply.value,
        "version": one.version,
        "suite": one.suite,
        "alert": one.alert,
        "renegotiation": one.renegotiation,
        "compression": one.compression,
        "asks_for_a_certificate": one.asks,
        "oversized": one.oversized,
        "detail": one.detail,
    }
