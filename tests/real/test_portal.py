"""The main job on a real portal: served by nginx over HTTPS, probed by the command, compared with the hand-made truth table."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from nginx import serve_folder

SHARED = Path(__file__).parents[3] / "shared" / "portals"
HOST = "sotttt.hanoi.gov.vn"
STATES = ("present", "empty", "broken", "missing", "unavailable")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.exists(), reason="the real portal is not on this machine"),
    pytest.mark.skipif(not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()), reason="nginx is not installed"),
]


@pytest.fixture(scope="module")
def probed(tmp_path_factory):
    work = tmp_path_factory.mktemp("portal")
    with tarfile.open(SHARED / "sotttt-hanoi.tar.xz") as packed:
        packed.extractall(work, filter="data")
    root = work / "sotttt-hanoi"
    with serve_folder(root, HOST, work / "nginx") as served:
        environment = {
            **os.environ,
            "AUDITOR_NETWORK__CONNECT_TO": f'{{ "{HOST}:443" = "127.0.0.1:{served.port}", "{HOST}:80" = "127.0.0.1:{served.plain}" }}',
            "AUDITOR_NETWORK__TRUST": f'["{served.trust}"]',
        }
        config = Path(__file__).parent / "config"
        command = [
            sys.executable,
            "-m",
            "auditor",
            "probe",
            "--agency",
            "so-tttt",
            "--json",
            "--config",
            config,
            "--data",
            work / "var",
        ]
        done = subprocess.run(command, check=False, env=environment, capture_output=True, timeout=280)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout), done.stderr.decode()


@pytest.fixture(scope="module")
def truth():
    return tomllib.loads((SHARED / "sotttt-hanoi.truth.toml").read_text("utf-8"))


def readings(document):
    return {reading["measure"]: reading for reading in document["readings"]}


def test_every_required_item_of_the_real_portal_is_judged_as_a_person_does(probed, truth):
    found = readings(probed[0])
    confusion, wrong = Counter(), []
    for name, row in truth["items"].items():
        reading = found[f"content.{name}"]
        said = reading["value"] or "unavailable"
        accepted = {row["state"], *row.get("accept", ())}
        confusion[row["state"] if said not in accepted else said, said] += 1
        if said not in accepted:
            wrong.append(f"{name}: {said}, a person says {row['state']} ({reading['because']})")
    print("\ntruth \\ said  " + "".join(f"{state:>13}" for state in STATES))
    for state in STATES[:-1]:
        print(f"{state:<13} " + "".join(f"{confusion[state, said]:>13}" for said in STATES))
    assert not wrong
    assert not [name for name in truth["items"] if found[f"content.{name}"]["blame"] == "ours"]


def test_the_newest_date_of_every_section_is_the_one_a_person_finds(probed, truth):
    found = readings(probed[0])
    wanted = {name: row["newest"].isoformat() for name, row in truth["items"].items() if "newest" in row}
    assert {name: found[f"freshness.{name}"]["newest"] for name in wanted} == wanted


def test_the_trap_is_bounded_and_nothing_crashes(probed):
    document, log = probed
    [crawl] = [visit for visit in document["visits"] if visit["probe"] == "crawl"]
    assert crawl["requests"] < 900
    assert "crashed" not in log
    assert not [visit for visit in document["visits"] if visit["cause"] == "crashed"]


def test_every_reading_has_evidence(probed):
    assert [reading["measure"] for reading in probed[0]["readings"] if not reading["evidence"]] == []
