"""Serves one labelled portal as its ``site.toml`` says: files, redirects, errors, files of so many bytes, and a search."""

import re
from html import escape
from urllib.parse import parse_qs, urlsplit

from servers import answer

MISSING = answer(b"<html><title>404</title><body>Not Found</body></html>", "404 Not Found", "Content-Type: text/html")
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)


class Portal(dict):
    """The answers of a portal by path with query; a search is answered from the words of its pages."""

    def __init__(self, folder, pages):
        self.folder, self.searches, self.texts = folder, {}, {}
        super().__init__(
            {path: self.answer(path, page if isinstance(page, dict) else {"file": page}) for path, page in pages.items()}
        )

    def answer(self, path, page):
        if "search" in page:
            self.searches[path] = page
        status = page.get("status", 302 if "location" in page else 200)
        headers = dict(page.get("headers", {}))
        if "location" in page:
            headers["Location"] = page["location"]
        if "file" in page:
            body = (self.folder / page["file"]).read_bytes()
            headers.setdefault("Content-Type", page.get("type", "text/html; charset=utf-8"))
            if path not in self.searches and status == 200 and "html" in headers["Content-Type"]:
                self.texts[path] = body.decode("utf-8", "replace")
        else:
            body = b"%PDF-1.4\n" + b"x" * page["bytes"] if page.get("bytes") else b""
            headers.setdefault("Content-Type", page.get("type", "text/html"))
        return answer(body, f"{status} X", *(f"{name}: {value}" for name, value in headers.items()))

    def get(self, path, default=None):
        return super().get(path) or self.found(path) or MISSING

    def found(self, path):
        """Answer a search."""
        parts = urlsplit(path)
        page = self.searches.get(parts.path)
        if page is None or not parts.query:
            return None
        asked = " ".join(parse_qs(parts.query, errors="replace").get(page["search"], [""])[0].lower().split())
        hits = (
            []
            if not asked or page.get("works") is False
            else [(to, text) for to, text in self.texts.items() if asked in plain(text)]
        )
        results = "".join(f'<li><a href="{escape(to)}">{title(text)}</a></li>' for to, text in hits[:20])
        results = f"<ul>{results}</ul>" if hits else f"<p>{page.get('nothing', 'Không tìm thấy kết quả nào')}</p>"
        body = (self.folder / page["file"]).read_text("utf-8").replace("<!--results-->", results).encode()
        return answer(body, "200 OK", "Content-Type: text/html; charset=utf-8")


def plain(markup):
    return " ".join(_TAGS.sub(" ", markup).lower().split())


def title(markup):
    found = _TITLE.search(markup)
    return found[1].strip() if found else "Xem"
