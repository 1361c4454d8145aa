"""Every endpoint of the bed is told as it is; see ``bed.py``."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bed import bed, said_all, wrong
from servers_of import OPENSSL

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.skipif(OPENSSL is None, reason="no openssl here")]


async def test_no_endpoint_is_accused_wrongly_and_no_fault_is_missed(tmp_path):
    async with bed(tmp_path) as (truth, ways):
        said = await said_all(truth, ways)
    assert len(truth) >= 40
    assert {name: faults for name, told in truth.items() if (faults := wrong(told, said[name]))} == {}
