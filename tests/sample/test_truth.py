"""The truth table covers what it must, agrees with what is planted, and is compared fairly."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from auditor.model.agency import Agency, Group, Registry, SiteRole, SiteRow
from auditor.model.evidence import digest_of
from auditor.model.ids import AgencyId
from auditor.model.note import Note
from auditor.model.reading import Measured, NotApplicable, ReadingRecord, Unavailable
from auditor.model.visit import Cause
from auditor.sample.plan import read_sites
from auditor.sample.portal import Portal
from auditor.sample.truth import Absent, differences, load_truth
from auditor.sdk.vocabulary import load_vocabulary

SITES = [site for site in read_sites() if site.agency]
CONTENT = {f"content.{name}" for name in load_vocabulary().sections}
DATED = {
    f"freshness.{name}"
    for name in (
        "news", "directives", "calendar", "law_dissemination", "strategy", "legal_documents", "projects", "consultation",
        "research", "statistics", "qna", "budget", "commendations", "procedures", "citizen_reception",
    )
}  # fmt: skip
EMPTY = {"title", "updating", "none_found", "header", "blank_rows"}
BROKEN = {"404", "410", "soft_404", "endless"}
NOTE = Note(key="test", text="so it was seen")
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
URL, SHARED = "https://so-a.test/", "https://chung.test/"
REGISTRY = Registry(
    groups=(Group(id="1", title="Sở", title_en="Departments"),),
    agencies=tuple(Agency(code=code, name=code, name_en=code, group="1") for code in ("so-a", "so-b")),
    rows=(
        SiteRow(agency="so-a", url="https://khac.test/", role=SiteRole.OTHER, confirmed=True),
        SiteRow(agency="so-a", url=URL, role=SiteRole.PORTAL, confirmed=True),
        SiteRow(agency="so-a", url=SHARED, role=SiteRole.SERVICES, confirmed=True),
        SiteRow(agency="so-b", url=SHARED, role=SiteRole.PORTAL, confirmed=True),
    ),
)


def record(value, measure="content.news", site=URL, agency=None, hours=0):
    common = {"measure": measure, "because": NOTE}
    if isinstance(value, Cause):
        reading = Unavailable(cause=value, **common)
    else:
        reading = NotApplicable(**common) if value is None else Measured(value=value, **common)
    return ReadingRecord(
        run="r", site=site, agency=agency, probe="p", probe_version=1, observed_at=NOW + timedelta(hours=hours),
        known=digest_of(b"known"), reading=reading,
    )  # fmt: skip


def compared(line, *records):
    return differences(load_truth(f"[so-a]\n{line}\n"), records, REGISTRY)


def test_every_agency_has_its_table_and_no_other():
    assert set(load_truth().portal) == {site.agency.code for site in SITES}


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.agency.code)
def test_every_content_and_freshness_is_stated(site):
    lines = load_truth().portal[AgencyId(site.agency.code)]
    if site.whole:
        assert {"content.*", "freshness.*"} <= set(lines)
    else:
        assert {name for name in lines if name.startswith("content.")} == CONTENT
        assert {name for name in lines if name.startswith("freshness.")} == DATED


@pytest.mark.parametrize("site", [site for site in SITES if not site.whole], ids=lambda site: site.agency.code)
def test_the_table_agrees_with_what_is_planted(site):
    """Two hands wrote them; a slip in either shows here."""
    lines = load_truth().portal[AgencyId(site.agency.code)]
    for section in site.sections:
        name, fresh = f"content.{section.id}", f"freshness.{section.id}"
        if name not in CONTENT or section.url:
            continue
        if section.front != "dated" and section.state:
            assert lines[name] == ("empty" if section.state in EMPTY else "broken"), section.id
            assert lines.get(fresh, "never") == "never", section.id
        else:
            assert lines[name] == "present", section.id
            assert lines.get(fresh) == (None if fresh not in DATED else "undated" if section.newest is None else section.newest)


def test_what_the_table_calls_present_and_no_section_holds_stands_elsewhere_on_the_front_page():
    for site in SITES:
        sections = {section.id for section in site.sections}
        frames = {
            "search": site.search, "links": site.links, "rss": site.feed,
            "transaction": any("iện thoại" in line or "ĐT" in line for line in site.footer),
            "hotline": any("Đường dây nóng" in line for line in site.footer),
            "spokesperson": any("Người phát ngôn" in line for line in site.footer),
            "feedback": any(section.kind in {"qna", "contact", "form"} for section in site.sections),
        }  # fmt: skip
        for name, expected in load_truth().portal[AgencyId(site.agency.code)].items():
            word = name.removeprefix("content.")
            if expected == "present" and name in CONTENT and word not in sections:
                assert frames.get(word), (site.host, word)
            if expected == "missing" and name in CONTENT:
                assert word not in sections, (site.host, word)
                assert not frames.get(word), (site.host, word)


def test_the_services_of_each_agency_add_up():
    truth = load_truth()
    shared = next(site for site in read_sites() if not site.agency)
    for (code, url), lines in truth.others.items():
        name = next(site.agency.name for site in SITES if site.agency.code == code)
        mine = [service for service in shared.services if service.by == name]
        assert url == shared.url
        assert lines["services.total"] == len(mine)
        for level in "1234":
            assert lines[f"services.level_{level}"] == sum(service.level == level for service in mine)
        assert lines["services.contradictions"] == sum((service.level in "34") != service.submit for service in mine)


def test_no_entry_is_titled_like_a_duty_it_does_not_meet():
    """Else the table would be wrong about what is missing."""
    from auditor.clock import SystemClock
    from probes.content.labels import Grade, Labels

    labels = Labels(load_vocabulary())
    for site in SITES:
        portal = Portal(site, date(2026, 11, 25), SystemClock())
        for page in portal.pages.values():
            for entry in (entry for block in page.blocks for entry in block.entries):
                assert not [hit for hit in labels.of_label(entry.title) if hit.grade >= Grade.ACCEPTED], entry.title


def test_a_value_that_is_as_expected_is_no_difference():
    assert compared('"content.news" = "present"', record("present")) == []


def test_a_value_that_differs_is_named_with_both_and_the_reason():
    [line] = compared('"content.news" = "present"', record("missing"))
    assert line == "so-a content.news: expected present, the audit says missing (so it was seen)"


def test_what_was_never_read_differs():
    assert compared('"content.news" = "present"') == ["so-a content.news: expected present, there is no reading"]


@pytest.mark.parametrize(
    ("line", "value", "right"),
    [
        ("3", 3, True), ("3", 4, False), ("3", "never", False), ("true", True, True), ("true", 1, False), ("1", True, False),
        ('"0.5"', Decimal("0.50"), True), ('"0.5"', Decimal("0.6"), False), ("1", Decimal(1), True), ("0", 0, True),
        ("{ at_most = -1 }", -10, True), ("{ at_most = -1 }", 0, False), ("{ at_most = -1 }", "never", False),
        ("{ at_least = 2 }", 2, True), ("{ between = [84, 90] }", 90, True), ("{ between = [84, 90] }", 83, False),
        ("{ between = [0, 1] }", True, False), ('{ unavailable = "robots" }', Cause.ROBOTS, True),
        ('{ unavailable = "robots" }', Cause.CONNECT, False), ('{ unavailable = ["robots", "connect"] }', Cause.CONNECT, True),
        ('{ unavailable = "robots" }', "missing", False), ("{ not_applicable = true }", None, True),
        ("{ not_applicable = true }", Cause.ROBOTS, False), ('"present"', None, False), ('"present"', Cause.ROBOTS, False),
    ],
)  # fmt: skip
def test_each_way_to_expect_something(line, value, right):
    assert (compared(f'"content.news" = {line}', record(value)) == []) is right


def test_a_pattern_asks_for_every_reading_and_at_least_one():
    line = '"content.*" = { unavailable = "robots" }'
    assert compared(line, record(Cause.ROBOTS), record(Cause.ROBOTS, measure="content.map")) == []
    assert len(compared(line, record(Cause.ROBOTS), record("missing", measure="content.map"))) == 1
    assert len(compared(line, record(Cause.ROBOTS, measure="tls.offered"))) == 1


def test_only_the_first_portal_counts_for_an_agency():
    assert compared('"content.news" = "present"', record("present"), record("missing", site="https://khac.test/")) == []


def test_another_site_has_its_own_lines():
    truth = load_truth(f'[so-a.sites."{SHARED}"]\n"services.total" = 6\n')
    theirs = record(9, "services.total", SHARED, agency="so-b")
    assert differences(truth, [record(6, "services.total", SHARED, agency="so-a"), theirs], REGISTRY) == []
    assert len(differences(truth, [theirs], REGISTRY)) == 1


def test_a_reading_of_a_site_counts_for_every_agency_it_serves():
    truth = load_truth(f'[so-b]\n"tls.offered" = true\n[so-a.sites."{SHARED}"]\n"tls.offered" = true\n')
    assert differences(truth, [record(True, "tls.offered", SHARED)], REGISTRY) == []


def test_a_reading_may_name_its_agency_itself():
    own = record("present")
    foreign = replace(own, reading=replace(own.reading, agency="so-b"))
    assert len(compared('"content.news" = "present"', foreign)) == 1


def test_the_newest_reading_counts():
    old, new = record("missing"), record("present", hours=1)
    assert compared('"content.news" = "present"', new, old) == []


@pytest.mark.parametrize("line", ["{ about = 3 }", "{ between = [1] }", '{ unavailable = "bad_luck" }', "[1, 2]", "2026-01-01"])
def test_a_table_that_says_nonsense_is_refused(line):
    with pytest.raises(ValueError, match=r"nothing that can be expected|is not a valid Cause"):
        load_truth(f'[so-a]\n"content.news" = {line}\n')


def test_expectations_read_well():
    assert str(Absent(causes=(Cause.ROBOTS, Cause.CONNECT))) == "unavailable (robots or connect)"
    [line] = compared('"tls.days_left" = { between = [84, 90] }', record(3, "tls.days_left"))
    assert "expected at least 84 and at most 90, the audit says 3" in line
