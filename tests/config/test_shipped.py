"""The config that ships: it loads without a problem, its sums are right, and it says nothing that no source says."""

import csv
import tomllib
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from auditor.editions.check import check_edition
from auditor.editions.complete import incomplete
from auditor.editions.load import edition_ids, load_edition
from auditor.judge import Case, fixes, judge
from auditor.judge.scales import bounds
from auditor.model.agency import SiteRole
from auditor.model.declaration import Declaration
from auditor.model.edition import Source
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.kinds import declared_measure, measure_of
from auditor.model.note import Note
from auditor.model.reading import Kind, Measure, Measured, ReadingRecord
from auditor.model.scale import Best, Count, Penalty, Piecewise, Ratio, Relative, Steps, Table, Weighted, YesNo
from auditor.registry.holidays import load_holidays
from auditor.registry.load import load_registry
from auditor.sdk.catalogue import load_catalogue
from auditor.settings import Settings, load_settings

CONFIG = Path(__file__).parents[2] / "config"
EDITION, LATER = "qd-3061-2018", "qd-1299-2025"
THEN = date(2019, 3, 1)
NOW = datetime(2019, 3, 1, tzinfo=UTC)
DAYS = {EDITION: NOW, LATER: datetime(2026, 3, 1, tzinfo=UTC)}

ANY = """
    structure leaders contacts transaction news directives commendations calendar citizen_reception law_dissemination strategy
    legal_documents projects consultation research statistics foreign_language search sitemap qna feedback procedures hotline
    spokesperson budget service_portal links rss
""".split()  # noqa: SIM905 - a list of words reads better as words
OWED = {
    "1": {"introduction", "functions", *ANY},
    "2": {"map", "natural_conditions", *ANY},
    "3": {"introduction", "functions", *ANY}
    - {"directives", "consultation", "spokesperson", "procedures", "service_portal"},
}  # fmt: skip
DATED = """
    news directives calendar law_dissemination strategy legal_documents projects consultation research statistics qna budget
    commendations procedures citizen_reception
""".split()  # noqa: SIM905
PROTOCOLS = ("ssl3", "tls1.0", "tls1.1", "tls1.2", "tls1.3")
WORDS = {
    **{f"content.{x}": ("missing", "broken", "empty", "present") for x in {*ANY, *OWED["1"], *OWED["2"]}},
    "tls.oldest_protocol": PROTOCOLS,
    "tls.newest_protocol": PROTOCOLS,
    "tls.profile": ("none", "old", "intermediate", "modern"),
    "tls.grade": ("f", "e", "d", "c", "b", "a_minus", "a", "a_plus"),
    "http.version": ("1.0", "1.1", "2"),
    **{f"headers.{x}": ("absent", "weak", "sound") for x in ("csp", "framing", "nosniff", "referrer", "cookies", "leaks")},
    "dns.dnssec": ("bogus", "unsigned", "secure"),
    "mail.spf": ("absent", "invalid", "weak", "sound"),
    "mail.dmarc": ("absent", "invalid", "weak", "sound"),
}
KINDS = {
    Kind.COUNT: "services.total services.level_1 services.level_2 services.level_3 services.level_4 services.full services.partial "
    "services.contradictions tls.weak_suites tls.vulnerabilities tls.key_bits https.mixed_content dns.nameservers",
    Kind.SHARE: "services.online_share uptime.availability",
    Kind.DAYS: "tls.days_left https.hsts_days",
    Kind.BOOLEAN: "tls.offered tls.trusted tls.hostname tls.valid_now tls.chain_complete tls.revoked https.forced http.compression dns.ipv6 "
    "dns.caa mail.starttls",
}
CONTRACT = {
    **{name: Measure(id=name, kind=Kind.WORD, words=words, meaning="x") for name, words in WORDS.items()},
    **{name: Measure(id=name, kind=kind, meaning="x") for kind, names in KINDS.items() for name in names.split()},
    **{f"freshness.{x}": Measure(id=f"freshness.{x}", kind=Kind.DAYS, words=("never", "undated"), meaning="x") for x in DATED},
}


MEASURES = {**load_catalogue().measures, **CONTRACT}


@pytest.fixture(scope="module")
def edition():
    return load_edition(CONFIG, EDITION)


@pytest.fixture(scope="module", params=[EDITION, LATER])
def each(request):
    """Each of the shipped editions."""
    return load_edition(CONFIG, request.param)


@pytest.fixture(scope="module")
def later():
    return load_edition(CONFIG, LATER)


@pytest.fixture(scope="module")
def registry():
    return load_registry(CONFIG)


def test_the_shipped_config_loads_without_a_problem(each, registry):
    assert edition_ids(CONFIG) == sorted([EDITION, LATER])
    assert [str(problem) for problem in check_edition(each, MEASURES, registry)] == []
    assert load_settings(CONFIG, {}).judge.edition == EDITION


def test_the_edition_fits_what_the_installed_probes_promise_and_is_complete(each, registry):
    promised = load_catalogue().measures
    assert [str(problem) for problem in check_edition(each, promised, registry)] == []
    assert [str(problem) for problem in incomplete(each, promised, registry)] == []
    other = {name: (m.kind, m.words) for name, m in promised.items() if name in CONTRACT and CONTRACT[name].kind is not m.kind}
    assert other == {}


def test_every_area_and_every_heading_states_what_it_is_worth(each):
    for group in {group for criterion in each.criteria for group in criterion.groups}:
        assert each.points[group] == 100 == sum(area.points[group] for area in each.areas)
    assert each.headings


def test_the_shipped_settings_are_the_defaults_and_name_every_key():
    assert load_settings(CONFIG, {}) == Settings()
    table = tomllib.loads((CONFIG / "auditor.toml").read_text("utf-8"))
    assert {(s, key) for s, keys in table.items() for key in keys} == {
        (s, key.alias or name)
        for s, field in Settings.model_fields.items()
        for name, key in field.annotation.model_fields.items()
    }


def test_every_area_is_worth_the_same_in_every_group_and_all_come_to_exactly_100(edition):
    for group in ("1", "2", "3"):
        points = defaultdict(Decimal)
        for criterion in edition.criteria_of(group):
            points[criterion.area] += criterion.max_points
        assert points == {"infrastructure": 15, "people": 10, "applications": 20, "policy": 10, "portal": 30, "security": 15}
        assert sum(points.values()) == 100


def test_the_decisions_six_areas_stand_in_their_order(edition):
    assert [area.number for area in edition.areas] == [1, 2, 3, 4, 5, 6]
    assert [area.id for area in edition.areas] == ["infrastructure", "people", "applications", "policy", "portal", "security"]


def test_the_later_decisions_eight_groups_of_indicators_stand_in_their_order(later):
    assert [area.number for area in later.areas] == list(range(1, 9))
    assert [area.title for area in later.areas] == [
        "Nhận thức số", "Thể chế số", "Hạ tầng số", "Nhân lực số", "An toàn thông tin mạng", "Hoạt động chính quyền số",
        "Kinh tế số", "Xã hội số",
    ]  # fmt: skip


def test_nobody_is_told_that_the_points_are_the_decisions_own(edition, later):
    assert (edition.valid_from, edition.valid_to) == (date(2018, 10, 12), date(2020, 6, 3))
    assert (later.valid_from, later.valid_to) == (date(2025, 9, 25), None)
    for each in (edition, later):
        assert each.verified is False
        assert "minh họa" in each.title
        assert "illustrative" in each.title_en


def test_every_criterion_names_its_basis_and_says_what_to_do(each):
    for criterion in each.criteria:
        for day in (each.valid_from, DAYS[each.id].date(), date(2030, 1, 1)):
            assert len(criterion.basis_on(min(day, each.valid_to or day))) >= 12, criterion.id
        assert len(criterion.remedy.split()) >= 8, criterion.id
    remedies = [criterion.remedy for criterion in each.criteria]
    assert len(set(remedies)) == len(remedies)


def test_an_audit_after_the_decree_has_gone_names_the_one_that_came(later):
    texts = {day: {one.legal_basis for one in later.on(day).criteria} for day in (date(2026, 6, 30), date(2026, 7, 1))}
    old, new = ({law for text in found for law in ("42/2022/NĐ-CP, ", "NĐ 224/2026") if law in text} for found in texts.values())
    assert (old, new) == ({"42/2022/NĐ-CP, "}, {"NĐ 224/2026"})


def test_the_articles_points_nest_as_the_decree_nests_them(edition):
    under = {heading.id: [c.id for c in edition.criteria if c.parent == heading.id] for heading in edition.headings}
    assert under["5.a"] == ["5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.6b"]
    assert under["5.c"] == ["5.9", "5.10", "5.13", "5.14", "5.15"]
    for heading in edition.headings:
        if "khoản 1 điểm " in heading.title:
            point = heading.title.rsplit("điểm ", 1)[1].rstrip(")")
            for criterion in edition.criteria:
                if criterion.parent == heading.id and "khoản 1 điểm " in criterion.legal_basis:
                    assert f"khoản 1 điểm {point}" in criterion.legal_basis, criterion.id


def test_no_basis_is_younger_than_the_decision(edition):
    later = ("42/2022", "22/2023", "21/2023", "26/2020", "45/2020", "1278/", "12/2022", "224/2026", "38/QĐ-BTTTT")
    assert [c.id for c in edition.criteria if any(law in c.legal_basis for law in later)] == []


def test_criteria_and_headings_are_numbered_after_their_area(each):
    numbers = {area.id: str(area.number) for area in each.areas}
    assert [c.id for c in (*each.criteria, *each.headings) if c.id.split(".")[0] != numbers[c.area]] == []


@pytest.mark.parametrize("group", ["1", "2", "3"])
def test_every_content_that_a_group_owes_is_priced_and_no_other(edition, group):
    priced = {m.removeprefix("content.") for c in edition.criteria_of(group) for m in c.measures if m.startswith("content.")}
    assert priced == OWED[group]


@pytest.mark.parametrize("group", ["1", "2", "3"])
def test_no_measure_is_paid_twice_in_a_group(each, group):
    priced = [m for c in each.criteria_of(group) for m in c.measures if not isinstance(c.scale, Best)]
    assert sorted(priced) == sorted(set(priced))


def test_all_ten_scales_and_all_five_sources_are_in_use(edition, each):
    scales = {YesNo, Ratio, Steps, Piecewise, Relative, Count, Best, Weighted, Table, Penalty}
    assert {type(criterion.scale) for criterion in each.criteria} == scales
    assert {criterion.source for criterion in edition.criteria} == set(Source)


def test_penalties_stop_at_a_floor_that_is_stated_in_the_file(each):
    table = tomllib.loads((CONFIG / f"editions/{each.id}.toml").read_text("utf-8"))
    stated = {area["id"] for area in table["areas"] if "floor" in area}
    assert {c.area for c in each.criteria if isinstance(c.scale, Penalty)} <= stated


def test_a_fresher_section_is_never_worth_less(each):
    for criterion in each.criteria:
        if criterion.measure and criterion.measure.startswith("freshness."):
            points = [step.points for step in criterion.scale.steps]
            limits = [step.at_most for step in criterion.scale.steps]
            assert points == sorted(points, reverse=True), criterion.id
            assert limits == sorted(limits), criterion.id
            assert criterion.scale.words["never"] <= criterion.scale.words["undated"] < points[0], criterion.id


def best_value(scale, measure, most):
    """Give a value that is worth the most, by trying those that could be."""
    if measure.kind is Kind.WORD:
        return max(scale.table, key=scale.table.get)
    if measure.kind is Kind.BOOLEAN:
        return not isinstance(scale, YesNo) or scale.yes >= scale.no
    if isinstance(scale, Penalty) or (isinstance(scale, Steps) and scale.steps[0].at_most is not None):
        return 0
    return Decimal(1) if measure.kind is Kind.SHARE else 10_000


def best_case(edition, registry):
    """Give a case in which every agency has the best of everything, seen or told, on one site of its own."""
    proof = Proof(digest=digest_of(b"x"), kind=ProofKind.BLOB, media_type="text/plain", size=1)
    now = DAYS[edition.id]
    agencies = registry.agencies_on(now.date())
    rows = tuple(
        type(registry.rows[0])(agency=agency.code, url=f"https://{agency.code}.test/", role=role, confirmed=True)
        for agency in agencies
        for role in (SiteRole.PORTAL, SiteRole.SERVICES)
    )
    values, told = {}, []
    for criterion in edition.criteria:
        for name in criterion.measures:
            kind = MEASURES[name].kind
            many = isinstance(criterion.scale, Best | Weighted)
            values[name] = (
                ("present" if kind is Kind.WORD else True if kind is Kind.BOOLEAN else 5)
                if many
                else best_value(criterion.scale, MEASURES[name], criterion.max_points)
            )
        measure = declared_measure(criterion, measure_of(criterion, MEASURES))
        told += [
            Declaration(
                agency=agency.code, edition=edition.id, criterion=criterion.id, imported_at=now, proof=proof,
                value=best_value(criterion.scale, measure, criterion.max_points),
            )
            for agency in agencies
            if measure and agency.group in criterion.groups
        ]  # fmt: skip
    records = [
        ReadingRecord(
            run="r", site=f"https://{agency.code}.test/", agency=None, probe="p", probe_version=1, observed_at=now,
            known=digest_of(b"k"),
            reading=Measured(measure=name, value=value, because=Note(key="t", text="seen"), evidence=(proof,)),
        )
        for agency in agencies
        for name, value in values.items()
    ]  # fmt: skip
    own = type(registry)(groups=registry.groups, agencies=registry.agencies, rows=rows)
    return Case(
        edition=edition, registry=own, measures=MEASURES, as_of=now, records=records, declarations=told, declarations_closed=True
    )


def test_who_has_and_declares_the_best_of_everything_has_100_in_every_group(each, registry):
    ranking = judge(best_case(each, registry))
    for group in ranking.groups:
        assert bool(group.rows) == (group.group in each.points)
        assert not group.unranked
        for row in group.rows:
            lost = [(m.criterion, m.points) for m in row.marks if getattr(m, "points", None) not in {m.max, Decimal(0)}]
            assert (row.points, row.possible, row.pending) == (100, 100, 0), (row.agency, lost)


def test_nobody_who_was_not_seen_has_a_point_or_loses_one(each, registry):
    case = Case(edition=each, registry=registry, measures=MEASURES, as_of=DAYS[each.id])
    for group in judge(case).groups:
        assert not group.rows
        for row in group.unranked:
            assert (row.points, row.possible, row.pending, row.low, row.high) == (0, 100, 100, 0, 100), row.agency
            assert not fixes(case, judge(case), row.agency)


def test_every_scale_reaches_its_max_and_nothing_more(each):
    for criterion in each.criteria:
        assert bounds(criterion.scale, criterion.max_points)[1] == criterion.max_points, criterion.id


def test_there_are_the_three_groups_of_the_decision(registry):
    assert [group.id for group in registry.groups] == ["1", "2", "3"]
    sizes = {group.id: sum(a.group == group.id for a in registry.agencies_on(THEN)) for group in registry.groups}
    assert sizes == {"1": 23, "2": 8, "3": 5}


def test_the_department_of_information_is_known_and_names_its_successor(registry):
    agency = registry.agency("so-tttt", THEN)
    assert agency.name == "Sở Thông tin và Truyền thông"
    assert agency.valid_on(date(2025, 2, 28))
    assert not agency.valid_on(date(2025, 3, 1))
    assert agency.successor == "so-khcn"
    assert registry.agency("so-tttt", date(2026, 11, 25)).successor == "so-khcn"
    assert [site.url for site in registry.sites_of("so-tttt", date(2026, 11, 25))] == ["https://stttt.khanhhoa.gov.vn/"]


def test_the_districts_end_in_2025_without_a_successor(registry):
    districts = [agency for agency in registry.agencies if agency.group == "2"]
    assert {(agency.valid_to, agency.successor) for agency in districts} == {(date(2025, 6, 30), None)}
    assert not any(agency.group == "2" for agency in registry.agencies_on(date(2025, 7, 1)))


def test_a_successor_outlives_whom_it_succeeds(registry):
    for agency in registry.agencies:
        if agency.successor:
            heir = registry.agency(agency.successor, date(2025, 12, 31))
            assert heir.valid_on(date(2025, 12, 31)), agency.code


def test_only_hosts_that_a_source_names_are_confirmed(registry):
    confirmed = {row.url for row in registry.rows if row.confirmed}
    assert confirmed == {
        f"https://{host}.khanhhoa.gov.vn/" for host in ("stttt", "sct", "sxd", "nhatrang", "dichvucong")
    }  # fmt: skip
    readme = (CONFIG / "README.md").read_text("utf-8")
    for url in confirmed:
        assert url.split("/")[2].split(".")[0] in readme


def test_the_provinces_service_portal_is_one_site_of_many_agencies_until_it_closed(registry):
    site = next(site for site in registry.sites_on(THEN) if site.url == "https://dichvucong.khanhhoa.gov.vn/")
    assert len(site.agencies) == 29
    assert not any("dichvucong" in site.url for site in registry.sites_on(date(2025, 7, 1)))


def test_the_holidays_of_every_year_from_2018_to_2026_are_there():
    days = load_holidays(CONFIG)
    for year in range(2018, 2027):
        assert {date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)} <= days
    new_years = "2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17"
    assert {date.fromisoformat(day) for day in new_years.split()} <= days


def test_a_holiday_on_a_weekend_is_followed_by_a_day_off_in_lieu():
    with (CONFIG / "holidays.csv").open(encoding="utf-8") as stream:
        rows = [(date.fromisoformat(row["day"]), row["name"]) for row in csv.DictReader(stream)]
    assert rows == sorted(rows)
    names = {"Tết Dương lịch", "Giỗ Tổ Hùng Vương", "Ngày Chiến thắng", "Ngày Quốc tế lao động", "Quốc khánh"}
    lost = [(day.year, name) for day, name in rows if name in names and day.weekday() >= 5]
    given = [(day.year, name.removeprefix("Nghỉ bù ")) for day, name in rows if name.startswith("Nghỉ bù ")]
    assert sorted(given) == sorted(lost)
    assert all(day.weekday() < 5 for day, name in rows if name.startswith("Nghỉ bù "))
