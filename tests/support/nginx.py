"""A real nginx on loopback over HTTPS, serving a folder as one host, for as long as a block lasts."""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import trustme
from servers import closed_port

CONF = """
{user} daemon off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/error.log;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types; default_type application/octet-stream; access_log off;
    client_body_temp_path {work}/a; proxy_temp_path {work}/b; fastcgi_temp_path {work}/c; uwsgi_temp_path {work}/d; scgi_temp_path {work}/e;
    absolute_redirect off; port_in_redirect off;
    server {{
        listen 127.0.0.1:{port} ssl; server_name {host};
        ssl_certificate {work}/cert.pem; ssl_certificate_key {work}/key.pem;
        root {root}; index index.html; autoindex off;
        location / {{ try_files $uri $uri/ =404; }}
    }}
    server {{ listen 127.0.0.1:{plain}; server_name {host}; return 301 https://{host}$request_uri; }}
}}
"""


class Served:
    """What runs: the ports, the CA's file."""

    def __init__(self, port, plain, trust):
        self.port, self.plain, self.trust = port, plain, trust


@contextmanager
def serve_folder(root: Path, host: str, work: Path):
    """Serve a folder as https://host/ on a loopback port, http redirecting to it."""
    work.mkdir(parents=True, exist_ok=True)
    ca = trustme.CA()
    ca.cert_pem.write_to_path(work / "ca.pem")
    issued = ca.issue_cert(host)
    issued.private_key_pem.write_to_path(work / "key.pem")
    (work / "cert.pem").write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
    port, plain = closed_port(), closed_port()
    conf = work / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    conf.write_text(CONF.format(user=user, work=work, root=root, host=host, port=port, plain=plain))
    process = subprocess.Popen(
        [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(conf), "-e", str(work / "error.log")], stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 10
        while not (work / "nginx.pid").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((work / "error.log").read_text())
            time.sleep(0.02)
        yield Served(port, plain, work / "ca.pem")
    finally:
        process.terminate()
        process.wait(10)
