"""The TLS rows of ``make bench``: many hosts of one real nginx, looked at by us and by a peer, their findings compared.

``python bench_tls.py CONTENDER FOLDER`` does one job in a process of its own and prints its seconds and what it found.
"""

import asyncio
import gc
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

HOSTS, MANY, MEMORY = 16, 96, 200
CONF = """
{user} daemon off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; client_body_temp_path {work}/a; proxy_temp_path {work}/b; fastcgi_temp_path {work}/c; uwsgi_temp_path {work}/d;
    scgi_temp_path {work}/e; ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers DEFAULT;
    {servers}
}}
"""
SERVER = "server {{ listen 127.0.0.1:{port} ssl; server_name {host}; ssl_certificate {work}/{host}.pem; ssl_certificate_key {work}/{host}.pem; }}"
SSLSCAN_FLAGS = (
    "--no-colour", "--no-ciphersuites", "--no-cipher-details", "--no-compression", "--no-fallback", "--no-groups", "--no-heartbleed",
    "--no-renegotiation", "--show-certificate",
)  # fmt: skip
"""Protocols and certificate, as our quick probe looks for."""


def host_of(number):
    return f"so-{number}.test"


def places():
    folder = Path(sys.argv[2])
    return json.loads((folder / "ports.json").read_text()), folder / "ca.pem"


@contextmanager
def served(count):
    """Run one nginx that is so many hosts, each on a port of its own; half of the keys are RSA. Gives the folder that says which."""
    import trustme

    with tempfile.TemporaryDirectory() as folder:
        work, ca = Path(folder), trustme.CA()
        ca.cert_pem.write_to_path(work / "ca.pem")
        ports, free = {}, [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
        for number, one in enumerate(free):
            host = host_of(number)
            issued = ca.issue_cert(host, key_type=trustme.KeyType.RSA if number % 2 else trustme.KeyType.ECDSA)
            for blob in [issued.private_key_pem, *issued.cert_chain_pems]:
                blob.write_to_path(work / f"{host}.pem", append=True)
            ports[host] = one.getsockname()[1]
        for one in free:
            one.close()
        servers = "\n    ".join(SERVER.format(work=work, host=host, port=port) for host, port in ports.items())
        user = "user root;" if os.geteuid() == 0 else ""
        (work / "nginx.conf").write_text(CONF.format(user=user, work=work, servers=servers))
        (work / "ports.json").write_text(json.dumps(ports))
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        process = subprocess.Popen([binary, "-c", work / "nginx.conf", "-e", work / "error.log"], stderr=subprocess.DEVNULL)
        try:
            while not (work / "nginx.pid").exists():
                if process.poll() is not None:
                    raise RuntimeError((work / "error.log").read_text())
                time.sleep(0.02)
            yield work
        finally:
            process.terminate()
            process.wait(10)


class Scans:
    """Our own door, over all hosts, so many at once as a night has sites; ``memory`` is what an earlier night saw."""

    def __init__(self):
        from tls import Kept, scanner

        from auditor.cli import COLLECTED

        gc.set_threshold(*COLLECTED)  # as the command sets it, whatever it does
        self.ports, self.trust = places()
        self.kept = Kept
        self.shared = scanner(
            {f"{host}:443": f"127.0.0.1:{port}" for host, port in self.ports.items()}, trust=[self.trust], hello_seconds=6.0
        )

    async def all(self, before=None):
        """Scan every host; ``before`` gives by host what an earlier night told, whose deep scan holds."""
        import anyio

        from auditor.visit.doors.tls.door import TlsVisit

        class Night(TlsVisit):
            async def _before(self, host, port):
                return {one.address: one for one in before[host].endpoints} if before else {}

        found, free = {}, anyio.Semaphore(16)

        async def one(host):
            async with free:
                found[host] = await Night(self.shared, self.kept()).scan(host)

        async with anyio.create_task_group() as group:
            for host in self.ports:
                group.start_soon(one, host)
        return found


def ours_quick():
    """A night on which nothing has changed: hellos in each protocol, the chain, and everything judged from them.

    The night before is made without sslyze: what its deep scan told makes no difference to this one.
    """
    from auditor.visit.doors.tls.batch import Said

    async def nothing(order, *, seconds):
        return Said(id=0, ok=True)

    scans = Scans()
    scans.shared.means().children.scan = nothing
    before = asyncio.run(scans.all())

    async def never(order, *, seconds):
        raise AssertionError("a deep scan was made")

    scans.shared.means().children.scan = never

    def job():
        found = asyncio.run(scans.all(before))
        return {host: seen_of(scan.endpoints[0]) for host, scan in found.items()}

    return job


def ours_deep():
    """The first night: the same, and suites and vulnerabilities by sslyze in child processes."""
    scans = Scans()

    def job():
        found = asyncio.run(scans.all())
        return {host: deep_of(scan.endpoints[0]) for host, scan in found.items()}

    return job


def seen_of(endpoint):
    leaf = endpoint.chain[0]
    return {
        "protocols": sorted(endpoint.protocols),
        "bits": leaf.key_bits if leaf.key_type == "RSA" else None,
        "until": leaf.not_after.strftime("%b %d %H:%M:%S %Y"),
    }


def deep_of(endpoint):
    suites = sorted({(one.protocol, one.name) for one in endpoint.suites})
    chain = [one.sha256 for one in endpoint.chain]
    return {
        "suites": suites,
        "chain": chain,
        "vulnerable": sorted(endpoint.vulnerabilities),
        "not_tested": sorted(endpoint.not_tested),
    }


def sslscan():
    """Debian's sslscan over the same ports, in one process."""
    ports, _ = places()
    targets = Path(sys.argv[2]) / "targets.txt"
    targets.write_text("".join(f"127.0.0.1:{port}\n" for port in ports.values()))

    def job():
        done = subprocess.run(["sslscan", *SSLSCAN_FLAGS, "--xml=-", f"--targets={targets}"], capture_output=True, check=True)
        tests = {int(test.get("port")): test for test in ET.fromstring(done.stdout).iter("ssltest")}
        return {host: told_by(tests[port]) for host, port in ports.items()}

    return job


def told_by(test):
    enabled = [one for one in test.iter("protocol") if one.get("enabled") == "1"]
    key, until = test.find(".//pk"), test.find(".//not-valid-after").text.replace(" GMT", "")
    return {
        "protocols": sorted(f"{one.get('type')}{one.get('version')}" for one in enabled),
        "bits": int(key.get("bits")) if key.get("bits") else None,
        "until": time.strftime("%b %d %H:%M:%S %Y", time.strptime(until, "%b %d %H:%M:%S %Y")),
    }


def bare_sslyze():
    """sslyze's own scanner over all hosts, with the commands that our deep scan may need."""
    warnings.simplefilter("ignore")
    from cryptography.hazmat.primitives import hashes
    from sslyze import ScanCommand, Scanner, ServerNetworkConfiguration, ServerNetworkLocation, ServerScanRequest

    from auditor.visit.doors.tls import child

    ports, _ = places()
    suites = dict(child._SUITES)
    commands = {ScanCommand.CERTIFICATE_INFO, *suites.values(), *(command for command, _ in child._CHECKS.values())}

    def job():
        scanner = Scanner(per_server_concurrent_connections_limit=5, concurrent_server_scans_limit=16)
        scanner.queue_scans(
            ServerScanRequest(
                server_location=ServerNetworkLocation(hostname=host, port=port, ip_address="127.0.0.1"),
                network_configuration=ServerNetworkConfiguration(tls_server_name_indication=host),
                scan_commands=commands,
            )
            for host, port in ports.items()
        )
        found = {}
        for result in scanner.get_results():
            scan = result.scan_result
            accepted = [
                (name, one.cipher_suite.name)
                for name, command in suites.items()
                for one in getattr(scan, command.value).result.accepted_cipher_suites
            ]
            verdicts = {name: read(getattr(scan, command.value).result) for name, (command, read) in child._CHECKS.items()}
            [deployment] = scan.certificate_info.result.certificate_deployments
            found[result.server_location.hostname] = {
                "suites": sorted(set(accepted)),
                "chain": [one.fingerprint(hashes.SHA256()).hex() for one in deployment.received_certificate_chain],
                "vulnerable": sorted(name for name, bad in verdicts.items() if bad),
                "not_tested": sorted(name for name, bad in verdicts.items() if bad is None),
            }
        return found

    return job


CONTENDERS = {one.__name__: one for one in (ours_quick, ours_deep, sslscan, bare_sslyze)}


def cpu():
    """Give the seconds that this process and its ended children used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def watched():
    """Watch the most that the process tree takes, counted by shares."""
    from bounds import tree_bytes

    over, most = threading.Event(), [tree_bytes()]

    def watch():
        while not over.wait(0.1):
            most[0] = max(most[0], tree_bytes())

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield most
    over.set()
    thread.join()


def run(name, folder, *more):
    """Do one job in a process of its own."""
    done = subprocess.run([sys.executable, __file__, name, folder, *more], capture_output=True, check=True, timeout=600)
    return json.loads(done.stdout)


def rounds(names, hosts, times, *more):
    """Run contenders in turn, several times over the same hosts; stop unless they found the same."""
    found = {name: [] for name in names}
    with served(hosts) as folder:
        for _ in range(times):
            for name in names:
                found[name].append(run(name, folder, *more))
    told = [one["found"] for done in found.values() for one in done]
    if any(one != told[0] for one in told):
        host = next(host for one in told for host in told[0] if one.get(host) != told[0][host])
        sys.exit(f"{' and '.join(names)} did not find the same at {host}: {[one.get(host) for one in told]}")
    return found


def show(row, times):
    """Print the TLS rows; ``row`` prints one."""
    form = "{:>6.2f} ms"
    print(f"\n{'TLS, a host':<54} {'ours':>9} {'peer':>9} {'ratio':>6} {'bar':>6}")

    def mid(done, what, hosts):
        return 1000 * statistics.median(one[what] for one in done) / hosts

    if shutil.which("sslscan"):
        quick = rounds(("ours_quick", "sslscan"), MANY, 2 * times)
        for what in ("wall", "cpu"):
            row(f"quick TLS against sslscan, {what}", *(mid(done, what, MANY) for done in quick.values()), 0.8, form)
    else:
        print("quick TLS: sslscan is not installed")
    deep = rounds(("ours_deep", "bare_sslyze"), HOSTS, times)
    for what in ("wall", "cpu"):
        row(f"deep TLS against bare sslyze, {what}", *(mid(done, what, HOSTS) for done in deep.values()), 1.05, form)
    few, many = (rounds(("ours_deep", "bare_sslyze"), number, 1, "memory") for number in (HOSTS, MANY))
    for number, done in ((HOSTS, few), (MANY, many)):
        mine, theirs = (one["memory"] / (1 << 20) for [one] in done.values())
        row(f"deep TLS, memory of all processes, {number} hosts", mine, theirs, MEMORY / theirs, "{:>6.0f} MB")


def main():
    job = CONTENDERS[sys.argv[1]]()
    begun, used = time.perf_counter(), cpu()
    if "memory" in sys.argv[3:]:
        with watched() as most:
            found = job()
    else:
        most, found = [0], job()
    print(json.dumps({"cpu": cpu() - used, "wall": time.perf_counter() - begun, "memory": most[0], "found": found}))


if __name__ == "__main__":
    main()
