"""What each entry point of a duty leads to, and whether that fulfils it: present, empty, broken, or not to be decided."""

import re
from datetime import date

from auditor.model.note import Note, quoted
from auditor.model.visit import Blame, Cause
from auditor.sdk.dates import local_day
from auditor.sdk.outcome import GONE
from auditor.sdk.text import tokens
from auditor.sdk.urls import canonical, is_document, same_site
from probes.content import notes
from probes.content.at_home import AtHome
from probes.content.blocks import contact_lines
from probes.content.duties import LINKISH, LISTED, PICTURED
from probes.content.labels import Grade
from probes.content.linkish import Linkish
from probes.content.page import Candidate, Page, is_aside
from probes.content.site import CrawledSite
from probes.content.substance import Substance
from probes.content.target import State, Target

__all__ = ["Targets"]

_ENOUGH = 200
"""A file of fewer bytes holds nothing."""
_BRIEF_WORDS = 2
_SEVERAL = 3
_NAME_AND_POST = 4
"""So many words name one person and his post at the least (``Lê Na, Giám đốc``)."""
_VISITS = re.compile(r"[?&]nv=statistics\b|/(?:vi|en)/statistics/?(?:$|all)", re.IGNORECASE)
"""Where NukeViet, with which many portals are made, counts its visitors: the address says it where the page does not."""
_NAMED = 120


_IN_LINES = {"transaction": ("feedback",), "hotline": ("transaction", "feedback"), "spokesperson": ("transaction", "contacts")}
"""On the pages of which duties the contact lines of others stand."""


class Targets:
    """Judges what the entry points of one site's duties lead to."""

    def __init__(self, site: CrawledSite) -> None:
        """Judge this site; what it works out is worked out once."""
        self.site = site
        self._linkish = Linkish(site)
        self._posts = site.known.vocabulary.finder("posts")
        self._visits = site.known.vocabulary.finder("visits")
        self.today: date = local_day(site.known.captured_at)
        self._at_home = AtHome(site, self._linkish, self.today)

    def of(self, section: str) -> list[Target]:
        """Give what every sure entry point of a duty leads to, each address once, with the front page's own blocks and lines."""
        found = self._led_to(section, section)
        if section == "procedures":  # what lists services with their levels lists procedures
            found |= {
                key: t for key, t in self._led_to(section, "service_portal").items() if t.page and self._lists_entries(t.page)
            }
        if section == "feedback":  # a form under the questions, or under the address, takes letters; without one it is no entry
            found |= {key: target for key, target in self._led_to(section, "qna").items() if target.state is State.PRESENT}
            found |= {
                key: t for key, t in self._led_to(section, "transaction").items() if t.page and self._linkish.has_form(t.page)
            }
        if section in _IN_LINES:  # where letters are taken, or the address stands, lines of contact do
            for named in _IN_LINES[section]:
                found |= {
                    key: t
                    for key, t in self._led_to(section, named).items()
                    if t.page and t.state is State.PRESENT and self._has_line(section, t.page)
                }
        return [*found.values(), *self._at_home.of(section)]

    def _names_post(self, page: Page) -> bool:
        """Tell a page that names somebody's post beside what else it says: one leader and no more is a leader all the same."""
        own = self.site.template_of(page).own(page.document)
        return any(block.kind != "heading" and self._posts.find(tokens(block.text[:_NAMED])) for block in own)

    def _has_line(self, section: str, page: Page) -> bool:
        """Tell a page with a contact line of its own for a duty: an address with its telephone number, a hotline."""
        if not page.is_html:
            return False
        own = self.site.template_of(page).own(page.document)
        return section in contact_lines(own, self.site.known.vocabulary)

    def _led_to(self, section: str, named: str) -> dict[str, Target]:
        """Judge, for one duty, the targets of what names one; what may name it or another counts where nothing else is there."""
        found: dict[str, Target] = {}
        perhaps = []
        for candidate in self.site.candidates.get(named, ()):
            key = canonical(candidate.url)
            if candidate.grade >= Grade.ACCEPTED:
                if key not in found and (target := self.judge(section, candidate)) is not None:
                    found[key] = target
            elif candidate.text in self.site.known.vocabulary.sections[named].perhaps:
                perhaps.append(candidate)
        if any(target.state is State.PRESENT for target in found.values()):
            return found
        told = ((canonical(candidate.url), self._by_content(section, candidate)) for candidate in perhaps)
        return found | {key: target for key, target in told if target is not None}

    def _by_content(self, section: str, candidate: Candidate) -> Target | None:
        """Let what may be a duty's entry point (a directory, or a mailbox) be what it leads to: a list of several of its kind."""
        target = self.judge(section, candidate)
        if target is None or target.state is not State.PRESENT or target.page is None or not target.page.is_html:
            return None
        held = self.site.substance(target.page)
        if section == "contacts" and max(held.phones, held.mails, held.numbers) < _SEVERAL:
            return None
        return target if self._lists_entries(target.page) else None

    def _lists_entries(self, page: Page) -> bool:
        """Tell a page of the site's own that lists several things, not only a way to them."""
        held = self.site.substance(page)
        return same_site(page.exchange.url, self.site.base) and max(held.rows, held.entries) >= _SEVERAL

    def judge(self, section: str, candidate: Candidate) -> Target | None:
        """Say what a candidate's target is; None when it is no target at all (it leads back to the front page it stands on)."""
        url, site = candidate.url, self.site
        if canonical(url) in {canonical(site.base), canonical(site.known.site.url)}:
            return None
        page = site.pages.get(canonical(url))
        if page is None:
            return self._unopened(section, candidate)
        if page.cause is not None:
            return self._failed(candidate, page, page.cause)
        if site.is_home(page):  # the front page can be read; it only is not in the other language
            state = State.EMPTY if section == "foreign_language" else State.BROKEN
            return self._told(candidate, page, state, notes.LEADS_HOME(url=url))
        if not page.is_html:
            return self._file(section, candidate, page)
        if site.is_missing(page):
            return self._told(candidate, page, State.BROKEN, notes.SOFT_404(url=url), passage=page.document.title)
        if self._is_other(section, page):
            return None
        target = self._read(section, candidate, page)
        idle = target.state is State.EMPTY and (self._leads_on(section, page) or candidate.unsure)
        return None if idle else target

    def _is_other(self, section: str, page: Page) -> bool:
        """Tell a page that is something else: told in another language, which is no duty here, or a count of its own visitors."""
        if section == "statistics":
            if _VISITS.search(page.exchange.url):
                return True
            visits = self._visits.find(tokens(page.document.text()[:20_000]))
            if len({match.phrase for match in visits}) >= _SEVERAL:
                return True
        return section != "foreign_language" and section not in LINKISH and self.site.is_foreign(page)

    def _leads_on(self, section: str, page: Page) -> bool:
        """Tell a page that holds nothing but links, one of which names the duty itself: it is only the way there."""
        here = canonical(page.exchange.url)
        links = self.site.template_of(page).own_links(page.document)
        named = (hit for link in links if canonical(link.url) != here for hit in self.site.labels.of_label(link.label))
        return any(hit.section == section and hit.grade is Grade.EXACT for hit in named)

    def _unopened(self, section: str, candidate: Candidate) -> Target:
        site, url = self.site, candidate.url
        inside = same_site(url, site.base)
        if section in LINKISH and (not inside or is_document(url) or section == "rss"):
            proof = site.home.exchange.proof(passage=url)
            return Target(candidate=candidate, state=State.PRESENT, because=notes.LINK(url=url), proof=proof)
        cause = Cause.BUDGET if inside and (site.seen.left or site.seen.cuts) else Cause.NOT_RUN
        cause = Cause.ROBOTS if url in site.seen.unfollowed else cause
        proof = site.home.exchange.proof(passage=url)
        because = notes.NOT_OPENED(url=url)
        return Target(candidate=candidate, state=State.UNDECIDED, because=because, cause=cause, proof=proof)

    def _failed(self, candidate: Candidate, page: Page, cause: Cause) -> Target:
        exchange = page.exchange
        proof = exchange.proof()
        if failure := page.failure:
            return Target(candidate=candidate, state=State.BROKEN, because=failure, proof=proof)
        facts = {"url": candidate.url, "cause": str(cause), "status": exchange.status, "detail": exchange.detail}
        twice = page.crawled is not None and bool(page.crawled.chain.confirmed)
        refused = cause.blame is Blame.REFUSING
        if (exchange.status in GONE and not refused) or (exchange.status and cause is Cause.HTTP_4XX and twice):
            because = notes.GONE(url=candidate.url, status=exchange.status)
            return Target(candidate=candidate, state=State.BROKEN, because=because, proof=proof)
        if cause is Cause.TOO_LARGE and exchange.body and self.site.substance(page).holds_something:
            return self._told(candidate, page, State.PRESENT, notes.HOLDS(url=candidate.url, sample=""))
        if self.site.is_broken(page):
            facts["cause"] = str(exchange.cause or cause)
            return Target(candidate=candidate, state=State.BROKEN, because=notes.FAILS(**facts), proof=proof)
        why = Cause.AMBIGUOUS if cause.blame is Blame.THEIRS and cause is not Cause.TOO_LARGE else cause
        return Target(candidate=candidate, state=State.UNDECIDED, because=notes.NOT_READ(**facts), cause=why, proof=proof)

    def _file(self, section: str, candidate: Candidate, page: Page) -> Target:
        """A file can be a section's whole content (a chart as PDF, a calendar as a picture)."""
        exchange = page.exchange
        holds = len(exchange.body) >= _ENOUGH or section in LINKISH
        because = (notes.FILE if holds else notes.EMPTY_FILE)(url=candidate.url, media_type=exchange.media_type)
        return self._told(candidate, page, State.PRESENT if holds else State.EMPTY, because)

    def _read(self, section: str, candidate: Candidate, page: Page) -> Target:
        substance = self.site.substance(page)
        url = candidate.url
        if substance.login:
            return self._told(candidate, page, State.EMPTY, notes.LOGIN(url=url), passage=page.document.title)
        if section in LINKISH:
            holds = self._linkish.fulfils(section, page)
            because = notes.HOLDS_LINKS(url=url) if holds else notes.NO_LINKS(url=url)
            return self._told(candidate, page, State.PRESENT if holds else State.EMPTY, because)
        wrong = self._lacks(section, page, substance)
        if wrong is not None:
            framed = self._framed(section, candidate, page)
            if framed is not None:
                return framed
            unseen = page.unshown or page.unsure or self._still_loads(page)
            if unseen is not None:
                return self._unshown(candidate, page, unseen)
            passage = substance.says_empty or page.document.title
            return self._told(
                candidate,
                page,
                State.EMPTY,
                wrong(url=url, told=quoted(substance.says_empty) if substance.says_empty else ""),
                passage=passage,
            )
        holds_note = notes.HOLDS(url=url, sample=quoted(substance.sample))
        return self._told(candidate, page, State.PRESENT, holds_note, passage=substance.sample)

    def _still_loads(self, page: Page) -> Cause | None:
        """Tell a page that says it is loading: its content had not come when it was looked at."""
        says = self.site.known.vocabulary.finder("loading").find(tokens(page.document.text()[:20_000]))
        return Cause.BUDGET if says and page.document.scripts else None

    def _unshown(self, candidate: Candidate, page: Page, cause: Cause) -> Target:
        """A script may fill what no browser could show: it is not called empty."""
        because = notes.NOT_SHOWN(url=candidate.url, cause=str(cause))
        why = Cause.AMBIGUOUS if cause.blame is Blame.THEIRS else cause
        return Target(candidate=candidate, state=State.UNDECIDED, because=because, cause=why, proof=page.exchange.proof())

    def _framed(self, section: str, candidate: Candidate, page: Page) -> Target | None:
        """Let what stands in a page's frames be the page's own; what stands in frames of others was not seen."""
        for frame in self.site.framed(page):
            if not frame.is_html:
                return self._file(section, candidate, frame)
            if not self._lacks(section, frame, self.site.substance(frame)):
                because = notes.HOLDS(url=candidate.url, sample=quoted(self.site.substance(frame).sample))
                return self._told(candidate, frame, State.PRESENT, because)
        opened = {canonical(frame.exchange.url) for frame in self.site.framed(page)}
        unseen = next((url for url in self.site.frames(page) if canonical(url) not in opened and not is_aside(url)), None)
        if unseen is None or self.site.substance(page).says_empty:
            return None
        because = notes.NOT_OPENED(url=unseen)
        proof = page.exchange.proof(passage=unseen)
        return Target(candidate=candidate, state=State.UNDECIDED, because=because, cause=Cause.NOT_RUN, proof=proof)

    def _lacks(self, section: str, page: Page, substance: Substance) -> Note | None:
        """Say what a readable page lacks to fulfil a duty; None when it fulfils it."""
        if section == "foreign_language" and self.site.is_vietnamese(page):
            return notes.NOT_FOREIGN
        if section == "contacts":
            return None if substance.phones or substance.mails or substance.numbers else notes.NO_CONTACTS
        if section in PICTURED and substance.images:
            return None
        if section == "hotline":
            return None if substance.phones else notes.EMPTY
        if section == "spokesperson" and (substance.phones or substance.words > _BRIEF_WORDS) and not substance.says_empty:
            return None
        if section == "transaction" and (substance.phones or substance.mails):
            return None
        if section == "leaders" and not substance.says_empty and substance.words >= _NAME_AND_POST and self._names_post(page):
            return None
        return notes.EMPTY if not substance.holds_something or (section in LISTED and substance.only_introduces) else None

    def _told(self, candidate: Candidate, page: Page, state: State, because: Note, *, passage: str = "") -> Target:
        proof = page.exchange.proof(passage=passage[:300] or None)
        return Target(candidate=candidate, state=state, because=because, proof=proof, page=page)
