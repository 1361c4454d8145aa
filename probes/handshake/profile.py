"""Which of Mozilla's recommended configurations one address keeps, and what keeps it from the next stricter one."""

from collections.abc import Mapping

from auditor.model.note import Json, Note
from auditor.model.visit import Cause
from auditor.sdk.tls import Certificate, Endpoint
from probes.handshake.judges import forward_secrecy, unmeasured_group
from probes.handshake.said import NO_GUIDELINE, Rules, Said, untold

__all__ = ["PROFILES", "judge_profile"]

_LADDER = ("modern", "intermediate", "old")
PROFILES = ("none", *reversed(_LADDER))
_CURVE_BITS = {"prime256v1": 256, "secp384r1": 384, "secp521r1": 521}
_KEY_TYPES = {"RSA": "rsa", "EC": "ecdsa", "DSA": "dsa"}
_MAX_NAMES = 20

KEPT = Note(key="tls.profile", text="The server keeps the strictest of Mozilla's configurations: {profile}.")
BELOW = Note(
    key="tls.profile_below", text="The server keeps Mozilla's configuration {profile}; what keeps it from {next}: {lacks}."
)
NO_PROFILE = Note(
    key="tls.no_profile",
    text="The server keeps none of Mozilla's configurations; what keeps it from the laxest, {next}: {lacks}.",
)


def judge_profile(rules: Rules, endpoint: Endpoint) -> Said:
    """Give the strictest configuration that it keeps. What was not seen makes none, unless what was seen breaks them all."""
    if not all(isinstance(rules.profiles.get(name), dict) for name in _LADDER):
        return untold(endpoint, Cause.CAPABILITY, NO_GUIDELINE(file="tls-mozilla.toml"))
    lacks = [_lacks(rules.profiles, rung, endpoint) for rung in range(len(_LADDER))]
    kept = next((rung for rung, found in enumerate(lacks) if not found), len(_LADDER))
    if kept < len(_LADDER) and not _whole(endpoint):
        return untold(endpoint, endpoint.chain_cause or endpoint.cause or Cause.CAPABILITY)
    word = (*_LADDER, "none")[kept]
    missing: list[Json] = [*lacks[kept - 1][:_MAX_NAMES]] if kept else []
    stricter = _LADDER[kept - 1] if kept else ""
    facts: dict[str, Json] = {
        "next": stricter,
        "lacks": missing,
        "forward_secrecy": forward_secrecy(endpoint),
        "not_asked": ["curves"],
    }
    if not kept:
        note = KEPT(profile=word)
    elif word == "none":
        note = NO_PROFILE(next=stricter, lacks=missing)
    else:
        note = BELOW(profile=word, next=stricter, lacks=missing)
    rank = float("-inf") if word == "none" else float(PROFILES.index(word))
    return Said(value=word, rank=rank, because=note, facts=facts)


def _whole(endpoint: Endpoint) -> bool:
    """Tell whether everything was seen that a configuration speaks of."""
    read = bool(endpoint.chain) and endpoint.chain[0].key_bits > 0
    return endpoint.cause is None and read and not any(unmeasured_group(suite) for suite in endpoint.suites)


def _lacks(profiles: Mapping[str, Json], rung: int, endpoint: Endpoint) -> list[str]:
    """Name what a configuration does not allow; a laxer one allows all that a stricter one does."""

    def allowed(key: str) -> set[str]:
        return {name for above in _LADDER[: rung + 1] for name in _texts(profiles, above, key)}

    accepted = [*dict.fromkeys([*(one.protocol for one in endpoint.suites), *endpoint.protocols])]
    found = [name for name in sorted(accepted) if name not in allowed("protocols")]
    names = sorted({suite.name for suite in endpoint.suites})
    found += [name for name in names if name not in allowed("suites")]
    groups = {suite.dh_bits for suite in endpoint.suites if suite.dh_bits is not None and suite.name in allowed("suites")}
    found += [f"DH {bits}" for bits in sorted(groups) if bits < _number(profiles, _LADDER[rung], "min_dh_bits")]
    if endpoint.chain and endpoint.chain[0].key_bits:
        leaf = endpoint.chain[0]
        least = _number(profiles, _LADDER[rung], "min_rsa_bits")
        if not _key_fits(leaf, allowed("key_types"), allowed("key_curves"), least):
            found.append(f"{leaf.key_type} {leaf.key_bits}")
    return found


def _key_fits(leaf: Certificate, types: set[str], curves: set[str], least: int) -> bool:
    if _KEY_TYPES.get(leaf.key_type, leaf.key_type.lower()) not in types:
        return False
    if leaf.key_type == "RSA":
        return leaf.key_bits >= least
    return leaf.key_type != "EC" or leaf.key_bits in {_CURVE_BITS.get(curve) for curve in curves}


def _texts(profiles: Mapping[str, Json], name: str, key: str) -> list[str]:
    table = profiles.get(name)
    found = table.get(key) if isinstance(table, dict) else None
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _number(profiles: Mapping[str, Json], name: str, key: str) -> int:
    table = profiles.get(name)
    found = table.get(key) if isinstance(table, dict) else None
    return found if isinstance(found, int) else 0
