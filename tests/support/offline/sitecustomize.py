"""Cuts the network off: every socket that would connect or send raises."""

import sys


def _refuse(event, arguments):
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}:
        raise RuntimeError(f"the network is cut off: {event} {arguments[1:]}")


sys.addaudithook(_refuse)
