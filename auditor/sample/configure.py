"""Writes the sample's config folder: what the shipped one has, with the sample's agencies, sites and places."""

import csv
import io
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from auditor.model.agency import Registry
from auditor.model.edition import Edition
from auditor.model.ids import MeasureId
from auditor.model.reading import Measure
from auditor.sample.declared import COLUMNS, declared_rows
from auditor.sample.plan import SitePlan

__all__ = ["write_config", "write_declared"]

_GROUPS = (
    ("1", "Các sở, ban, ngành mẫu", "Sample departments"),
    ("2", "UBND các huyện, thị xã mẫu", "Sample districts"),
    ("3", "Đơn vị sự nghiệp mẫu", "Sample service units"),
)
_COPIED = ("editions", "guidelines", "holidays.csv", "alerts.toml")


def write_config(
    config: Path, shipped: Path, sites: Sequence[SitePlan], *, places: Mapping[str, str], nameserver: str, root: Path
) -> None:
    """Write the folder anew; what stood in it before is gone."""
    if config.exists():
        shutil.rmtree(config)
    config.mkdir(parents=True)
    for name in _COPIED:
        source = shipped / name
        if source.is_dir():
            shutil.copytree(source, config / name)
        elif source.is_file():
            shutil.copyfile(source, config / name)
    shutil.copyfile(root, config / "ca.pem")
    (config / "auditor.toml").write_text(_settings(places, nameserver), "utf-8")
    groups = (f'[[groups]]\nid = "{id}"\ntitle = "{title}"\ntitle_en = "{english}"\n' for id, title, english in _GROUPS)  # noqa: A001
    (config / "groups.toml").write_text("\n".join(groups), "utf-8")
    header = ("code", "name", "name_en", "group", "valid_from", "valid_to", "successor", "emails")
    _write(config / "agencies.csv", header, _agencies(sites))
    _write(config / "sites.csv", ("agency", "url", "role", "confirmed", "valid_from", "valid_to"), _sites(sites))


def write_declared(path: Path, edition: Edition, registry: Registry, measures: Mapping[MeasureId, Measure] | None = None) -> None:
    """Write what the sample's agencies declare for an edition, as a form that can be imported."""
    _write(path, COLUMNS, declared_rows(edition, registry, measures))


def _settings(places: Mapping[str, str], nameserver: str) -> str:
    mapped = "\n".join(f"{json.dumps(place)} = {json.dumps(target)}" for place, target in places.items())
    return f"""# Written when the sample starts: the ports are those of this start.

[network]
contact = "mailto:auditor@khanhhoa.test"
requests_per_second = 0
retry_pause = 0.2
allow_addresses = []
trust = ["ca.pem"]
nameservers = [{json.dumps(nameserver)}]
control_hosts = []

[network.connect_to]
{mapped}

[crawl]
pages = 80
seconds = 900
page_seconds = 5

[schedule]
night_hours = 0
retry_minutes = 0

[gate]
canaries = []
free_mb = 64
"""


def _agencies(sites: Iterable[SitePlan]) -> Iterable[Sequence[str]]:
    for site in sites:
        if site.agency:
            agency = site.agency
            yield agency.code, agency.name, agency.name_en, agency.group, "", "", "", f"banbientap@{site.host}"


def _sites(sites: Iterable[SitePlan]) -> Iterable[Sequence[str]]:
    for site in sites:
        if site.agency:
            yield site.agency.code, site.url, "portal", "yes", "", ""
            for other in site.agency.other_sites:
                url, role, confirmed = other.split()
                yield site.agency.code, url, role, confirmed, "", ""


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), "utf-8")
