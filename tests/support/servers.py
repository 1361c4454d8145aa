"""Real servers on loopback that do as they are told, right or wrong: raw answers by path, over TCP or TLS, and a small DNS server."""

import asyncio
import socket
import ssl
import threading
from contextlib import contextmanager

import dns.message
import dns.name
import dns.rcode
import dns.rrset
import trustme


class Loop:
    """An event loop in a thread of its own, for servers."""

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        async def end():
            await asyncio.sleep(0.02)  # let connections that were just made come in
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for _ in range(100):  # let closed transports tell the selector; its own waking pipe stays
                if len(self.loop._selector.get_map()) <= 1:
                    break
                await asyncio.sleep(0.01)

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(20)


def answer(body=b"", status="200 OK", *headers, length=True):
    """Give the bytes of an ordinary answer."""
    lines = [f"HTTP/1.1 {status}", *headers, *([f"Content-Length: {len(body)}"] if length else []), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


class Site:
    """A raw HTTP server: `routes` maps a path to bytes, or to an async function of the writer. Counts what was asked."""

    def __init__(self, routes, context=None):
        self.routes, self.context = routes, context
        self.asked = []
        self.connections = 0
        self.heads = []
        self.writers, self.talks = set(), set()

    def connected(self, reader, writer):
        """Take a connection; it is known from here on, so that none is left open whenever the end comes."""
        self.writers.add(writer)
        talk = asyncio.ensure_future(self.handle(reader, writer))
        self.talks.add(talk)
        talk.add_done_callback(self.talks.discard)

    async def handle(self, reader, writer):
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode("latin-1")
                self.asked.append(path)
                self.heads.append(head.decode("latin-1"))
                found = self.routes.get(path, self.routes.get("*", answer(b"not here", "404 Not Found")))
                if callable(found):
                    await found(writer)
                    break
                writer.write(found)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.transport.abort() if self.context is None and writer.transport.get_write_buffer_size() else writer.close()

    async def start(self):
        self.server = await asyncio.start_server(self.connected, "127.0.0.1", 0, ssl=self.context)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self):
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()


@contextmanager
def serve(*sites):
    """Run sites until the block ends."""
    with Loop() as loop:
        for site in sites:
            loop.run(site.start())
        try:
            yield sites[0] if len(sites) == 1 else sites
        finally:
            loop.run(asyncio.sleep(0.02))  # a server that is closed while it takes a connection never lets go of it
            for site in sites:
                loop.run(site.stop())


class Dns(asyncio.DatagramProtocol):
    """A DNS server over UDP: `zone` maps (name, type) to a list of texts, or to a list of such lists given in turn."""

    def __init__(self, zone):
        self.zone, self.asked = zone, []

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), question.rdtype.name
        self.asked.append((name, kind))
        reply = dns.message.make_response(query)
        owner, been = question.name, set()
        while owner not in been and kind != "CNAME" and (alias := self.zone.get((name, "CNAME"))):
            reply.answer.append(dns.rrset.from_text(owner, 60, "IN", "CNAME", *alias))
            been.add(owner)
            owner = dns.name.from_text(alias[0])
            name = owner.to_text(omit_final_dot=True)
        records = self.zone.get((name, kind))
        if records and isinstance(records[0], list):
            records = records.pop(0) if len(records) > 1 else records[0]
        if records:
            reply.answer.append(dns.rrset.from_text(owner, 60, "IN", kind, *records))
        elif not any(known == name for known, _ in self.zone):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(reply.to_wire(), address)


@contextmanager
def serve_dns(zone):
    """Run a DNS server; gives it with its port."""
    with Loop() as loop:

        async def start():
            server = Dns(zone)
            await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
            server.port = server.transport.get_extra_info("sockname")[1]
            return server

        server = loop.run(start())
        try:
            yield server
        finally:
            loop.loop.call_soon_threadsafe(server.transport.close)


def certificates(*names):
    """Give a CA and a server context whose certificate holds these names."""
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names).configure_cert(context)
    return ca, context


@contextmanager
def listening():
    """Run a server that takes connections and says nothing; gives its place."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield server.getsockname()


def closed_port():
    """Give a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
