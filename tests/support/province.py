"""A small province for the judge's tests: builders for readings, criteria and cases."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from auditor.judge import Case
from auditor.model.agency import Agency, Group, Registry, SiteRole, SiteRow
from auditor.model.declaration import Appraisal, Declaration
from auditor.model.edition import Area, Class, Criterion, Edition, Over, Source, Take
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.note import Note
from auditor.model.reading import Kind, Measure, Measured, NotApplicable, ReadingRecord, Unavailable
from auditor.model.scale import Table, YesNo

NOW = datetime(2019, 3, 1, 20, tzinfo=UTC)
NOTE = Note(key="test", text="seen")
YES = YesNo(yes=Decimal(2))
STATES = Table(table={"present": Decimal(2), "empty": Decimal("0.5"), "broken": Decimal(0), "missing": Decimal(0)})
MEASURES = {
    m.id: m
    for m in (
        Measure(id="a.yes", kind=Kind.BOOLEAN, meaning="x"),
        Measure(id="a.share", kind=Kind.SHARE, meaning="x"),
        Measure(id="a.count", kind=Kind.COUNT, meaning="x"),
        Measure(id="a.days", kind=Kind.DAYS, meaning="x", words=("never", "undated")),
        Measure(id="a.state", kind=Kind.WORD, meaning="x", words=("missing", "broken", "empty", "present")),
        Measure(id="b.yes", kind=Kind.BOOLEAN, meaning="x"),
    )
}


def proof(text="x"):
    body = text.encode()
    return Proof(digest=digest_of(body), kind=ProofKind.BLOB, media_type="text/plain", size=len(body))


def criterion(id="1", **given):
    base = {
        "area": "portal", "title": f"Tiêu chí {id}", "groups": ("1",), "max_points": Decimal(2), "source": Source.MEASURED,
        "scale": YES, "measure": "a.yes", "legal_basis": "luật", "remedy": "sửa", "over": Over.MAIN, "take": Take.LAST,
    }  # fmt: skip
    base.update(given)
    if base["source"] is Source.DECLARED:
        base["measure"] = None
        base.setdefault("declared_kind", "boolean")
    return Criterion(id=id, **base)


def edition(*criteria, floor="0", min_coverage="0.5", headings=()):
    return Edition(
        id="e", title="Bộ thử", legal_basis="luật", verified=False, valid_from=date(2018, 1, 1), valid_to=date(2020, 6, 3),
        min_coverage=Decimal(min_coverage), stale_after=timedelta(days=14), refusal_grace=timedelta(days=30),
        window=timedelta(days=365), digest=digest_of(b"e"),
        classes=(Class(name="Tốt", at_least=Decimal(85)), Class(name="Khá", at_least=Decimal(70)), Class(name="Yếu", at_least=Decimal(0))),
        areas=(Area(id="portal", number=5, title="Cổng", floor=Decimal(floor)), Area(id="policy", number=4, title="Chính sách")),
        criteria=tuple(criteria), headings=tuple(headings),
    )  # fmt: skip


def registry(*codes, unconfirmed=(), more_sites=()):
    codes = codes or ("so-a", "so-b", "so-c")
    return Registry(
        groups=(Group(id="1", title="Sở", title_en="Departments"), Group(id="2", title="Huyện", title_en="Districts")),
        agencies=tuple(
            Agency(code=code, name=code.title(), name_en=code, group="2" if code.startswith("huyen") else "1") for code in codes
        ),
        rows=(
            *(
                SiteRow(agency=code, url=f"https://{code}.test/", role=SiteRole.PORTAL, confirmed=code not in unconfirmed)
                for code in codes
            ),
            *(SiteRow(agency=code, url=url, role=SiteRole.PORTAL, confirmed=True) for code, url in more_sites),
        ),
    )


def record(outcome, agency="so-a", measure="a.yes", days_ago=0, site=None, own=None):
    """Give a kept reading; `outcome` is a value, a Cause, or "no duty"."""
    at = NOW - timedelta(days=days_ago, hours=1)
    common = {"measure": measure, "because": NOTE, "evidence": (proof(f"{agency}{measure}{days_ago}"),)}
    if outcome == "no duty":
        reading = NotApplicable(**common)
    elif hasattr(outcome, "blame"):
        reading = Unavailable(cause=outcome, **common)
    else:
        reading = Measured(value=outcome, **common)
    return ReadingRecord(
        run="r", site=site or f"https://{agency}.test/", agency=own, probe="p", probe_version=1, observed_at=at,
        known=digest_of(b"known"), reading=reading,
    )  # fmt: skip


def declaration(value, agency="so-a", id="1"):
    return Declaration(
        agency=agency,
        edition="e",
        criterion=id,
        value=value,
        imported_at=NOW - timedelta(days=2),
        proof=proof(f"tự khai {agency}"),
    )


def appraisal(value, agency="so-a", id="1"):
    return Appraisal(
        agency=agency, edition="e", criterion=id, value=value, reason="đã kiểm tra", person="Hội đồng", document="BB-01",
        decided_at=NOW - timedelta(days=1), proof=proof("biên bản"),
    )  # fmt: skip


def case(*criteria, records=(), codes=(), **given):
    options = {"floor": given.pop("floor", "0"), "min_coverage": given.pop("min_coverage", "0.5")}
    place = given.pop("registry", None) or registry(*codes)
    return Case(
        edition=given.pop("edition", None) or edition(*criteria, **options), registry=place, measures=MEASURES,
        as_of=given.pop("as_of", NOW), records=tuple(records), **given,
    )  # fmt: skip


def find(ranking, code):
    return next(row for group in ranking.groups for row in (*group.rows, *group.unranked) if row.agency == code)
