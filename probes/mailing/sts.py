"""MTA-STS (RFC 8461): whether a domain tells senders that its mail is to come over TLS. Pure."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from auditor.model.evidence import Chain, Exchange
from auditor.model.visit import Blame, Cause
from auditor.sdk.doors import DnsAnswer
from auditor.sdk.outcome import cause_of
from probes.mailing.txt import failure_of, texts_of

__all__ = ["Sts", "judge_sts", "records_of"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_VALUE = re.compile(r"[!-:<>-~]+")
_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_BLANK = " \t"
_AGE = re.compile(r"[0-9]{1,10}")
_LONGEST_AGE = 31_557_600
_MODES = {"enforce", "testing", "none"}
_MOST_BYTES = 64 * 1024
_MOST_SERVERS = 100
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Sts:
    """What MTA-STS comes to.

    ``record`` and ``field`` name what is wrong, ``cause`` why the DNS or the policy was not to be had, ``unnamed`` is a mail
    server that the policy leaves out.
    """

    present: bool
    mode: str = ""
    days: int = 0
    servers: tuple[str, ...] = ()
    record: str = ""
    field: str = ""
    unnamed: str = ""
    cause: Cause | None = None

    @property
    def lost(self) -> bool:
        """Tell whether the policy is not there by the domain's own fault: then the record is worth nothing."""
        return self.present and self.cause is not None and self.cause.blame is Blame.THEIRS


def records_of(answer: DnsAnswer) -> tuple[str, ...]:
    """Give the texts that are MTA-STS records, right or wrong."""
    return tuple(text for text in texts_of(answer) if text.startswith("v=STSv1"))


def judge_sts(answer: DnsAnswer, policy: Chain | None, servers: list[str]) -> Sts:
    """Judge the record, and the policy if it was asked for, against the domain's mail servers."""
    if (failed := failure_of(answer)) is not None:
        return Sts(present=False, cause=failed)
    records = records_of(answer)
    if not records:
        return Sts(present=False)
    if len(records) > 1 or not _is_whole(records[0]):
        return Sts(present=True, record="; ".join(records)[:200])
    if policy is None:
        return Sts(present=True, cause=Cause.NOT_RUN)
    final = policy.final
    cause = policy.cause or (Cause.TLS if final.unverified else None) or cause_of(final)  # RFC 8461 section 3.3
    if cause is None and final.status != HTTPStatus.OK:
        cause = Cause.REDIRECTS if (final.status or 0) >= HTTPStatus.MULTIPLE_CHOICES else Cause.PROTOCOL
    return Sts(present=True, cause=cause) if cause is not None else _read(final, servers)


def _is_whole(record: str) -> bool:
    """Tell whether a record is one as the grammar has it, with an id (section 3.1); each field is looked at once."""
    version, *fields = record.split(";")
    if not fields or version.rstrip(_BLANK) != "v=STSv1":
        return False
    if not fields[-1].strip(_BLANK):
        fields.pop()
    pairs = [tuple(word.strip(_BLANK) for word in field.split("=", 1)) for field in fields]
    if not all(len(pair) > 1 and _NAME.fullmatch(pair[0]) and _VALUE.fullmatch(pair[1]) for pair in pairs):
        return False
    return any(pair[0] == "id" and _ID.fullmatch(pair[1]) for pair in pairs)


def _read(final: Exchange, servers: list[str]) -> Sts:
    fields: dict[str, list[str]] = {}
    for line in final.body[:_MOST_BYTES].decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon and _NAME.fullmatch(name := name.rstrip(_BLANK)):
            fields.setdefault(name, []).append(value.strip(_BLANK))
    mode, age = fields.get("mode", [""])[0], fields.get("max_age", [""])[0]
    named = tuple(name.lower().rstrip(".") for name in fields.get("mx", [])[:_MOST_SERVERS])
    wrong = ""
    if fields.get("version", [""])[0] != "STSv1":
        wrong = "version"
    elif mode not in _MODES:
        wrong = "mode"
    elif not _AGE.fullmatch(age) or int(age) > _LONGEST_AGE:
        wrong = "max_age"
    elif mode != "none" and not named:
        wrong = "mx"
    if wrong:
        return Sts(present=True, field=wrong)
    unnamed = next((one for one in servers if not any(_fits(one, name) for name in named)), "") if mode == "enforce" else ""
    return Sts(present=True, mode=mode, days=int(age) // _DAY, servers=named, unnamed=unnamed)


def _fits(server: str, pattern: str) -> bool:
    """Tell whether a pattern names a server; ``*.`` stands for one label (section 4.1)."""
    return server == pattern or (pattern.startswith("*.") and server.partition(".")[2] == pattern[2:])
