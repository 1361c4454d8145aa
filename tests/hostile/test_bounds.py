"""What holds the hostile cases to their bounds notices each that is broken."""

import socket
import subprocess
import sys
import time

import pytest
from bounds import INSIDE, bounded, tree_bytes

MIB = 1 << 20


def test_a_case_within_its_bounds_passes():
    with bounded(1.0, 3, asked=lambda: 3) as bird:
        time.sleep(0.01)
    assert bird.came == []


def test_time_is_bounded():
    with pytest.raises(AssertionError, match="it took"), bounded(-2.0):
        time.sleep(0.05)


def take(size):
    much = bytearray(b"x" * size)
    time.sleep(0.1)
    del much


def test_memory_is_bounded_also_that_of_a_moment():
    with pytest.raises(AssertionError, match="it grew"), bounded(5.0, memory=40 * MIB):
        take(80 * MIB)


def test_memory_of_what_we_started_counts():
    code = "x = bytearray(b'x' * (80 << 20)); print(flush=True); import time; time.sleep(30)"
    before = tree_bytes()
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        grown = tree_bytes() - before
        child.kill()
    assert grown > 80 * MIB


def reach(address, port, kind):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind) as sock:
        try:
            sock.connect((address, port))
        except OSError:
            pytest.skip("no IPv6 here")
        sock.send(b"x")
        time.sleep(0.1)


@pytest.mark.parametrize("address", INSIDE)
@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_whoever_reaches_inside_is_noticed(address, kind):
    with pytest.raises(AssertionError, match="inside this machine"), bounded(5.0) as bird:
        reach(address, bird.port, kind)


def test_requests_are_bounded():
    with pytest.raises(AssertionError, match="4 requests"), bounded(5.0, 3, asked=lambda: 4):
        pass
