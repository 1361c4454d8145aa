"""A DNS server on loopback whose answers are too long for a datagram: they are had over TCP, as `answer(query)` makes them."""

import asyncio
from contextlib import contextmanager

import dns.flags
import dns.message
from servers import Loop


class _Short(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        reply = dns.message.make_response(dns.message.from_wire(data))
        reply.flags |= dns.flags.TC
        self.transport.sendto(reply.to_wire(), address)


@contextmanager
def serve_long(answer):
    """Run the server; gives its port."""
    with Loop() as loop:

        async def talk(reader, writer):
            length = await reader.readexactly(2)
            wire = answer(dns.message.from_wire(await reader.readexactly(int.from_bytes(length))))
            writer.write(len(wire).to_bytes(2) + wire)
            await writer.drain()
            writer.close()

        async def start():
            stream = await asyncio.start_server(talk, "127.0.0.1", 0)
            place = stream.sockets[0].getsockname()
            datagrams, _ = await asyncio.get_running_loop().create_datagram_endpoint(_Short, local_addr=place)
            return stream, datagrams, place[1]

        stream, datagrams, port = loop.run(start())
        try:
            yield port
        finally:
            loop.loop.call_soon_threadsafe(stream.close)
            loop.loop.call_soon_threadsafe(datagrams.close)
