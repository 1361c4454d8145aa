"""What tests of visits share."""

import pytest
import trustme


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A CA whose root is trusted."""
    ca = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(path)
    ca.path = path
    return ca
