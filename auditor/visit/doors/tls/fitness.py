"""Whether the certificates of a path may stand where they stand: purposes, rights to issue, names, extensions (RFC 5280)."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from auditor.visit.doors.tls.certificate import UNREADABLE, extension_of, is_address, names_of, text_of

__all__ = ["constrained", "overstepped", "refused_authority", "unfit"]


def unfit(leaf: x509.Certificate) -> str:
    """Say why a certificate may not stand for a server, whoever signed it; empty if it may."""
    if not _for_servers(leaf):
        return "the certificate is not for servers"
    unknown = _unknown_of(leaf)
    if unknown is None:
        return "the certificate's extensions cannot be read"
    return f"the certificate has a critical extension that nobody knows: {unknown}" if unknown else ""


def refused_authority(authority: x509.Certificate) -> str:
    """Say why browsers take no intermediate like this one, wherever it stands; empty if they do.

    An extension that is critical and unknown makes them refuse it (RFC 5280 section 4.2), as it does below.
    """
    if not _for_servers(authority):
        return f"{text_of(authority.subject)} may not issue certificates for servers"
    unknown = _unknown_of(authority)
    return f"{text_of(authority.subject)} has a critical extension that nobody knows: {unknown}" if unknown else ""


def overstepped(authority: x509.Certificate, below: Sequence[x509.Certificate]) -> str:
    """Say why it had no right to issue what stands below it, the end first; empty if it had.

    The length of a path counts the intermediates below that another authority issued (RFC 5280 section 4.2.1.9).
    """
    basic = extension_of(authority, x509.BasicConstraints)
    usage = extension_of(authority, x509.KeyUsage)
    if basic is None or not basic.ca or (usage is not None and not usage.key_cert_sign):
        return f"{text_of(authority.subject)} may not issue certificates"
    counted = sum(one.subject != one.issuer for one in below[1:])
    if basic.path_length is not None and counted > basic.path_length:
        return f"{text_of(authority.subject)} may have {basic.path_length} authorities below it, and here are {counted}"
    return ""


def constrained(path: Sequence[x509.Certificate]) -> str:
    """Say which authority of a path may not issue for the names at its end (RFC 5280 section 4.2.1.10); empty if all may."""
    names = [name for name in names_of(path[0]) if not is_address(name)]
    for authority in path[1:]:
        limits = extension_of(authority, x509.NameConstraints)
        permitted = [one.value for one in (limits.permitted_subtrees or ()) if isinstance(one, x509.DNSName)] if limits else []
        excluded = [one.value for one in (limits.excluded_subtrees or ()) if isinstance(one, x509.DNSName)] if limits else []
        for name in names:
            if (permitted and not any(_under(name, one) for one in permitted)) or any(_under(name, one) for one in excluded):
                return f"{text_of(authority.subject)} may not issue for {name}"
    return ""


def _for_servers(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate's purposes, where it names any, are those of servers; an authority's bind all below it."""
    usage = extension_of(certificate, x509.ExtendedKeyUsage)
    return usage is None or bool({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE} & set(usage))


def _unknown_of(certificate: x509.Certificate) -> str | None:
    """Name the first extension that is critical and that nobody knows; empty without one, None where they cannot be read."""
    try:
        found = [one.oid.dotted_string for one in certificate.extensions if one.critical and _is_unknown(one.value)]
    except UNREADABLE:
        return None
    return found[0] if found else ""


def _is_unknown(extension: x509.ExtensionType) -> bool:
    return isinstance(extension, x509.UnrecognizedExtension)


def _under(name: str, tree: str) -> bool:
    name, tree = name.lower(), tree.lower().lstrip(".")
    return not tree or name == tree or name.endswith(f".{tree}")
