"""The sentences of the site-wide measures; their Vietnamese stands in ``reports/locale/vi/sitewide.toml``."""

from auditor.model.note import Note

__all__ = ["ALL"]

FRONT_FAILED = Note(
    key="sitewide.front_failed", text="The front page could not be had ({cause}), so nothing can be said of the site."
)
NEEDS_BROWSER = Note(
    key="sitewide.needs_browser",
    text="The front page holds no text or links until a script has run; the site was not judged without a browser.",
)
TOO_LITTLE = Note(
    key="sitewide.too_little",
    text="Too little of the site could be read to say ({cause}): {read} pages were read, {left} were left.",
)

LINKS = Note(
    key="sitewide.links", text="{broken} of {decided} links whose target could be decided are broken; {undecided} could not be."
)
LINKS_WORK = Note(
    key="sitewide.links_work", text="All {decided} links whose target could be decided work; {undecided} could not be decided."
)
NO_LINKS = Note(key="sitewide.no_links", text="The site's pages hold no links.")
FEW_LINKS = Note(key="sitewide.few_links", text="Only {decided} of {sampled} links could be decided ({cause}).")

NO_SEARCH = Note(key="sitewide.no_search", text="The site offers no search.")
SEARCH_POSTS = Note(
    key="sitewide.search_posts",
    text="The search on {page} can only be sent by POST, which no visit does; whether it works was not tried.",
)
SEARCH_SCRIPT = Note(
    key="sitewide.search_script", text="The search on {page} works by script alone; it was not tried without a browser."
)
SEARCH_ELSEWHERE = Note(
    key="sitewide.search_elsewhere",
    text="The search on {page} asks another site ({host}); it is not the site's own and was not sent.",
)
SEARCH_UNSENT = Note(key="sitewide.search_unsent", text="The search on {page} was not sent in this visit ({cause}).")
SEARCH_NO_WORDS = Note(
    key="sitewide.search_no_words",
    text="The search on {page} was not sent: the site has no headline whose words could be asked for.",
)
SEARCH_FAILED = Note(key="sitewide.search_failed", text='The search for "{words}" gave no answer that can be judged ({cause}).')
SEARCH_DEAD = Note(
    key="sitewide.search_dead", text='The search for "{words}" leads to an address that is gone or fails: {url} ({what}).'
)
SAYS_GONE = Note(key="sitewide.says_gone", text="a page that says it does not exist")
SEARCH_DEAD_PAGE = Note(key="sitewide.search_dead_page", text="The page for searching, {url}, is gone or fails.")
SEARCH_HOME = Note(key="sitewide.search_home", text='The search for "{words}" leads back to the front page.')
SEARCH_SAME = Note(
    key="sitewide.search_same", text='The search for "{words}" answers with what {url} holds anyway, whatever it is asked.'
)
SEARCH_NOTHING = Note(
    key="sitewide.search_nothing",
    text='The search for "{words}", taken from the site\'s own headline "{headline}", finds nothing.',
)
SEARCH_BY_SCRIPT = Note(
    key="sitewide.search_by_script",
    text='What the search for "{words}" found is shown by script alone; it was not read without a browser.',
)
SEARCH_FINDS = Note(
    key="sitewide.search_finds", text='The search for "{words}", taken from the site\'s own headline, finds "{label}".'
)

PRINTS = Note(key="sitewide.prints", text="{able} of {sampled} articles looked at can be printed or saved from the page.")
NO_PRINT = Note(
    key="sitewide.no_print", text="Only {able} of {sampled} articles looked at can be printed or saved from the page."
)
DESCRIBED = Note(key="sitewide.described", text="{able} of {sampled} articles looked at carry metadata of their own.")
NOT_DESCRIBED = Note(
    key="sitewide.not_described",
    text="Only {able} of {sampled} articles looked at carry a description and an author, date or keywords of their own.",
)
NO_ARTICLES = Note(key="sitewide.no_articles", text="The whole site was read and holds no article to look at.")
FEW_ARTICLES = Note(key="sitewide.few_articles", text="Too few articles could be read to say ({cause}).")

UNICODE = Note(key="sitewide.unicode", text="All {pages} pages read are Unicode.")
NOT_UNICODE = Note(key="sitewide.not_unicode", text="{faulty} of {pages} pages are not Unicode; {url} is in {charset}.")
NOT_UTF8 = Note(
    key="sitewide.not_utf8", text="{faulty} of {pages} pages say that they are UTF-8 and are not; of {url} {share} is unreadable."
)

OFFICIAL = Note(key="sitewide.official", text="The host {host} follows NĐ 43/2011, article 6.")
NO_NAME = Note(key="sitewide.no_name", text="The address {host} is a number; NĐ 43/2011, article 6, asks for a name.")
ON_A_PORT = Note(
    key="sitewide.on_a_port", text="The address {host} names a port; NĐ 43/2011, article 6, asks for a name of its own."
)
OUTSIDE = Note(key="sitewide.outside", text="The host {host} is not under .gov.vn, as NĐ 43/2011, article 6, asks.")
NOT_BELOW = Note(
    key="sitewide.not_below",
    text="The host {host} is not below the province's domain (tencoquan.tentinh.gov.vn), as NĐ 43/2011, article 6, asks.",
)
IN_A_FOLDER = Note(
    key="sitewide.in_a_folder",
    text="The site is a folder of the province's own host {host}; NĐ 43/2011, article 6, asks for a host of the agency's.",
)

LABELLED = Note(
    key="sitewide.labelled",
    text="The front page shows the Tín nhiệm mạng label ({url}); whether the label is valid only its issuer can say.",
)
NOT_LABELLED = Note(key="sitewide.not_labelled", text="The front page shows no Tín nhiệm mạng label.")
OTHER_LABEL = Note(
    key="sitewide.other_label", text="The Tín nhiệm mạng label on the front page ({url}) is that of another domain, {domain}."
)

INJECTED = Note(
    key="sitewide.injected", text="{count} targets of injected gambling, loan or adult content; the first: {target} on {page}."
)
CLEAN = Note(key="sitewide.clean", text="No injected gambling, loan or adult content was found on the {pages} pages read.")

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Note))
