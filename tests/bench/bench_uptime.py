"""Uptime, measured: a check over HTTPS beside blackbox_exporter, 2,000 sites in a round, and a year of 300 sites in the database.

As a program it is one contender in a process of its own: ``serve FOLDER``, ``ours FOLDER SITES`` or ``year FOLDER``.
"""

import asyncio
import gc
import itertools
import json
import resource
import shutil
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from blackbox import blackbox

LINKS = b"".join(
    b"<p><a href='/tin/%d.html'>So trien khai ke hoach cai cach hanh chinh nam %d</a></p>" % (n, 2000 + n) for n in range(80)
)
PAGE = (
    b"<!doctype html><html><head><title>So</title><script src='/a.js'></script><!-- %09d --></head><body>"
    + LINKS
    + b"</body></html>"
)
DOMAIN, SITES, MANY = "bench.test", 300, 2_000
AT_ONCE, FILLED = 32, 3


# The servers


async def serve(folder):
    """Serve one page over TLS under every name of the bench."""
    import trustme

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(f"*.{DOMAIN}").configure_cert(context)
    authority.cert_pem.write_to_path(f"{folder}/ca.pem")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(PAGE % 0)

    count = itertools.count()

    async def talk(reader, writer):
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(head + PAGE % next(count))  # no page is another's: nothing that was judged helps with the next
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


# Ours


def parts_of(folder, port, sites):
    """Give a registry of so many sites, all of them on one address."""
    from auditor.app.parts import Parts, shipped_config

    config = Path(folder) / f"config-{sites}"
    shutil.copytree(shipped_config(), config, dirs_exist_ok=True)
    names = [f"s{number}.{DOMAIN}" for number in range(sites)]
    places = ", ".join(f'"{name}:443" = "127.0.0.1:{port}"' for name in names)
    (config / "auditor.toml").write_text(
        f'[network]\nrequests_per_second = 0\ntrust = ["{folder}/ca.pem"]\nconnect_to = {{ {places} }}\n'
    )
    (config / "groups.toml").write_text('[[groups]]\nid = "1"\ntitle = "Nhom"\ntitle_en = "Group"\n')
    (config / "agencies.csv").write_text("code,name,name_en,group,valid_from,valid_to,successor,emails\nso,So,So,1,,,,\n")
    rows = "".join(f"so,https://{name}/,portal,yes,,\n" for name in names)
    (config / "sites.csv").write_text(f"agency,url,role,confirmed,valid_from,valid_to\n{rows}")
    return Parts.of(config, Path(folder) / f"var-{sites}")


def ours(folder, sites):
    """Make a round twice, the first to warm up; say what the second cost."""
    import anyio

    from auditor.app.uptime import check_sites, sites_to_check
    from auditor.cli import COLLECTED
    from auditor.log import configure

    gc.set_threshold(*COLLECTED)
    configure(verbose=True, terminal=False)  # a line a sample, as the service writes it
    port = int(Path(folder, "port").read_text())
    parts = parts_of(folder, port, sites)
    with parts.store() as store:
        wanted = sites_to_check(parts)
        anyio.run(lambda: check_sites(parts, store, wanted[:AT_ONCE]))
        began, cpu = time.time(), time.process_time()
        anyio.run(lambda: check_sites(parts, store, wanted))
        spent, took = time.process_time() - cpu, time.time() - began
        seen = [store.uptime.samples(site.url, int(began), int(time.time()) + 1) for site in wanted]
    up = sum(1 for one in seen if one and one[-1].cause is None and one[-1].tls_ms is not None)
    return {"up": up, "cpu": spent, "wall": took, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


# The peer


def cpu_of(process):
    """Give the CPU seconds of another process."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def probes(port, target, times):
    """Ask blackbox_exporter so often, as many at once as we look ourselves; give how often it said success."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one():
        async with free:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET /probe?target={target}&module=page HTTP/1.0\r\n\r\n".encode())
            told = await reader.read()
            writer.close()
            return b"\nprobe_success 1" in told

    return sum(await asyncio.gather(*(one() for _ in range(times))))


def peer(folder, sites):
    port = int(Path(folder, "port").read_text())
    target = f"https://127.0.0.1:{port}/"
    with blackbox(folder, f"ca_file: {folder}/ca.pem, server_name: s0.{DOMAIN}") as (process, address):
        asyncio.run(probes(address, target, AT_ONCE))
        began = cpu_of(process)
        up = asyncio.run(probes(address, target, sites))
        return {"up": up, "cpu": cpu_of(process) - began}


# A year in the database


def year(folder):
    """Fill a few days of samples and a year of days of 300 sites; say how large a sample is and how long an answer takes."""
    from sqlalchemy import insert, select

    from auditor.judge.uptime import DAY, midnight
    from auditor.model.uptime import Sample
    from auditor.model.visit import Cause
    from auditor.store import open_store
    from auditor.store.tables import uptime_days
    from auditor.store.writing import writing

    start, data = midnight(1_790_000_000), Path(folder) / "year"
    names = [f"https://s{number}.{DOMAIN}/" for number in range(SITES)]
    with open_store("", data) as store:
        for step in range(0, FILLED * DAY, 300):
            at = start + step
            down = Cause.HTTP_5XX if step % DAY < 900 else None
            rows = [
                (name, Sample(at=at + place, cause=down, status=200, resolve_ms=3, connect_ms=9, tls_ms=21, first_byte_ms=80 + step % 97, done_ms=140 + step % 211))
                for place, name in enumerate(names)
            ]  # fmt: skip
            store.uptime.add(rows)
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        size = (data / "auditor.sqlite").stat().st_size / (SITES * FILLED * 288)
        store.uptime.roll(300, start + (FILLED + 1) * DAY)
        with writing(store.engine) as connection:
            days = [dict(row._mapping) for row in connection.execute(select(uptime_days).where(uptime_days.c.day == start + DAY))]
            for day in range(start + FILLED * DAY, start + 365 * DAY, DAY):
                connection.execute(insert(uptime_days), [{**row, "day": day} for row in days])
        store.uptime.totals(start, start + 365 * DAY)
        times = []
        for _ in range(9):
            began = time.perf_counter()
            found = store.uptime.totals(start, start + 365 * DAY)
            times.append(time.perf_counter() - began)
        assert len(found) == SITES
        return {"bytes": size, "year_mb": size * SITES * 365 * 288 / 1e6, "ms": 1000 * min(times)}


@contextmanager
def served(folder):
    """Serve the page from a process of its own."""
    process = subprocess.Popen([sys.executable, __file__, "serve", folder], stdout=subprocess.PIPE)
    try:
        Path(folder, "port").write_text(process.stdout.readline().decode())
        yield
    finally:
        process.terminate()
        process.wait(10)


def measured(*arguments):
    done = subprocess.run([sys.executable, __file__, *map(str, arguments)], capture_output=True, check=True, timeout=900)
    return json.loads(done.stdout)


def main():
    """Run one contender."""
    what, folder, *more = sys.argv[1:]
    if what == "serve":
        return asyncio.run(serve(folder))
    work = {"ours": ours, "peer": peer, "year": year}[what]
    return print(json.dumps(work(folder, *map(int, more))))


if __name__ == "__main__":
    main()
