"""``make accuracy``, second part: what the probes say of a bed of endpoints whose truth is known."""

import sys
import tempfile
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from bed import bed, said_all, wrong


async def count():
    """Print each endpoint with what is said of it wrongly, then the counts."""
    with tempfile.TemporaryDirectory() as folder:
        async with bed(Path(folder)) as (truth, ways):
            said = await said_all(truth, ways)
            right = total = bad = 0
            for name, told in truth.items():
                faults = wrong(told, said[name])
                right, total, bad = right + len(told) - len(faults), total + len(told), bad + bool(faults)
                shown = "; ".join(f"{measure} is {true}, said {said}" for measure, (true, said) in faults.items())
                print(f"{name:<20} {len(told) - len(faults):>2}/{len(told):<2} {shown}", flush=True)
    print(f"\n{len(truth)} endpoints, {total} truths, {right} right; {bad} endpoints with a fault")
    return bad


if __name__ == "__main__":
    sys.exit(min(anyio.run(count), 1))
