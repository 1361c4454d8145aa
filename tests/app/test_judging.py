"""Rankings of days gone by: what they are compared with, and which days may be asked for."""

from datetime import UTC, date, datetime, timedelta

import pytest
from littleconfig import EDITION

from auditor.app.declaring import import_file
from auditor.app.judging import published
from auditor.app.parts import Parts
from auditor.errors import UsageError
from auditor.model.run import RunKind

FIRST = datetime(2026, 1, 5, 18, tzinfo=UTC)  # one in the morning of the 6th in Vietnam


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, now):
        self.at = now

    def now(self):
        return self.at

    def monotonic(self):
        return 0.0


@pytest.fixture
def parts(tmp_path):
    config = tmp_path / "config"
    (config / "editions").mkdir(parents=True)
    (config / "editions" / "e.toml").write_text(EDITION, "utf-8")
    (config / "auditor.toml").write_text('[judge]\nedition = "e"\n')
    (config / "groups.toml").write_text('[[groups]]\nid = "1"\ntitle = "Nhóm"\ntitle_en = "Group"\n', "utf-8")
    (config / "agencies.csv").write_text(
        "code,name,name_en,group,valid_from,valid_to,successor,emails\nso-a,A,A,1,,,,\nso-b,B,B,1,,,,\n"
    )
    (config / "sites.csv").write_text("agency,url,role,confirmed,valid_from,valid_to\n")
    return Parts(config=config, data=tmp_path / "var", clock=Clock(FIRST))


def night(parts, at, **declared):
    """Declare, and publish a night over it."""
    parts.clock.at = at - timedelta(hours=1)
    form = parts.config.parent / "form.csv"
    rows = (f"so-{letter},1.1,{answer}" for letter, answer in declared.items())
    form.write_text("\n".join(["agency,criterion,value", *rows]), "utf-8")
    import_file(parts, form, edition=None, by="")
    parts.clock.at = at
    with parts.store() as store:
        held = parts.night(store)
        run, notes = held.open(RunKind.NIGHT, "")
        manifest, ended = held.seal(run, notes)
        _, ranking = held.judged(run, ended, manifest)
        held.publish(run, ranking, manifest, ended, "")


def rows(parts, day=None):
    """Give rank and movement of each agency as of a day."""
    with parts.store() as store:
        ranking = published(parts, store, as_of=day).ranking
    return {row.agency: (row.rank, row.moved) for group in ranking.groups for row in group.rows}


def test_places_as_of_a_day_moved_since_the_night_before_the_last_one_by_then(parts):
    night(parts, FIRST, a="yes", b="no")
    night(parts, FIRST + timedelta(days=1), a="no", b="yes")
    night(parts, FIRST + timedelta(days=2), a="no", b="yes")
    parts.clock.at = FIRST + timedelta(days=5)
    assert rows(parts, date(2026, 1, 6)) == {"so-a": (1, None), "so-b": (2, None)}
    assert rows(parts, date(2026, 1, 7)) == {"so-b": (1, 1), "so-a": (2, -1)}
    assert rows(parts, date(2026, 1, 8)) == rows(parts, date(2026, 1, 10)) == rows(parts) == {"so-b": (1, 0), "so-a": (2, 0)}


def test_a_day_that_is_still_to_come_is_refused_and_today_is_not(parts):
    night(parts, FIRST, a="yes", b="no")
    assert rows(parts, date(2026, 1, 6))
    with pytest.raises(UsageError, match="2026-01-07 is still to come"):
        rows(parts, date(2026, 1, 7))


def test_a_day_before_anything_was_published_is_said(parts):
    night(parts, FIRST, a="yes", b="no")
    with pytest.raises(UsageError, match="nothing was published by 2026-01-05"):
        rows(parts, date(2026, 1, 5))
