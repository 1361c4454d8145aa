"""A ranking of 2018 beside one of 2026, and what stands when an edition's file is changed after it was published by."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from littleconfig import EDITION

from auditor.app.declaring import import_file
from auditor.app.judging import latest_of, published
from auditor.app.parts import Parts
from auditor.app.rules import changed_editions
from auditor.errors import UsageError
from auditor.model.run import RunKind
from reports.explain import explain_text
from reports.json import rank_json
from reports.sheet import sheet
from reports.text import rank_text
from reports.view import notices, standing_of
from reports.words import vietnamese

THEN, NOW = datetime(2018, 12, 20, 18, tzinfo=UTC), datetime(2026, 10, 20, 18, tzinfo=UTC)
OLD, NEW = "qd-3061-2018", "E2"
AGENCIES = """code,name,name_en,group,valid_from,valid_to,successor,emails
so-tttt,Sở Thông tin và Truyền thông,Department of ICT,1,,2025-02-28,so-khcn,
so-khcn,Sở Khoa học và Công nghệ,Department of Science,1,,2025-02-28,,
so-khcn,Sở Khoa học và Công nghệ tỉnh Khánh Hòa,Department of Science,1,2025-03-01,,,
so-tp,Sở Tư pháp,Department of Justice,1,,,,
bql,Ban Quản lý,Board,2,,2025-06-30,,
bql,Ban Quản lý,Board,1,2025-07-01,,,
huyen-x,Huyện X,X District,2,,2025-06-30,,
"""


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, now):
        self.at = now

    def now(self):
        return self.at

    def monotonic(self):
        return 0.0


def edition(name, valid_from, valid_to=None, **changes):
    text = (
        EDITION.replace('id = "e"', f'id = "{name}"')
        .replace("2018-10-12", valid_from)
        .replace('groups = ["1"]', 'groups = ["1", "2"]')
    )
    text = text.replace("min_coverage", f"valid_to = {valid_to}\nmin_coverage") if valid_to else text
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def parts(tmp_path):
    config = tmp_path / "config"
    (config / "editions").mkdir(parents=True)
    (config / "editions" / f"{OLD}.toml").write_text(edition(OLD, "2018-10-12", "2020-06-03"), "utf-8")
    (config / "editions" / f"{NEW}.toml").write_text(edition(NEW, "2026-01-01"), "utf-8")
    (config / "auditor.toml").write_text(f'[judge]\nedition = "{OLD}"\n')
    groups = "\n".join(f'[[groups]]\nid = "{n}"\ntitle = "Nhóm {n}"\ntitle_en = "Group {n}"' for n in (1, 2))
    (config / "groups.toml").write_text(groups, "utf-8")
    (config / "agencies.csv").write_text(AGENCIES, "utf-8")
    (config / "sites.csv").write_text("agency,url,role,confirmed,valid_from,valid_to\n")
    return Parts(config=config, data=tmp_path / "var", clock=Clock(THEN))


def night(parts, at, name, **declared):
    """Declare, and publish a night over it by an edition."""
    parts.clock.at = at - timedelta(hours=1)
    form = parts.config.parent / "form.csv"
    rows = (f"{code.replace('_', '-')},1.1,{answer}" for code, answer in declared.items())
    form.write_text("\n".join(["agency,criterion,value", *rows]), "utf-8")
    import_file(parts, form, edition=name, by="")
    parts.clock.at = at
    with parts.store() as store:
        held = parts.night(store, name)
        run, notes = held.open(RunKind.NIGHT, "")
        manifest, ended = held.seal(run, notes)
        _, ranking = held.judged(run, ended, manifest)
        held.publish(run, ranking, manifest, ended, "")


def fresh(parts, at=NOW + timedelta(days=20)):
    """Give the same folders read anew, by a later clock."""
    return Parts(config=parts.config, data=parts.data, clock=Clock(at))


def ranked(parts, **given):
    with parts.store() as store:
        source = published(parts, store, **given)
    return source, {
        row.agency: (row.rank, row.moved) for group in source.ranking.groups for row in (*group.rows, *group.unranked)
    }


@pytest.fixture
def both(parts):
    """Two nights of 2018 by the one edition, two of 2026 by the other."""
    night(parts, THEN, OLD, so_tttt="yes", so_khcn="no", so_tp="no", bql="yes", huyen_x="no")
    night(parts, THEN + timedelta(days=1), OLD, so_tttt="no", so_khcn="yes")
    night(parts, NOW, NEW, so_khcn="no", so_tp="yes", bql="yes")
    night(parts, NOW + timedelta(days=1), NEW, so_khcn="yes")
    return fresh(parts)


def test_a_ranking_of_2018_and_one_of_2026_are_both_right(both):
    old, places = ranked(both, as_of=date(2018, 12, 31), edition=OLD)
    assert places == {"so-khcn": (1, 1), "so-tttt": (2, -1), "so-tp": (2, 0), "bql": (1, 0), "huyen-x": (2, 0)}
    assert [[row.agency for row in group.rows] for group in old.ranking.groups] == [
        ["so-khcn", "so-tp", "so-tttt"],
        ["bql", "huyen-x"],
    ]
    assert standing_of(old, "so-khcn").name == "Sở Khoa học và Công nghệ"
    assert old.ranking.in_force
    new, places = ranked(both, as_of=date(2026, 11, 1), edition=NEW)
    assert places == {"bql": (1, 0), "so-khcn": (1, 2), "so-tp": (1, 0)}
    assert standing_of(new, "so-khcn").name == "Sở Khoa học và Công nghệ tỉnh Khánh Hòa"
    assert new.ranking.groups[1].rows == ()


def test_a_ranking_of_2018_asked_for_today_ranks_those_of_then_and_names_who_came_after(both):
    source, places = ranked(both, edition=OLD)
    assert set(places) == {"so-tttt", "so-khcn", "so-tp", "bql", "huyen-x"}
    assert [found.key for found in notices(source)] == ["unverified", "ended"]
    text = explain_text(source, "so-tttt")
    assert "Cơ quan này không còn hoạt động từ sau ngày 28/02/2025." in text
    assert "Cơ quan kế thừa: Sở Khoa học và Công nghệ tỉnh Khánh Hòa (so-khcn)." in text
    district = explain_text(source, "huyen-x")
    assert "không còn hoạt động từ sau ngày 30/06/2025" in district
    assert "kế thừa" not in district
    page = sheet(source, standing_of(source, "so-tttt"), {}, vietnamese())
    assert "(so-khcn)" in page.succession


def test_in_2018_nobody_knows_of_a_merger_to_come(both):
    source, _ = ranked(both, as_of=date(2018, 12, 31), edition=OLD)
    assert "kế thừa" not in explain_text(source, "so-tttt")


def test_who_is_not_ranked_any_more_is_explained_by_its_successor_and_that_one_by_whom_it_took_over(both):
    source, _ = ranked(both, edition=NEW)
    with pytest.raises(LookupError, match=r"so-tttt.*28/02/2025\. Cơ quan kế thừa: .*\(so-khcn\)"):
        explain_text(source, "so-tttt")
    with pytest.raises(LookupError, match=r"huyen-x.*30/06/2025"):
        explain_text(source, "huyen-x")
    text = explain_text(source, "so-khcn")
    assert "tiếp nhận nhiệm vụ của: Sở Thông tin và Truyền thông (so-tttt)" in text


def test_latest_of_a_merged_agency_is_told_apart_from_one_that_never_was(both):
    with both.store() as store:
        assert latest_of(both, store, "so-tttt")[0] == "so-tttt"
        with pytest.raises(UsageError, match="so-tttx"):
            latest_of(both, store, "so-tttx")


def changed(parts, name=NEW, old='yes = "2"', new='yes = "1.5", no = "0.5"'):
    """Change an edition's file after it was published by."""
    path = parts.config / "editions" / f"{name}.toml"
    before = path.read_bytes()
    path.write_text(path.read_text("utf-8").replace(old, new).replace('max_points = "2"', 'max_points = "1.5"'), "utf-8")
    assert path.read_bytes() != before
    return fresh(parts)


def test_what_was_published_stands_when_the_editions_file_is_changed_and_both_check_and_rank_say_so(both):
    assert changed_editions(both) == []
    before, places = ranked(both, edition=NEW)
    after = changed(both)
    source, same = ranked(after, edition=NEW)
    assert (source.ranking, same) == (before.ranking, places)
    assert source.edition == before.edition
    assert [found.key for found in notices(source)] == ["unverified", "edition_changed"]
    assert "! Tệp bộ tiêu chí đã bị sửa sau khi công bố." in rank_text(source)
    [problem] = changed_editions(after)
    assert str(problem).startswith(
        f"editions/{NEW}.toml: has changed since 20261022-010000-night published a ranking by it (sha256:"
    )
    document = rank_json(source.ranking, source.edition, source.registry, edition_now=source.edition_now)
    assert (document["edition_digest"], document["edition_now"]) == (before.edition.digest, after.edition(NEW).digest)
    assert json.dumps(document)


def test_a_day_of_then_is_judged_by_what_the_edition_said_then(both):
    day = date(2026, 10, 31)
    before, _ = ranked(both, as_of=day, edition=NEW)
    after, _ = ranked(changed(both), as_of=day, edition=NEW)
    assert after.ranking == before.ranking
    assert standing_of(after, "so-tp").points == 2


def test_a_night_by_a_changed_edition_says_so_and_moves_nobody(both):
    digest = both.edition(NEW).digest
    after = changed(both)
    night(after, NOW + timedelta(days=30), NEW, so_tp="no")
    later = fresh(after, NOW + timedelta(days=40))
    source, places = ranked(later, edition=NEW)
    assert places == {"bql": (1, None), "so-khcn": (1, None), "so-tp": (3, None)}
    assert [found.key for found in notices(source)] == ["unverified", "republished"]
    assert source.ranking.changed_from == digest
    assert "Bộ tiêu chí đã bị sửa kể từ lần công bố trước" in rank_text(source)
    assert changed_editions(later) == []
    old, _ = ranked(later, as_of=date(2026, 10, 31), edition=NEW)
    assert (old.edition.digest, old.edition_now) == (digest, later.edition(NEW).digest)


def test_an_edition_that_was_not_kept_is_asked_for_by_name(both):
    with both.store() as store:
        place = store.visits.place(both.edition(NEW).digest)
    (both.evidence / place.path).unlink()
    after = changed(both)
    with after.store() as store, pytest.raises(UsageError, match=r"E2\.toml has changed since .* was not kept"):
        published(after, store, edition=NEW)


def test_the_kept_edition_is_in_the_ledger(both):
    with both.store() as store:
        assert store.visits.place(both.edition(NEW).digest).url == f"editions/{NEW}.toml"


def test_explaining_a_merged_agency_names_its_successor_instead_of_crashing(both):
    import subprocess
    import sys

    (both.config / "auditor.toml").write_text(f'[judge]\nedition = "{NEW}"\n')
    folders = ["--config", str(both.config), "--data", str(both.data)]
    done = subprocess.run(
        [sys.executable, "-m", "auditor", *folders, "explain", "so-tttt"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Cơ quan kế thừa: Sở Khoa học và Công nghệ tỉnh Khánh Hòa (so-khcn)." in done.stderr
    changed(both)
    done = subprocess.run([sys.executable, "-m", "auditor", *folders, "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"editions/{NEW}.toml: has changed since" in done.stdout + done.stderr


def test_a_years_result_stands_and_is_shown_by_the_edition_it_was_published_by(tmp_path):
    import council

    from auditor.app.judging import period_result
    from auditor.app.periods import advance
    from auditor.model.council import PeriodState

    parts = council.parts_of(tmp_path)
    council.night(parts, datetime(2026, 12, 30, 18, tzinfo=UTC))
    steps = zip(list(PeriodState)[1:5], [(2027, 1, 4), (2027, 1, 26), (2027, 1, 26), (2027, 2, 20)], strict=True)
    for state, day in steps:
        parts.clock.at = datetime(*day, 3, tzinfo=UTC)
        _, ranking = advance(parts, "2026", state, person="Nguyễn Văn A", document="QĐ 12")
    path = parts.config / "editions" / "e.toml"
    path.write_text(path.read_text("utf-8").replace('title = "Có quy chế"', 'title = "Khác"'), "utf-8")
    later = council.parts_of(tmp_path, fresh=False)
    later.clock.at = datetime(2027, 2, 21, tzinfo=UTC)
    with later.store() as store:
        source = period_result(later, store, "2026")
    assert source.ranking == ranking
    assert (source.edition.criteria[0].title, source.edition_now) == ("Có quy chế", later.edition().digest)
