"""The bed leaves out the servers that a machine lacks; CI lacks none."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from others import others
from servers_of import GNUTLS, OPENSSL, TLSLITE


@pytest.mark.skipif(not os.environ.get("CI"), reason="only CI installs every server")
def test_ci_has_every_server():
    assert all((OPENSSL, GNUTLS, TLSLITE))


@pytest.mark.skipif(GNUTLS is None or not TLSLITE, reason="no gnutls-serv or no tlslite-ng here")
def test_each_of_the_other_servers_has_a_name_and_truths_of_its_own():
    names = [name for name, _, told in others(lambda *_, **__: None) if told]
    assert len(names) == len(set(names)) >= 38
