"""What systemd is told (``sd_notify``): ready, still alive, stopping. Without its socket nobody is told anything."""

import os
import socket
from collections.abc import Mapping

__all__ = ["notify"]


def notify(message: str, environment: Mapping[str, str] = os.environ) -> None:
    """Send a line such as ``READY=1`` to the service manager that started us, if one did."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(message.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
    except OSError:
        return  # a manager that does not listen is no reason not to work
