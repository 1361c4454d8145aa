"""The systemd unit: systemd itself finds nothing wrong in it, and the service tells a service manager what the unit promises."""

import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from commands import environment
from service import service

from auditor.app.systemd import notify

UNIT = Path(__file__).parents[2] / "deploy" / "auditor.service"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
def test_systemd_finds_nothing_wrong_in_the_unit(tmp_path):
    there = UNIT.read_text("utf-8").replace("/opt/auditor/.venv/bin/auditor", str(Path(sys.executable).with_name("auditor")))
    unit = tmp_path / "auditor.service"
    unit.write_text(there, "utf-8")
    good = verified(unit)
    assert good == (0, ""), good
    unit.write_text(there.replace("WatchdogSec=120", "WatchDogSec=120"), "utf-8")
    assert "WatchDogSec" in verified(unit)[1]


def verified(unit):
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    mine = [line for line in done.stderr.splitlines() if unit.name in line or str(unit) in line]
    return done.returncode if mine else 0, "\n".join(mine)


def test_the_units_command_is_told_ready_alive_and_stopping_within_its_time(tmp_path):
    unit = UNIT.read_text("utf-8")
    line = re.search(r"^ExecStart=\S+ (.+)$", unit, re.MULTILINE)[1]
    with service(tmp_path) as place, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        words = line.replace("/etc/auditor", str(place.config)).replace("/var/lib/auditor", str(place.data)).split()
        process = subprocess.Popen(
            [sys.executable, "-m", "auditor", *words],
            env=environment(NOTIFY_SOCKET=str(tmp_path / "notify")),
            stderr=subprocess.DEVNULL,
        )
        try:
            assert manager.recv(100) == b"READY=1"
            assert manager.recv(100) == b"WATCHDOG=1"
            process.send_signal(signal.SIGTERM)
            while (said := manager.recv(100)) == b"WATCHDOG=1":
                pass
            assert said == b"STOPPING=1"
            assert process.wait(int(re.search(r"TimeoutStopSec=(\d+)", unit)[1])) == 0
        finally:
            process.kill()
            process.wait()


def test_without_a_manager_or_with_a_deaf_one_nobody_is_told(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(str(tmp_path / "other"))
        other.setblocking(False)
        notify("READY=1", {})
        notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "nobody")})
        with pytest.raises(BlockingIOError):
            other.recv(100)


def test_a_manager_with_an_abstract_socket_is_told():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0auditor-test-manager")
        manager.settimeout(5)
        notify("READY=1", {"NOTIFY_SOCKET": "@auditor-test-manager"})
        assert manager.recv(100) == b"READY=1"
