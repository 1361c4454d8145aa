"""What an assessment of the wire probes may know, and exchanges to judge."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from readers import legible

from auditor.model.agency import Site, SiteRole
from auditor.model.evidence import Chain, Exchange, digest_of
from auditor.sdk.guidelines import load_guidelines
from auditor.sdk.html import parser
from auditor.sdk.probe import Known

NOW = datetime(2026, 11, 20, 19, tzinfo=UTC)
SITE = Site(url="https://so.test/", roles=(SiteRole.PORTAL,), agencies=("so",))
PAGE = "<!doctype html><title>Sở</title><body><h1>Sở Nội vụ</h1><p>Tin tức của Sở Nội vụ tỉnh, cập nhật hằng ngày.</p></body>"


@cache
def guidelines():
    return load_guidelines(Path(__file__).parents[2] / "config")


def known(**given):
    base = {"captured_at": NOW, "site": SITE, "agencies": (), "guidelines": guidelines(), "document": parser()}
    return Known(**{**base, **given})


def exchange(*headers, url="https://so.test/", status=200, body=PAGE, **given):
    """Give an answer; headers are written as on the wire."""
    pairs = tuple(tuple(part.strip() for part in line.split(":", 1)) for line in headers)
    if not any(name.lower() == "content-type" for name, _ in pairs):
        pairs = (("Content-Type", "text/html; charset=utf-8"), *pairs)
    raw = body if isinstance(body, bytes) else body.encode()
    base = {"http_version": "HTTP/1.1", "seconds": "0.210", "first_byte_seconds": "0.180", "at": NOW, "record": "urn:uuid:1"}
    return Exchange(url=url, status=status, headers=pairs, body=raw, digest=digest_of(raw), **{**base, **given})


def failed(cause, url="https://so.test/", detail="no"):
    return Exchange(url=url, cause=cause, detail=detail, at=NOW)


def chain(*hops, cause=None, confirmed=()):
    return Chain(hops=hops, cause=cause or (confirmed or hops)[-1].cause, confirmed=tuple(confirmed))


def by_id(readings):
    """Give readings by their measure; each may stand once."""
    found = {reading.measure: reading for reading in legible(readings)}
    assert len(found) == len(readings)
    return found


def translated(module, *notes):
    """Give what lacks between a module's notes and their Vietnamese: keys, and facts that only one of both names."""
    import re
    import tomllib

    from auditor.model.note import Note

    path = Path(__file__).parents[2] / "reports" / "locale" / "vi" / f"{module}.toml"
    vietnamese = tomllib.loads(path.read_text("utf-8"))
    english = {note.key: note.text for source in notes for note in vars(source).values() if isinstance(note, Note)}
    names = {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in english.items()}
    wrong = [key for key in english.keys() & vietnamese.keys() if names[key] != set(re.findall(r"\{(\w+)\}", vietnamese[key]))]
    return sorted(english.keys() ^ vietnamese.keys()) + wrong
