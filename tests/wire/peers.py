"""What sslscan and testssl.sh see of the same endpoints, beside what we say: ``python tests/wire/peers.py [sslscan] [testssl] [NAME…]``.

A name may end with a star (``g-*``); without any, all endpoints are compared, which takes testssl.sh the better part of an hour. Each difference is told in README.md.
"""

import json
import re
import shutil
import sys
import tempfile
from fnmatch import fnmatch
from pathlib import Path
from xml.etree import ElementTree as ET

import anyio

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from bed import bed, host_of, said_all

ORDER = ["ssl2", "ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3"]
WEAK = ("NULL", "ADH", "AECDH", "EXP", "RC4", "DES-CBC", "3DES", "anon")
STRENGTHS = {"128": 256, "192": 384, "260": 521}
"""sslscan tells a curve by its strength."""
_SECONDS = 240
_AT_ONCE = 2
_LEAST_DH = 2048
_OAKLEY = {"Oakley Group 1": 768, "Oakley Group 2": 1024}
"""Groups that testssl.sh tells by their names alone."""


async def _output_of(command):
    """Run a peer; what it prints, empty when it does not end."""
    with anyio.move_on_after(_SECONDS):
        return (await anyio.run_process(command, check=False)).stdout
    return b""


async def seen_by_sslscan(place, name, _):
    """Give what sslscan tells of an endpoint in our words; empty where it tells nothing."""
    command = [shutil.which("sslscan"), "--no-colour", "--no-heartbleed", "--xml=-", f"--sni-name={name}", place]
    try:
        root = ET.fromstring(await _output_of(command))
    except ET.ParseError:
        return {}
    spoken = [f"{one.get('type')}{one.get('version').removesuffix('.0') if one.get('type') == 'ssl' else one.get('version')}"
              for one in root.iter("protocol") if one.get("enabled") == "1"]  # fmt: skip
    found = _protocols(spoken)
    suites = [(one.get("cipher"), int(one.get("dhebits") or 0), "DHE-" in one.get("cipher") and "ECDHE" not in one.get("cipher"))
              for one in root.iter("cipher")]  # fmt: skip
    if suites:
        found["weak"] = any(any(word in name for word in WEAK) or (dhe and 0 < bits < _LEAST_DH) for name, bits, dhe in suites)
    key = root.find(".//certificate/pk")
    if key is not None and key.get("bits"):
        found["tls.key_bits"] = STRENGTHS.get(key.get("bits"), int(key.get("bits")))
    return found


PROTOCOLS = {"SSLv2": "ssl2", "SSLv3": "ssl3", "TLS1": "tls1.0", "TLS1_1": "tls1.1", "TLS1_2": "tls1.2", "TLS1_3": "tls1.3"}
LISTS = ("cipherlist_NULL", "cipherlist_aNULL", "cipherlist_EXPORT", "cipherlist_LOW", "cipherlist_3DES_IDEA")
HOLES = ("heartbleed", "CCS", "ROBOT", "secure_renego", "CRIME_TLS", "POODLE_SSL")
CHECKS = ("-p", "-s", "-f", "-S", "-H", "-I", "--robot", "-R", "-C", "-O", "-Z")


async def seen_by_testssl(place, name, trust):
    """Give what testssl.sh tells of an endpoint in our words; empty where it tells nothing."""
    host, port = place.split(":")
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        quiet = ["--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--add-ca"]
        await _output_of(
            [shutil.which("testssl"), *quiet, str(trust), "--jsonfile", str(told), *CHECKS, "--ip", host, f"{name}:{port}"]
        )
        try:
            listed = json.loads(told.read_text())
        except (OSError, ValueError):
            return {}
    says = {}
    for one in listed:
        says.setdefault(one["id"].partition(" ")[0], one["finding"])
    found = _protocols([ours for theirs, ours in PROTOCOLS.items() if says.get(theirs, "").startswith("offered")])
    if not found:
        return {}
    named = says.get("DH_groups", "")
    groups = [int(bits) for bits in re.findall(r"(\d+) bits", named)] + [bits for name, bits in _OAKLEY.items() if name in named]
    found["weak"] = any(says.get(name) == "offered" for name in LISTS) or any(bits < _LEAST_DH for bits in groups)
    if size := re.search(r"(\d+) bits", says.get("cert_keySize", "")):
        found["tls.key_bits"] = int(size[1])
        found["tls.hostname"] = says.get("cert_trust", "").startswith("Ok")
        found["passes"] = says.get("cert_chain_of_trust", "").startswith("passed")
        found["tls.valid_now"] = not says.get("cert_expirationStatus", "").startswith("expired")
    holes = [says[name] for name in HOLES if name in says]
    found["holes"] = any("VULNERABLE" in hole and "not vulnerable" not in hole for hole in holes)
    return found


def _protocols(spoken):
    if not spoken:
        return {}
    spoken = sorted(spoken, key=ORDER.index)
    return {"tls.oldest_protocol": spoken[0], "tls.newest_protocol": spoken[-1]}


def ours(said):
    """Give what we say in the peers' words."""
    weak, holes = said.get("tls.weak_suites"), said.get("tls.vulnerabilities")
    return {
        **said,
        "weak": weak > 0 if isinstance(weak, int) else weak,
        "holes": holes > 0 if isinstance(holes, int) else holes,
        "passes": all(said.get(f"tls.{name}") is True for name in ("trusted", "chain_complete", "valid_now")),
    }


PEERS = {"sslscan": seen_by_sslscan, "testssl": seen_by_testssl}


async def compare(peers, patterns):
    """Print every endpoint that speaks TLS, with each difference from each peer."""
    with tempfile.TemporaryDirectory() as folder:
        places = {}
        async with bed(Path(folder), places) as (truth, ways):
            speaking = [name for name in truth if truth[name].get("tls.offered") is not False]
            names = [name for name in speaking if any(fnmatch(name, pattern) for pattern in patterns)]
            said = await said_all(names, ways)
            gate, found = anyio.CapacityLimiter(_AT_ONCE), {}

            async def ask(peer, name):
                async with gate:
                    theirs = await PEERS[peer](places[f"{host_of(name)}:443"], host_of(name), Path(folder) / "root.pem")
                mine = ours(said[name])
                found[peer, name] = (
                    theirs,
                    {key: (value, mine.get(key)) for key, value in theirs.items() if mine.get(key) != value},
                )
                shown = "; ".join(f"{key}: {peer} {their}, we {our}" for key, (their, our) in found[peer, name][1].items())
                print(f"{name:<18} {peer:<8} {shown if theirs else 'nothing told'}", flush=True)

            async with anyio.create_task_group() as group:
                for name in names:
                    for peer in peers:
                        group.start_soon(ask, peer, name)
    for peer in peers:
        told = [differing for (one, _), (theirs, differing) in found.items() if one == peer and theirs]
        print(f"{peer}: {len(told)} endpoints compared, {sum(map(bool, told))} with a difference")


if __name__ == "__main__":
    wanted = [word for word in sys.argv[1:] if word in PEERS] or list(PEERS)
    if lacking := [peer for peer in wanted if shutil.which(peer) is None]:
        sys.exit(f"not installed: {', '.join(lacking)}")
    anyio.run(compare, wanted, [word for word in sys.argv[1:] if word not in PEERS] or ["*"])
