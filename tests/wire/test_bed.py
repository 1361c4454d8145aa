"""Every endpoint and every domain of the bed is told as it is; see ``bed.py`` and ``domains.py``."""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bed import bed, said_all, wrong
from domains import DOMAINS, PROBES, domains, zone_host
from nsd import with_nsd
from postfix import with_postfix
from servers_of import OPENSSL

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.mark.skipif(OPENSSL is None, reason="no openssl here")
async def test_no_endpoint_is_accused_wrongly_and_no_fault_is_missed(tmp_path):
    async with bed(tmp_path) as (truth, ways):
        said = await said_all(truth, ways)
    assert len(truth) >= 40
    assert {name: faults for name, told in truth.items() if (faults := wrong(told, said[name]))} == {}


def test_whatever_is_unknown_of_a_domain_says_why():
    told = {truth for domain in DOMAINS.values() for truth in domain.truth.values() if str(truth).startswith("unknown")}
    assert told
    assert all(re.fullmatch(r"unknown \((\w+|no duty)\)", truth) for truth in told)


@with_nsd
@with_postfix
async def test_no_domain_is_accused_wrongly_and_no_fault_is_missed(tmp_path):
    async with domains(tmp_path) as (truth, ways):
        said = await said_all(truth, ways, host=zone_host, probes=PROBES)
    assert len(truth) >= 40
    assert {name: faults for name, told in truth.items() if (faults := wrong(told, said[name]))} == {}
