"""A judged province whose sites are hostile: scripts, formulas and characters that turn a line around, in every place they can be."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from province import MEASURES, NOW, STATES, YES, appraisal, case, criterion, declaration, record, registry

from auditor.judge import fixes, judge
from auditor.model.edition import Source as Rule
from auditor.model.evidence import Proof, ProofKind, digest_of
from auditor.model.note import Note
from auditor.model.scale import Best, Case, Count, Penalty, Piecewise, Ratio, Relative, Step, Steps
from auditor.model.visit import Cause, Ending, Visit, VisitRecord
from reports.view import Kept, Source

SCRIPT = "<script>alert('x')</script>"
TURNED = "\u202egnp.exe"
PAGE = f"""<!DOCTYPE html><html><head><title>{SCRIPT} Cổng</title></head><body>
<h1>Lịch công&nbsp;tác</h1><p>Tuần <b>thứ</b> nhất\u202e của lãnh đạo</p>{"<p>đệm đệm đệm</p>" * 4000}
<div class="cuoi">Cập nhật ngày 17/02/2019</div></body></html>"""
HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Strict-Transport-Security", "max-age=300"), ("X-Evil", SCRIPT))
CALENDAR, DATE, HEADER, ABSENT = (
    "Tuần thứ nhất",
    "Cập nhật ngày 17/02/2019",
    "strict-transport-security: max-age=300",
    "không hề có",
)
SEEN = Note(key="test.seen", text="The page says {words}.", facts={"words": SCRIPT + TURNED})
BLOB = b'{"chain":["m\xe1\xbb\x99t","hai"],"note":"<script>"}'
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
KEPT = {
    digest_of(PAGE.encode()): (PAGE.encode(), "text/html", ProofKind.HTTP),
    digest_of(BLOB): (BLOB, "application/json", ProofKind.BLOB),
    digest_of(PICTURE): (PICTURE, "image/png", ProofKind.HTTP),
}


def proof_of(body, media_type="text/html", kind=ProofKind.HTTP, passage=None):
    url = f"https://so-a.test/?q={SCRIPT}" if kind is ProofKind.HTTP else None
    return Proof(
        digest=digest_of(body), kind=kind, media_type=media_type, size=len(body), url=url, record="urn:uuid:1", passage=passage
    )


def kept(proof):
    if proof.digest not in KEPT:
        return None
    body, media_type, kind = KEPT[proof.digest]
    http = kind is ProofKind.HTTP
    return Kept(
        url=proof.url or "", method="GET" if http else "", request_headers=(("User-Agent", "auditor"),) if http else (),
        status_line="HTTP/1.1 200 OK" if http else "", headers=HEADERS if http else (), at=NOW, body=body, digest=proof.digest,
        media_type=media_type, size=len(body), path="warc/r/v.warc.gz",
    )  # fmt: skip


def with_proofs(found, *proofs, **facts):
    reading = replace(found.reading, evidence=proofs, because=SEEN, facts=facts)
    return replace(found, reading=reading)


RULES = (
    criterion("1", title=f"Bảo mật {SCRIPT}", remedy=f"Sửa ngay {TURNED}"),
    criterion("2", measure="a.state", scale=STATES, source=Rule.LOWER_OF),
    criterion("3", measure="a.share", scale=Ratio(), max_points=Decimal("3.333")),
    criterion("4", area="policy", source=Rule.DECLARED, max_points=Decimal(2)),
    criterion("5", measure="a.count", scale=Relative(), area="policy", max_points=Decimal(7)),
    criterion("6", measure="a.count", scale=Count(each=Decimal("0.1")), max_points=Decimal(1)),
    criterion("7", measure="b.yes", scale=YES),
    criterion("8", measure="a.days", scale=Steps(steps=(Step(points=Decimal(1), at_most=Decimal(15)),), words={"never": Decimal(0), "undated": Decimal(0)}), max_points=Decimal(1)),
    criterion("9", measure=None, scale=Best(cases=(Case(measure="a.yes", equals=True, points=Decimal(2)), Case(measure="a.count", at_least=Decimal(3), points=Decimal(1))))),
    criterion("10", measure="a.share", scale=Piecewise(floor=Decimal("0.3"), norm=Decimal("0.7")), max_points=Decimal(7)),
    criterion("11", measure="a.count", scale=Penalty(each=Decimal("0.25"), most=Decimal(1)), max_points=Decimal(0)),
)  # fmt: skip


def records():
    found = [
        with_proofs(record(True), proof_of(PAGE.encode(), passage=CALENDAR), proof_of(PAGE.encode(), passage=HEADER)),
        with_proofs(record("present", measure="a.state"), proof_of(PAGE.encode(), passage=DATE), candidates=[{"url": TURNED, "state": SCRIPT}]),
        with_proofs(record(Decimal(2) / Decimal(3), measure="a.share"), proof_of(BLOB, "application/json", ProofKind.BLOB, "một")),
        with_proofs(record(3, measure="a.count"), proof_of(PICTURE, "image/png"), proof_of(b"pruned", passage="mất rồi")),
        with_proofs(record("no duty", measure="b.yes"), proof_of(PAGE.encode(), passage=ABSENT)),
        with_proofs(record(3, measure="a.days"), proof_of(PAGE.encode(), passage=CALENDAR)),
    ]  # fmt: skip
    for code, share in (("so-b", "0.5"), ("so-c", "0.5")):
        found += [record(False, code), record("missing", code, "a.state"), record(Decimal(share), code, "a.share")]
        found += [record(1, code, "a.count"), record(True, code, "b.yes"), record("never", code, "a.days")]
    return found + [record(Cause.CHALLENGE, "so-d", m) for m in ("a.yes", "a.state", "a.share", "a.count", "b.yes", "a.days")]


def visit(code, probe="p", cause=None):
    return VisitRecord(
        visit=Visit(run="r", probe=probe, site=f"https://{code}.test/"), version=1, ending=Ending.FAILED if cause else Ending.DONE,
        cause=cause, requests=3, bytes=1000, seconds="1.250", started_at=NOW - timedelta(hours=1), ended_at=NOW,
        seen=None, known=digest_of(b"known"),
    )  # fmt: skip


def make_case(**given):
    place = registry("so-a", "so-b", "so-c", "so-d")
    agencies = (replace(place.agencies[0], name=f"=Sở A {SCRIPT}{TURNED}"), *place.agencies[1:])
    given.setdefault("as_of", NOW)
    return case(
        *RULES, records=records(), registry=replace(place, agencies=agencies), min_coverage="0.3", run="r",
        declarations=[declaration("missing", id="2"), declaration("present", "so-b", id="2"), declaration(True, id="4")],
        appraisals=[replace(appraisal(True, "so-c", id="7"), reason=SCRIPT)], **given,
    )  # fmt: skip


def make_source(**given):
    asked = make_case(**given)
    ranking = judge(asked)
    return Source(
        ranking=ranking, edition=asked.edition, registry=asked.registry, measures=MEASURES, readings=tuple(records()),
        visits=(visit("so-a"), visit("so-a", "q"), visit("so-d", cause=Cause.CHALLENGE)),
        fixes={code: fixes(asked, ranking, code) for code in ("so-a", "so-b", "so-c", "so-d")}, kept=kept,
    )  # fmt: skip
