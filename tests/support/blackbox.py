"""A real blackbox_exporter on loopback, for as long as a block lasts: the peer for uptime."""

import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

BLACKBOX = shutil.which("prometheus-blackbox-exporter") or shutil.which("blackbox_exporter")


@contextmanager
def blackbox(folder, tls=""):
    """Run blackbox_exporter on a free port and give its process and address."""
    config = Path(folder) / "blackbox.yml"
    config.write_text(
        "modules:\n  page:\n    prober: http\n    timeout: 20s\n    http:\n      preferred_ip_protocol: ip4\n"
        f"      tls_config: {{{tls}}}\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [BLACKBOX, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield process, port
    finally:
        process.terminate()
        process.wait(10)


def cpu_of(process):
    """Give the CPU seconds of another process."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def success(port, target):
    """Ask it about a target: does it call it up?"""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/probe?target={target}&module=page", timeout=30) as told:
        return b"\nprobe_success 1" in told.read()
