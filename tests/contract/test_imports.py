"""The contracts of imports hold, and each of them would notice."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
NAMES = {contract["name"] for contract in CONTRACTS}
DOWN = "Imports point down"
NEVER_PROBES = "The auditor never imports probes, and only the app imports reports"
APP_NEVER_PROBES = "The app and the commands never import probes"
PROBES = "Probes import the sdk, the model and parsing libraries"
REPORTS = "Reports import the model"
PURE = "Judgement, values and the plan are pure: no clock, file, socket or chance"
DNS = "One door: dnspython"
OFFENCES = [
    ("auditor/model/note.py", "auditor.sdk.text", {DOWN, REPORTS}),
    ("auditor/sdk/text.py", "auditor.judge.marks", {DOWN}),
    ("auditor/registry/table.py", "auditor.editions.fields", {DOWN}),
    ("auditor/store/runs.py", "auditor.evidence.ledger", {DOWN}),
    ("auditor/evidence/files.py", "auditor.schedule.plan", {DOWN}),
    ("auditor/visit/edge.py", "auditor.engines.gate", {DOWN}),
    ("auditor/log.py", "auditor.model.ids", {DOWN}),
    ("auditor/web/__init__.py", "auditor.model.ids", {DOWN}),
    ("auditor/judge/marks.py", "reports.numbers", {NEVER_PROBES}),
    ("auditor/visit/runner.py", "probes.uptime", {NEVER_PROBES, APP_NEVER_PROBES}),
    ("auditor/app/parts.py", "probes.crawl", {APP_NEVER_PROBES}),
    ("auditor/cli/options.py", "probes.crawl", {APP_NEVER_PROBES}),
    ("probes/uptime.py", "auditor.clock", {PROBES}),
    ("probes/content/blocks.py", "auditor.judge.scales", {PROBES}),
    ("probes/mailing/spf.py", "reports.numbers", {PROBES}),
    ("reports/numbers.py", "auditor.sdk.text", {REPORTS}),
    ("reports/view.py", "auditor.store.runs", {REPORTS}),
    ("auditor/model/note.py", "os", {PURE}),
    ("auditor/judge/scales.py", "random", {PURE}),
    ("auditor/schedule/plan.py", "time", {PURE}),
    ("auditor/engines/gate.py", "pathlib", {PURE}),
    ("auditor/findings/rules.py", "time", {PURE}),
    ("auditor/findings/letters.py", "auditor.engines.gate", {DOWN}),
    ("auditor/findings/sights.py", "reports.words", {NEVER_PROBES}),
    ("auditor/findings/outbox.py", "time", {PURE}),
    ("auditor/visit/doors/http/robots.py", "httpx", {"One door: httpx"}),
    ("auditor/sample/web.py", "httpcore", {"One door: httpx"}),
    ("auditor/visit/doors/tls/door.py", "sslyze", {"One door: sslyze"}),
    ("auditor/evidence/writer.py", "dns.resolver", {DNS}),
    ("auditor/engines/night.py", "sqlalchemy", {"One door: SQLAlchemy"}),
    ("auditor/visit/network.py", "playwright.async_api", {"One door: playwright"}),
    ("auditor/editions/fields.py", "openpyxl", {"One door: openpyxl"}),
    ("auditor/schedule/journal.py", "apscheduler.triggers.cron", {"One door: APScheduler"}),
    ("auditor/findings/outbox.py", "aiosmtplib", {"One door: aiosmtplib"}),
]


def lint(folder, cache):
    """Give each contract's verdict as lint-imports says it of a folder."""
    command = [Path(sys.executable).with_name("lint-imports"), "--cache-dir", cache]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "300"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    found = dict(re.findall(r"^(.+?) (KEPT|BROKEN)(?: \(.*\))?$", done.stdout, re.MULTILINE))
    assert found.keys() == NAMES, done.stdout + done.stderr
    assert (done.returncode == 0) is ("BROKEN" not in found.values())
    return found


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    for package in ("auditor", "probes", "reports"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder, tmp_path_factory.mktemp("cache")


def test_every_contract_is_kept(copied):
    assert set(lint(*copied).values()) == {"KEPT"}


def test_every_contract_is_offended_below():
    assert set.union(*(broken for _, _, broken in OFFENCES)) == NAMES


@pytest.mark.parametrize(("file", "imported", "broken"), OFFENCES, ids=[f"{file}-{module}" for file, module, _ in OFFENCES])
def test_an_import_against_a_contract_breaks_that_contract_and_no_other(copied, file, imported, broken):
    folder, cache = copied
    place = folder / file
    before = place.read_bytes() if place.exists() else None
    place.parent.mkdir(exist_ok=True)
    try:
        place.write_text(f"{(before or b'').decode()}\n\nimport {imported}\n", "utf-8")
        said = lint(folder, cache)
    finally:
        if before is None:
            shutil.rmtree(place.parent)
        else:
            place.write_bytes(before)
    assert {name for name, verdict in said.items() if verdict == "BROKEN"} == broken
