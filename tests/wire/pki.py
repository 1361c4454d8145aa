"""Certificates of every kind that a bed of TLS servers needs, each a PEM file of a key and the chain that is sent."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dh, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.now(UTC)
PRIMES = {
    1024: (
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
        "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
        "49286651ECE65381FFFFFFFFFFFFFFFF"
    ),
    2048: (
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
        "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
        "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"
        "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
        "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF"
    ),
}
"""The groups of RFC 2409, 6.2 and RFC 3526, 3."""


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.6"), b"\x05\x00")
USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign",
    "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
CURVES = {"ec": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}


def _key(kind):
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(CURVES[kind]()) if kind in CURVES else rsa.generate_private_key(65537, kind)


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


class Pki:
    """A root that is trusted, one that is not, and what they sign."""

    def __init__(self, folder):
        self.folder = folder
        self.root, self.root_key = self._authority("Wire Root", None)
        self.other, self.other_key = self._authority("Wire Other Root", None)
        self.middle, self.middle_key = self._authority("Wire Issuing", (self.root, self.root_key))
        self.stale, self.stale_key = self._authority("Wire Stale Issuing", (self.root, self.root_key), start=-800, end=-5)
        self.trust = folder / "root.pem"
        self.lapsed, self.lapsed_key = self._authority("Wire Lapsed Root", None, start=-800, end=-5)
        self.clients, self.clients_key = self._authority("Wire Clients Issuing", (self.root, self.root_key), clients=True)
        self.critical, self.critical_key = self._authority("Wire Critical Issuing", (self.root, self.root_key), critical=True)
        self.short, self.short_key = self._authority("Wire Short", (self.root, self.root_key), length=0)
        self.long, self.long_key = self._authority("Wire Long Issuing", (self.short, self.short_key))
        self.trust.write_bytes(_pem(self.root) + _pem(self.lapsed))
        for bits, prime in PRIMES.items():
            group = dh.DHParameterNumbers(int(prime, 16), 2).parameters()
            (folder / f"dh{bits}.pem").write_bytes(
                group.parameter_bytes(serialization.Encoding.PEM, serialization.ParameterFormat.PKCS3)
            )

    def _authority(self, name, by, *, start=-400, end=3_000, clients=False, critical=False, length=None):
        key = _key("ec")
        issuer, issuer_key = by or (None, key)
        subject = _name(name)
        builder = self._builder(subject, issuer.subject if issuer else subject, key, start, end)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True)
        if critical:
            builder = builder.add_extension(UNKNOWN, critical=True)
        builder = builder.add_extension(x509.KeyUsage(*[False] * 5, True, True, False, False), critical=True)
        if clients:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        return builder.sign(issuer_key, hashes.SHA256()), key

    @staticmethod
    def _builder(subject, issuer, key, start, end):
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW + timedelta(days=start))
            .not_valid_after(NOW + timedelta(days=end))
        )

    def leaf(
        self,
        name,
        *,
        key="ec",
        names=("wire.test",),
        start=-1,
        end=90,
        by="middle",
        sent=("middle",),
        common="wire.test",
        demands=False,
        usage="",
        purpose=None,
    ):
        """Write a leaf for these names, by this signer, with these certificates behind it; gives the file."""
        private = _key(key)
        signer = None if by == "self" else (getattr(self, by), getattr(self, f"{by}_key"))
        subject = _name(common)
        builder = self._builder(subject, signer[0].subject if signer else subject, private, start, end)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general(one) for one in names]), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        if demands:
            builder = builder.add_extension(x509.TLSFeature([x509.TLSFeatureType.status_request]), critical=False)
        if usage:
            uses = {**dict.fromkeys(USES, False), usage: True}
            builder = builder.add_extension(x509.KeyUsage(**uses), critical=True)
        if purpose:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        certificate = builder.sign(signer[1] if signer else private, hashes.SHA256())
        plain = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path = self.folder / f"{name}.pem"
        path.write_bytes(plain + _pem(certificate) + b"".join(_pem(getattr(self, one)) for one in sent))
        return path


def _general(name):
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
