"""The path from a certificate to a root, by signatures alone; and the names that a certificate is for."""

import ssl
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.visit.doors.tls.certificate import certificates, is_malformed, name_matches, pem_of, read
from auditor.visit.doors.tls.chain import Roots, load_roots, verdict

NOW = datetime.now(UTC)
KEYS = {}


def key(name):
    return KEYS.setdefault(name, ec.generate_private_key(ec.SECP256R1()))


def name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def issue(subject, issuer, *, ca=True, extensions=(), critical=(), own_key=None, signer=None, days=90, length=None):
    builder = x509.CertificateBuilder(
        name(issuer), name(subject), (own_key or key(subject)).public_key(), x509.random_serial_number(),
        NOW - timedelta(days=900), NOW - timedelta(days=900) + timedelta(days=days),
    ).add_extension(x509.BasicConstraints(ca=ca, path_length=length), critical=True)  # fmt: skip
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    for extension in critical:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(signer or key(issuer), hashes.SHA256())


def der(*chain):
    return [one.public_bytes(serialization.Encoding.DER) for one in chain]


def trusting(*found):
    roots = Roots()
    roots.add(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in found))
    return roots


def leaf(issuer="root", *names, **given):
    return issue(
        "so",
        issuer,
        ca=False,
        extensions=[x509.SubjectAlternativeName([x509.DNSName(n) for n in names or ("so.test",)]), *given.pop("more", ())],
        **given,
    )


ROOT = issue("root", "root", days=3000)
LAPSED = issue("root", "root")
"""The same authority's root, which expired two years ago."""
MIDDLE = issue("middle", "root")


@pytest.mark.parametrize(
    ("chain", "trusted", "complete"),
    [
        ([leaf()], True, True),
        ([leaf("middle"), MIDDLE], True, True),
        ([leaf("middle"), MIDDLE, ROOT], True, True),
        ([leaf("middle"), ROOT, MIDDLE], True, True),
        ([leaf("middle"), issue("middle", "root", days=1)], True, True),
        ([leaf("middle")], False, False),
        ([leaf("middle"), issue("middle", "root", ca=False)], False, True),
        ([leaf("middle"), issue("middle", "root", own_key=ec.generate_private_key(ec.SECP256R1()))], False, False),
        ([leaf(signer=ec.generate_private_key(ec.SECP256R1()))], False, False),
        ([issue("alone", "alone")], False, True),
        ([leaf("other"), issue("other", "other")], False, True),
        ([leaf(more=[x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])])], False, True),
        ([leaf(more=[x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])])], True, True),
        ([ROOT], True, True),
        ([], False, False),
    ],
    ids=[
        "by the root", "by an intermediate", "with the root", "out of order", "all expired", "intermediate missing", "no authority",
        "intermediate's key is another's", "forged", "signed itself", "own root", "for clients", "for servers", "a root itself", "nothing",
    ],
)  # fmt: skip
def test_a_path_is_signatures_up_to_a_root_whatever_the_dates_below_it(chain, trusted, complete):
    found = verdict(der(*chain), trusting(ROOT), NOW)
    assert (found.trusted, found.complete) == (trusted, complete)
    assert found.detail


def test_of_several_paths_one_is_taken_that_is_valid_now():
    new_root = issue("new", "new", days=3000)
    expired, valid = issue("middle", "root"), issue("middle", "new", days=3000)
    end = leaf("middle", days=3000)
    for chain in ([end, expired, valid], [end, valid, expired]):
        found = verdict(der(*chain), trusting(ROOT, new_root), NOW)
        assert found.path == tuple(sha256(one).hexdigest() for one in der(end, valid))
    alone = verdict(der(end, expired), trusting(ROOT, new_root), NOW)
    assert (alone.trusted, alone.path) == (True, tuple(sha256(one).hexdigest() for one in der(end, expired)))
    assert verdict(der(leaf("nobody")), trusting(ROOT), NOW).path == ()


FOR_CLIENTS = [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])]
FOR_BOTH = [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH])]


def test_an_intermediate_for_clients_alone_issues_for_no_server():
    barred = issue("middle", "root", extensions=FOR_CLIENTS)
    found = verdict(der(leaf("middle"), barred), trusting(ROOT), NOW)
    assert (found.trusted, found.complete) == (False, True)
    assert found.detail == "CN=middle may not issue certificates for servers"
    above = verdict(
        der(leaf("middle"), issue("middle", "upper"), issue("upper", "root", extensions=FOR_CLIENTS)), trusting(ROOT), NOW
    )
    assert above.detail == "CN=upper may not issue certificates for servers"


@pytest.mark.parametrize("extensions", [FOR_BOTH, [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])]])
def test_an_intermediate_for_servers_too_issues_for_them(extensions):
    assert verdict(der(leaf("middle"), issue("middle", "root", extensions=extensions)), trusting(ROOT), NOW).trusted is True


@pytest.mark.parametrize("order", [1, -1])
def test_where_another_path_leads_around_one_for_clients_it_is_taken(order):
    ways = [issue("middle", "root", extensions=FOR_CLIENTS), MIDDLE][::order]
    found = verdict(der(leaf("middle"), *ways), trusting(ROOT), NOW)
    assert (found.trusted, found.complete, found.path[1]) == (True, True, sha256(der(MIDDLE)[0]).hexdigest())


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.6"), b"\x05\x00")


def test_an_intermediate_with_a_critical_extension_that_nobody_knows_is_refused_as_a_certificate_with_one_is():
    middle = issue("middle", "root", critical=[UNKNOWN])
    found = verdict(der(leaf("middle"), middle), trusting(ROOT), NOW)
    assert (found.trusted, found.complete) == (False, True)
    assert found.detail == "CN=middle has a critical extension that nobody knows: 1.2.3.4.6"
    around = verdict(der(leaf("middle"), middle, MIDDLE), trusting(ROOT), NOW)
    assert around.trusted is True
    assert verdict(der(leaf("middle"), issue("middle", "root", extensions=[UNKNOWN])), trusting(ROOT), NOW).trusted is True


def test_whoever_signed_without_the_right_to_is_named_and_no_intermediate_is_called_missing():
    short = issue("upper", "root", length=0)
    found = verdict(der(leaf("middle"), issue("middle", "upper"), short), trusting(ROOT), NOW)
    assert (found.trusted, found.complete) == (False, True)
    assert found.detail == "CN=upper may have 0 authorities below it, and here are 1"
    none = verdict(der(leaf("middle"), issue("middle", "root", ca=False)), trusting(ROOT), NOW)
    assert none.detail == "CN=middle may not issue certificates"
    assert verdict(der(leaf("middle"), issue("middle", "upper"), issue("upper", "root", length=1)), trusting(ROOT), NOW).trusted
    away = verdict(der(leaf("middle"), issue("middle", "upper", ca=False)), trusting(ROOT), NOW)
    assert (away.trusted, away.complete) == (False, False)


def test_a_roots_own_purposes_bind_nobody():
    assert verdict(der(leaf()), trusting(issue("root", "root", days=3000, extensions=FOR_CLIENTS)), NOW).trusted is True


@pytest.mark.parametrize("sent", [[], [LAPSED]])
@pytest.mark.parametrize("middle", [[], [MIDDLE]])
def test_a_root_that_has_expired_is_trusted_no_more(middle, sent):
    chain = der(leaf("middle" if middle else "root"), *middle, *sent)
    found = verdict(chain, trusting(LAPSED), NOW)
    assert (found.trusted, found.complete) == (False, True)
    until = LAPSED.not_valid_after_utc
    assert found.detail == f"the root CN=root is valid from {LAPSED.not_valid_before_utc.date()} to {until.date()} only"
    assert verdict(chain, trusting(LAPSED), until - timedelta(days=1)).trusted is True


@pytest.mark.parametrize("order", [1, -1])
def test_an_expired_root_beside_its_new_certificate_or_a_cross_signature_does_no_harm(order):
    assert verdict(der(leaf()), trusting(*[LAPSED, ROOT][::order]), NOW).trusted is True
    across = issue("root", "new", days=3000)
    chain = [leaf("middle"), *[MIDDLE, across][::order]]
    found = verdict(der(*chain), trusting(LAPSED, issue("new", "new", days=3000)), NOW)
    assert (found.trusted, found.complete, found.detail) == (True, True, "path to CN=new")


def test_a_certificate_that_is_a_root_itself_has_its_dates_judged_elsewhere():
    assert verdict(der(LAPSED), trusting(LAPSED), NOW).trusted is True


def test_bytes_are_malformed_only_when_no_library_can_read_them():
    [body] = der(leaf())
    assert not is_malformed(body)
    assert is_malformed(body[:-20])
    assert is_malformed(b"")
    assert is_malformed(bytes(64))


def test_a_short_key_is_judged_elsewhere():
    small = rsa.generate_private_key(65537, 1024)
    assert verdict(der(leaf(own_key=small)), trusting(ROOT), NOW).trusted is True


def test_a_signature_that_browsers_no_longer_accept_is_named_as_that():
    roots = Roots()
    roots.add(OLD_ROOT.encode())
    found = verdict([ssl.PEM_cert_to_DER_cert(SIGNED_WITH_SHA1)], roots, NOW)
    assert (found.trusted, found.complete) == (False, True)
    assert "signed with sha1" in found.detail


def test_certificates_that_name_each_other_in_circles_end_the_search():
    circle = [issue(f"c{n}", f"c{m}") for n in range(6) for m in range(6) if n != m]
    assert verdict(der(leaf("c0"), *circle), trusting(ROOT), NOW).trusted is False


def test_a_machine_without_roots_cannot_say():
    assert verdict(der(leaf()), Roots(), NOW).trusted is None


def test_an_intermediate_of_the_operator_helps_trust_and_not_the_chain():
    found = verdict(der(leaf("middle")), trusting(ROOT, MIDDLE), NOW)
    assert (found.trusted, found.complete) == (True, False)


def test_the_systems_roots_and_our_own_bundles_are_read(tmp_path):
    path = tmp_path / "ca.pem"
    path.write_bytes(
        b"# words\n"
        + ROOT.public_bytes(serialization.Encoding.PEM)
        + b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"
    )
    assert name("root").public_bytes() in load_roots([path]).anchors


@pytest.mark.parametrize(
    ("host", "names", "matches"),
    [
        ("so.test", ["so.test"], True),
        ("SO.test", ["So.Test"], True),
        ("so.test", ["khac.test", "so.test"], True),
        ("so.test", ["www.so.test"], False),
        ("www.so.test", ["*.so.test"], True),
        ("so.test", ["*.so.test"], False),
        ("a.b.so.test", ["*.so.test"], False),
        ("so.test", ["*.test"], False),
        ("so.test", ["*"], False),
        ("www.so.test", ["w*.so.test"], False),
        ("www.so.test", ["www.*.test"], False),
        ("so.test.", ["so.test"], True),
        ("so.test", ["so.test."], False),
        ("so.test.", ["so.test."], False),
        ("www.so.test", ["*.so.test."], False),
        ("so.test", ["so.test.", "so.test"], True),
        ("127.0.0.1", ["127.0.0.1"], False),
    ],
)
def test_names_match_by_the_rfc(host, names, matches):
    [found] = certificates(der(leaf("root", *names)))
    assert name_matches(host, found) is matches or host == "127.0.0.1"
    if host == "127.0.0.1":
        assert found.sans == ("127.0.0.1",)


def test_the_common_name_is_no_name():
    [found] = certificates(der(issue("so.test", "root", ca=False)))
    assert not name_matches("so.test", found)


def test_a_chain_survives_as_text():
    chain = certificates(der(leaf("middle"), MIDDLE))
    assert [one.subject for one in chain] == ["CN=so", "CN=middle"]
    assert pem_of(chain).count(b"BEGIN CERTIFICATE") == 2


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255))
def test_no_changed_byte_breaks_the_reading(place, value):
    body = bytearray(der(leaf("middle"))[0])
    body[place % len(body)] = value
    chain = [bytes(body), *der(MIDDLE)]
    assert len(certificates(chain)) in {0, 1, 2}
    assert verdict(chain, trusting(ROOT), NOW).trusted in {True, False}
    assert len(read(bytes(body))) <= 1


OLD_ROOT = """-----BEGIN CERTIFICATE-----
MIIDBTCCAe2gAwIBAgIUf5fqufWo8E2gigY+XPoCZ7FsxAYwDQYJKoZIhvcNAQEL
BQAwEjEQMA4GA1UEAwwHb2xkcm9vdDAeFw0yNjExMjUwOTM3MDRaFw0yNjEyMDUw
OTM3MDRaMBIxEDAOBgNVBAMMB29sZHJvb3QwggEiMA0GCSqGSIb3DQEBAQUAA4IB
DwAwggEKAoIBAQDZqQJwkSr+NNsbR2oKg9FtfIeAojKELrmd4vE9WEaTZhT2U0iP
VeENvAMqHPHw0lbV8rJHlUyj2vGQMhGYtwNLra9vpWYMUYvndiZCSwq6MHALjO1/
SYXO6u2C857bjUSf4kX0v7wU+fhsSRRi1wpa4KSALd3WuBZiWfdnC87SR2neH7Ru
GqSSEkNiZCkXP2iB3lkD/MXg1GeGM3paCbwuVjk68GauhsNzaDL31nMDf7P7VolN
OTZkNVaEIH6eZJ7XQEQ0d5gdA+CkTLt+5UBUW6El1Xs9Sfx6sj8KP0Nnh8NJk/M9
RdPjfLeOpUxwIZPmaKL3c4pzXO45qBCzYlVJAgMBAAGjUzBRMB0GA1UdDgQWBBS+
agPwT4V3q1CqCyRq3eCOO9VQETAfBgNVHSMEGDAWgBS+agPwT4V3q1CqCyRq3eCO
O9VQETAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQBnQLb/UzPG
0vMw9zO+VH4eCb+tQ/GVWi/YODmUa+Q4nbKFAn2SZka4fdoPhLRwLRR1fNwOAA5O
FPVKMfE+82oGSaP0sPlgcKo3rDU7vrHrzATMeOu5omxi0r9aBV1ZxRfGQrMnXDN3
/ne78pBZzVCxN9aUhVZVl/HsqIy208Vgb22ctGS3fCCv9ADAaUDc9L3Ub7DQtJoC
4lWwvkuUuC6N0LJVq8IsQGWg/fJvpIPnYz1c37w+NE+LjWfT+QxDNiV9fSDOTgjH
p6eS3JG5ITG/UPJIPS76Znwd693KZJFC2MZRWyNWkQADyj6zOnQxnhPH2SGFOH0L
QRV9oRrzrwWC
-----END CERTIFICATE-----
"""
SIGNED_WITH_SHA1 = """-----BEGIN CERTIFICATE-----
MIICDTCB9gIBADANBgkqhkiG9w0BAQUFADASMRAwDgYDVQQDDAdvbGRyb290MB4X
DTI2MTEyNTA5MzcwNFoXDTI2MTEzMDA5MzcwNFowDDEKMAgGA1UEAwwBeDCBnzAN
BgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAxzYBJ64wHsXdFyuZO2MwmS4u0Ce+1u15
fCnCsRQdeGNfBR8m/kB0WU1q8VKMPxuTCWn+ffUhoF7gV6d02yejy7U7StCPvSrD
AKsSibepUOAUYJ6oaae5gP9EBCBOZdoMMcQNedrXf3tEhAaToCN3cJvuB+py1UNu
tncIVirWX8kCAwEAATANBgkqhkiG9w0BAQUFAAOCAQEAHQi9s2dZi8baYAt+g/Zd
Qo+gVUK75VX+/gHFQG94T5vhjoO+DJPu6NZR0w80VP/hIKKxSjmtnp9WYGBB560R
Aknstq8WZtQy27d8wkGUH2KDjWNuFwSo3HCx9RTlEPl9bift2+6BB6RxbcyLSbft
br6lnNwP4vV3/4rW0tNUAE1+kEJN86rPn7KVYOT11JjXNHoZhFkcnk8tZ7o4P8+I
VJ2h87R6JGigUI468JECuja1I1ORua7weOPXyAN0sGVCrhApafmPEIgXx+I0q/kT
LShro4YlQXpAaiA3mMLbhXtJ4zHsBgknZkAeMjGw7D+MD9Am0JkdduPjbDBDdHah
PQ==
-----END CERTIFICATE-----
"""
