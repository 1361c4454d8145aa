"""Is the host one that NĐ 43/2011/NĐ-CP, article 6, gives a provincial agency (DOMAIN section 2.3)?"""

from urllib.parse import urlsplit

from auditor.model.note import Note
from auditor.sdk.probe import Known
from auditor.sdk.urls import is_address
from probes.content.site import CrawledSite
from probes.site import notes
from probes.site.said import Said, proofs_of

__all__ = ["fault_of", "judge_domain"]

_TREE = ("gov", "vn")
_PROVINCE, _AGENCY = 3, 4
"""Levels: ``tentinh.gov.vn``, ``tencoquan.tentinh.gov.vn``."""
_PORTS = {None, 80, 443}


def judge_domain(site: CrawledSite) -> Said:
    """Judge the address that answers. The article speaks of all agencies of a province, so it is measured for every group."""
    host, fault = fault_of(site.base, site.known)
    because = (fault or notes.OFFICIAL)(host=host)
    return Said(because=because, value=fault is None, proofs=proofs_of([site.home.exchange.proof()]), facts={"host": host})


def fault_of(url: str, known: Known) -> tuple[str, Note | None]:
    """Give the host of an address and what it lacks, None if nothing."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        return url[:200], notes.NO_NAME
    labels = host.removeprefix("www.").split(".")
    if is_address(host):
        return host, notes.NO_NAME
    if port not in _PORTS:
        return f"{host}:{port}", notes.ON_A_PORT
    if tuple(labels[-2:]) != _TREE:
        return host, notes.OUTSIDE
    if len(labels) < _PROVINCE or labels[-_PROVINCE] not in known.vocabulary.phrases.get("province_domains", ()):
        return host, notes.NOT_BELOW
    if len(labels) < _AGENCY and parts.path.strip("/"):
        return host, notes.IN_A_FOLDER
    return host, None
