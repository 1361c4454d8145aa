"""What the front page itself holds for a duty: dated blocks, contact lines, a map, forms and links."""

from datetime import date
from functools import cached_property

from auditor.model.note import Note
from probes.content import notes
from probes.content.blocks import DatedBlock, contact_lines, dated_blocks
from probes.content.duties import FOOTER, LINKISH, LISTED
from probes.content.labels import Grade
from probes.content.linkish import Linkish
from probes.content.page import Candidate
from probes.content.site import CrawledSite
from probes.content.target import State, Target

__all__ = ["AtHome"]

_NAMED = 120


class AtHome:
    """Reads one site's front page."""

    def __init__(self, site: CrawledSite, linkish: Linkish, today: date) -> None:
        """Read this site's; a block's entries count up to ``today``."""
        self.site, self._linkish, self._today = site, linkish, today

    def of(self, section: str) -> list[Target]:
        """Give what the front page itself holds for a duty."""
        found = []
        if section in LISTED:
            for block in self._blocks:
                if block.section == section or (section == "news" and not block.section):
                    because = notes.BLOCK(label=block.label, entries=block.entries)
                    found.append(self._home(section, because, block.passage, block))
        if section in FOOTER and section in self._lines:
            found.append(self._home(section, notes.CONTACT_LINE, self._lines[section]))
        if section == "map" and self._map_at_home:
            found.append(self._home(section, notes.AT_HOME, self._map_at_home))
        if section in LINKISH and (passage := self._linkish.at_home(section)) is not None:
            found.append(self._home(section, notes.AT_HOME, passage))
        return found

    def _home(self, section: str, because: Note, passage: str, block: DatedBlock | None = None) -> Target:
        home = self.site.home
        candidate = Candidate(url=home.exchange.url, grade=Grade.EXACT, how="block", text=section, found_on=home.exchange.url)
        proof = home.exchange.proof(passage=passage[:300] or None)
        return Target(candidate=candidate, state=State.PRESENT, because=because, proof=proof, page=home, block=block)

    @cached_property
    def _map_at_home(self) -> str:
        """Give the words that name a map on the front page, when a map stands there in a frame."""
        documents = [page.document for page in self.site.front]
        if not any("map" in url.lower() for document in documents for url in document.frames):
            return ""
        texts = (block.text for document in documents for block in document.blocks if len(block.text) < _NAMED)
        return next((text for text in texts for hit in self.site.labels.of_label(text) if hit.section == "map"), "")

    @cached_property
    def _blocks(self) -> tuple[DatedBlock, ...]:
        documents = [page.document for page in self.site.front]
        blocks = [block for document in documents for block in document.blocks]
        links = {link.label for document in documents for link in document.links}
        return dated_blocks(blocks, links, self.site.labels, until=self._today)

    @cached_property
    def _lines(self) -> dict[str, str]:
        blocks = [block for page in self.site.front for block in page.document.blocks]
        return contact_lines(blocks, self.site.known.vocabulary)
