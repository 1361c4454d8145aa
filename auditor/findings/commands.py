"""The lines with which an agency's engineer sees a fault himself: our own probe, and plain tools. PURE.

Addresses come from sites and registries: they are quoted for the shell, and only web addresses are passed on.
"""

import re
import shlex
from urllib.parse import urlsplit

from auditor.model.finding import Finding, FindingKind

__all__ = ["commands"]

_WEB = re.compile(r"https?://[\x21-\x7e]+", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_HTTPS = 443
_HEADERS = ("headers", "https", "http")


def commands(finding: Finding) -> tuple[str, ...]:
    """Give one line of ours and one of a plain tool, each to be pasted into a shell."""
    own = f"auditor probe --agency {shlex.quote(finding.agency)} --probe {shlex.quote(finding.probe)}"
    if _WEB.fullmatch(finding.site):
        own += f" --site {shlex.quote(finding.site)}"
    return (own, *_plain(finding))


def _plain(finding: Finding) -> tuple[str, ...]:
    family, _, name = (finding.measure or "").partition(".")
    host = _host(finding.site)
    if finding.kind in {FindingKind.OUTAGE, FindingKind.ACCESS}:
        return _curl(finding.site, "-sS -o /dev/null -w '%{http_code} %{time_total}s\\n'")
    if family == "tls":
        return _openssl(finding.site, name)
    if host is not None and family == "dns":
        return (_dig(host, name),)
    if host is not None and family == "mail":
        domain = host.removeprefix("www.")
        record = {"spf": f"{domain} TXT", "dmarc": f"_dmarc.{domain} TXT"}.get(name, f"{domain} MX")
        return (f"dig +short {record}",)
    if family in _HEADERS:
        return _curl(_address(finding), "-sSI")
    return _curl(_address(finding), "-sSL")


def _curl(address: str, flags: str) -> tuple[str, ...]:
    return (f"curl {flags} --url {shlex.quote(address)}",) if _WEB.fullmatch(address) else ()


def _openssl(site: str, name: str) -> tuple[str, ...]:
    host = _host(site)
    if host is None:
        return ()
    port = urlsplit(site).port if site.lower().startswith("https:") else None
    line = f"openssl s_client -connect {host}:{port or _HTTPS} -servername {host} </dev/null"
    if name in {"days_left", "valid_now", "hostname", "trusted"}:
        return (f"{line} 2>/dev/null | openssl x509 -noout -subject -issuer -dates",)
    if name == "oldest_protocol":
        return (line.replace(" </dev/null", " -tls1_1 </dev/null"),)
    return (line.replace(" </dev/null", " -showcerts </dev/null") if name == "chain_complete" else line,)


def _dig(host: str, name: str) -> str:
    domain = host.removeprefix("www.")
    kinds = {
        "dnssec": f"+dnssec {domain} DNSKEY",
        "nameservers": f"+short {domain} NS",
        "caa": f"+short {domain} CAA",
    }
    return f"dig {kinds.get(name, f'+short {host} AAAA')}"


def _address(finding: Finding) -> str:
    """Give the page that the proof is of, else the site."""
    pages = (proof.url for proof in finding.evidence if proof.url and _WEB.fullmatch(proof.url))
    return next(pages, finding.site)


def _host(site: str) -> str | None:
    """Give a site's host if it can stand in a command as it is, else nothing."""
    try:
        parts = urlsplit(site)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    return host if _HOST.fullmatch(host) else None
