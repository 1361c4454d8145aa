"""TLS servers on loopback, right and wrong, each connection in a thread; and a scanner the way the program makes it."""

import socket
import ssl
import struct
import subprocess
import threading
import time
import warnings
from contextlib import contextmanager, suppress
from tempfile import NamedTemporaryFile

from auditor.clock import SystemClock
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.visit.doors.answers import Answers
from auditor.visit.doors.dns.door import Resolver
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.tls.door import Scanner


class Server:
    """Listens until closed; `talk(connection)` does what is to be done with each. Counts connections, and the most at once."""

    def __init__(self, talk):
        self.talk = talk
        self.connections = self.now = self.most = 0
        self.closing = False
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.one, args=(connection,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def one(self, connection):
        with self.lock:
            self.connections += 1
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            connection.settimeout(20)
            self.talk(connection, self)
        except OSError:
            pass
        finally:
            connection.close()
            with self.lock:
                self.now -= 1

    def stop_listening(self):
        """Shut before closed: a thread that waits in accept would take one connection more from a socket that is closed only."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def close(self):
        self.closing = True
        self.stop_listening()
        for thread in list(self.threads):
            thread.join(5)


@contextmanager
def serving(*talks):
    servers = [Server(talk) for talk in talks]
    try:
        yield servers[0] if len(servers) == 1 else servers
    finally:
        for server in servers:
            server.close()


@contextmanager
def s_server(*given):
    """Run OpenSSL's own server, for what Python's cannot be told to be; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-quiet", *given]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.communicate()


def over(context, body=b"HTTP/1.0 200 OK\r\n\r\n"):
    """Shake hands with this context, read something, answer, leave."""

    def talk(connection, server):
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.settimeout(3)
            wrapped.recv(2000)
            wrapped.sendall(body)

    return talk


def plain(connection, server):
    """A web server without TLS on the port."""
    connection.recv(100)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def refusing(connection, server):
    """Refuse every hello by an alert: it speaks TLS, and shares nothing with anybody."""
    connection.recv(2000)
    connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


def resetting(connection, server):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def refusing_suites(connection, server):
    """Speak TLS, and refuse every hello as a server of RC4 or 3DES alone does: a fatal alert, handshake_failure."""
    connection.recv(4096)
    connection.sendall(bytes([21, 3, 3, 0, 2, 2, 40]))


def hanging_up(connection, server):
    """Take a hello and close without a word."""
    connection.recv(4096)


def silent(connection, server):
    while not server.closing:
        time.sleep(0.02)


def context_of(certificate, *, chain=None, more=(), oldest=None, newest=None, ciphers=None):
    """Give a server context for a trustme certificate; `chain` is how many of its certificates it sends, `more` what else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = certificate.private_key_pem.bytes() + b"".join(blob.bytes() for blob in [*certificate.cert_chain_pems[:chain], *more])
    with NamedTemporaryFile() as file:
        file.write(pem)
        file.flush()
        context.load_cert_chain(file.name)
    if ciphers:
        context.set_ciphers(ciphers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if oldest:
            context.minimum_version = oldest
        if newest:
            context.maximum_version = newest
    return context


class Kept:
    """Evidence that is only remembered."""

    def __init__(self):
        self.blobs = {}

    def __call__(self, body, media_type, url):
        self.blobs[url] = body
        return Proof(digest=digest_of(body), kind=ProofKind.BLOB, media_type=media_type, size=len(body), url=url)


async def blame_them(host, cause):
    return cause


def scanner(connect_to, *, trust=(), blame=blame_them, hello_seconds=2.0, patient_seconds=None, allow=(), servers=()):
    clock = SystemClock()
    guard = Guard.of(allow, connect_to)
    return Scanner(
        resolver=Resolver(servers=tuple(servers), clock=clock, guard=guard, remember_seconds=0.0),
        guard=guard,
        clock=clock,
        retry_pause=0.0,
        blame=blame,
        answers=Answers(clock),
        trust=tuple(trust),
        hello_seconds=hello_seconds,
        patient_seconds=hello_seconds if patient_seconds is None else patient_seconds,
    )
