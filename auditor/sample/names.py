"""The sample's name server: it speaks for its one domain, unsigned, and knows nothing else."""

from functools import partial

import anyio
from anyio.abc import ByteStream, Listener, UDPSocket
from anyio.streams.buffered import BufferedByteReceiveStream

from auditor.sample.web import GONE_AWAY
from auditor.visit.doors.dns.served import ServedZone

__all__ = ["DOMAIN", "serve_tcp", "serve_udp"]

DOMAIN = "khanhhoa.test"
_MOST_QUERIES = 100
_SECONDS = 30.0


async def serve_udp(socket: UDPSocket, zone: ServedZone) -> None:
    """Answer datagrams until cancelled."""
    async for packet, (host, port) in socket:
        reply = zone.answer(packet, datagram=True)
        if reply is not None:
            await socket.sendto(reply, host, port)


async def serve_tcp(listener: Listener[ByteStream], zone: ServedZone) -> None:
    """Answer queries over TCP until cancelled."""
    await listener.serve(partial(_talk, zone))


async def _talk(zone: ServedZone, stream: ByteStream) -> None:
    async with stream:
        reader = BufferedByteReceiveStream(stream)
        try:
            with anyio.move_on_after(_SECONDS):
                for _ in range(_MOST_QUERIES):
                    size = int.from_bytes(await reader.receive_exactly(2), "big")
                    reply = zone.answer(await reader.receive_exactly(size), datagram=False)
                    if reply is None:
                        return
                    await stream.send(len(reply).to_bytes(2, "big") + reply)
        except GONE_AWAY:
            return
