"""The servers of the bed: Python's TLS, the system's ``openssl s_server``, a real nginx, and some that speak no TLS at all."""

import json
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import warnings
from collections import deque
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from servers import closed_port
from tls import Server, resetting

OPENSSL, GNUTLS = shutil.which("openssl"), shutil.which("gnutls-serv")
TLSLITE = find_spec("tlslite") is not None
PAGE = b"<!doctype html><title>Tin</title><p>Chuyen ben thuyen</p>"


def answer(*headers, status="200 OK", body=PAGE):
    """Give a whole answer after which the connection ends."""
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def python(pem, *, oldest=None, newest=None, ciphers=None, said=None, verify=None, resets=0, longest=0):
    """TLS by Python with this file's key and chain; each visitor is told ``said``.

    ``resets`` is every how many connections it resets one, ``longest`` the bytes of a hello above which it resets.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if ciphers:
        context.set_ciphers(ciphers)  # first: a key that is too small for the usual level is not even loaded
    context.load_cert_chain(pem)
    if verify:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(verify)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = oldest or ssl.TLSVersion.TLSv1_2
        if newest:
            context.maximum_version = newest

    def talk(connection, server):
        head = connection.recv(5, socket.MSG_PEEK | socket.MSG_WAITALL) if longest else bytes(5)
        if (resets and server.connections % resets == 1) or int.from_bytes(head[3:], "big") > (longest or 1):
            resetting(connection, server)
            return
        with context.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.settimeout(3)
            wrapped.recv(4_000)
            wrapped.sendall(said or answer())

    with one(talk) as port:
        yield port


@contextmanager
def one(talk):
    """A server that does this with each connection; gives its port."""
    server = Server(talk)
    try:
        yield server.port
    finally:
        server.close()


@contextmanager
def openssl(*words):
    """The system's own test server, as weak as its library permits."""
    command = [OPENSSL, "s_server", "-accept", "127.0.0.1:0", "-www", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        port = None
        for line in process.stdout:
            if found := re.match(r"ACCEPT 127\.0\.0\.1:(\d+)", line):
                port = int(found[1])
                break
        if port is None:
            raise RuntimeError(f"s_server did not start: {' '.join(command)}")
        yield port
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@contextmanager
def nginx(pem, work):
    """A real nginx with HTTP/2."""
    work.mkdir(parents=True, exist_ok=True)
    (work / "index.html").write_bytes(PAGE)
    port = closed_port()
    (work / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} daemon off; worker_processes 1; pid {work}/pid; error_log {work}/error.log; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {work}/a; proxy_temp_path {work}/b; fastcgi_temp_path {work}/c; "
        f"uwsgi_temp_path {work}/d; scgi_temp_path {work}/e; server {{ listen 127.0.0.1:{port} ssl http2; ssl_certificate {pem}; "
        f"ssl_certificate_key {pem}; ssl_protocols TLSv1.2 TLSv1.3; root {work}; default_type text/html; add_header Strict-Transport-Security 'max-age=31536000'; }} }}\n"
    )
    binary = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([binary, "-c", str(work / "nginx.conf"), "-e", str(work / "error.log")], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not (work / "pid").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((work / "error.log").read_text())
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def says(text):
    """Give a talk that says this to whoever comes, after hearing something."""

    def talk(connection, _):
        connection.settimeout(3)
        connection.recv(4_000)
        connection.sendall(text)

    return talk


def banner(connection, _):
    """Speak first, as SSH does."""
    connection.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    connection.settimeout(3)
    connection.recv(4_000)


ALERT = struct.pack(">BHHBB", 21, 0x0303, 2, 2, 40)
"""A fatal handshake_failure and nothing else."""


@contextmanager
def gnutls(pem, priority):
    """GnuTLS's own test server, for suites, groups and signatures that OpenSSL has no setting for; it has no SSL 3.

    It listens on every address, for it knows no other way.
    """
    port = closed_port()
    files = ["--x509certfile", str(pem), "--x509keyfile", str(pem)]
    command = [GNUTLS, "--http", "--quiet", "--disable-client-cert", "--port", str(port), "--priority", priority, *files]
    with _running(command) as process:
        for line in process.stdout:
            if "listening" in line and line.rstrip().endswith("done"):
                break
        else:
            raise RuntimeError(f"gnutls-serv did not start: {' '.join(command)}")
        with _drained(process):
            yield port


@contextmanager
def tlslite(pem, **settings):
    """tlslite-ng, for SSL 3, RC4 and whatever else no library of C speaks any more."""
    here = Path(__file__).with_name("tlslite_server.py")
    with _running([sys.executable, str(here), str(pem), json.dumps(settings)]) as process:
        port = process.stdout.readline().strip()
        if not port.isdigit():
            raise RuntimeError(f"tlslite-ng did not start: {port} {process.stdout.read()}")
        with _drained(process):
            yield int(port)


@contextmanager
def _running(command):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@contextmanager
def _drained(process):
    """Let a server say what it wants: a full pipe would stop it."""
    reader = threading.Thread(target=lambda: deque(process.stdout, maxlen=1), daemon=True)
    reader.start()
    try:
        yield
    finally:
        process.terminate()
        reader.join(10)
