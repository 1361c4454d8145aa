"""Pages that stand where a site should: a web server's own, a host's, a registrar's, an installer's, a program's that died.

Each is told by what its maker writes, whole titles and whole sentences, on a page of few links. Some say so of any page (a
program that died); others only of a front page, for a list of files or a notice of building may well stand deeper in a portal.
"""

import re
from enum import StrEnum

from auditor.sdk.brief import Brief

__all__ = ["StandIn", "anywhere", "at_front"]

_FEW_LINKS, _NO_LINKS = 5, 3
_SHORT = 400
_LOADS = re.compile(r"<(?:script|iframe|frame)\b", re.IGNORECASE)


class StandIn(StrEnum):
    """What stands there."""

    PARKED = "parked"
    SUSPENDED = "suspended"
    DIED = "died"
    """A program, or its database, failed, and said so with a status that says success."""
    DEFAULT = "default"
    """The web server's or the host's own first page."""
    LISTING = "listing"
    INSTALLER = "installer"
    INTRUDERS = "intruders"
    UNSURE_INTRUDERS = "unsure_intruders"
    BUILDING = "building"
    UNSURE_BUILDING = "unsure_building"
    """Its scripts may fill it."""


_PARKED = re.compile(
    r"(?:this|the) domain(?: name)?(?: [a-z0-9.-]{1,63})? (?:is|may be|has been|was) "
    r"(?:parked|for sale|available for purchase|registered (?:at|with|by|through|via))|"
    r"(?:is|page is|website is) parked (?:free|for free|courtesy)|domain parking page|(?:buy|purchase) this domain|"
    r"inquire about this domain|"
    r"ten mien(?: nay)?(?: [a-z0-9.-]{1,63})? "
    r"(?:da duoc dang ky (?:tai|boi|qua|thanh cong)|dang (?:duoc )?(?:rao )?ban|da het han|"
    r"chua duoc (?:tro|kich hoat|cau hinh))|mua (?:lai )?ten mien nay",
)
"""What registrars write under a name that nobody uses."""
_SUSPENDED = re.compile(
    r"this (?:account|website|web site|site|domain) (?:has been|is|was)(?: temporarily)? suspended|"
    r"(?:tai khoan|goi|dich vu)? ?(?:hosting|luu tru web)(?: cua (?:ban|website|trang web)(?: nay)?)? (?:da |dang )?"
    r"(?:bi |het han|tam )(?:tam )?(?:khoa|ngung|dung|dinh chi|het han)?|"
    r"(?:website|trang web)(?: nay)? (?:da |dang )?bi (?:tam )?(?:khoa|ngung|dinh chi).{0,80}(?:nha cung cap|hosting|dich vu)",
)
_SUSPENDED_TITLE = re.compile(
    r"(?:account|website|web ?site|site|hosting|domain)(?: has been| is)?(?: temporarily)? suspended[ .!]*|"
    r"suspended (?:domain|account|page)|"
    r"(?:tai khoan|hosting|website|trang web).{0,20}(?:bi )?tam (?:khoa|ngung|dung|dinh chi)[ .!]*"
)
_DIED = re.compile(
    r"(?:php )?(?:fatal|parse) error ?: .{1,1400} (?:in|on line) .{1,300}|"
    r"(?:warning|fatal error|error) ?: (?:uncaught|(?:mysqli?_\w+|pg_\w+|oci_\w+|require|include)(?:_once)?\().{1,1400}|"
    r"error establishing a database connection.{0,400}|database (?:connection )?error.{0,300}|"
    r"there has been a critical error on this website.{0,200}|the website encountered an unexpected error.{0,200}|"
    r"error displaying the error page.{0,300}|whoops, looks like something went wrong.{0,200}|"
    r"(?:could not|unable to|cannot|can't|failed to) connect to (?:the )?(?:database|mysql|sql server|postgresql|oracle).{0,300}|"
    r"(?:khong (?:the )?ket noi (?:duoc )?(?:den |toi |voi )?|loi ket noi (?:den |toi )?)"
    r"(?:co so du lieu|csdl|database|sql).{0,300}|"
    r"(?:http (?:status|error) )?(?:500|502|503|504)[ .:–-]{0,3}(?:internal server error|bad gateway|"
    r"service (?:temporarily )?unavailable|gateway time-?out).{0,900}|"
    r"(?:internal server error|service unavailable|bad gateway).{0,400}|"
    r"(?:exception in thread|java\.lang\.|org\.apache\.|traceback \(most recent call last\)).{1,1400}",
)
"""The whole of what a page says, after its title."""
_YELLOW = re.compile(r"server error in '[^']{1,80}' application\.?")
"""How the first heading of ASP.NET's page of errors begins."""
_SERVER = r"(?:nginx|openresty|tengine|angie|freenginx|apache2?|httpd|http server|lighttpd|caddy|(?:open)?litespeed)"
_LINUX = r"(?:debian|ubuntu|centos|red hat|rhel|fedora|rocky|almalinux|oracle|amazon|suse|opensuse|arch|gentoo|freebsd)"
_DEFAULT_TITLE = re.compile(
    rf"welcome to {_SERVER}[ !]*(?:on .{{1,40}})?|"
    rf"(?:apache |nginx )?(?:http server )?test page (?:for the .{{0,20}}{_SERVER}.{{0,60}}|powered by .{{1,40}})|"
    rf"{_SERVER}(?: http server)? (?:{_LINUX} )?(?:default|test) page.{{0,40}}|"
    rf"(?:{_LINUX}.{{0,20}} )?{_SERVER} test page.{{0,40}}|"
    r"iis(?: ?\d+(?:\.\d)?)?(?: windows(?: server)?)?|"
    r"(?:welcome to )?(?:xampp|wampserver|appserv|laragon|mamp|ampps|uwamp)"
    r"(?: for (?:windows|linux|os x)| homepage| open project.{0,20})?[ .\d]*|"
    r"apache tomcat(?:/[\d.a-z]+)?(?: - .{0,40})?|welcome to (?:wildfly|jboss.{0,20}|jetty|glassfish)(?: \d+)?|"
    r"glassfish server - server running|oracle weblogic server.{0,30}|(?:plesk default|default plesk) page.{0,40}|"
    r"hestia control panel|(?:welcome to )?cyberpanel.{0,20}|welcome to ispconfig.{0,20}"
)
_COMMON_TITLE = re.compile(
    r"(?:default|domain default|web server's default|default web ?site|placeholder) page.{0,40}|it works ?!?|"
    r"trang mac dinh(?: cua (?:may chu|hosting|website))?"
)
"""Careless makers of portals leave such titles too: with few words and links only."""
_DEFAULT_WORDS = re.compile(
    r"if you see this page, the (?:nginx|openresty|tengine|angie|freenginx) web server is successfully installed|"
    r"this page is used to test the proper operation of the .{0,60}(?:http|web) server|"
    r"this is the default (?:welcome|web|index) page (?:used to test|for this server|of)|"
    r"if you're seeing this, you've successfully installed tomcat|apache is functioning normally|"
    r"the site is created successfully|this is the default index\.html, this page is automatically generated|"
    r"站点创建成功|没有找到站点|没有找到对应的站点|success! your new web server is ready to use|"
    r"if you are the owner of this website, please contact your hosting provider|"
    r"the site you are trying to view does not currently have a default page|"
    r"this page is generated by (?:plesk|parallels)|caddy works|you have successfully installed (?:xampp|openlitespeed|lighttpd)|"
    r"(?:website|hosting)(?: cua (?:ban|quy khach))? da duoc (?:khoi tao|kich hoat|tao) thanh cong|"
    r"no website is configured at this address|there is no website configured at this address|"
    r"khong co (?:website|trang web) nao duoc cau hinh",
)
"""Whole sentences with which servers, their panels and hosts greet who has put up no site."""
_IIS = re.compile(
    r"<a\b[^<>]{0,200}(?:go\.microsoft\.com/fwlink|www\.iis\.net)[^<>]{0,200}>\s*"
    r"<img\b[^<>]{0,200}(?:iisstart|welcome|iis-\d+)\.png",
    re.IGNORECASE,
)
"""The picture of IIS, which is the same in every language."""
_LISTING = re.compile(r"(?:index of|directory listing for|contents of) \[?/\S{0,200}\]?|\S{1,100} - /\S{0,200}")
_INSTALLER = re.compile(
    r"wordpress (?:\u203a|>|») (?:installation|setup configuration file|cai dat.{0,20})|"
    r"joomla!? (?:web )?install(?:er|ation).{0,40}|(?:choose language|select an installation profile|verify requirements|"
    r"database configuration|install.{0,30}) \| drupal.{0,20}|"
    r"(?:cai dat|install(?:ation)?)(?: -| \|)? nukeviet.{0,30}|nukeviet.{0,20}(?:cai dat|install).{0,20}|"
    r"(?:dotnetnuke|dnn)(?: platform)? install.{0,40}|installation - moodle.{0,20}|moodle.{0,20}installation|"
    r"mediawiki \d.{0,20}|typo3.{0,20}install.{0,20}|(?:october|umbraco|liferay|concrete).{0,10}install.{0,30}",
)
_INTRUDERS = re.compile(
    r"(?:this (?:site|website) (?:was |is |has been )?|website )?"
    r"(?:h[a4@]ck[e3]d|[o0]wn[e3]d|pwn[e3]d|d[e3]f[a4]c[e3]d) by\b.{0,80}"
)
_BOASTS = re.compile(
    r"gr[e3]{2}t[zs]|your (?:security|system|server) (?:is|was) (?:low|weak|bad|down|hacked)|was here|cyber (?:army|team)|"
    r"hacker|we are (?:legion|anonymous)|#op\w|security (?:breached|is low)|gov\w* fuck",
)
_BUILDING = re.compile(
    r"(?:site|page|website|we are|we're)(?: is)?(?: currently)? (?:under construction|coming soon)|"
    r"under construction|^coming soon|"
    r"(?:website|trang web|trang thong tin(?: dien tu)?|cong thong tin(?: dien tu)?)(?: [^.]{0,60})? (?:hien )?(?:dang|trong)"
    r"(?: (?:trong )?(?:qua trinh|giai doan|thoi gian))?(?: duoc)?(?: tiep tuc)? (?:xay dung|hoan thien)|"
    r"(?:website|trang web|cong thong tin).{0,40}sap ra mat",
)


def anywhere(head: str, page: Brief | None) -> StandIn | None:
    """Tell what no page of a site may be; ``page`` is None where the words are not few."""
    if page is None:
        return StandIn.DIED if "server error in '" in head.lower() and _died_yellow(Brief(head=head, words="")) else None
    if _PARKED.search(page.words):
        return StandIn.PARKED
    if page.links > _NO_LINKS:
        return None
    if _DIED.fullmatch(page.text) or _died_yellow(page):
        return StandIn.DIED
    titled = any(map(_SUSPENDED_TITLE.fullmatch, (page.title, *page.headings)))
    return StandIn.SUSPENDED if titled and _SUSPENDED.search(page.text) else None


def at_front(head: str, page: Brief | None) -> StandIn | None:
    """Tell what no front page may be, beside what no page may be."""
    brief = page or Brief(head=head, words="")
    heads = (brief.title, *brief.headings)
    if _IIS.search(head) or _DEFAULT_TITLE.fullmatch(brief.title):
        return StandIn.DEFAULT
    if _INSTALLER.fullmatch(brief.title):
        return StandIn.INSTALLER
    if _LISTING.fullmatch(brief.title) and brief.title in brief.headings:
        return StandIn.LISTING
    if page is None or page.anchors > _FEW_LINKS:
        return None
    if _DEFAULT_WORDS.search(page.text) or _COMMON_TITLE.fullmatch(page.title) or _COMMON_TITLE.fullmatch(page.text):
        return StandIn.DEFAULT
    if any(map(_INTRUDERS.fullmatch, heads)):
        return StandIn.INTRUDERS if _BOASTS.search(page.text) and not page.asks_much else StandIn.UNSURE_INTRUDERS
    if len(page.words) <= _SHORT and _BUILDING.search(page.words):
        return StandIn.UNSURE_BUILDING if _LOADS.search(head) else StandIn.BUILDING
    return None


def _died_yellow(page: Brief) -> bool:
    return any(map(_YELLOW.match, page.headings[:1]))
