"""A real authoritative name server: Debian's NSD on loopback, with zones that ldns signs, each with the fault it is told to have."""

import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dns.message
import dns.query
import pytest
from servers import closed_port

NSD = shutil.which("nsd") or shutil.which("nsd", path="/usr/sbin")
SIGN, KEYGEN = shutil.which("ldns-signzone"), shutil.which("ldns-keygen")
CAN_SERVE = bool(NSD and SIGN and KEYGEN)
with_nsd = pytest.mark.skipif(not CAN_SERVE, reason="no NSD and ldns here (Debian: apt-get install nsd ldnsutils)")


@dataclass
class RealZone:
    """One zone. `text` is a zone file without SOA and NS. `fault`: "expired", "not yet", "no rrsig" (of its addresses), "wrong key"."""

    origin: str
    text: str = ""
    signed: bool = True
    nsec3: bool = False
    opt_out: bool = False
    fault: str = ""
    serial: int = 1
    algorithm: str = "ECDSAP256SHA256"
    name_servers: bool = True

    def key(self, folder, suffix=""):
        """Make a key; gives its path without an ending. Beside it lie the public half and the DS."""
        folder = folder / f"key{suffix}-{self.origin.strip('.') or 'root'}"
        folder.mkdir()
        words = [KEYGEN, "-a", self.algorithm, "-b", "2048", "-k", self.origin]
        made = subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()
        return folder / made

    def write(self, folder, delegations=""):
        """Write and sign the zone; gives its file."""
        name = self.origin.strip(".") or "root"
        plain, done = folder / f"{name}.zone", folder / f"{name}.signed"
        dot = "" if self.origin == "." else self.origin
        servers = "@ NS ns\nns A 192.0.2.53\n" if self.name_servers else ""
        soa = f"{self.origin} 300 IN SOA ns.{dot} hostmaster.{dot} {self.serial} 3600 600 86400 300\n"
        plain.write_text(f"$ORIGIN {self.origin}\n$TTL 300\n{soa}{servers}{self.text}{delegations}")
        if not self.signed:
            return plain
        begins, ends = {"expired": (-40, -3), "not yet": (3, 40)}.get(self.fault, (-3, 40))
        days = [(datetime.now(UTC) + timedelta(days=number)).strftime("%Y%m%d") for number in (begins, ends)]
        words = [SIGN, "-f", done, "-o", self.origin, "-i", days[0], "-e", days[1]]
        words += ["-n", "-s", "abcd", "-t", "1"] if self.nsec3 else []
        words += ["-p"] if self.opt_out else []
        subprocess.run([*words, plain, self.made], check=True, capture_output=True)
        if self.fault == "no rrsig":
            lines = done.read_text().splitlines(keepends=True)
            done.write_text("".join(line for line in lines if "\tRRSIG\tA " not in line))
        return done


def build(folder, *zones):
    """Make keys, delegate from each zone to those below it with their DS, and sign; gives their files by origin."""
    folder.mkdir(exist_ok=True)
    for zone in zones:
        if zone.signed or zone.fault == "unsigned below ds":
            zone.made = zone.key(folder)
            ds = zone.key(folder, "-other") if zone.fault == "wrong key" else zone.made
            zone.ds = ds.with_name(f"{ds.name}.ds").read_text()
    files = {}
    for zone in zones:
        below = [z for z in zones if z is not zone and _parent(z, zones) is zone]
        lines = [f"{z.origin} NS ns.{z.origin}\nns.{z.origin} A 192.0.2.53\n{getattr(z, 'ds', '')}" for z in below]
        files[zone.origin] = zone.write(folder, "".join(lines))
    return files


def _parent(zone, zones):
    above = [z for z in zones if z is not zone and (z.origin == "." or zone.origin.endswith(f".{z.origin}"))]
    return max(above, key=lambda z: len(z.origin.strip(".")), default=None)


@contextmanager
def nsd(folder, files, *, address="127.0.0.1"):
    """Run NSD with these files by origin until the block ends; gives its port, the same over UDP and TCP."""
    folder.mkdir(exist_ok=True)
    port = closed_port()
    zones = "".join(f'zone:\n name: "{origin}"\n zonefile: "{file}"\n' for origin, file in files.items())
    (folder / "nsd.conf").write_text(
        f'server:\n ip-address: {address}\n port: {port}\n username: ""\n chroot: ""\n zonesdir: "{folder}"\n database: ""\n'
        f' pidfile: "{folder}/nsd.pid"\n xfrdfile: "{folder}/xfrd.state"\n zonelistfile: "{folder}/zone.list"\n xfrdir: "{folder}"\n'
        f" server-count: 1\n rrl-ratelimit: 0\n rrl-whitelist-ratelimit: 0\nremote-control:\n control-enable: no\n{zones}"
    )
    log = (folder / "log").open("w")
    process = subprocess.Popen([NSD, "-d", "-c", folder / "nsd.conf"], stdout=log, stderr=log)
    try:
        _wait(process, address, port, next(iter(files)), folder)
        yield port
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def _wait(process, address, port, origin, folder):
    query = dns.message.make_query(origin, "SOA")
    deadline = time.monotonic() + 10
    while True:
        try:
            return dns.query.udp(query, address, port=port, timeout=0.2)
        except (OSError, dns.exception.DNSException):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "log").read_text()) from None
            time.sleep(0.05)
