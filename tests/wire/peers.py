"""What sslscan sees of the same endpoints, beside what we say: ``python tests/wire/peers.py``; each difference is told in README.md."""

import shutil
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

import anyio

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from bed import bed, host_of, said_all

SSLSCAN = shutil.which("sslscan")
ORDER = ["ssl2", "ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3"]
WEAK = ("NULL", "ADH", "AECDH", "EXP", "RC4", "DES-CBC", "anon")
_SECONDS = 60


async def seen_by_sslscan(place, name):
    """Give what sslscan tells of an endpoint in our words; empty where it tells nothing."""
    command = [SSLSCAN, "--no-colour", "--no-heartbleed", "--xml=-", f"--sni-name={name}", place]
    try:
        with anyio.fail_after(_SECONDS):
            done = await anyio.run_process(command, check=False)
        root = ET.fromstring(done.stdout)
    except (TimeoutError, ET.ParseError):
        return {}
    found = {}
    spoken = [f"{one.get('type')}{one.get('version').removesuffix('.0') if one.get('type') == 'ssl' else one.get('version')}"
              for one in root.iter("protocol") if one.get("enabled") == "1"]  # fmt: skip
    if spoken:
        spoken.sort(key=ORDER.index)
        found["tls.oldest_protocol"], found["tls.newest_protocol"] = spoken[0], spoken[-1]
    suites = [(one.get("cipher"), int(one.get("dhebits") or 0), "DHE-" in one.get("cipher") and "ECDHE" not in one.get("cipher"))
              for one in root.iter("cipher")]  # fmt: skip
    if suites:
        found["weak"] = any(any(word in name for word in WEAK) or (dhe and 0 < bits < 2048) for name, bits, dhe in suites)
    key = root.find(".//certificate/pk")
    if key is not None and key.get("bits"):
        found["tls.key_bits"] = {"128": 256}.get(key.get("bits"), int(key.get("bits")))  # it tells a curve by its strength
    return found


def ours(said):
    """Give what we say in the peer's words."""
    weak = said.get("tls.weak_suites")
    return {**said, "weak": weak > 0 if isinstance(weak, int) else weak}


async def compare():
    """Print every endpoint that the peer can tell something of, with each difference."""
    with tempfile.TemporaryDirectory() as folder:
        places = {}
        async with bed(Path(folder), places) as (truth, ways):
            names = [name for name in truth if truth[name].get("tls.offered") is not False]
            said = await said_all(names, ways)
            compared = differing = 0
            for name in names:
                place = places[f"{host_of(name)}:443"]
                theirs = await seen_by_sslscan(place, host_of(name))
                mine = ours(said[name])
                faults = {key: (value, mine.get(key)) for key, value in theirs.items() if mine.get(key) != value}
                compared, differing = compared + bool(theirs), differing + bool(faults)
                shown = "; ".join(f"{key}: sslscan {peer}, we {our}" for key, (peer, our) in faults.items())
                print(f"{name:<20} {'nothing told' if not theirs else shown}", flush=True)
    print(f"\n{compared} endpoints compared, {differing} with a difference")


if __name__ == "__main__":
    if SSLSCAN is None:
        sys.exit("sslscan is not installed")
    anyio.run(compare)
