"""How five families of portal software spell their addresses and dates."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from auditor.sdk.text import fold

__all__ = ["FAMILIES", "WEEKDAYS", "Family", "slugged"]

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One family: the address of a section, of an entry in it, of a file, and how a day is written.

    A section is known by its slug and its number on the site, an entry also by its own slug and number.
    """

    name: str
    section: Callable[[str, int], str]
    entry: Callable[[str, int, str, int], str]
    file: Callable[[str, int], str]
    day: Callable[[date], str]
    foreign: str
    server: str


def slugged(text: str) -> str:
    """Give a text as its words in an address: ``Hỏi đáp`` gives ``hoi-dap``."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(text)))


def _camel(slug: str) -> str:
    return "".join(part.capitalize() for part in slug.split("-"))


def _plain(day: date) -> str:
    return f"{day:%d/%m/%Y}"


FAMILIES = {
    family.name: family
    for family in (
        Family(
            name="liferay",
            section=lambda slug, _: f"/web/guest/{slug}",
            entry=lambda slug, _, title, n: f"/web/guest/{slug}/-/view_content/{41000 + n}-{title}.html",
            file=lambda slug, n: f"/documents/10182/{slug}-{n}.pdf",
            day=lambda day: f"({_plain(day)})",
            foreign="/web/english/home",
            server="Apache",
        ),
        Family(
            name="sharepoint",
            section=lambda slug, _: f"/Pages/{_camel(slug)}.aspx",
            entry=lambda slug, _s, _t, n: f"/Lists/{_camel(slug)}/DispForm.aspx?ID={n}",
            file=lambda slug, n: f"/VanBan/{_camel(slug)}_{n}.pdf",
            day=_plain,
            foreign="/en/Pages/Home.aspx",
            server="Microsoft-IIS/8.5",
        ),
        Family(
            name="dnn",
            section=lambda _, number: f"/tabid/{100 + number}/Default.aspx",
            entry=lambda _, number, _t, n: f"/tabid/{100 + number}/ItemId/{n}/Default.aspx",
            file=lambda slug, n: f"/Portals/0/{slug}-{n}.pdf",
            day=lambda day: f"10:8, {WEEKDAYS[day.weekday()]}, {day.day}-{day.month}-{day.year}",
            foreign="/tabid/99/language/en-US/Default.aspx",
            server="Microsoft-IIS/7.5",
        ),
        Family(
            name="nukeviet",
            section=lambda slug, _: f"/vi/{slug}/",
            entry=lambda slug, _, title, n: f"/vi/{slug}/{title}-{n}.html",
            file=lambda slug, n: f"/uploads/{slug}/tep-{n}.pdf",
            day=lambda day: f"{WEEKDAYS[day.weekday()]} - {_plain(day)} 08:35",
            foreign="/en/",
            server="nginx",
        ),
        Family(
            name="handmade",
            section=lambda slug, _: f"/{slug.replace('-', '')}.html",
            entry=lambda slug, _s, _t, n: f"/{slug.replace('-', '')}_{n}.htm",
            file=lambda slug, n: f"/files/{slug.replace('-', '')}{n}.pdf",
            day=lambda day: f"ngày {day.day:02} tháng {day.month:02} năm {day.year}",
            foreign="/english.html",
            server="Apache/2.2.15 (CentOS) PHP/5.3.3",
        ),
        Family(
            name="services",
            section=lambda slug, _: f"/vi/{slug}",
            entry=lambda slug, _, _t, n: f"/vi/{slug}/chi-tiet?ma-thu-tuc={n}",
            file=lambda _, n: f"/bieu-mau/to-khai-{n}.docx",
            day=_plain,
            foreign="/en",
            server="nginx",
        ),
    )
}
