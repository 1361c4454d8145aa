"""What an assessment may know: joined once from config, kept as evidence, its digest in every reading."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from auditor.model.agency import Agency, Registry, Site
from auditor.model.codec import Codec
from auditor.model.evidence import Exchange, digest_of
from auditor.model.ids import Digest
from auditor.model.note import Json
from auditor.sdk.html import Document, page_of
from auditor.sdk.probe import Known
from auditor.sdk.vocabulary import Vocabulary

__all__ = ["Background", "Knowledge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What every visit of a run knows alike. Its bytes are kept once."""

    registry_hosts: frozenset[str]
    vocabulary: Vocabulary
    guidelines: Mapping[str, Mapping[str, Json]]
    holidays: frozenset[date]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """What one visit knows besides."""

    captured_at: datetime
    site: Site
    agencies: tuple[Agency, ...]
    background: Digest


@dataclass
class Knowledge:
    """Gives each visit what it may know."""

    registry: Registry
    background: Background

    @cached_property
    def background_bytes(self) -> bytes:
        """Give the background's kept form."""
        return Codec(Background).dump(self.background)

    @cached_property
    def background_digest(self) -> Digest:
        """Name the background."""
        return digest_of(self.background_bytes)

    def of(self, site: Site, at: datetime, day: date) -> tuple[Known, bytes]:
        """Give what an assessment of a visit to this site at this moment may know, and its kept form.

        Pages are parsed once for all assessments that share the result.
        """
        own = self._own(site, at, day)
        return self._known(own), _CODEC.dump(own)

    def now(self, site: Site, at: datetime, day: date) -> Known:
        """Give the same for what nobody will judge again."""
        return self._known(self._own(site, at, day))

    def again(self, kept: bytes) -> Known:
        """Give what an assessment of kept evidence may know: the visit's own facts, and the background as it is now.

        Raises:
            ValueError: these are not the bytes that ``of`` gave.
        """
        own = _CODEC.load(kept)
        assert isinstance(own, _Own)
        return self._known(own)

    def _own(self, site: Site, at: datetime, day: date) -> _Own:
        agencies = tuple(agency for code in site.agencies if (agency := self.registry.agency(code, day)) is not None)
        return _Own(captured_at=at, site=site, agencies=agencies, background=self.background_digest)

    def _known(self, own: _Own) -> Known:
        documents: dict[tuple[Digest, str], Document] = {}

        def document(exchange: Exchange) -> Document:
            key = (exchange.digest or digest_of(exchange.body), exchange.url)
            if key not in documents:
                documents[key] = page_of(exchange)
            return documents[key]

        shared: dict[str, Any] = {}

        def once(name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it is
            if name not in shared:
                shared[name] = make()
            return shared[name]

        return Known(
            captured_at=own.captured_at,
            site=own.site,
            agencies=own.agencies,
            registry_hosts=self.background.registry_hosts,
            vocabulary=self.background.vocabulary,
            guidelines=self.background.guidelines,
            holidays=self.background.holidays,
            document=document,
            once=once,
        )


_CODEC = Codec(_Own)
