"""The words of those who inject links: what sells gambling, quick loans and adult content, apart from what speaks of it."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from auditor.sdk.phrases import Match
from auditor.sdk.text import tokens
from auditor.sdk.vocabulary import Vocabulary

__all__ = ["Spam", "host_of", "tree_of_host"]

_LONG = 8
"""A word of so many letters may stand anywhere in a host's label; a shorter one only beside words that go with it."""
_BEFORE = (
    r"(?:dangnhap|dang-nhap|linkvao|link|taiapp|tai|game|web|nhacai|nha-cai|app|vao|the|trangchu|www|choi|xem|top)?-?[0-9]*-?"
)
_AFTER = (
    r"-?[0-9]*-?(?:vn|vip|club|app|bet|casino|online|com|pro|tv|win|top|link|asia|net|hd|uytin|uy-tin|doithuong|nhacai|nha-cai|"
    r"moi|hay|game|play|mobi|info|org|live|fun|one|art)?[0-9]*"
)
_SECOND = frozenset({"com", "net", "org", "gov", "edu", "co", "ac", "info", "name", "biz", "pro", "health", "int"})
_MAX_TEXT = 20_000
_DIGIT = re.compile(r"[0-9]")


class Spam:
    """Reads labels, hosts and texts by the vocabulary."""

    def __init__(self, vocabulary: Vocabulary, registry_hosts: frozenset[str]) -> None:
        """Prepare the words; the hosts of the registry are nobody's spam."""
        phrases = vocabulary.phrases
        self._registered = registry_hosts
        names = ("bookmakers", "promotion", "gambling", "warnings", "policing")
        self._phrases = vocabulary.finder(*names)
        self._bookmakers = [name.replace(" ", "") for name in phrases.get("bookmakers", ())]
        self._spam_hosts = phrases.get("spam_hosts", ())
        short = [word for word in (*self._spam_hosts, *self._bookmakers) if "-" not in word and len(word) < _LONG]
        self._named = re.compile(f"{_BEFORE}({'|'.join(map(re.escape, sorted(short, key=len, reverse=True)))}){_AFTER}")
        self._lawful = tuple(phrases.get("lawful_hosts", ()))
        self._press = tuple(phrases.get("press_hosts", ()))
        self._hosts: dict[str, str] = {}
        self._texts: dict[str, dict[str, list[str]]] = {}

    def said(self, text: str) -> dict[str, list[str]]:
        """Give what a text says by kind of words, each phrase once, as the text has it."""
        found = self._texts.get(text)
        if found is None:
            found = _by_kind(self._phrases.find(tokens(text[:_MAX_TEXT])))
            if len(text) <= 500:  # noqa: PLR2004 - labels come again, texts hardly
                self._texts[text] = found
        return found

    def sells(self, text: str) -> list[str]:
        """Give the words by which a text sells; none when it warns, forbids or tells news of it."""
        said = self.said(text)
        return [] if said.get("warnings") else [*said.get("bookmakers", ()), *said.get("promotion", ())]

    def speaks(self, text: str) -> list[str]:
        """Give the words of gambling in a text that does not warn of it."""
        said = self.said(text)
        return (
            []
            if said.get("warnings")
            else [word for kind in ("bookmakers", "promotion", "gambling") for word in said.get(kind, ())]
        )

    def warns(self, text: str) -> bool:
        """Tell a text that warns, forbids or tells news."""
        return bool(self.said(text).get("warnings"))

    def fills(self, text: str) -> list[str]:
        """Give the different words by which a whole text sells, when they are more than those of a warning, a trial or a law."""
        said = self.said(text)
        selling = [*said.get("bookmakers", ()), *said.get("promotion", ())]
        return selling if len(selling) > 2 * len(said.get("policing", ())) else []

    def of_host(self, host: str) -> str:
        """Give the word in a host's name that says what stands there, empty if none."""
        if host not in self._hosts:
            labels = host.removeprefix("www.").split(".")[:-1]
            self._hosts[host] = next((word for label in labels for word in self._in_label(label)), "")
        return self._hosts[host]

    def _in_label(self, label: str) -> Iterator[str]:
        for word in self._spam_hosts:
            if ("-" in word and f"-{word}-" in f"-{label}-") or (len(word) >= _LONG and word in label):
                yield word
        yield from (name for name in self._bookmakers if len(name) >= _LONG and name in label)
        for part in (label, *label.split("-")):
            if found := self._named.fullmatch(part):
                yield found[1]

    def in_address(self, url: str) -> str:
        """Give the bookmaker or spam word in a path of the site's own, empty if none."""
        path = urlsplit(url).path.lower()
        parts = [part for segment in path.split("/") for part in segment.replace("_", "-").replace(".", "-").split("-")]
        bookmakers = (name for name in self._bookmakers if name in parts and _DIGIT.search(name))
        slugs = (
            word for word in self._spam_hosts if "-" in word and f"-{word}-" in path.replace("/", "-").replace(".", "-") + "-"
        )
        return next(iter([*bookmakers, *slugs]), "")

    def is_lawful(self, host: str) -> bool:
        """Tell the state's own hosts, schools, lawful lotteries, and every site of the registry."""
        return host in self._registered or any(host == one or host.endswith(f".{one}") for one in self._lawful)

    def is_press(self, host: str) -> bool:
        """Tell newspapers and the like, whose labels may name what they report on."""
        return any(host == one or host.endswith(f".{one}") for one in self._press)


def _by_kind(matches: Iterable[Match]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for match in matches:
        words = found.setdefault(match.key, [])
        if match.phrase not in words:
            words.append(match.phrase)
    return found


def host_of(url: str) -> str:
    """Give an address's host in lower case, empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def tree_of_host(host: str) -> str:
    """Give the name under which a host's owner is registered, near enough: ``a.b.com.vn`` gives ``b.com.vn``."""
    labels = host.removeprefix("www.").split(".")
    kept = 3 if len(labels) > 2 and labels[-2] in _SECOND and len(labels[-1]) == 2 else 2  # noqa: PLR2004 - a country's two letters
    return ".".join(labels[-kept:])
