"""What every report asks of an edition."""

import pytest
from province import criterion, edition

from reports.view import area_of, criterion_of


def test_what_an_edition_does_not_hold_is_named():
    law = edition(criterion("1"))
    assert (criterion_of(law, "1").id, area_of(law, "portal").number) == ("1", 5)
    with pytest.raises(LookupError, match=r'^e: no criterion "9"$'):
        criterion_of(law, "9")
    with pytest.raises(LookupError, match=r'^e: no area "people"$'):
        area_of(law, "people")
