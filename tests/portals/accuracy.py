"""``make accuracy``: how often the content and service probes are right, on labelled portals served over real sockets.

Two halves: ``open`` is for those who tune, ``aside`` was written by others and only its counts are looked at. For each item:
right means that the state is the labelled one or an accepted one. Precision counts over what the audit says is there (any state
but ``missing``), recall over what a person says is there; labels and services likewise.
"""

import argparse
import sys
import tempfile
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import anyio  # noqa: E402 - the path comes first
from browser import browsers, visiting  # noqa: E402
from servers import Site as Server  # noqa: E402
from servers import certificates, serve  # noqa: E402
from serving import Portal  # noqa: E402

from auditor.model.agency import Agency, Site, SiteRole  # noqa: E402
from auditor.model.reading import Measured  # noqa: E402
from auditor.model.zone import VIETNAM  # noqa: E402
from auditor.sdk.catalogue import load_catalogue  # noqa: E402
from auditor.sdk.html import Document  # noqa: E402
from auditor.sdk.limits import CrawlLimits, Limits  # noqa: E402
from auditor.sdk.probe import Known  # noqa: E402
from auditor.sdk.vocabulary import load_vocabulary  # noqa: E402
from probes import crawl  # noqa: E402
from probes.content.labels import Grade, Labels  # noqa: E402
from probes.content.site import CrawledSite  # noqa: E402
from probes.services_list.attribution import Attribution  # noqa: E402
from probes.services_list.collection import Collection as Services  # noqa: E402
from probes.services_list.proving import Prover  # noqa: E402

VOCABULARY = load_vocabulary()
JUDGES = [probe for probe in load_catalogue().probes.values() if crawl.PROBE.id in probe.reads]
ABSENT = {"missing", "unavailable"}


@dataclass
class Tally:
    """What was counted over one half. ``wrong`` are the mistakes, told only for the open half."""

    states: Counter = field(default_factory=Counter)
    items: dict = field(default_factory=dict)
    dates: Counter = field(default_factory=Counter)
    labels: Counter = field(default_factory=Counter)
    levels: Counter = field(default_factory=Counter)
    lacks: dict = field(default_factory=dict)
    measures: dict = field(default_factory=dict)
    wrong: list = field(default_factory=list)
    sites: int = 0
    rendered: int = 0


class Doors:
    """A visit's doors, as far as the crawl needs them."""

    limits = CrawlLimits(page=Limits(seconds=5))
    registry_hosts = frozenset()
    vocabulary = VOCABULARY

    def __init__(self, browser):
        self.http, self.browser = browser.door, browser

    def monotonic(self):
        return anyio.current_time()


async def visit(site, places, trust):
    shared = browsers(pages=200)
    try:
        async with visiting(shared, places, trust=[trust], answered={"other"}) as browser:
            return await crawl.look(site, Doors(browser))
    finally:
        await shared.aclose()


def audit(folder, tally):
    """Visit one labelled site and count."""
    table = tomllib.loads((folder / "site.toml").read_text("utf-8"))
    host = urlsplit(table["url"]).hostname
    ca, context = certificates(host)
    site = Site(url=table["url"], roles=(SiteRole.PORTAL,), agencies=("mau",))
    answers = Portal(folder, table["pages"])
    with tempfile.TemporaryDirectory() as work, serve(Server(answers, context), Server(answers)) as (secure, plain):
        trust = Path(work) / "ca.pem"
        ca.cert_pem.write_to_path(trust)
        places = {f"{host}:443": f"127.0.0.1:{secure.port}", f"{host}:80": f"127.0.0.1:{plain.port}"}
        seen = anyio.run(visit, site, places, trust)
    documents = {}
    tally.rendered += sum(page.rendered is not None for page in seen.pages) + (seen.rendered is not None)
    known = Known(
        captured_at=datetime.combine(table["as_of"], time(23), VIETNAM).astimezone(UTC),
        site=site,
        agencies=(Agency(code="mau", name=table["agency"], name_en="", group="1"),),
        vocabulary=VOCABULARY,
        document=lambda exchange: documents.setdefault((exchange.digest, exchange.url), Document(exchange)),
    )
    readings = {reading.measure: reading for judge in JUDGES for reading in judge.assess(seen, known)}
    tally.sites += 1
    count_items(folder.name, table, readings, tally)
    count_labels(folder.name, table, tally)
    count_levels(folder.name, table, CrawledSite(seen, known), tally)
    count_lacks(folder.name, table, readings, tally)
    count_measures(folder.name, table, readings, tally)


def count_items(name, table, readings, tally):
    for item, row in table.get("items", {}).items():
        reading = readings[f"content.{item}"]
        said = reading.value if isinstance(reading, Measured) else "unavailable"
        truth = said if said in row.get("accept", ()) else row["state"]
        tally.states[truth, said] += 1
        counts = tally.items.setdefault(item, Counter())
        counts["said"] += said not in ABSENT
        counts["true"] += truth not in ABSENT
        counts["both"] += said == truth and said not in ABSENT
        counts["all"] += 1
        counts["right"] += said == truth
        if said != truth:
            tally.wrong.append(f"{name} content.{item}: {said}, a person says {truth}: {reading.because}")
        if "newest" in row or "dated" in row:
            fresh = readings[f"freshness.{item}"]
            newest = getattr(fresh, "newest", None)
            right = newest == row["newest"] if "newest" in row else getattr(fresh, "value", None) in {"undated", "never"}
            tally.dates[right] += 1
            if not right:
                tally.wrong.append(
                    f"{name} freshness.{item}: {newest or fresh}, a person says {row.get('newest', 'undated')}"[:300]
                )


def count_labels(name, table, tally):
    labels = Labels(VOCABULARY, [table["agency"]])
    for label, item in table.get("labels", {}).items():
        named = {hit.section for hit in labels.of_label(label, menu=True) if hit.grade >= Grade.ACCEPTED}
        tally.labels["said"] += bool(named)
        tally.labels["true"] += item != "none"
        right = item in named if item != "none" else not named
        tally.labels["both"] += right and item != "none"
        tally.labels["right"] += right
        tally.labels["all"] += 1
        if not right:
            tally.wrong.append(f"{name} label {label!r}: {sorted(named) or 'none'}, a person says {item}")


def count_levels(name, table, site, tally):
    if "services" not in table:
        return
    collection = Services(site)
    own = Attribution(collection, Prover(collection, {})).of(None).rows  # a shared list may say the same name of others too
    rows = {" ".join(row.name.lower().split()): row for row in (*collection.rows, *own)}
    for row in table["services"]:
        wanted = " ".join(row["name"].lower().split())
        found = rows.get(wanted) or next((r for key, r in rows.items() if wanted in key), None)
        right = found is not None and found.level == row["level"]
        tally.levels[right] += 1
        if not right:
            tally.wrong.append(
                f"{name} service {row['name']!r}: {found.level if found else 'not found'}, a person says {row['level']}"
            )


def count_lacks(name, table, readings, tally):
    """The fields that a section's entries lack, named one by one."""
    for section, lacks in table.get("completeness", {}).items():
        reading = readings.get(f"{section}.completeness")
        said = set(reading.facts.get("lacks", ())) if isinstance(reading, Measured) else None
        counts = tally.lacks.setdefault(section, Counter())
        counts[said == set(lacks)] += 1
        if said != set(lacks):
            tally.wrong.append(f"{name} {section}.completeness: lacks {said and sorted(said)}, a person says {sorted(lacks)}")


def count_measures(name, table, readings, tally):
    for measure, value in table.get("measures", {}).items():
        reading = readings.get(measure)
        said = reading.value if isinstance(reading, Measured) else "unavailable"
        said = Decimal(str(said)) if not isinstance(said, str | bool) and isinstance(value, float) else said
        right = said == (Decimal(str(value)) if isinstance(value, float) else value)
        tally.measures.setdefault(measure, Counter())[right] += 1
        if not right:
            tally.wrong.append(f"{name} {measure}: {said}, a person says {value}: {getattr(reading, 'because', '')}")


def share(part, whole):
    return f"{part / whole:6.3f}" if whole else "   –  "


def show(half, tally, *, mistakes):
    states = ["present", "empty", "broken", "missing", "unavailable"]
    print(
        f"\n== {half}: {tally.sites} sites, {sum(tally.states.values())} labelled items, {tally.labels['all']} labels, {tally.rendered} pages in a browser"
    )
    print(f"{'truth / said':<14}" + "".join(f"{state:>13}" for state in states))
    for truth in states[:-1]:
        print(f"{truth:<14}" + "".join(f"{tally.states[truth, said]:>13}" for said in states))
    print(f"\n{'item':<20}{'precision':>10}{'recall':>8}{'right':>12}")
    for item, counts in sorted(tally.items.items()):
        right = f"{counts['right']}/{counts['all']}"
        print(f"{item:<20}{share(counts['both'], counts['said']):>10}{share(counts['both'], counts['true']):>8}{right:>12}")
    whole = sum(tally.items.values(), Counter())
    print(
        f"{'all':<20}{share(whole['both'], whole['said']):>10}{share(whole['both'], whole['true']):>8}"
        f"{whole['right']:>7}/{whole['all']}"
    )
    print(f"freshness exact {tally.dates[True]}/{sum(tally.dates.values())}")
    print(
        f"labels: precision {share(tally.labels['both'], tally.labels['said'])}, recall"
        f" {share(tally.labels['both'], tally.labels['true'])}, right {tally.labels['right']}/{tally.labels['all']}"
    )
    print(f"services' levels right {tally.levels[True]}/{sum(tally.levels.values())}")
    for title, table in (("fields that a section lacks", tally.lacks), ("measures", tally.measures)):
        if table:
            print(f"{title}: " + " · ".join(f"{name} {counts[True]}/{counts.total()}" for name, counts in sorted(table.items())))
    for line in tally.wrong if mistakes else ():
        print(f"  {line}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("open", "aside"), action="append")
    parser.add_argument("--only", default="", help="only portals whose name has this")
    parser.add_argument("--mistakes", action="store_true", help="list every mistake (of the open half only)")
    options = parser.parse_args()
    for half in options.half or ("open", "aside"):
        tally = Tally()
        for folder in sorted(path.parent for path in (HERE / half).glob("*/site.toml") if options.only in str(path)):
            audit(folder, tally)
        show(half, tally, mistakes=options.mistakes and half == "open")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
