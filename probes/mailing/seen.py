"""What was seen of a domain's mail."""

import re
from dataclasses import dataclass, replace

from auditor.model.evidence import Chain, Proof
from auditor.sdk.doors import DnsAnswer, SmtpTalk

__all__ = ["MailSeen", "alias_of", "proofs_of", "servers_of", "why"]

_PREFERENCE = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSeen:
    """What the DNS and the mail servers said. ``domain`` is empty when the site has no name.

    ``spf`` are the TXT answers of the domain and of every name that its record leads to, ``spf_hosts`` those about the hosts that
    these records name; ``dmarc`` the TXT answers of the domain and, if it had none, of its organisation. ``sts`` is the MTA-STS
    record, and ``policy`` what the place of its policy answered; ``tlsa`` are DANE's answers, of each server that was
    talked to, and ``hosts`` the addresses of each.
    """

    domain: str
    organisation: str = ""
    duty: bool = False
    mx: DnsAnswer | None = None
    spf: tuple[DnsAnswer, ...] = ()
    spf_hosts: tuple[DnsAnswer, ...] = ()
    dmarc: tuple[DnsAnswer, ...] = ()
    talks: tuple[SmtpTalk, ...] = ()
    sts: DnsAnswer | None = None
    policy: Chain | None = None
    tlsa: tuple[DnsAnswer, ...] = ()
    hosts: tuple[DnsAnswer, ...] = ()


def servers_of(mx: DnsAnswer) -> list[str]:
    """Give the mail servers, the most preferred first; a null MX (RFC 7505) is none."""
    pairs = [record.split() for record in mx.records]
    ranked = sorted(
        (int(pair[0]), pair[1].rstrip(".").lower()) for pair in pairs if len(pair) > 1 and _PREFERENCE.fullmatch(pair[0])
    )
    return [name for _, name in ranked if name]


def alias_of(host: DnsAnswer) -> str:
    """Give the name that a mail server's own is an alias of, which it must not be (RFC 2181 section 10.3); empty without one."""
    name = host.canonical.lower().rstrip(".")
    return "" if name == host.name.lower().rstrip(".") else name


def proofs_of(answers: tuple[DnsAnswer, ...], passages: dict[str, str | None]) -> tuple[Proof, ...]:
    """Give what was kept of these answers, each with its name's passage."""
    return tuple(replace(one.proof, passage=passages.get(one.name)) for one in answers if one.proof is not None)


def why(answer: DnsAnswer) -> str:
    """Say why an answer is none."""
    return answer.detail or answer.rcode
