"""What the sample's sites are like: ``sites/*.toml``, one compact description a site, read strictly."""

import tomllib
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["AgencyPlan", "MailPlan", "SectionPlan", "ServicePlan", "SitePlan", "read_sites"]

Kind = Literal[
    "text", "people", "list", "documents", "projects", "calendar", "reception", "qna", "faq", "contact", "form", "phone",
    "procedures", "services", "map", "english", "sitemap", "rss", "search",
]  # fmt: skip
State = Literal["", "404", "410", "soft_404", "title", "updating", "none_found", "header", "blank_rows", "endless"]


class _Plan(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgencyPlan(_Plan):
    """One agency; ``portal`` is the host of its first site."""

    code: str
    name: str
    name_en: str
    group: str
    other_sites: tuple[str, ...] = ()
    """More addresses it answers for, each as ``url role confirmed``."""


class MailPlan(_Plan):
    """Mail and names of a host; an empty text is no record. More than one SPF record makes all of them void."""

    spf: tuple[str, ...] = ()
    dmarc: str = ""
    mx: bool = False
    starttls: bool = False
    caa: bool = False
    aaaa: str = ""


class SectionPlan(_Plan):
    """One section of a portal.

    ``id`` is the duty it meets, or a word of its own when it meets none. ``at`` is where its link stands on the front page;
    ``under`` names the section on whose page the link stands instead, two clicks away. ``newest`` and ``step`` are days from
    the start: the first entry's age, and how much older each next one is. ``url`` leads elsewhere. ``spelling`` is how the
    label is written down.
    """

    id: str
    label: str
    kind: Kind
    at: Literal["menu", "side", "picture", "top", "opened", "block", "nowhere"] = "menu"
    under: str = ""
    slug: str = ""
    newest: int | None = None
    ahead: int = 0
    """How many days of a calendar lie ahead of the first one that is past."""
    entries: int = 4
    step: int = 6
    state: State = ""
    front: Literal["", "dated", "undated"] = ""
    """Whether the front page shows the first entries, and with their dates."""
    alt: str = ""
    url: str = ""
    spelling: Literal["", "nfd", "half", "horn"] = ""
    charset: str = "utf-8"


class ServicePlan(_Plan):
    """One row of a list of services. ``level`` is what it says, ``submit`` whether it has a way to hand in a file."""

    level: Literal["1", "2", "3", "4", "full", "part", "told"]
    by: str
    submit: bool


class SitePlan(_Plan):
    """One site: who answers, how it answers, and what stands on it. ``extras`` are planted defects beyond the sections."""

    host: str
    title: str
    place: str = ""
    short: str = ""
    family: Literal["liferay", "sharepoint", "dnn", "nukeviet", "handmade", "services"] = "handmade"
    agency: AgencyPlan | None = None
    certificate: Literal["good", "expired", "wrong_name", "self_signed", "leaf_only", "none"] = "good"
    old_tls: bool = False
    rsa_bits: int = 0
    plain: Literal["redirect", "page", "closed"] = "redirect"
    """What port 80 does."""
    whole: Literal["", "challenge", "robots", "down"] = ""
    delay: float = 0.0
    compressed: bool = True
    soft_404: bool = False
    headers: dict[str, str] = {}
    cookies: tuple[str, ...] = ()
    mail: MailPlan = MailPlan()
    footer: tuple[str, ...] = ()
    search: bool = False
    links: bool = False
    feed: bool = False
    pool: int = 0
    """Where in the pools this site's entries begin."""
    extras: tuple[
        Literal["big", "bomb", "calendar_trap", "path_trap", "gambling", "script", "mixed_content", "popular", "file_list"], ...
    ] = ()
    sections: tuple[SectionPlan, ...] = ()
    services: tuple[ServicePlan, ...] = ()

    @property
    def url(self) -> str:
        """Give the address that sites.csv names."""
        return f"{'http' if self.certificate == 'none' and not self.whole else 'https'}://{self.host}/"


def read_sites() -> tuple[SitePlan, ...]:
    """Give every site of the sample, in the order of their files."""
    found = (path for path in (files("auditor.sample") / "sites").iterdir() if path.name.endswith(".toml"))
    texts = [path.read_text("utf-8") for path in sorted(found, key=lambda path: path.name)]
    return tuple(SitePlan.model_validate(tomllib.loads(text)) for text in texts)
