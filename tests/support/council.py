"""Two agencies, an edition of one criterion and two years of it: enough for the council to work on."""

from datetime import timedelta

from littleconfig import EDITION

from auditor.app.declaring import import_file
from auditor.app.parts import Parts
from auditor.model.run import RunKind

_PERIOD = """
[[periods]]
id = "{year}"
edition = "e"
title = "Kỳ đánh giá năm {year}"
verified = false
data_from = {year}-01-01
data_to = {year}-12-31
declare_from = {after}-01-04
declare_until = {after}-01-25
appraise_from = {after}-01-26
draft_on = {after}-02-20
complain_until = {after}-03-05
publish_from = {after}-03-06
answer_days = 10
"""


class Clock:
    """A clock that stands where it is put."""

    at = None

    def now(self):
        return self.at

    def monotonic(self):
        return 0.0


def parts_of(folder, *, edition=EDITION, periods=True, fresh=True):
    """Give what commands work with; not fresh, on the config that stands there already."""
    config = folder / "config"
    if fresh:
        (config / "editions").mkdir(parents=True)
        (config / "editions" / "e.toml").write_text(edition, "utf-8")
        (config / "auditor.toml").write_text('[judge]\nedition = "e"\n')
        (config / "groups.toml").write_text('[[groups]]\nid = "1"\ntitle = "Nhóm"\ntitle_en = "Group"\n', "utf-8")
        (config / "agencies.csv").write_text(
            "code,name,name_en,group,valid_from,valid_to,successor,emails\n"
            "so-a,Sở A,A,1,,,,a@khanhhoa.test\nso-b,Sở B,B,1,,,,b@khanhhoa.test\n",
            "utf-8",
        )
        (config / "sites.csv").write_text(
            "agency,url,role,confirmed,valid_from,valid_to\nso-a,https://a.test/,portal,yes,,\nso-b,https://b.test/,portal,yes,,\n"
        )
        years = "".join(_PERIOD.format(year=year, after=year + 1) for year in (2026, 2027))
        if periods:
            (config / "periods.toml").write_text(years, "utf-8")
    return Parts(config=config, data=folder / "var", clock=Clock())


def night(parts, at, readings=()):
    """Publish a night that saw this; each reading's run is the night's own."""
    parts.clock.at = at
    with parts.store() as store:
        held = parts.night(store)
        run, notes = held.open(RunKind.NIGHT, "")
        for visit, seen in readings:
            store.visits.finish(visit(run.id), [one(run.id) for one in seen], [])
        manifest, ended = held.seal(run, notes)
        _, ranking = held.judged(run, ended, manifest)
        held.publish(run, ranking, manifest, ended, "")
    return run


def declare(parts, edition=None, **declared):
    """Import a form in which some agencies declare the one criterion, an hour after the clock."""
    parts.clock.at += timedelta(hours=1)
    form = parts.config.parent / "form.csv"
    rows = (f"so-{letter},1.1,{answer}" for letter, answer in declared.items())
    form.write_text("\n".join(["agency,criterion,value", *rows]), "utf-8")
    import_file(parts, form, edition=edition, by="")
