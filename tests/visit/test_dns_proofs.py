"""The parts of DNSSEC without a network: signatures, proofs of absence under replay, anchors."""

from base64 import b64encode

import dns.dnssec
import dns.rdata
import dns.rdatatype
import dns.rrset
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from dnssec import SignedZone, delegate, name

from auditor.errors import ConfigError
from auditor.visit.doors.dns.denial import Cut, Denial, Denied
from auditor.visit.doors.dns.door import read_anchors
from auditor.visit.doors.dns.signature import fault

SITES = "so 300 IN A 192.0.2.80\nwww.so 300 IN CNAME so\n*.tu 300 IN A 192.0.2.81\nsau.trong.rong 300 IN TXT x\n"
NSEC3 = ("abcd", 3)
PUBLISHED = [
    (
        "www.example.net.", "A", "192.0.2.1",
        "257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
        ("A 13 3 3600 20100909100439 20100812100439 55648 example.net. "
        "qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw=="),
    ),
    (
        "example.com.", "MX", "10 mail.example.com.",
        "257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
        ("MX 15 2 3600 1440021600 1438207200 3613 example.com. "
        "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg=="),
    ),
]  # fmt: skip


def test_signatures_of_other_peoples_making_hold():
    """The examples of RFC 6605 (P-256) and RFC 8080 (Ed25519): nothing of ours signed them."""
    for owner, kind, record, key, signature in PUBLISHED:
        rrset = dns.rrset.from_text(owner, 3600, "IN", kind, record)
        signed = dns.rdata.from_text("IN", "RRSIG", signature)
        keys = [dns.rdata.from_text("IN", "DNSKEY", key)]
        assert fault(rrset, signed, keys, signed.inception + 1) == ""
        assert "expired on" in fault(rrset, signed, keys, signed.expiration + 1)
        other = dns.rrset.from_text(owner, 3600, "IN", "A", "192.0.2.7")
        assert fault(other, signed.replace(type_covered=other.rdtype), keys, signed.inception + 1) == "the signature does not fit"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no DS or DNSKEY record"),
        ("khanhhoa.test. IN A 192.0.2.1\n", "A is no trust anchor (DS or DNSKEY is)"),
        ("khanhhoa.test. IN DS nonsense\n", "no DS or DNSKEY records in zone-file form"),
    ],
)
def test_a_wrong_anchor_file_says_what_is_wrong(tmp_path, text, what):
    path = tmp_path / "anchor.zone"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_anchors(path)
    assert str(caught.value).startswith("anchor.zone: ")
    assert what in str(caught.value)


def test_a_missing_anchor_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"khong-co: the trust anchor cannot be read"):
        read_anchors(tmp_path / "khong-co")


def test_the_shipped_anchors_are_the_roots_two_keys():
    [(zone, digests)] = read_anchors().zones.items()
    assert zone == name(".")
    assert sorted(digest.key_tag for digest in digests) == [20326, 38696]


def test_an_anchor_may_be_a_key(tmp_path):
    zone = SignedZone("khanhhoa.test.")
    path = tmp_path / "anchor"
    path.write_text(f"khanhhoa.test. 3600 IN DNSKEY {zone.key.to_text()}\n")
    assert read_anchors(path).zones == {zone.origin: (zone.ds,)}


def everything(zone):
    """Give a zone's proofs all at once, as one who replays whatever he has ever heard."""
    rows = [(owner, rdata) for owner in zone.zone.nodes for rdataset in zone.zone.nodes[owner] for rdata in rdataset]
    nsec = [(owner, rdata) for owner, rdata in rows if rdata.rdtype == dns.rdatatype.NSEC]
    nsec3 = [(owner, rdata) for owner, rdata in rows if rdata.rdtype == dns.rdatatype.NSEC3]
    return Denial(zone.origin, nsec, nsec3)


@pytest.mark.parametrize("nsec3", [None, NSEC3], ids=["nsec", "nsec3"])
def test_no_replay_of_true_proofs_denies_what_is_there(nsec3):
    zone = SignedZone("khanhhoa.test.", SITES + "thay 300 IN DNAME noi.khac.test.\n", nsec3=nsec3)
    signed = delegate(zone, SignedZone("con.khanhhoa.test."))
    unsigned = delegate(zone, SignedZone("xa.khanhhoa.test."), "no ds")
    zone.build()
    denial = everything(zone)
    a, txt = dns.rdatatype.A, dns.rdatatype.TXT
    there = [
        ("so", a),
        ("www.so", a),
        ("mot.tu", a),
        ("sau.trong.rong", txt),
        ("con", dns.rdatatype.DS),
        ("ns", a),
        ("a.con", a),
        ("a.xa", a),
        ("b.thay", a),
    ]
    for label, kind in there:
        owner = name(f"{label}.khanhhoa.test.")
        assert denial.denies(owner, kind, exists=True) is Denied.UNPROVEN, label
        assert denial.denies(owner, kind, exists=False) is Denied.UNPROVEN, label
    assert denial.denies(name("trong.rong.khanhhoa.test."), a, exists=False) is Denied.UNPROVEN
    assert denial.denies(name("khong.khanhhoa.test."), a, exists=False) is Denied.PROVEN
    assert denial.denies(name("so.khanhhoa.test."), txt, exists=True) is Denied.PROVEN
    assert denial.cut(signed.origin) is Cut.UNPROVEN
    assert denial.cut(unsigned.origin) is Cut.UNSIGNED
    assert [denial.cut(name(f"{label}.khanhhoa.test.")) for label in ("so", "rong", "khong")] == [Cut.NONE] * 3
    assert denial.allows_wildcard(name("mot.tu.khanhhoa.test."), 3) is Denied.PROVEN
    assert denial.allows_wildcard(name("so.khanhhoa.test."), 2) is Denied.UNPROVEN


@pytest.mark.parametrize(("algorithm", "digest"), [(5, hashes.SHA1()), (8, hashes.SHA256()), (10, hashes.SHA512())])
def test_rsa_signatures_hold_as_the_roots_are(algorithm, digest):
    private = rsa.generate_private_key(65537, 2048)
    numbers = private.public_key().public_numbers()
    key = dns.rdata.from_text(
        "IN", "DNSKEY", f"257 3 {algorithm} {b64encode(bytes([3, 1, 0, 1]) + numbers.n.to_bytes(256, 'big')).decode()}"
    )
    rrset = dns.rrset.from_text("so.test.", 300, "IN", "A", "192.0.2.2", "192.0.2.1")
    blank = dns.rdata.from_text(
        "IN", "RRSIG", f"A {algorithm} 2 300 20261201000000 20261101000000 {dns.dnssec.key_id(key)} test. AA=="
    )
    signed = private.sign(dns.dnssec._make_rrsig_signature_data(rrset, blank), padding.PKCS1v15(), digest)
    now = blank.inception + 1
    assert fault(rrset, blank.replace(signature=signed), [key], now) == ""
    assert fault(rrset, blank.replace(signature=signed[:-1] + b"x"), [key], now) == "the signature does not fit"
    assert fault(rrset, blank.replace(signature=signed), [key.replace(flags=1)], now) == "no such key"
    huge = key.replace(key=bytes([3, 1, 0, 1]) + b"\xff" * 2048)
    assert (
        fault(rrset, blank.replace(signature=signed, key_tag=dns.dnssec.key_id(huge)), [huge], now)
        == "the signature does not fit"
    )
