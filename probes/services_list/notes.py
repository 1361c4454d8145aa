"""What is said of an agency's services; their Vietnamese stands in ``reports/locale/vi/services.toml``."""

from auditor.model.note import Note

__all__ = [
    "AWAY",
    "AWAY_CLICKS",
    "BY_SCRIPT",
    "CLICKS",
    "CONTRADICTED",
    "COUNTED",
    "ELSEWHERE",
    "FORMS",
    "FRONT_FAILED",
    "GAP",
    "LEVELLESS",
    "NEEDS_BROWSER",
    "NOBODY",
    "NOT_PROVEN",
    "NOT_READ",
    "NO_FORMS_OWED",
    "NO_FORMS_SEEN",
    "NO_LIST",
    "NO_WAY",
    "NO_WAY_SEEN",
    "ON_REGISTRY",
    "SHARE",
    "STATED",
    "TOTAL",
    "UNREAD",
]

FRONT_FAILED = Note(
    key="services.front_failed", text="The front page could not be had ({cause}), so no list of services was read."
)
NEEDS_BROWSER = Note(
    key="services.needs_browser",
    text="The front page holds no text or links until a script has run; no list could be looked for.",
)
NO_LIST = Note(key="services.no_list", text="No list of services was found on this site.")
ELSEWHERE = Note(
    key="services.elsewhere", text="The site holds no list of its own and leads to {url}, which this visit does not read."
)
ON_REGISTRY = Note(
    key="services.on_registry", text="The list of services stands on {url}, a site of the registry that is visited by itself."
)
UNREAD = Note(key="services.unread", text="No list of services was found, but not every page could be read ({cause}).")
NOT_READ = Note(key="services.not_read", text="A list of services may stand at {url}, which could not be read ({cause}).")
COUNTED = Note(key="services.counted", text="{count} of {total} listed services: {level}.")
SHARE = Note(key="services.share", text="{online} of {total} listed services can be handed in online.")
TOTAL = Note(key="services.total", text="{total} services are listed.")
STATED = Note(
    key="services.stated",
    text="The list itself says that it has {total} services; {read} of them were read before {url} could not be ({cause}).",
)
GAP = Note(
    key="services.gap",
    text="The list goes on at {url}, which could not be read ({cause}); the {read} services read are not the whole.",
)
NOBODY = Note(
    key="services.nobody",
    text="{count} listed services name no agency in the list, and not every one of their own pages was read ({cause}).",
)
CONTRADICTED = Note(
    key="services.contradicted",
    text="{count} of {opened} opened services carry a level that their page does not bear out: {names}",
)
NOT_PROVEN = Note(key="services.not_proven", text="None of the {sampled} services drawn could be opened and read ({cause}).")
FORMS = Note(
    key="services.forms", text="{count} of {total} opened services that owe a form offer at least one that really downloads."
)
NO_FORMS_OWED = Note(
    key="services.no_forms_owed",
    text="No service owes a form to download: none is listed at level 2 or above, or those say that there is none.",
)
NO_FORMS_SEEN = Note(
    key="services.no_forms_seen",
    text="Whether the forms of services can be downloaded could not be seen on any opened page ({cause}).",
)
LEVELLESS = Note(
    key="services.levelless", text="The list names no service's level, so it cannot be said which ones owe a form to download."
)
CLICKS = Note(key="services.clicks", text="{clicks} clicks lead from the front page to a service, the nearest of all: {name}")
NO_WAY = Note(key="services.no_way", text="No link that a person can follow leads from the front page to any of the services.")
NO_WAY_SEEN = Note(
    key="services.no_way_seen", text="No way from the front page to a service was seen, but not every page was opened ({cause})."
)
BY_SCRIPT = Note(
    key="services.by_script", text="The list of services at {url} is brought by a script; without a browser it was not read."
)
AWAY = Note(
    key="services.away",
    text="After {leave} clicks the way to services leaves for {url}; how it goes on there is not known from here.",
)
AWAY_CLICKS = Note(
    key="services.away_clicks", text="{clicks} clicks lead to a service, of which {leave} leave the site for {url}: {name}"
)
