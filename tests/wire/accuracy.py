"""``make accuracy``, second part: what the probes say of a bed of endpoints and domains whose truth is known."""

import sys
import tempfile
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from bed import bed, said_all, wrong
from domains import PROBES, domains, zone_host
from nsd import CAN_SERVE
from postfix import CAN_MAIL


async def count():
    """Print each endpoint and each domain with what is said of it wrongly, then the counts; gives how many have a fault."""
    with tempfile.TemporaryDirectory() as folder:
        async with bed(Path(folder)) as (truth, ways):
            bad = shown("endpoints", truth, await said_all(truth, ways))
    if not (CAN_SERVE and CAN_MAIL):
        print("\nthe domains were left out: NSD, ldns and Postfix are needed, and root")
        return bad
    with tempfile.TemporaryDirectory() as folder:
        async with domains(Path(folder)) as (truth, ways):
            return bad + shown("domains", truth, await said_all(truth, ways, host=zone_host, probes=PROBES))


def shown(what, truth, said):
    """Print what is said of each; gives how many have a fault."""
    right = total = bad = 0
    for name, told in truth.items():
        faults = wrong(told, said[name])
        right, total, bad = right + len(told) - len(faults), total + len(told), bad + bool(faults)
        lines = "; ".join(f"{measure} is {true}, said {said}" for measure, (true, said) in faults.items())
        print(f"{name:<20} {len(told) - len(faults):>2}/{len(told):<2} {lines}", flush=True)
    print(f"\n{len(truth)} {what}, {total} truths, {right} right; {bad} {what} with a fault\n")
    return bad


if __name__ == "__main__":
    sys.exit(min(anyio.run(count), 1))
