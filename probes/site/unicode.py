"""Are the pages Unicode (QĐ 72/2002/QĐ-TTg, TCVN 6909:2001, TT 39/2017/TT-BTTTT)?"""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from auditor.model.note import Json
from auditor.model.visit import Cause
from auditor.sdk.charset import Decoded
from probes.content.page import Page
from probes.content.site import CrawledSite
from probes.site import notes
from probes.site.said import Said, proofs_of, short_of

__all__ = ["Writing", "judge_unicode", "writing_of"]

_TOLERATED = Decimal("0.005")
"""A few letters cut in half (a shortened headline) leave a page UTF-8; one letter in two hundred does not."""
_LOST = "\ufffd"
_SHOWN = 8


class Writing(Enum):
    """How a page is written."""

    UNICODE = "unicode"
    LEGACY = "legacy"
    """Another charset, or letters from before Unicode."""
    UNTRUE = "untrue"
    """Declared UTF-8, and not so."""


def writing_of(decoded: Decoded, *, plain: bool) -> Writing:
    """Tell how a page is written; ``plain`` is a body of ASCII alone, which every charset spells alike."""
    if decoded.legacy:
        return Writing.LEGACY
    if decoded.encoding.replace("_", "-").startswith("utf-"):
        return Writing.UNTRUE if _lost(decoded) > _TOLERATED else Writing.UNICODE
    if plain:
        return Writing.UNICODE
    return Writing.UNTRUE if decoded.declared == "utf-8" else Writing.LEGACY


_Written = tuple[Page, Decoded, Writing]


def judge_unicode(site: CrawledSite) -> Said:
    """One page in a legacy charset, or that is not the UTF-8 it says, is enough; sound text declared otherwise is named."""
    written = [_written(page, site) for page in site.readable]
    faulty = [one for one in written if one[2] is not Writing.UNICODE]
    facts = _facts(written, faulty)
    cause = short_of(site) or (None if written else Cause.AMBIGUOUS)
    if not faulty and cause is not None:
        because = notes.TOO_LITTLE(cause=str(cause), read=len(written), left=site.seen.left)
        return Said(because=because, cause=cause, facts=facts)
    if not faulty:
        return Said(because=notes.UNICODE(pages=len(written)), value=True, facts=facts)
    page, found, how = next((one for one in faulty if one[2] is Writing.LEGACY), faulty[0])
    proofs = proofs_of(page.chain.final.proof(page.document.title[:100] or None) for page, _, _ in faulty)
    counts: dict[str, Json] = {"faulty": len(faulty), "pages": len(written), "url": page.exchange.url}
    if how is Writing.LEGACY:
        because = notes.NOT_UNICODE(**counts, charset=found.legacy or found.encoding)
    else:
        because = notes.NOT_UTF8(**counts, share=_percent(_untrue(page, found)))
    return Said(because=because, value=False, proofs=proofs, facts=facts)


def _written(page: Page, site: CrawledSite) -> _Written:
    """Take a page as it was sent: what a browser makes of it is Unicode whatever it was."""
    sent = page.chain.final
    decoded = site.known.document(sent).decoded
    return page, decoded, writing_of(decoded, plain=sent.body.isascii())


def _facts(written: list[_Written], faulty: list[_Written]) -> dict[str, Json]:
    sound = [(page, found) for page, found, how in written if how is Writing.UNICODE]
    misnamed: list[Json] = [page.exchange.url for page, found in sound if _misnamed(found)]
    mended: list[Json] = [page.exchange.url for page, found in sound if _lost(found)]
    return {
        "pages": len(written),
        "encodings": dict(sorted(Counter(found.legacy or found.encoding for _, found, _ in written).items())),
        "faulty": [_shown(*one) for one in faulty[:_SHOWN]],
        "declared_otherwise": misnamed[:_SHOWN],
        "a_few_wrong_bytes": mended[:_SHOWN],
    }


def _shown(page: Page, found: Decoded, how: Writing) -> Json:
    share = str(_untrue(page, found)) if how is Writing.UNTRUE else None
    return {"url": page.exchange.url, "charset": found.legacy or found.encoding, "declared": found.declared, "unreadable": share}


def _misnamed(found: Decoded) -> bool:
    return found.declared is not None and not found.declared.startswith("utf")


def _lost(found: Decoded) -> Decimal:
    return _share(found.text.count(_LOST), len(found.text))


def _untrue(page: Page, found: Decoded) -> Decimal:
    """Give the share of letters that a reader who believes the page cannot read."""
    believed = page.chain.final.body.decode("utf-8", errors="replace")
    return max(_share(believed.count(_LOST), len(believed)), _lost(found))


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / max(whole, 1)).quantize(Decimal("0.0001"))


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)} %"
