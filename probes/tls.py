"""Is the connection to the site protected, by a certificate that is good and a server that takes nothing weak?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Chain, Proof
from auditor.model.ids import MeasureId, ProbeId
from auditor.model.note import Json, Note
from auditor.model.reading import Measured, Reading, Unavailable, Value
from auditor.model.visit import Blame, Cause
from auditor.sdk.details import told
from auditor.sdk.doors import Doors
from auditor.sdk.probe import Known, Probe
from auditor.sdk.tls import PROTOCOLS, Endpoint, TlsScan
from auditor.sdk.unreached import unreached
from probes.handshake.grade import judge_grade
from probes.handshake.judges import JUDGES
from probes.handshake.measures import MEASURES, WITHOUT
from probes.handshake.profile import judge_profile
from probes.handshake.said import BROWSERS, MIN_DH_BITS, MIN_PROTOCOL, WEAK, Rules, Said, untold

__all__ = ["PROBE", "TlsSeen"]

_HTTPS = 443
_SECONDS = 180.0
"""Every suite of four protocols over a slow line, five handshakes at once."""
_MAX_LISTED = 20
"""So many addresses are named; a name may have thousands."""

OFFERED = Note(key="tls.offered", text="The server accepts secure connections on port {port}.")
OFFERED_BESIDE = Note(
    key="tls.offered_beside",
    text="The server accepts secure connections on port {port}. The name also has addresses that nobody outside can reach:"
    " whoever is led to one of them waits in vain ({addresses}).",
)
NO_BROWSER = Note(
    key="tls.no_browser",
    text="The server accepts secure connections on port {port}, but no browser of today gets in, neither Chrome nor Edge nor"
    " Firefox: {faults}.",
)
SOME_BROWSERS = Note(
    key="tls.some_browsers",
    text="The server accepts secure connections on port {port}, but {browsers} do not get in: {faults}. Other browsers may.",
)
UNUSUAL = Note(
    key="tls.unusual",
    text="{address} speaks TLS on port {port}, but insecure or unusual TLS, with which no common agreement was found: {detail}",
)
NOT_EVERYWHERE = Note(
    key="tls.not_everywhere",
    text="{address}, one of the site's addresses, does not accept secure connections on port {port}: {detail}",
)
NOT_OFFERED = Note(
    key="tls.not_offered", text="The host answers on port 80, but no secure connection comes about on port {port}: {detail}"
)
NOBODY = Note(
    key="tls.nobody",
    text="{address} answers in TLS on port {port} and ends every handshake: no client gets in, ours or another ({faults}).",
)
NO_TLS = Note(key="tls.none", text="The site offers no secure connection on port {port}; without one this has its worst value.")
UNSEEN = Note(key="tls.unseen", text="Whether port {port} is secure could not be seen ({cause}): {detail}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSeen:
    """The scan, and when nobody spoke TLS, what the host's port 80 said."""

    scan: TlsScan
    elsewhere: Chain | None = None


async def look(site: Site, doors: Doors) -> TlsSeen:
    """Scan the site's secure port; when nobody speaks TLS there, ask whether the host is there at all."""
    parts = urlsplit(site.url)
    host = parts.hostname or ""
    port = (parts.port or _HTTPS) if parts.scheme == "https" else _HTTPS
    scan = await doors.tls.scan(host, port=port, seconds=_SECONDS)
    if any(_speaks(endpoint) for endpoint in scan.endpoints):
        return TlsSeen(scan=scan)
    shown = f"[{host}]" if ":" in host else host
    url = site.url if parts.scheme == "http" else f"http://{shown}/"
    elsewhere = await doors.http.get(url, why="does the host answer without TLS", follow=False, robots=False)
    return TlsSeen(scan=scan, elsewhere=elsewhere)


def assess(seen: TlsSeen, known: Known) -> list[Reading]:
    """Judge the worst of the addresses that speak TLS; without any, say whose fault it is."""
    case = _Case(seen, known)
    if case.spoken:
        return [case.offered(), *(case.worst(MeasureId(name), judge) for name, judge in _JUDGES.items())]
    if case.answers_elsewhere:
        return case.without_tls()
    return case.unseen()


class _Case:
    """One scan under judgement."""

    def __init__(self, seen: TlsSeen, known: Known) -> None:
        self.scan = seen.scan
        self._elsewhere = seen.elsewhere
        self.spoken = [endpoint for endpoint in seen.scan.endpoints if _speaks(endpoint)]
        self.mute = [endpoint for endpoint in seen.scan.endpoints if not _speaks(endpoint)]
        given = known.guidelines.get("tls", {})
        weak, least, oldest = given.get("weak"), given.get("min_dh_bits"), given.get("min_protocol")
        self._rules = Rules(
            host=seen.scan.host,
            at=seen.scan.at,
            weak=tuple(str(part) for part in weak) if isinstance(weak, list) else WEAK,
            min_dh_bits=least if isinstance(least, int) else MIN_DH_BITS,
            min_protocol=oldest if isinstance(oldest, str) and oldest in PROTOCOLS else MIN_PROTOCOL,
            profiles=known.guidelines.get("tls-mozilla", {}),
            grading=known.guidelines.get("tls-grade", {}),
        )

    @property
    def answers_elsewhere(self) -> bool:
        """Tell whether the host is alive without TLS, and the silence of its secure port is neither our own nor ended by us."""
        alive = self._elsewhere is not None and any(one.status is not None for one in self._elsewhere.exchanges)
        return alive and any(
            one.cause is not None and one.cause.blame is not Blame.OURS and not one.unfinished for one in self.mute
        )

    def offered(self) -> Reading:
        """Judge an offer: an address that stays mute is no offer, unless the fault may be ours."""
        theirs = [one for one in self.mute if one.cause is not None and one.cause.blame is Blame.THEIRS and not one.unfinished]
        facts: dict[str, Json] = {
            "addresses": {one.address: True if _speaks(one) else _cause(one) for one in self.scan.endpoints},
            "mute": [one.address for one in theirs],
            "no_agreement": [one.address for one in self.spoken if not one.handshake],
        }
        if theirs:
            note = NOT_EVERYWHERE(address=theirs[0].address, port=self.scan.port, detail=told(theirs[0].detail))
        elif not any(one.handshake for one in self.spoken):
            note = UNUSUAL(address=self.spoken[0].address, port=self.scan.port, detail=told(self.spoken[0].detail))
        else:
            note = self._barring() or self._beside()
        return self._measured(_OFFERED, not theirs, note, facts)

    def _barring(self) -> Note | None:
        """Say which browsers do not get in, at the address where the most do not."""
        worst = max(self.spoken, key=lambda one: len(one.refused_by))
        if not worst.refused_by:
            return None
        faults: list[Json] = [f"browser_{why}" for why in worst.refused_for]
        if {*worst.refused_by} >= BROWSERS:
            return NO_BROWSER(port=self.scan.port, faults=faults)
        names: list[Json] = [_ENGINES.get(name, name) for name in worst.refused_by]
        return SOME_BROWSERS(port=self.scan.port, browsers=names, faults=faults)

    def _beside(self) -> Note:
        inner: list[Json] = [*self.scan.not_public[:_MAX_LISTED]]
        return OFFERED_BESIDE(port=self.scan.port, addresses=inner) if inner else OFFERED(port=self.scan.port)

    def worst(self, measure: MeasureId, judge: Callable[[Rules, Endpoint], Said]) -> Reading:
        """Give the worst of the addresses' values.

        One that could not be told makes none, unless another is as bad as can be or has faults that count in any case.
        """
        found = [(self._say(judge, one), one.address) for one in self.spoken]
        said = sorted(found, key=lambda pair: (pair[0].rank, pair[1]))
        bad, address = said[0]
        decided = bad.found or bad.rank == float("-inf")
        unknown = next(((one, where) for one, where in said if one.value is None), None)
        if unknown is not None and not decided:
            bad, address = unknown
        values: dict[str, Json] = {one.address: _cause(one) for one in self.mute}
        values |= {where: _plain(one) for one, where in found}
        facts: dict[str, Json] = {"address": address, "addresses": values, **bad.facts}
        proofs = self.scan.proofs
        if measure in _DEEP:
            proofs = tuple(dict.fromkeys([*proofs, *(proof for one in self.spoken for proof in one.deep_proofs)]))
            facts["scanned"] = {one.address: one.deep_at.isoformat() for one in self.spoken if one.deep_at is not None}
        if measure == _REVOKED:
            said_so = [one.proof for endpoint in self.spoken for one in endpoint.revocation if one.proof is not None]
            proofs = tuple(dict.fromkeys([*proofs, *said_so]))
        if bad.value is None:
            cause = bad.cause or Cause.AMBIGUOUS
            return Unavailable(measure=measure, because=bad.because, cause=cause, facts=self._whole(facts), evidence=proofs)
        return self._measured(measure, bad.value, bad.because, facts, proofs)

    def _say(self, judge: Callable[[Rules, Endpoint], Said], endpoint: Endpoint) -> Said:
        """Judge an address; of one with which nothing was agreed nothing is known, and the lack is ours."""
        if endpoint.handshake:
            return judge(self._rules, endpoint)
        ours = endpoint.cause is not None and endpoint.cause.blame is Blame.OURS
        return untold(endpoint, endpoint.cause if ours else Cause.CAPABILITY)

    def without_tls(self) -> list[Reading]:
        """Give every measure its worst value: what needs TLS is worst without it."""
        detail = next((one.detail for one in self.mute if one.detail), "")
        refusing = next((one for one in self.mute if one.spoke), None)
        proof = self._elsewhere.final.proof() if self._elsewhere is not None else None
        proofs = (*self.scan.proofs, *([proof] if proof else []))
        facts: dict[str, Json] = {"addresses": {one.address: _cause(one) for one in self.mute}}
        because = NOT_OFFERED(port=self.scan.port, detail=told(detail))
        if refusing is not None:
            facts["alerts"] = [*refusing.alerts]
            because = NOBODY(address=refusing.address, port=self.scan.port, faults=_faults(refusing))
        offered = self._measured(_OFFERED, False, because, facts, proofs)
        note = NO_TLS(port=self.scan.port)
        return [offered, *(self._measured(MeasureId(name), value, note, facts, proofs) for name, value in WITHOUT.items())]

    def unseen(self) -> list[Reading]:
        """Say why nothing could be had; a link of our own that failed meanwhile excuses them."""
        causes = [self.scan.cause, *(one.cause for one in self.mute)]
        cause = next((one for one in causes if one is not None), Cause.AMBIGUOUS)
        other = self._elsewhere.cause if self._elsewhere is not None else None
        if (
            other is not None
            and other.blame in {Blame.OURS, Blame.OPEN}
            and cause.blame is Blame.THEIRS
            and cause is not Cause.DNS
        ):
            cause = other
        detail = self.scan.detail or next((one.detail for one in self.mute if one.detail), "")
        note = unreached(detail) or UNSEEN(port=self.scan.port, cause=cause.value, detail=told(detail))
        facts = self._whole({"addresses": {one.address: _cause(one) for one in self.mute}})
        return [
            Unavailable(measure=measure.id, because=note, cause=cause, facts=facts, evidence=self.scan.proofs)
            for measure in PROBE.measures
        ]

    def _whole(self, facts: Mapping[str, Json]) -> Mapping[str, Json]:
        """Add the addresses that nobody looked at: the first of them, and how many they are where they are more."""
        rest = self.scan.not_scanned
        more: dict[str, Json] = {"addresses_not_tested_in_all": len(rest)} if len(rest) > _MAX_LISTED else {}
        if self.scan.not_public:
            more["addresses_not_public"] = [*self.scan.not_public[:_MAX_LISTED]]
        return {**facts, "addresses_not_tested": [*rest[:_MAX_LISTED]], **more}

    def _measured(
        self, measure: MeasureId, value: Value, note: Note, facts: Mapping[str, Json], proofs: tuple[Proof, ...] | None = None
    ) -> Measured:
        evidence = self.scan.proofs if proofs is None else proofs
        return Measured(measure=measure, value=value, because=note, facts=self._whole(facts), evidence=evidence)


def _speaks(endpoint: Endpoint) -> bool:
    """Tell whether it speaks TLS with anybody, be it only to refuse us; of those who let nobody in it is said that none do.

    Evidence of before ``spoke`` was seen says so in words.
    """
    spoke = endpoint.spoke or endpoint.detail.startswith("it answers hellos")
    return endpoint.handshake or (spoke and endpoint.opened is not False)


def _faults(endpoint: Endpoint) -> list[Json]:
    """Give, in short words, how an address refuses whoever comes."""
    found = [f"alert_{number}" if number in _ALERTS else "alert" for number in endpoint.alerts]
    return [*dict.fromkeys(found)] or ["alert"]


def _cause(endpoint: Endpoint) -> str:
    return (endpoint.cause or Cause.AMBIGUOUS).value


def _plain(said: Said) -> Json:
    """Give the value as facts hold it, or the cause for which there is none."""
    if said.value is None:
        return (said.cause or Cause.AMBIGUOUS).value
    return said.value if isinstance(said.value, bool | int | str) else str(said.value)


_ENGINES = {"chrome": "Chrome, Edge", "firefox": "Firefox"}
_OFFERED = MeasureId("tls.offered")
_ALERTS = frozenset({40, 47, 70, 71, 80, 112})
"""The alerts that have a word of their own (RFC 8446 section 6.2)."""
_REVOKED = MeasureId("tls.revoked")
_DEEP = frozenset(MeasureId(f"tls.{name}") for name in ("weak_suites", "vulnerabilities", "profile", "grade"))
"""What rests on the deep scan, which may be that of an earlier night."""
_JUDGES = {**JUDGES, "tls.profile": judge_profile, "tls.grade": judge_grade}
PROBE = Probe(
    id=ProbeId("tls"),
    version=7,
    look=look,
    assess=assess,
    seen=TlsSeen,
    roles=frozenset({SiteRole.PORTAL, SiteRole.SERVICES}),
    measures=MEASURES,
)
