"""The grade of one address: scores of protocol, key and cipher weighed together, and capped by what is wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from auditor.model.note import Json, Note
from auditor.model.visit import Cause
from auditor.sdk.grading import LETTERS, pairs, texts
from auditor.sdk.tls import Endpoint, Suite
from probes.handshake.judges import JUDGES, is_forward_secret, strength_of, unmeasured_group
from probes.handshake.said import BROWSERS, NO_GUIDELINE, Rules, Said, untold

__all__ = ["GRADES", "judge_grade"]

GRADES = ("f", "e", "d", "c", "b", "a_minus", "a", "a_plus")
"""The letters as a measure's words, worst first."""

GRADED = Note(key="tls.grade", text="The TLS configuration has grade {grade}, by a score of {score} of 100.")
CAPPED = Note(
    key="tls.grade_capped", text="The TLS configuration has grade {grade}; no better one is given because of: {faults}."
)


def judge_grade(rules: Rules, endpoint: Endpoint) -> Said:
    """Give a grade when every check that it needs has run; a fault with which only the worst is left needs no more."""
    guide = rules.grading
    caps = guide.get("caps")
    if not isinstance(caps, dict) or not pairs(guide, "letters"):
        return untold(endpoint, Cause.CAPABILITY, NO_GUIDELINE(file="tls-grade.toml"))
    found = {fault: str(caps[fault]) for fault in _faults(rules, endpoint) if fault in caps}
    capped = min(found.values(), key=_worth, default=LETTERS[-1])
    held: list[Json] = [fault for fault, letter in sorted(found.items()) if letter == capped]
    facts: dict[str, Json] = {"caps": dict(sorted(found.items()))}
    if capped == LETTERS[0]:
        return Said(value=GRADES[0], rank=float("-inf"), because=CAPPED(grade=capped, faults=held), facts=facts)
    scores = _scores(rules, endpoint)
    if scores is None or not _all_ran(endpoint):
        unmeasured = any(unmeasured_group(suite) for suite in endpoint.suites)
        return untold(endpoint, endpoint.chain_cause or endpoint.cause or (Cause.CAPABILITY if unmeasured else None))
    score = _total(guide, scores)
    letter = next(name for least, name in pairs(guide, "letters") if score >= int(least))
    grade = min(letter, capped, key=_worth)
    note = GRADED(grade=grade, score=score) if grade == letter else CAPPED(grade=grade, faults=held)
    rank = float("-inf") if grade == LETTERS[0] else float(_worth(grade))
    halves: dict[str, Json] = {name: twice // 2 for name, twice in scores.items()}
    return Said(value=GRADES[_worth(grade)], rank=rank, because=note, facts={**facts, "score": score, **halves})


def _worth(letter: str) -> int:
    return LETTERS.index(letter)


def _all_ran(endpoint: Endpoint) -> bool:
    """Tell whether nothing was left out that a grade rests on."""
    judged = endpoint.trusted is not None and endpoint.chain_complete is not None and endpoint.hostname_matches is not None
    whole = endpoint.cause is None and not endpoint.not_tested and bool(endpoint.chain)
    return judged and whole and not any(unmeasured_group(suite) for suite in endpoint.suites)


def _faults(rules: Rules, endpoint: Endpoint) -> Iterator[str]:
    """Name what is wrong, as far as it was seen."""
    yield from endpoint.vulnerabilities
    if endpoint.trusted is False:
        yield "untrusted"
    if endpoint.hostname_matches is False:
        yield "misnamed"
    if endpoint.chain_complete is False:
        yield "chain_incomplete"
    if endpoint.revoked:
        yield "revoked"
    if endpoint.refused_by:
        yield "no_browser" if {*endpoint.refused_by} >= BROWSERS else "some_browsers"
    valid = JUDGES["tls.valid_now"](rules, endpoint).value
    if valid is False:
        yield "no_certificate" if not endpoint.chain else "not_valid_now"
    guide = rules.grading
    yield from _protocol_faults(guide, {*endpoint.protocols, *(suite.protocol for suite in endpoint.suites)})
    yield from _suite_faults(guide, endpoint.suites)
    if endpoint.chain and endpoint.chain[0].key_bits:
        yield from _small(guide, "small_keys", strength_of(rules, endpoint.chain[0]))
    groups = [suite.dh_bits for suite in endpoint.suites if suite.dh_bits is not None]
    if groups:
        yield from _small(guide, "small_groups", min(groups))


def _small(guide: Mapping[str, Json], name: str, bits: int) -> Iterator[str]:
    """Name the worst of the faults that so few bits are."""
    faults = sorted((int(below), fault) for below, fault in pairs(guide, name))
    yield from [fault for below, fault in faults if bits < below][:1]


def _protocol_faults(guide: Mapping[str, Json], accepted: set[str]) -> Iterator[str]:
    yield from sorted(accepted & {"ssl2", "ssl3"})
    if accepted & set(texts(guide, "old_protocols")):
        yield "old_protocol"
    if accepted and not accepted & {"tls1.2", "tls1.3"}:
        yield "no_tls12"
    if accepted and "tls1.3" not in accepted:
        yield "no_tls13"


def _suite_faults(guide: Mapping[str, Json], suites: Sequence[Suite]) -> Iterator[str]:
    if any("_anon_" in suite.name for suite in suites):
        yield "anonymous_suite"
    known = [bits for suite in suites if (bits := _bits(guide, suite.name)) is not None]
    least = guide.get("min_cipher_bits")
    if isinstance(least, int) and any(bits < least for bits in known):
        yield "under_112_bits"
    modern, small, sealed = (texts(guide, name) for name in ("modern_protocols", "small_blocks", "aead"))
    rc4 = {suite.protocol for suite in suites if "RC4" in suite.name}
    if rc4:
        yield "rc4_modern" if rc4 & set(modern) else "rc4"
    for protocol in modern:
        names = [suite.name for suite in suites if suite.protocol == protocol]
        if names and all(_holds(name, small) for name in names):
            yield "only_3des_modern"
            break
    if suites and not any(is_forward_secret(suite) for suite in suites):
        yield "no_forward_secrecy"
    if suites and not any(suite.protocol == "tls1.3" or _holds(suite.name, sealed) for suite in suites):
        yield "no_aead"


def _holds(name: str, parts: Iterable[str]) -> bool:
    return any(part in name for part in parts)


def _bits(guide: Mapping[str, Json], name: str) -> int | None:
    return min((int(bits) for part, bits in pairs(guide, "bits") if part in name), default=None)


def _scores(rules: Rules, endpoint: Endpoint) -> dict[str, int] | None:
    """Score protocol and cipher, each the sum of its best and worst, and the weakest key twice, so that nothing is rounded."""
    guide = rules.grading
    accepted = {*endpoint.protocols, *(suite.protocol for suite in endpoint.suites)}
    protocols = [int(score) for name, score in pairs(guide, "protocols") if name in accepted]
    bits = [found for suite in endpoint.suites if (found := _bits(guide, suite.name)) is not None]
    if not protocols or not bits or not endpoint.chain or not endpoint.chain[0].key_bits:
        return None
    ciphers = [_step(guide, "cipher", one) for one in bits]
    keys = [strength_of(rules, endpoint.chain[0]), *(one.dh_bits for one in endpoint.suites if one.dh_bits is not None)]
    return {
        "protocol": min(protocols) + max(protocols),
        "key": 2 * _step(guide, "key", min(keys)),
        "cipher": min(ciphers) + max(ciphers),
    }


def _step(guide: Mapping[str, Json], name: str, bits: int) -> int:
    return next((int(score) for least, score in pairs(guide, name) if bits >= int(least)), 0)


def _total(guide: Mapping[str, Json], scores: Mapping[str, int]) -> int:
    """Weigh the scores, rounded down to whole points; nothing of one kind is nothing at all."""
    parts = [(int(weight), scores[name]) for name, weight in pairs(guide, "weights")]
    if any(part == 0 for _, part in parts):
        return 0
    return sum(weight * part for weight, part in parts) // 200
