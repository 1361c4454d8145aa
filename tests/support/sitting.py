"""A small province on disk whose council sits: an edition of every kind of rule, nights of readings, and acts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from province import record

from auditor.app import explaining
from auditor.app.declaring import import_file
from auditor.app.parts import Parts
from auditor.model.evidence import digest_of
from auditor.model.run import RunKind
from auditor.model.visit import Ending, Visit, VisitRecord

START = datetime(2026, 11, 2, 18, tzinfo=UTC)  # one in the morning of the 3rd in Vietnam
_HEAD = """
id = "e"
title = "Bộ thử"
legal_basis = "Quyết định 1/QĐ-UBND"
verified = true
valid_from = 2018-10-12
min_coverage = "0"
stale_after = "14d"
refusal_grace = "30d"
window = "365d"
classes = [{ name = "Tốt", at_least = "80" }, { name = "Yếu", at_least = "0" }]
[[areas]]
id = "policy"
number = 1
title = "Chính sách"
[[areas]]
id = "portal"
number = 2
title = "Cổng thông tin"
"""
_CRITERION = """
[[criteria]]
id = "{id}"
area = "{area}"
title = "{title}"
groups = ["1"]
max_points = "{most}"
source = "{source}"
{more}
legal_basis = "luật"
remedy = "sửa"
"""
_STATES = 'scale = { table = { present = "2", empty = "0.5", broken = "0", missing = "0" } }'
CRITERIA = (
    ("1.1", "policy", "Có quy chế", "2", "declared", 'declared_kind = "boolean"\nscale = { yes_no = { yes = "2" } }'),
    ("1.2", "policy", "Tỷ lệ cán bộ có thư điện tử", "4", "declared", 'declared_kind = "share"\nscale = { ratio = {} }'),
    ("2.1", "portal", "Lịch công tác", "2", "measured", f'measure = "content.calendar"\n{_STATES}'),
    ("2.10", "portal", "Sơ đồ cổng", "2", "lower_of", f'measure = "content.sitemap"\n{_STATES}'),
    ("2.2", "portal", "Tin trong 30 ngày", "3", "measured_else_declared", (
        'measure = "freshness.news"\n'
        'scale = { steps = { steps = [{ at_most = "30", points = "3" }], otherwise = "0", words = { never = "0", undated = "1" } } }'
    )),
    ("2.3", "portal", "Dịch vụ công", "4", "measured", 'measure = "services.total"\nscale = { relative = {} }'),
    ("2.4", "portal", "Tra cứu và góp ý", "3", "measured", (
        'scale = { best = { cases = [{ measure = "portal.search_works", equals = true, points = "3" }, { measure = "portal.print", equals = true, points = "1" }] } }'
    )),
)  # fmt: skip
EDITION = _HEAD + "".join(
    _CRITERION.format(id=name, area=area, title=title, most=most, source=source, more=more)
    for name, area, title, most, source, more in CRITERIA
)
MEASURED = {
    "content.calendar": "empty", "content.sitemap": "missing", "freshness.news": 12, "services.total": 5,
    "portal.search_works": False, "portal.print": True,
}  # fmt: skip


class Clock:
    """A clock that goes on by a second whenever it is asked."""

    def __init__(self, at=START):
        self.at = at

    def now(self):
        self.at += timedelta(seconds=1)
        return self.at

    def monotonic(self):
        return self.at.timestamp()


def council(path, *, edition=EDITION, codes=("so-a", "so-b")):
    """Give the parts of a small province in a folder; the same folder again gives the same province."""
    config = path / "config"
    (config / "editions").mkdir(parents=True, exist_ok=True)
    (config / "editions" / "e.toml").write_text(edition, "utf-8")
    (config / "auditor.toml").write_text('[judge]\nedition = "e"\n')
    (config / "groups.toml").write_text('[[groups]]\nid = "1"\ntitle = "Nhóm 1"\ntitle_en = "Group"\n', "utf-8")
    names = "".join(f"{code},Sở {code[-1].upper()},{code},1,,,,van-thu@{code}.test\n" for code in codes)
    (config / "agencies.csv").write_text(f"code,name,name_en,group,valid_from,valid_to,successor,emails\n{names}", "utf-8")
    sites = "".join(f"{code},https://{code}.test/,portal,yes,,\n" for code in codes)
    (config / "sites.csv").write_text(f"agency,url,role,confirmed,valid_from,valid_to\n{sites}")
    return Parts(config=config, data=path / "var", clock=Clock())


def night(parts, *, days=1, **changed):
    """Publish a night a day later: what MEASURED says of every agency, but for ``so_a={measure: outcome}``."""
    parts.clock.at += timedelta(days=days)
    with parts.store() as store:
        held = parts.night(store)
        run, notes = held.open(RunKind.NIGHT, "")
        for agency in parts.registry.agencies:
            outcomes = {**MEASURED, **changed.get(agency.code.replace("-", "_"), {})}
            records = [record(outcome, agency.code, measure) for measure, outcome in outcomes.items()]
            store.visits.finish(_visit(run, agency.code), [_told(found, run) for found in records], [])
        manifest, ended = held.seal(run, notes)
        _, ranking = held.judged(run, ended, manifest)
        return held.publish(run, ranking, manifest, ended, "")


def _told(found, run):
    return replace(found, run=run.id, observed_at=run.started_at, reading=replace(found.reading, evidence=()))


def _visit(run, code):
    return VisitRecord(
        visit=Visit(run=run.id, probe="p", site=f"https://{code}.test/"), version=1, ending=Ending.DONE, cause=None, requests=1,
        bytes=1, seconds="1", started_at=run.started_at, ended_at=run.started_at, seen=None, known=digest_of(b"known"),
    )  # fmt: skip


def declare(parts, *rows):
    """Import a form: rows of agency, criterion, value."""
    form = parts.config.parent / "form.csv"
    form.write_text("\n".join(["agency,criterion,value", *(",".join(row) for row in rows)]), "utf-8")
    return import_file(parts, form, edition=None, by="Văn thư")


def now(parts):
    """Give the ranking as it would be now, acts and all."""
    with parts.store() as store:
        return parts.night(store).judged(None, parts.clock.now(), None)[1]


def mark_now(parts, criterion, code="so-a"):
    """Give one mark of that."""
    rows = (row for group in now(parts).groups for row in (*group.rows, *group.unranked))
    return next(mark for row in rows if row.agency == code for mark in row.marks if mark.criterion == criterion)


def explain(parts, agency, criterion, **said):
    """Explain a criterion."""
    return explaining.explain(parts, agency, criterion, explaining.Given(**said))
