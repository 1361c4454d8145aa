"""Authorities of the TLS tests whose certificates trustme does not make: constrained ones, and such with staples."""

import ssl
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from tlsscan import HOST


def constrained(folder, *, permitted):
    """Make a root that may issue only under one name, and a certificate by it for our host."""
    from types import SimpleNamespace

    def sign(subject, names, *extensions, by=None):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
        issuer, signer = by or (name, key)
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(issuer, name, key.public_key(), 7, now - timedelta(days=1), now + timedelta(days=1))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=True)
        return name, key, builder.sign(signer, hashes.SHA256())

    ca, ca_key, root = sign(
        "Limited", (), x509.BasicConstraints(ca=True, path_length=None), x509.NameConstraints([x509.DNSName(permitted)], None)
    )
    _, key, leaf = sign("x", (), x509.SubjectAlternativeName([x509.DNSName(HOST)]), by=(ca, ca_key))
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    (folder / "leaf.pem").write_bytes(
        leaf.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem")
    return SimpleNamespace(root=folder / "root.pem", context=context)


def authorities(folder, *, demands=False):
    """Make a root and two intermediates of one name and key, of which one has expired, and a server's certificate by them."""
    from types import SimpleNamespace

    now, pem = datetime.now(UTC), serialization.Encoding.PEM
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("root", "middle", "so", "delegate")}

    def issue(subject, issuer, *, until, ca=True):
        names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)]) for one in (issuer, subject)]
        start = now - timedelta(days=90)
        builder = x509.CertificateBuilder(*names, keys[subject].public_key(), x509.random_serial_number(), start, now + until)
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        if subject == "delegate":
            usage = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.OCSP_SIGNING])
            builder = builder.add_extension(usage, critical=False)
        if subject == "so" and demands:
            builder = builder.add_extension(x509.TLSFeature([x509.TLSFeatureType.status_request]), critical=False)
        return builder.sign(keys[issuer], hashes.SHA256()).public_bytes(pem)

    day = timedelta(days=1)
    middles = {"e": issue("middle", "root", until=-day), "v": issue("middle", "root", until=day)}
    leaf = issue("so", "middle", until=day, ca=False)
    delegate = issue("delegate", "middle", until=day, ca=False)
    secret = keys["so"].private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "root.pem").write_bytes(issue("root", "root", until=day))

    def context(order):
        (folder / "so.pem").write_bytes(leaf + b"".join(middles[one] for one in order) + secret)
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(folder / "so.pem")
        return made

    def staple(status=ocsp.OCSPCertStatus.GOOD, days=0, by="middle", about="so"):
        subject = x509.load_pem_x509_certificate(leaf if about == "so" else middles["v"])
        issuer = x509.load_pem_x509_certificate(middles["v"])
        start = now + timedelta(days=days, hours=-1)
        gone = status is ocsp.OCSPCertStatus.REVOKED
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=subject, issuer=issuer, algorithm=hashes.SHA1(), cert_status=status, this_update=start, next_update=start + day,
            revocation_time=start if gone else None, revocation_reason=None,
        )  # fmt: skip
        speaker = issuer if by == "middle" else x509.load_pem_x509_certificate(leaf if by == "so" else delegate)
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, speaker).certificates([speaker])
        made = builder.sign(keys[by], hashes.SHA256())
        return made.public_bytes(serialization.Encoding.DER)

    return SimpleNamespace(root=folder / "root.pem", context=context, staple=staple)
