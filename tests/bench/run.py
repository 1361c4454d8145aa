"""``make bench``: the rows of DESIGN section 13 that exist, as ratios of CPU in interleaved rounds, outputs compared."""

import json
import statistics
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
ROUNDS = 3
ROWS = (
    ("crawl: fetch, parse, links, text", "auditor_fetch", "pycurl_lexbor", 2.0, True),
    ("the same with evidence, every content measure judged", "auditor_whole", "pycurl_lexbor", 5.0, False),
    ("… against Scrapy with lexbor", "auditor_whole", "scrapy_lexbor", 1 / 3, False),
    ("page analysis over one site's crawl", "page_analysis", "lexbor_parse", 6.0, True),
    ("… each page once, nothing remembered", "page_analysis_once", "lexbor_parse_once", 6.0, True),
    ("WARC writing", "warc_ours", "warc_warcio", 1 / 3, True),
)


def measure(name, port):
    done = subprocess.run([sys.executable, HERE / "contenders.py", name, str(port)], capture_output=True, check=True, timeout=300)
    return json.loads(done.stdout)


def start_up():
    """Give the median wall seconds of ``auditor --help``."""
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "auditor", "--help"], capture_output=True, check=True)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main():
    site = subprocess.Popen([sys.executable, HERE / "bench_site.py"], stdout=subprocess.PIPE)
    try:
        port = int(site.stdout.readline())
        names = sorted({name for row in ROWS for name in row[1:3]})
        if find_spec("scrapy") is None:
            names.remove("scrapy_lexbor")
        found = {name: [] for name in names}
        for _ in range(ROUNDS):
            for name in names:
                found[name].append(measure(name, port))
    finally:
        site.terminate()
        site.wait(10)
    print(f"{'what':<54} {'ours':>9} {'peer':>9} {'ratio':>6} {'bar':>6}")
    for title, ours, peer, bar, same in ROWS:
        if peer not in found:
            print(f"{title:<54} {peer} is not installed")
            continue
        mine, theirs = (statistics.median(one["cpu"] for one in found[name]) for name in (ours, peer))
        counts = {one["count"] for name in (ours, peer) for one in found[name]}
        if same and len(counts) != 1:
            sys.exit(f"{title}: {ours} and {peer} did not do the same work: {counts}")
        print(
            f"{title:<54} {mine:>7.3f} s {theirs:>7.3f} s {mine / theirs:>6.2f} {bar:>6.2f}  {'' if mine / theirs <= bar else 'over'}"
        )
    size = found["warc_ours"][0]["other"] / found["warc_warcio"][0]["other"]
    print(f"{'WARC size':<54} {'':>9} {'':>9} {size:>6.3f} {1.02:>6.2f}  {'' if size <= 1.02 else 'over'}")
    seconds = start_up()
    print(f"{'auditor --help, wall':<54} {seconds:>7.3f} s {'':>9} {'':>6} {0.3:>6.2f}  {'' if seconds <= 0.3 else 'over'}")


if __name__ == "__main__":
    main()
