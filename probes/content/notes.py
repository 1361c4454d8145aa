"""The sentences of the content measures; their Vietnamese stands in ``reports/locale/vi/portal.toml``."""

from auditor.model.note import Note

__all__ = [
    "ALL",
    "AT_HOME",
    "BLOCK",
    "COMPLETE",
    "CONTACT_LINE",
    "DATES_NOT_READ",
    "EMPTY",
    "EMPTY_FILE",
    "FAILS",
    "FILE",
    "FRESH",
    "FRONT_FAILED",
    "GONE",
    "HOLDS",
    "HOLDS_LINKS",
    "INCOMPLETE",
    "INCOMPLETE_NOTHING",
    "LEADS_HOME",
    "LINK",
    "LOGIN",
    "MISSING",
    "NEEDS_BROWSER",
    "NEVER",
    "NOT_FOREIGN",
    "NOT_LINKED",
    "NOT_OPENED",
    "NOT_READ",
    "NOT_SHOWN",
    "NO_CONTACTS",
    "NO_FIELDS_READ",
    "NO_LINKS",
    "OPEN_PAGES",
    "SOFT_404",
    "UNDATED",
    "UNREAD_PAGES",
]

FRONT_FAILED = Note(key="content.front_failed", text="The front page could not be had ({cause}), so nothing can be said of it.")
NEEDS_BROWSER = Note(
    key="content.needs_browser",
    text="The front page holds no text or links until a script has run; it was not judged without a browser.",
)
MISSING = Note(
    key="content.missing",
    text='No link, form or block for "{title}" was found on the front page, one or two clicks from it, or on the site map.',
)
OPEN_PAGES = Note(
    key="content.open_pages",
    text='No entry point for "{title}" was found, but the limits of the crawl left {near} pages near the front page unopened.',
)
UNREAD_PAGES = Note(
    key="content.unread_pages",
    text='No entry point for "{title}" was found, but many pages near the front page could not be read ({cause}).',
)
NOT_LINKED = Note(
    key="content.not_linked",
    text='No link, form or block for "{title}" was found; the front page names it ("{text}"), and a script may lead there.',
)
GONE = Note(key="content.gone", text="{url} answers {status}.")
FAILS = Note(key="content.fails", text="{url} failed twice ({cause}) while the front page could be read.")
NOT_READ = Note(key="content.not_read", text="{url} could not be read ({cause}).")
NOT_SHOWN = Note(
    key="content.not_shown", text="{url} holds nothing before its scripts have run, and no browser could show it ({cause})."
)
NOT_OPENED = Note(key="content.not_opened", text="{url} was not opened.")
LEADS_HOME = Note(key="content.leads_home", text="{url} only leads back to the front page.")
SOFT_404 = Note(key="content.soft_404", text="{url} answers with a page that says it does not exist.")
EMPTY = Note(key="content.empty", text="{url} can be read and holds nothing of its own. {told}")
EMPTY_FILE = Note(key="content.empty_file", text="{url} is an empty file ({media_type}).")
FILE = Note(key="content.file", text="{url} is a file ({media_type}).")
LOGIN = Note(key="content.login", text="{url} only asks to log in.")
HOLDS = Note(key="content.holds", text="{url} holds content of its own: {sample}")
LINK = Note(key="content.link", text="The front page links to {url}.")
HOLDS_LINKS = Note(key="content.holds_links", text="{url} holds the form or links it is for.")
NO_LINKS = Note(key="content.no_links", text="{url} holds neither the form nor the links it is for.")
AT_HOME = Note(key="content.at_home", text="The front page itself holds it.")
BLOCK = Note(key="content.block", text='The front page holds {entries} dated entries under "{label}".')
CONTACT_LINE = Note(key="content.contact_line", text="The front page's contact lines hold it.")
NOT_FOREIGN = Note(key="content.not_foreign", text="{url} is in Vietnamese.")
NO_CONTACTS = Note(key="content.no_contacts", text="{url} names no telephone number and no e-mail address.")
FRESH = Note(key="freshness.fresh", text="The newest entry is of {newest}, {days} days before the visit ({how}).")
NEVER = Note(key="freshness.never", text="The section is {state}, so it has no entry.")
DATES_NOT_READ = Note(
    key="freshness.not_read", text="The section has content; whether its entries are dated could not be read ({cause})."
)
UNDATED = Note(key="freshness.undated", text="The section has content, and none of its entries carries a date.")
COMPLETE = Note(key="completeness.complete", text="The section's entries show all {fields} required fields.")
INCOMPLETE = Note(
    key="completeness.lacks", text="The section's entries show {count} of {fields} required fields; what lacks: {lacks}."
)
INCOMPLETE_NOTHING = Note(key="completeness.nothing", text="The section is {state}, so it shows none of the required fields.")
NO_FIELDS_READ = Note(
    key="completeness.not_read", text="The section is a file, a picture or another site's page, whose fields were not read."
)

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Note))
