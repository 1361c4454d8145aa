"""Whether an authority has revoked a certificate: by what the server staples, else asked for (OCSP), else looked up (CRL)."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote, urlsplit
from weakref import WeakValueDictionary

import anyio
from anyio.to_thread import run_sync
from cryptography.hazmat.primitives.hashes import SHA256

from auditor.clock import Clock
from auditor.model.evidence import Chain, Proof
from auditor.model.visit import Blame, Cause
from auditor.sdk.limits import KIB, MIB, Limits
from auditor.sdk.tls import Endpoint, Revocation
from auditor.visit.doors.tls.chain import Roots
from auditor.visit.doors.tls.crl import crl_addresses, crl_word
from auditor.visit.doors.tls.ocsp import Case, Word, case_of, ocsp_addresses, ocsp_request, ocsp_word

__all__ = ["Asking", "Authorities", "Fetch", "Keep", "Rules", "staple_word"]

_MOST_ADDRESSES = 2
_OCSP = Limits(seconds=10, wire=64 * KIB, decoded=64 * KIB, hops=2)
_CRL = Limits(seconds=30, wire=16 * MIB, decoded=16 * MIB, hops=2)
_ENDLESS = timedelta(days=1)
"""So old may an answer be that was asked for and does not say until when it holds."""
_SHUNNED = timedelta(minutes=15)
"""So long nobody is asked again who did not answer: hundreds of sites may have one authority."""
_REMEMBERED = 64 * MIB
_MOST_LISTS = _MOST_SHUNNED = 1_000


Keep = Callable[[bytes, str, str | None], Proof]


class Fetch(Protocol):
    """The HTTP door's ``get``."""

    async def __call__(self, url: str, *, why: str, limits: Limits, robots: bool) -> Chain:
        """Ask for an address."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How each means counts: ``soft``, ``hard`` (without its word there is no verdict), ``off`` (it is not asked)."""

    staple: str = "soft"
    ocsp: str = "soft"
    crl: str = "soft"


@dataclass(kw_only=True)
class Authorities:
    """What a process remembers of authorities: their lists, as long as it runs, and who did not answer lately."""

    clock: Clock
    rules: Rules = field(default_factory=Rules)
    _lists: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    _shunned: dict[str, tuple[datetime, Cause, str]] = field(default_factory=dict)
    _turns: WeakValueDictionary[str, anyio.Lock] = field(default_factory=WeakValueDictionary)
    """Each is there as long as somebody has it or waits for it."""

    def kept(self, url: str) -> bytes | None:
        """Give a list that was fetched within the last hours."""
        body, at = self._lists.get(url, (b"", self.clock.now()))
        return body if body and self.clock.now() - at < _ENDLESS else None

    def keep(self, url: str, body: bytes) -> None:
        """Remember a list in the place of its former one; the oldest give way where they are too many."""
        self._lists.pop(url, None)
        if len(body) > _REMEMBERED:
            return
        self._lists[url] = body, self.clock.now()
        held = sum(len(one) for one, _ in self._lists.values())
        while held > _REMEMBERED or len(self._lists) > _MOST_LISTS:
            held -= len(self._lists.pop(next(iter(self._lists)))[0])

    def shunned(self, url: str) -> tuple[Cause, str] | None:
        """Say why an address is not asked now; None when it may be."""
        until, cause, detail = self._shunned.get(_host(url), (self.clock.now(), Cause.AMBIGUOUS, ""))
        return (cause, detail) if self.clock.now() < until else None

    def shun(self, url: str, cause: Cause, detail: str) -> None:
        """Leave a host alone for a while; of too many those that were shunned first may be asked again."""
        self._shunned.pop(_host(url), None)
        self._shunned[_host(url)] = self.clock.now() + _SHUNNED, cause, detail
        while len(self._shunned) > _MOST_SHUNNED:
            del self._shunned[next(iter(self._shunned))]

    def turn(self, url: str) -> anyio.Lock:
        """Give the lock that lets one visit at a time fetch this list: the others find it here."""
        return self._turns.setdefault(url, anyio.Lock())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Got:
    """What came from an address, with its proof; or why nothing that can be read."""

    body: bytes = b""
    proof: Proof | None = None
    cause: Cause | None = None
    fault: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One visit's questions; ``keep`` keeps, as its evidence too, a list that another visit of the run has fetched."""

    authorities: Authorities
    fetch: Fetch
    keep: Keep
    roots: Roots
    _told: dict[tuple[str, bytes], Revocation] = field(default_factory=dict)
    """What was said already of a certificate that several addresses show."""

    async def asked(self, endpoint: Endpoint) -> Endpoint:
        """Add what each means says to an endpoint; nobody is asked for a certificate that leads to no trusted root.

        A means that is soft is asked only while none has told; of the staple it is known already.
        """
        rules, now = self.authorities.rules, self.authorities.clock.now()
        found = [replace(one, hard=rules.staple == "hard") for one in endpoint.revocation if rules.staple != "off"]
        case = case_of(endpoint.chain, self.roots) if endpoint.trusted else None
        if case is not None:
            for means, rule, addresses in (("ocsp", rules.ocsp, ocsp_addresses(case)), ("crl", rules.crl, crl_addresses(case))):
                told = any(one.revoked is not None for one in found)
                if rule == "hard" or (rule == "soft" and not told):
                    said = await self._by(means, addresses, case, now)
                    found.append(replace(said, hard=rule == "hard" and said.cause is not Cause.NOT_RUN))
        return replace(endpoint, revocation=tuple(found), revoked=_joined(found))

    async def _by(self, means: str, addresses: Iterable[str], case: Case, now: datetime) -> Revocation:
        """Ask one address after the other until one tells; once for all that show this certificate."""
        key = means, case.leaf.fingerprint(SHA256())
        if key not in self._told:
            self._told[key] = await self._first(means, addresses, case, now)
        return self._told[key]

    async def _first(self, means: str, addresses: Iterable[str], case: Case, now: datetime) -> Revocation:
        said = Revocation(means=means, cause=Cause.NOT_RUN, fault="no_address", detail="the certificate names no address for it")
        for url in [one for one in addresses if one.lower().startswith("http://")][:_MOST_ADDRESSES]:
            got = await (self._question(url, case) if means == "ocsp" else self._list(url))
            word = Word(revoked=None, fault=got.fault, detail=got.detail)
            if got.cause is None:
                word = await run_sync(_READERS[means], got.body, case, now, url)
            cause = got.cause or (Cause.AMBIGUOUS if word.revoked is None else None)
            said = Revocation(
                means=means,
                url=url,
                revoked=word.revoked,
                at=word.at,
                cause=cause,
                fault=word.fault,
                detail=word.detail[:_MAX_DETAIL],
                proof=got.proof,
            )
            if word.revoked is not None:
                return said
        return said

    async def _question(self, url: str, case: Case) -> _Got:
        asked = quote(base64.b64encode(ocsp_request(case)), safe="")
        return await self._get(f"{url.rstrip('/')}/{asked}", "has the authority revoked the certificate (OCSP)", _OCSP)

    async def _list(self, url: str) -> _Got:
        async with self.authorities.turn(url):
            body = self.authorities.kept(url)
            if body is not None:
                return _Got(body=body, proof=self.keep(body, "application/pkix-crl", url))
            got = await self._get(url, "has the authority revoked the certificate (CRL)", _CRL)
            if got.cause is None:
                self.authorities.keep(url, got.body)
            return got

    async def _get(self, url: str, why: str, limits: Limits) -> _Got:
        """Fetch something of an authority. Whatever its failure is, it is not the fault of the site that was visited."""
        shunned = self.authorities.shunned(url)
        if shunned is not None:
            return _Got(cause=shunned[0], fault="not_asked_again", detail=f"not asked again so soon: {shunned[1]}")
        chain = await self.fetch(url, why=why, limits=limits, robots=False)
        final = chain.final
        cause = chain.cause or final.cause
        if cause is None and final.status == HTTPStatus.OK:
            return _Got(body=final.body, proof=final.proof())
        detail = final.detail if cause is not None else f"the authority answers {final.status}"
        open_ = cause if cause is not None and cause.blame in {Blame.OURS, Blame.OPEN} else Cause.AMBIGUOUS
        if final.status is None and cause is not None and cause.blame is Blame.THEIRS:
            self.authorities.shun(url, open_, detail)
        fault = "no_answer" if cause is None or cause.blame is not Blame.OURS else "own_side"
        detail = f"{cause.value}: {detail}" if cause is not None else detail
        return _Got(cause=open_, fault=fault, detail=detail, proof=final.proof())


def staple_word(staples: Sequence[bytes], case: Case | None, now: datetime) -> Revocation:
    """Say what was stapled: of several answers the worst that counts, else why the last does not."""
    words = [ocsp_word(der, case, now) for der in staples] if case is not None else []
    told = [one for one in words if one.revoked is not None]
    if told:
        worst = max(told, key=lambda one: bool(one.revoked))
        return Revocation(means="staple", revoked=worst.revoked, at=worst.at)
    fault, detail = ("unknown_signer", "nobody knows who signed it") if staples else ("not_sent", "the server staples no answer")
    if words:
        fault, detail = words[-1].fault, words[-1].detail
    return Revocation(means="staple", cause=Cause.NOT_RUN, fault=fault, detail=detail)


def _joined(found: Iterable[Revocation]) -> bool | None:
    """Give whether anybody says that it is revoked, else whether anybody says that it is not."""
    told = [one.revoked for one in found if one.revoked is not None]
    return any(told) if told else None


def _host(url: str) -> str:
    return (urlsplit(url).netloc or url).lower()


_MAX_DETAIL = 300
_READERS: Mapping[str, Callable[[bytes, Case, datetime, str], Word]] = {
    "ocsp": lambda body, case, now, _: ocsp_word(body, case, now, endless=_ENDLESS),
    "crl": crl_word,
}
