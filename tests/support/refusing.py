"""Doors behind which nobody can be had: every question is answered with one cause."""

from datetime import UTC, datetime
from pathlib import Path

from auditor.model.evidence import Chain, Exchange, Proof, ProofKind, digest_of
from auditor.model.visit import Blame, Cause
from auditor.sdk.doors import DnsAnswer, SmtpTalk
from auditor.sdk.limits import CrawlLimits
from auditor.sdk.tls import TlsScan

AT = datetime(2026, 11, 20, 19, tzinfo=UTC)
CHALLENGED = "challenged"
"""A wall that answers, with 403 and a page of its own."""
WALL = b"<!doctype html><title>Just a moment...</title><body><div id='cf-chl-widget'>Checking your browser</div></body>"
STATUS = {Cause.HTTP_5XX: 502, Cause.BLOCKED: 403}


class Refusing:
    """Doors of a visit that sees nothing."""

    config = Path(__file__).parents[2] / "config"
    registry_hosts = frozenset({"so.test"})

    def __init__(self, cause, vocabulary):
        self.asked, self.vocabulary, self.limits = cause, vocabulary, CrawlLimits()
        self.http = self.dns = self.tls = self.smtp = self

    @property
    def cause(self):
        return Cause.CHALLENGE if self.asked is CHALLENGED else self.asked

    async def get(self, url, **_):
        """Answer a request: not at all, with an error's status, or with a wall."""
        if self.asked is CHALLENGED:
            headers = (("Content-Type", "text/html"), ("cf-mitigated", "challenge"))
            wall = Exchange(url=url, status=403, headers=headers, body=WALL, digest=digest_of(WALL), record="urn:uuid:1", at=AT)
            return Chain(hops=(wall,))
        if self.asked in STATUS:
            body = b"<html><body>no</body></html>"
            answer = Exchange(url=url, status=STATUS[self.asked], body=body, digest=digest_of(body), record="urn:uuid:2", at=AT)
            return Chain(hops=(answer,), confirmed=(answer,))
        failed = Exchange(url=url, cause=self.asked, detail="no", at=AT)
        return Chain(hops=(failed,), confirmed=(failed,) if self.asked.blame is Blame.THEIRS else (), cause=self.asked)

    async def query(self, name, type, *, validate=False):
        """Answer a question of names."""
        return DnsAnswer(name=name, type=type, rcode="", cause=self.cause, detail="no", at=AT)

    async def scan(self, host, *, port=443, seconds=90.0):
        """Answer a handshake."""
        return TlsScan(host=host, port=port, at=AT, cause=self.cause, detail="no")

    async def talk(self, host, *, port=25, seconds=15.0):
        """Answer a greeting."""
        return SmtpTalk(host=host, port=port, starttls=None, cause=self.cause, detail="no", at=AT)

    def availability(self):
        """Give the account of samples: there are none."""
        return

    def now(self):
        """Give one instant."""
        return AT

    def monotonic(self):
        """Give no time."""
        return 0.0

    def keep(self, body, media_type, *, url=None):
        """Keep nothing, and prove it."""
        return Proof(digest=digest_of(body), kind=ProofKind.BLOB, media_type=media_type, size=len(body), url=url)

    @staticmethod
    def body(digest):
        """Give the bodies that these doors ever give."""
        return {digest_of(body): body for body in (WALL, b"<html><body>no</body></html>")}[digest]
