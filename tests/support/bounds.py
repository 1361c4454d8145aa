"""What a hostile server may cost us at the most: seconds, memory, requests; and nothing inside this machine may be reached."""

import asyncio
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from servers import Loop

GRACE = 2.0
"""Seconds beyond its deadline in which a visit must be over."""
MEMORY = 300 << 20
"""So many bytes the whole tree of processes may grow by, its browser apart. The servers under test are part of that tree."""
_EVERY = 0.02
_BROWSERS = ("chrom", "headless_shell")
INSIDE = ("127.0.0.1", "127.0.0.2", "::1")


class Canary:
    """Listens inside this machine, on one port of several loopback addresses, over TCP and UDP; ``came`` is what reached it."""

    def __init__(self):
        self.came, self.port = [], 0
        self._open = []

    async def listen(self):
        """Take one free port on every address."""
        heard = self.came

        class Udp(asyncio.DatagramProtocol):
            def datagram_received(self, data, address):
                heard.append(("udp", data))

        for address in INSIDE:
            try:
                server = await asyncio.start_server(self._connected, address, self.port)
            except OSError:
                if address == INSIDE[0]:
                    raise
                continue  # a machine without IPv6
            self._open.append(server)
            self.port = server.sockets[0].getsockname()[1]
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Udp, local_addr=(address, self.port))
            self._open.append(transport)

    async def _connected(self, reader, writer):
        self.came.append(("tcp", await reader.read(200)))
        writer.close()

    async def close(self):
        for one in self._open:
            one.close()
        await asyncio.sleep(0.02)


@contextmanager
def canary():
    """Let something listen that no visit may reach."""
    with Loop() as loop:
        bird = Canary()
        loop.run(bird.listen())
        try:
            yield bird
        finally:
            loop.run(bird.close())


class Memory:
    """Watches how much memory this process and all that it started take together, a browser apart."""

    def __enter__(self):
        self.first = self.most = tree_bytes()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        self.most = max(self.most, tree_bytes())

    def _watch(self):
        while not self._over.wait(_EVERY):
            self.most = max(self.most, tree_bytes())

    @property
    def growth(self):
        return self.most - self.first


def tree_bytes(pid="self", above=None):
    """Give the resident bytes of a process and of everything below it that is no browser.

    A child that is still its parent (between vfork and exec) has the very memory of that one, and is not counted again.
    """
    total = 0
    try:
        here = Path(f"/proc/{pid}")
        command = here.joinpath("cmdline").read_bytes()
        if command == above or here.joinpath("comm").read_text().startswith(_BROWSERS):
            return 0
        total = _resident(here)
        children = " ".join(path.read_text() for path in here.glob("task/*/children")).split()
    except OSError:
        return total  # it ended meanwhile
    return total + sum(tree_bytes(child, command) for child in children)


def _resident(process):
    """Give a process's share of what it holds: one that has just been forked has all of its parent's memory, and none of its own."""
    lines = process.joinpath("smaps_rollup").read_text().splitlines()
    return int(next((line for line in lines if line.startswith("Pss:")), "Pss: 0").split()[1]) * 1024


@contextmanager
def bounded(deadline, requests=None, *, asked=None, memory=MEMORY):
    """Let a case run, and hold it to its bounds; gives the canary, whose port is for the server to lead us to.

    ``deadline`` is in seconds. ``asked()`` counts what the servers were asked, at most ``requests`` times.
    """
    with canary() as bird, Memory() as taken:
        began = time.monotonic()
        yield bird
        took = time.monotonic() - began
    assert took <= deadline + GRACE, f"it took {took:.1f} s, {deadline} were allowed"
    assert taken.growth <= memory, f"it grew by {taken.growth >> 20} MiB"
    assert bird.came == [], f"an address inside this machine was reached: {bird.came}"
    if requests is not None:
        assert asked() <= requests, f"{asked()} requests were made, {requests} are allowed"
