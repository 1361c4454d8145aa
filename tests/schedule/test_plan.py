"""Which visits are due."""

from datetime import date

import pytest

from auditor.errors import ConfigError
from auditor.model.agency import Agency, Group, Registry, SiteRole, SiteRow
from auditor.schedule.plan import left_out, plan
from auditor.sdk.catalogue import load_catalogue

DAY = date(2026, 1, 5)


def row(agency, url, role=SiteRole.PORTAL, confirmed=True, until=None):
    return SiteRow(agency=agency, url=url, role=role, confirmed=confirmed, valid_to=until)


def registry(*rows):
    codes = dict.fromkeys(found.agency for found in rows)
    agencies = tuple(Agency(code=code, name=code, name_en=code, group="1") for code in codes)
    return Registry(groups=(Group(id="1", title="Sở", title_en=""),), agencies=agencies, rows=rows)


def visits(*rows, **options):
    due = plan(registry(*rows), load_catalogue(), run="r", days=[DAY], **options)
    return {(one.visit.probe, one.site.url): one for one in due}


def test_every_confirmed_site_is_visited_once_by_each_probe_of_its_role():
    found = visits(
        row("so-a", "https://a.test/"), row("so-b", "https://a.test/"), row("so-a", "https://s.test/", SiteRole.SERVICES)
    )
    assert ("crawl", "https://a.test/") in found
    assert ("transport", "https://s.test/") not in found
    assert found["crawl", "https://a.test/"].site.agencies == ("so-a", "so-b")
    assert {reader.id for reader in found["crawl", "https://a.test/"].derived} == {"portal", "services", "sitewide"}
    assert {reader.id for reader in found["crawl", "https://s.test/"].derived} == {"services"}


def test_sites_that_nobody_confirmed_or_that_are_gone_are_left_out():
    rows = row("so-a", "https://a.test/", confirmed=False), row("so-b", "https://b.test/", until=date(2020, 1, 1))
    assert visits(*rows) == {}
    assert left_out(registry(*rows), DAY) == ("https://a.test/",)


def test_naming_a_derived_probe_brings_in_what_it_reads():
    found = visits(row("so-a", "https://a.test/"), probes=["portal"])
    assert list(found) == [("crawl", "https://a.test/")]
    assert [reader.id for reader in found["crawl", "https://a.test/"].derived] == ["portal"]


def test_an_unknown_probe_is_refused_with_the_nearest_word():
    with pytest.raises(ConfigError, match="did you mean"):
        visits(row("so-a", "https://a.test/"), probes=["portall"])


def test_agencies_narrow_a_run_to_the_sites_that_serve_them():
    rows = row("so-a", "https://a.test/"), row("so-b", "https://b.test/"), row("so-b", "https://a.test/")
    assert {url for _, url in visits(*rows, agencies={"so-a"})} == {"https://a.test/"}
    assert {url for _, url in visits(*rows, agencies={"so-b"})} == {"https://a.test/", "https://b.test/"}
