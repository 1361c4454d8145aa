"""``make bench``: the rows of DESIGN section 13 that exist, as ratios of CPU in interleaved rounds, outputs compared."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import bench_council
import bench_tls
import bench_uptime
from bench_pages import FOLDER, SHARED, unpack

HERE = Path(__file__).parent
ROUNDS = 3
ROWS = (
    ("crawl: fetch, parse, links, text", "auditor_fetch", "pycurl_lexbor", 2.0, True),
    ("the same with evidence, every content measure judged", "auditor_whole", "pycurl_asked", 5.0, False),
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


def compare(title, ours, peer, mine, theirs):
    """Stop unless two contenders did the same work: as many pages, and no page of the site that only the peer found."""
    if {one["count"] for one in mine} != {one["count"] for one in theirs}:
        sys.exit(f"{title}: {ours} and {peer} did not read the same pages")
    if isinstance(theirs[0]["other"], list) and (lost := set(theirs[0]["other"]) - set(mine[0]["other"])):
        sys.exit(f"{title}: {ours} did not find what {peer} found: {sorted(lost)[:5]}")


def row(title, mine, theirs, bar, form="{:>7.3f} s"):
    ratio = mine / theirs
    print(f"{title:<54} {form.format(mine)} {form.format(theirs)} {ratio:>6.2f} {bar:>6.2f}  {'' if ratio <= bar else 'over'}")


def rounds():
    """Run every contender in turn, several times over one site."""
    site = subprocess.Popen([sys.executable, HERE / "bench_site.py"], stdout=subprocess.PIPE)
    try:
        port = int(site.stdout.readline())
        if FOLDER in os.environ:
            measure("record", port)
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
    return found


def show(pages):
    """Print a table over one set of pages."""
    found = rounds()
    print(f"\n{pages}\n{'what':<54} {'ours':>9} {'peer':>9} {'ratio':>6} {'bar':>6}")
    for title, ours, peer, bar, same in ROWS:
        if peer not in found:
            print(f"{title:<54} {peer} is not installed")
            continue
        mine, theirs = found[ours], found[peer]
        if same:
            compare(title, ours, peer, mine, theirs)
        # A crawl asks for a few more than it is told to: what counts is the CPU of a page.
        row(
            title,
            *(1000 * statistics.median(one["cpu"] / one["count"] for one in done) for done in (mine, theirs)),
            bar,
            "{:>6.3f} ms",
        )
    row("WARC size, KB", *(found[name][0]["other"] / 1024 for name in ("warc_ours", "warc_warcio")), 1.02, "{:>9.1f}")


def uptime():
    """Print the rows of uptime: a check beside blackbox_exporter, a round of many sites, a year in the database."""
    print(f"\n{'uptime':<54} {'ours':>9} {'peer':>9} {'ratio':>6} {'bar':>6}")
    sites, many = bench_uptime.SITES, bench_uptime.MANY
    with tempfile.TemporaryDirectory() as folder, bench_uptime.served(folder):
        found = {"ours": [], "peer": []}
        for _ in range(ROUNDS):
            for name in found if bench_uptime.BLACKBOX else ["ours"]:
                found[name].append(bench_uptime.measured(name, folder, sites))
                if found[name][-1]["up"] != sites:
                    sys.exit(f"uptime: {name} saw {found[name][-1]['up']} of {sites} sites up")
        mine, theirs = [1000 * statistics.median(one["cpu"] for one in done) / sites if done else 0 for done in found.values()]
        if theirs:
            row("check over HTTPS, CPU, beside blackbox_exporter", mine, theirs, 1.5, "{:>6.3f} ms")
        else:
            print(f"{'check over HTTPS, CPU':<54} {mine:>6.3f} ms   blackbox_exporter is not installed")
        few, whole = (bench_uptime.measured("ours", folder, number) for number in (20, many))
    if whole["up"] != many:
        sys.exit(f"uptime: {whole['up']} of {many} sites were up")
    row(f"a round of {many:,} sites, CPU, of five minutes of a core", whole["cpu"], 300, 1.0, "{:>7.1f} s")
    row(f"memory at {many:,} sites beside 20, MB", whole["rss"], few["rss"], 1.2, "{:>9.1f}")
    with tempfile.TemporaryDirectory() as folder:
        kept = bench_uptime.measured("year", folder)
    row(f"a year of {sites} sites at five minutes, MB", kept["year_mb"], 1000, 1.0, "{:>9.1f}")
    row(f"availability of {sites} sites over a year, wall", kept["ms"], 50, 1.0, "{:>6.1f} ms")


def council():
    """Print the rows of the council's sums: what 40 agencies take from readings to reports, and 10,000 from readings to gains."""
    print(f"\n{'the council':<54} {'ours':>9} {'bar':>9} {'ratio':>6} {'bar':>6}")
    with tempfile.TemporaryDirectory() as folder:
        few = [bench_council.measured("reported", folder) for _ in range(ROUNDS)]
    whole = bench_council.measured("ranked", bench_council.MANY)
    if {one["rows"] for one in few} != {bench_council.FEW} or whole["rows"] != bench_council.MANY:
        sys.exit("the council: not everybody was judged")
    forms = ", ".join(few[0]["forms"])
    row(
        f"{bench_council.FEW} × {bench_council.CRITERIA} judged, as {forms}",
        statistics.median(one["seconds"] for one in few),
        5,
        1.0,
    )
    row(f"{bench_council.MANY:,} × {bench_council.CRITERIA} judged, ranked, every gain", whole["seconds"], 60, 1.0)
    row("… their memory, readings and all, MB", whole["mb"], 1000, 1.0, "{:>9.1f}")
    nights = bench_council.NIGHTS
    found = {}
    for number in (1, nights):
        with tempfile.TemporaryDirectory() as folder:
            bench_council.measured("filled", folder, number)
            found[number] = bench_council.measured("told", folder)
    one, many = found[1], found[nights]
    if one["rows"] != many["rows"]:
        sys.exit("the council: a judgement after many nights ranks others than after one")
    row(f"a judgement after {nights} nights beside one, memory, MB", many["mb"], one["mb"], 1.2, "{:>9.1f}")
    row("… CPU", many["seconds"], one["seconds"], 2.0)


def main():
    only = sys.argv[1:]
    if only != ["council"]:
        uptime()
    if only != ["uptime"]:
        council()
    if only:
        return
    show("made-up pages")
    if SHARED.exists():
        with tempfile.TemporaryDirectory() as folder:
            unpack(folder)
            os.environ[FOLDER] = folder
            show("a real portal's pages")
            del os.environ[FOLDER]
    bench_tls.show(row, ROUNDS)
    seconds = start_up()
    print(f"\n{'auditor --help, wall':<54} {seconds:>7.3f} s {'':>9} {'':>6} {0.3:>6.2f}  {'' if seconds <= 0.3 else 'over'}")


if __name__ == "__main__":
    main()
