"""What a machine may lack, made real."""

import resource
import socket
from contextlib import contextmanager

NOWHERE = "255.255.255.255"
"""An address to which no TCP connection has a route: the kernel says so at once."""


@contextmanager
def no_more_files():
    """Let this process open nothing more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as last:
        lowest = last.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
