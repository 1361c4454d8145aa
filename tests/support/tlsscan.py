"""One scan of a server by the TLS door, the way the program makes it."""

from tls import Kept, scanner

from auditor.visit.doors.tls.door import TlsVisit

HOST = "so.khanhhoa.test"


async def scan(server, *, host=HOST, trust=(), seconds=60.0, **given):
    kept = Kept()
    port = server if isinstance(server, int) else server.port
    found = await TlsVisit(scanner({f"{host}:443": f"127.0.0.1:{port}"}, trust=trust, **given), kept).scan(host, seconds=seconds)
    found_kept = {"scan": found, "kept": kept}
    [endpoint] = found.endpoints
    return endpoint, found_kept
