"""An authority that tells whether it has revoked a certificate: OpenSSL's own OCSP responder, and a list on a web server."""

import shutil
import socket
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from auditor.visit.doors.tls.certificate import certificates
from auditor.visit.doors.tls.chain import Roots

OPENSSL = shutil.which("openssl")
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
DAY = timedelta(days=1)
OCSP_URL, CRL_URL = "http://ocsp.ca.test", "http://crl.ca.test/ca.crl"


def now():
    return datetime.now(UTC)


class Authority:
    """A root, its issuing authority, a delegate for OCSP and one who is none, and a server's certificate that names both means."""

    def __init__(self, folder, host, *, ocsp=(OCSP_URL,), crl=(CRL_URL,)):
        self.folder, self.host = folder, host
        self.keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("root", "middle", "delegate", "stranger", "so")}
        self.certificates = {}
        self._issue("root", "root", ca=True)
        self._issue("middle", "root", ca=True)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
        self._issue("delegate", "middle", usage)
        self._issue("stranger", "middle")
        named = x509.AuthorityInformationAccess(
            [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(url)) for url in ocsp]
        )
        points = x509.CRLDistributionPoints(
            [x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None) for url in crl]
        )
        self._issue("so", "middle", *([named] if ocsp else []), *([points] if crl else []), names=(host,))
        for name, key in self.keys.items():
            secret = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            (folder / f"{name}.pem").write_bytes(secret + self.certificates[name].public_bytes(PEM))
        self.trust = folder / "trust.pem"
        self.trust.write_bytes(self.certificates["root"].public_bytes(PEM))
        self.server = folder / "server.pem"
        self.server.write_bytes((folder / "so.pem").read_bytes() + self.certificates["middle"].public_bytes(PEM))

    def _issue(self, subject, issuer, *extensions, ca=False, names=()):
        name = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (issuer, subject)]
        builder = x509.CertificateBuilder(
            *name, self.keys[subject].public_key(), x509.random_serial_number(), now() - DAY, now() + 90 * DAY
        )
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        self.certificates[subject] = builder.sign(self.keys[issuer], hashes.SHA256())

    @property
    def chain(self):
        """Give the chain that the server sends, as facts hold it."""
        return certificates([self.certificates[name].public_bytes(DER) for name in ("so", "middle")])

    @property
    def roots(self):
        found = Roots()
        found.add(self.certificates["root"].public_bytes(PEM))
        return found

    def crl(self, *, revoked=False, by="middle", begins=-DAY, ends=DAY, issuer="middle", extensions=(), form=DER):
        """Give the list, by default a good one."""
        builder = x509.CertificateRevocationListBuilder(self.certificates[issuer].subject, now() + begins, now() + ends)
        if revoked:
            entry = x509.RevokedCertificateBuilder(self.certificates["so"].serial_number, now() - DAY)
            builder = builder.add_revoked_certificate(entry.build())
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self.keys[by], hashes.SHA256()).public_bytes(form)

    @contextmanager
    def responder(self, *, revoked=False, by="middle", known=True, days=("-ndays", "1")):
        """Run ``openssl ocsp`` as a responder that signs as somebody; gives its port."""
        serial = f"{self.certificates['so'].serial_number:X}"
        serial = serial.rjust(len(serial) + len(serial) % 2, "0")
        until = (now() + 90 * DAY).strftime("%y%m%d%H%M%SZ")
        state = f"R\t{until}\t{(now() - DAY).strftime('%y%m%d%H%M%SZ')}" if revoked else f"V\t{until}\t"
        index = self.folder / "index.txt"
        index.write_text(f"{state}\t{serial}\tunknown\t/CN=so\n" if known else "")
        (self.folder / "middle-only.pem").write_bytes(self.certificates["middle"].public_bytes(PEM))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [
            OPENSSL,
            "ocsp",
            "-index",
            index,
            "-port",
            str(port),
            "-rsigner",
            self.folder / f"{by}.pem",
            "-CA",
            self.folder / "middle-only.pem",
            *days,
        ]
        process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            # It says so itself when it listens; a connection that asks nothing would keep it waiting.
            for line in process.stdout:
                if line.startswith("ACCEPT"):
                    break
            yield port
        finally:
            process.terminate()
            process.wait(10)
            process.stdout.close()
