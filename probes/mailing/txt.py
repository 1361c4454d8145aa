"""DNS answers as a probe reads them: did anybody answer, and what do the texts say."""

import re

from auditor.model.visit import Cause
from auditor.sdk.doors import DnsAnswer

__all__ = ["failure_of", "texts_of"]

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_ESCAPE = re.compile(r"\\(\d{3}|.)")
_ANSWERED = {"NOERROR", "NXDOMAIN"}


def failure_of(answer: DnsAnswer) -> Cause | None:
    """Say why an answer is none; None when it is one, be it that there is nothing."""
    return answer.cause or (None if answer.rcode in _ANSWERED else Cause.DNS)


def texts_of(answer: DnsAnswer) -> tuple[str, ...]:
    """Give each TXT record as one text, its strings joined without a space (RFC 7208 section 3.3)."""
    return tuple("".join(_unescape(quoted or bare) for quoted, bare in _STRING.findall(record)) for record in answer.records)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1]) % 256) if match[1].isdigit() and len(match[1]) > 1 else match[1], text)
