"""The sections of ``auditor.toml``: every key, its default, and what it may be."""

import ipaddress
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from auditor.errors import nearest
from auditor.settings.controls import control_address
from auditor.settings.cron import check_cron

__all__ = [
    "Browser",
    "Crawl",
    "Document",
    "Evidence",
    "Gate",
    "Judge",
    "Mail",
    "Network",
    "Rehearsal",
    "Schedule",
    "Settings",
    "Store",
    "Tls",
    "Webhook",
]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Port = Annotated[int, Field(ge=1, le=65535)]


class Network(_Section):
    """How we go out: who we are, how fast, where we may go."""

    contact: str = ""
    requests_per_second: Annotated[float, Field(ge=0, le=100)] = 1.0
    connections_per_host: Annotated[int, Field(ge=1, le=16)] = 2
    retry_pause: Annotated[float, Field(ge=0, le=60)] = 2.0
    allow_addresses: tuple[str, ...] = ()
    connect_to: dict[str, str] = {}
    trust: tuple[Path, ...] = ()
    nameservers: tuple[str, ...] = ()
    dns_anchor: str = ""
    control_hosts: tuple[str, ...] = ()

    @field_validator("allow_addresses")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ipaddress.ip_network(text)
        return value

    @field_validator("control_hosts")
    @classmethod
    def _controls(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(control_address(text) for text in value)

    @field_validator("connect_to")
    @classmethod
    def _endpoints(cls, value: dict[str, str]) -> dict[str, str]:
        for place, target in value.items():
            _endpoint(place)
            ipaddress.ip_address(_endpoint(target)[0])
        return {place.lower(): target for place, target in value.items()}

    @field_validator("nameservers")
    @classmethod
    def _nameservers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            host = _endpoint(text)[0] if text.count(":") == 1 or text.startswith("[") else text
            ipaddress.ip_address(host)
        return value


class Crawl(_Section):
    """Bounds of one crawl."""

    pages: Annotated[int, Field(ge=1, le=100_000)] = 300
    requests: Annotated[int, Field(ge=1, le=300_000)] = 900
    depth: Annotated[int, Field(ge=1, le=50)] = 6
    seconds: Annotated[float, Field(gt=0)] = 900.0
    page_seconds: Annotated[float, Field(gt=0)] = 20.0
    page_bytes: Annotated[int, Field(ge=1024)] = 4 * 1024 * 1024
    decoded_bytes: Annotated[int, Field(ge=1024)] = 8 * 1024 * 1024
    redirects: Annotated[int, Field(ge=0, le=50)] = 8


class Browser(_Section):
    """Which Chromium is driven (empty is the system's), how many pages it may open in a run, and what one of them may take."""

    executable: str = ""
    pages_per_run: Annotated[int, Field(ge=0, le=100_000)] = 200
    page_seconds: Annotated[float, Field(gt=0, le=600)] = 45.0
    requests_per_page: Annotated[int, Field(ge=1, le=1_000)] = 80
    document_bytes: Annotated[int, Field(ge=1024, le=64 * 1024 * 1024)] = 4 * 1024 * 1024


Means = Literal["soft", "hard", "off"]


class Tls(_Section):
    """How often TLS is looked at in depth, and how each means counts that tells whether a certificate is revoked."""

    deep_days: Annotated[int, Field(ge=0, le=30)] = 7
    staple: Means = "soft"
    ocsp: Means = "soft"
    crl: Means = "soft"


class Judge(_Section):
    """Which edition judges."""

    edition: str = "qd-3061-2018"


class Store(_Section):
    """Where the database is; empty is SQLite in the data folder."""

    url: str = ""


class Schedule(_Section):
    """When the night begins, over how long it is spread, how often sites are checked, and where metrics are read."""

    timezone: str = "Asia/Ho_Chi_Minh"
    nightly: str = "0 1 * * *"
    night_hours: Annotated[float, Field(ge=0, le=20)] = 4.0
    retries: Annotated[int, Field(ge=0, le=5)] = 1
    retry_minutes: Annotated[float, Field(ge=0, le=240)] = 20.0
    uptime_seconds: Annotated[int, Field(ge=10)] = 300
    sites_at_once: Annotated[int, Field(ge=1, le=256)] = 16
    metrics: str = ""

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as exc:  # OSError: "Asia" is a folder of zones
            raise ValueError(f'no time zone "{value}"{nearest(value, available_timezones())}') from exc
        return value

    @field_validator("nightly")
    @classmethod
    def _cron(cls, value: str) -> str:
        check_cron(value)
        return value

    @field_validator("metrics")
    @classmethod
    def _metrics(cls, value: str) -> str:
        if value:
            ipaddress.ip_address(_endpoint(value)[0])
        return value


class Gate(_Section):
    """What a night must pass to be published: agencies of the sample that are judged beside it, and room on the disk."""

    canaries: tuple[str, ...] = ("so-mau-thong-tin", "so-mau-xay-dung", "huyen-mau-an", "so-mau-du-lich", "truong-mau-nghe")
    free_mb: Annotated[int, Field(ge=0)] = 1024


class Mail(_Section):
    """The server that takes our letters, and in whose name; without a host none is sent. ``tls`` is from the first byte on."""

    host: str = ""
    port: Port = 587
    tls: bool = False
    starttls: bool = True
    username: str = ""
    password_file: str = ""
    sender: Annotated[str, Field(alias="from")] = ""

    @field_validator("host")
    @classmethod
    def _host(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:]+", value):
            raise ValueError(f'"{value}" is no host (the port stands in "port")')
        return value

    @field_validator("sender")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+|[^<>\r\n]+ <[^@\s<>]+@[^@\s<>]+>", value):
            raise ValueError(f'"{value}" is no address ("a@b.example" or "Name <a@b.example>")')
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.host and not self.sender:
            raise ValueError('a "host" needs "from", the address that letters come from')
        if bool(self.username) != bool(self.password_file):
            raise ValueError('"username" and "password_file" go together')
        if self.username and not (self.starttls or self.tls):
            raise ValueError('a password goes over "starttls" or "tls" only')
        return self


class Webhook(_Section):
    """Where programs are told what letters say; without ``url`` nobody. Addresses inside are called only if allowed."""

    url: str = ""
    secret_file: str = ""
    allow_addresses: tuple[str, ...] = ()

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#@\\]+(?:[/?][^\s#]*)?", value):
            raise ValueError("is no address of the form https://host/path (it is not shown: it may hold a secret)")
        return value

    @field_validator("allow_addresses")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            ipaddress.ip_network(text)
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.url and not self.secret_file:
            raise ValueError('a "url" needs "secret_file", with which calls are signed')
        if self.url.startswith("http:") and not self.allow_addresses:
            raise ValueError('a "url" of plain http is for addresses inside, named in "allow_addresses"')
        return self


class Evidence(_Section):
    """How long bytes are kept."""

    retention_days: Annotated[int, Field(ge=1)] = 1830


class Document(_Section):
    """Who issues the council's sheets: what their head and their signature block say. The number and the day stay open."""

    superior: str = "UBND TỈNH KHÁNH HÒA"
    body: str = "HỘI ĐỒNG THẨM ĐỊNH"
    symbol: str = "BC-HĐTĐ"
    place: str = "Khánh Hòa"
    capacity: str = "TM. HỘI ĐỒNG"
    post: str = "CHỦ TỊCH"
    signer: str = ""
    recipients: tuple[str, ...] = ()


class Rehearsal(_Section):
    """For tests alone: a clock that is ahead by the seconds in a file, and leaps over every wait until an instant."""

    clock: str = ""
    leap_until: str = ""

    @field_validator("leap_until")
    @classmethod
    def _instant(cls, value: str) -> str:
        if value and datetime.fromisoformat(value).tzinfo is None:
            raise ValueError(f'"{value}" has no offset from UTC')
        return value


class Settings(_Section):
    """All settings; every section has its defaults."""

    network: Network = Network()
    crawl: Crawl = Crawl()
    browser: Browser = Browser()
    tls: Tls = Tls()
    judge: Judge = Judge()
    store: Store = Store()
    schedule: Schedule = Schedule()
    mail: Mail = Mail()
    webhook: Webhook = Webhook()
    evidence: Evidence = Evidence()
    gate: Gate = Gate()
    document: Document = Document()
    rehearsal: Rehearsal = Rehearsal()


def _endpoint(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 1 <= int(port) <= 65535:  # noqa: PLR2004 - ports
        raise ValueError(f'"{text}" is not host:port')
    return host.strip("[]"), int(port)
