"""PURE: every piece of evidence that a ranking rests on, with the passages that decided and what rests on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from auditor.model.evidence import Proof
from auditor.model.ids import AgencyId, Digest
from auditor.model.ranking import Standing
from reports.body import as_text, hex_head
from reports.excerpt import Piece, Span, excerpt, find
from reports.view import Kept, Source, agency_file, criterion_of, evidence_file, local_time, readings_of, standings
from reports.visible import one_line
from reports.words import Words

__all__ = ["Exhibit", "ExhibitPage", "Exhibits", "Link", "Passage", "Use", "exhibit_page", "gather", "link"]

_BODY_MOST, _HEAD_MOST, _USES_MOST, _PASSAGES_MOST, _URLS_MOST = 20_000, 8_000, 60, 200, 20
_SHORT_DIGEST, _SHORT_PASSAGE = 12, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What rests on a piece of evidence: an agency's mark or reading, and where the report shows it."""

    agency: AgencyId
    name: str
    what: str
    href: str


@dataclass(slots=True, kw_only=True)
class Exhibit:
    """One piece of evidence: every passage in it, in the order in which they are first met, and its uses."""

    proof: Proof
    passages: dict[str, str] = field(default_factory=dict)
    """Each passage's anchor."""
    urls: dict[str, None] = field(default_factory=dict)
    uses: dict[Use, None] = field(default_factory=dict)

    def add(self, proof: Proof, use: Use) -> None:
        """Take in one more reference to it."""
        self.uses[use] = None
        if proof.url:
            self.urls[proof.url] = None
        if proof.passage and proof.passage.strip() and len(self.passages) < _PASSAGES_MOST:
            self.passages.setdefault(proof.passage, f"p{len(self.passages) + 1}")

    def anchor(self, passage: str | None) -> str:
        """Give the name under which a passage can be reached; empty for the page itself."""
        return self.passages.get(passage or "", "")


Key = tuple[Digest, str | None]
"""A digest and the record of the exchange that brought it: the same bytes from two sites are two pieces of evidence."""
Exhibits = Mapping[Key, Exhibit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way to one piece of evidence, from a page below the report's folder."""

    href: str
    label: str
    digest: str
    passage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage that decided: its anchor, and whether it was found in the head or the body, or nowhere."""

    anchor: str
    text: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitPage:
    """What the page of one piece of evidence shows. ``body`` is empty for bytes that are no text: then ``hex`` is not.

    ``confirms`` is the record of the answer in full that a 304 confirms, and ``confirms_at`` when it came; its head stands below
    that of the 304.
    """

    digest: str
    kind: str
    url: str
    other_urls: tuple[str, ...]
    media_type: str
    size: int
    kept: bool
    method: str
    request: str
    at: str
    path: str
    record: str
    passages: tuple[Passage, ...]
    head: tuple[Piece, ...]
    confirms: str
    confirms_at: str
    body: tuple[Piece, ...]
    hex: str
    uses: tuple[Use, ...]
    more_uses: int


def gather(source: Source, words: Words) -> dict[Key, Exhibit]:
    """Find every piece of evidence that a mark or a reading of the ranking links to, in the ranking's order."""
    found: dict[Key, Exhibit] = {}
    for standing in standings(source):
        for proof, use in _proofs(source, standing, words):
            if evidence_file(proof.digest) is None:
                continue
            found.setdefault((proof.digest, proof.record), Exhibit(proof=proof)).add(proof, use)
    return found


def _proofs(source: Source, standing: Standing, words: Words) -> Iterator[tuple[Proof, Use]]:
    page = f"../agency/{agency_file(standing.agency)}"
    for place, mark in enumerate(standing.marks, 1):
        title = f"{mark.criterion} – {criterion_of(source.edition, mark.criterion).title}"
        use = Use(agency=standing.agency, name=standing.name, what=title, href=f"{page}#m{place}")
        yield from ((proof, use) for proof in mark.proofs)
        yield from ((proof, use) for record in mark.readings for proof in record.reading.evidence)
    for place, record in enumerate(readings_of(source, standing.agency), 1):
        title = words.measure(record.reading.measure)
        use = Use(agency=standing.agency, name=standing.name, what=title, href=f"{page}#r{place}")
        yield from ((proof, use) for proof in record.reading.evidence)


def link(exhibits: Exhibits, proof: Proof, words: Words) -> Link | None:
    """Give the way to a proof's passage from an agency's page; None when it has no page."""
    name, exhibit = evidence_file(proof.digest, proof.record), exhibits.get((proof.digest, proof.record))
    if name is None or exhibit is None:
        return None
    anchor = exhibit.anchor(proof.passage)
    return Link(
        href=f"../evidence/{name}{'#' + anchor if anchor else ''}",
        label=proof.url or words.term("proof", proof.kind),
        digest=proof.digest.removeprefix("sha256:")[:_SHORT_DIGEST],
        passage=_short(proof.passage or ""),
    )


def exhibit_page(exhibit: Exhibit, kept: Kept | None, words: Words) -> ExhibitPage:
    """Make the page of one piece of evidence; ``kept`` is None when its bytes are no longer there."""
    proof = exhibit.proof
    wanted = {anchor: passage for passage, anchor in exhibit.passages.items()}
    text = as_text(kept) if kept else None
    head = _head(kept) if kept else ""
    url = (kept.url if kept else None) or proof.url or ""
    in_head, in_body = _places(head, text or "", wanted)
    return ExhibitPage(
        digest=proof.digest,
        kind=words.term("proof", proof.kind),
        url=url,
        other_urls=tuple(other for other in exhibit.urls if other != url)[:_URLS_MOST],
        media_type=kept.media_type if kept else proof.media_type,
        size=kept.size if kept else proof.size,
        kept=kept is not None,
        method=kept.method if kept else "",
        request=_lines(kept.request_headers) if kept else "",
        at=local_time(kept.at) if kept and kept.at else "",
        path=kept.path if kept else "",
        record=proof.record or "",
        passages=tuple(_passage(anchor, passage, in_head, in_body) for anchor, passage in wanted.items()),
        confirms=kept.confirms.record if kept and kept.confirms else "",
        confirms_at=local_time(kept.confirms.at) if kept and kept.confirms and kept.confirms.at else "",
        head=excerpt(head, in_head, _HEAD_MOST),
        body=excerpt(text, in_body, _BODY_MOST) if text is not None else (),
        hex=hex_head(kept.body) if kept and text is None else "",
        uses=tuple(exhibit.uses)[:_USES_MOST],
        more_uses=max(len(exhibit.uses) - _USES_MOST, 0),
    )


def _places(head: str, body: str, wanted: Mapping[str, str]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Find each passage once: what reads like a header's line in the head first, everything else in the body first."""
    like_head = {anchor: text for anchor, text in wanted.items() if ":" in text or text.startswith("HTTP/")}
    early = find(head, like_head)
    done = {span.anchor for span in early}
    in_body = find(body, {anchor: text for anchor, text in wanted.items() if anchor not in done})
    done |= {span.anchor for span in in_body}
    late = find(head, {anchor: text for anchor, text in wanted.items() if anchor not in done})
    return (*early, *late), in_body


def _passage(anchor: str, text: str, in_head: tuple[Span, ...], in_body: tuple[Span, ...]) -> Passage:
    places = {"head": in_head, "body": in_body}
    where = next((name for name, spans in places.items() if any(span.anchor == anchor for span in spans)), "")
    return Passage(anchor=anchor, text=_short(text), where=where)


def _head(kept: Kept) -> str:
    lines = [kept.status_line] if kept.status_line else []
    own = "\n".join([*lines, *(one_line(f"{name}: {value}") for name, value in kept.headers)])
    before = kept.confirms
    return (
        "\n\n".join([own, f"{one_line(before.status_line)}\n{_lines(before.headers)}"]) if before and before.status_line else own
    )


def _lines(headers: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(one_line(f"{name}: {value}") for name, value in headers)


def _short(passage: str) -> str:
    text = " ".join(passage.split())
    return text if len(text) <= _SHORT_PASSAGE else text[: _SHORT_PASSAGE - 1] + "…"
