"""Every endpoint of the bed is told as it is; see ``bed.py``."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bed import bed, said_all, wrong
from servers_of import GNUTLS, OPENSSL, TLSLITE

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.skipif(OPENSSL is None, reason="no openssl here")]
WHOLE = 51 + 26 * (GNUTLS is not None) + 12 * TLSLITE
"""How many endpoints there are where every server is installed, as in CI; less where one is not."""


async def test_no_endpoint_is_accused_wrongly_and_no_fault_is_missed(tmp_path):
    async with bed(tmp_path) as (truth, ways):
        said = await said_all(truth, ways)
    assert len(truth) == WHOLE
    assert {name: faults for name, told in truth.items() if (faults := wrong(told, said[name]))} == {}
