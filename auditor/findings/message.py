"""The bytes of a letter by mail: the same notice always gives the same ones, and nothing in it can become a header. PURE."""

import hashlib
import re
from collections.abc import Sequence
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from auditor.model.notice import Notice

__all__ = ["compose", "mailbox", "message_id", "sender_of"]

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.IGNORECASE)
_LABEL = re.compile(r"[^a-z0-9]+")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MOST_LOCAL, _MOST_ADDRESS, _MOST_WORDS = 64, 254, 250
_DIGITS, _MOST_LABEL = 32, 63
_FOLD = "\r\n "
_REMEMBERED = 10
"""Of a long thread the first letter and the last ones are named."""


def mailbox(address: str) -> str | None:
    """Give an address as servers take it, the host in ASCII; None where it is none."""
    local, at, domain = address.strip().rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    fits = len(local) <= _MOST_LOCAL and len(local) + 1 + len(host) <= _MOST_ADDRESS
    return f"{local}@{host}" if at and fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(host) else None


def message_id(key: str, domain: str) -> str:
    """Give the name of a notice's letter: the same however often it is sent, so that a server that has it already can tell."""
    return f"<{_digest(key)}@{domain}>"


def sender_of(sender: str) -> tuple[str, str]:
    """Take ``Name <a@b.example>`` or ``a@b.example`` apart: the name, also one with a comma, and the address as servers take it.

    Raises:
        ValueError: the address is none.
    """
    name, bracket, rest = sender.strip().rpartition("<")
    address = mailbox(rest.removesuffix(">"))
    if address is None:
        raise ValueError(f'"{sender}" holds no address of mail')
    return name.strip().strip('"') if bracket else "", address


def compose(notice: Notice, sender: str, *, before: Sequence[str] = ()) -> bytes:
    """Write a letter. ``sender`` is ours, ``before`` are the keys of what was sent in its thread, the oldest first.

    Everything in it is 7 bit, with the line ends of mail. Addresses that are none are left out.

    Raises:
        ValueError: ``sender`` holds no address.
    """
    name, own = sender_of(sender)
    domain = own.rpartition("@")[2]
    known = before if len(before) <= _REMEMBERED else (before[0], *before[-_REMEMBERED:])
    head = {
        "From": f"{_words(name, 'From')} <{own}>" if name else own,
        "To": _FOLD.join(f"{found}," for found in map(mailbox, notice.to) if found).rstrip(","),
        "Subject": _words(notice.subject, "Subject"),
        "Date": format_datetime(notice.created_at),
        "Message-ID": message_id(notice.key, domain),
        "In-Reply-To": message_id(before[-1], domain) if before else "",
        "References": _FOLD.join(message_id(key, domain) for key in known),
        "List-Id": f"<{_label(notice.thread)}.auditor.{domain}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's holiday answer comes back
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value)
    return lines.encode("ascii") + _body(notice).as_bytes()


def _body(notice: Notice) -> EmailMessage:
    body = EmailMessage(policy=SMTP)
    body.set_content(_text(notice.text), cte="quoted-printable")
    if notice.html:
        body.add_alternative(_text(notice.html), subtype="html", cte="quoted-printable")
        body.set_boundary(f"=_{_digest(notice.key)}")
    return body


def _words(text: str, header: str) -> str:
    """Write words of ours or a site's as encoded ones (RFC 2047), whatever they are: those hold no line end and no comma."""
    line = _UNSEEN.sub(" ", _whole(text)).strip()[:_MOST_WORDS]
    return Header(line, "utf-8", header_name=header).encode(linesep="\r\n")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _label(thread: str) -> str:
    return _LABEL.sub("-", thread.lower()).strip("-")[:_MOST_LABEL].strip("-") or "notices"


def _text(text: str) -> str:
    return _CONTROL.sub("", _whole(text))


def _whole(text: str) -> str:
    """Put a question mark for each half of a letter, which no charset can write."""
    return text.encode("utf-8", "replace").decode("utf-8")
