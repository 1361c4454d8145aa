"""``auditor.toml`` and ``AUDITOR_SECTION__KEY`` → Settings. Unknown keys are errors; secrets stand in files of their own."""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from auditor.errors import ConfigError, Problem, nearest

__all__ = ["Crawl", "Evidence", "Judge", "Network", "Schedule", "Settings", "Store", "load_settings"]

_PREFIX = "AUDITOR_"


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


class Judge(_Section):
    """Which edition judges."""

    edition: str = "qd-3061-2018"


class Store(_Section):
    """Where the database is; empty is SQLite in the data folder."""

    url: str = ""


class Schedule(_Section):
    """When the night begins."""

    timezone: str = "Asia/Ho_Chi_Minh"
    nightly: str = "0 1 * * *"
    uptime_seconds: Annotated[int, Field(ge=10)] = 300
    sites_at_once: Annotated[int, Field(ge=1, le=256)] = 16


class Evidence(_Section):
    """How long bytes are kept."""

    retention_days: Annotated[int, Field(ge=1)] = 1830


class Settings(_Section):
    """All settings; every section has its defaults."""

    network: Network = Network()
    crawl: Crawl = Crawl()
    judge: Judge = Judge()
    store: Store = Store()
    schedule: Schedule = Schedule()
    evidence: Evidence = Evidence()


def load_settings(config: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``auditor.toml`` of a config folder (all defaults if there is none), overridden by the environment.

    Raises:
        ConfigError: not TOML, an unknown key, or a value that does not fit; every problem is listed.
    """
    path = config / "auditor.toml"
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ConfigError([Problem(file=path.name, place="", what=str(exc))]) from exc
    for name, text in sorted((os.environ if environment is None else environment).items()):
        if name.startswith(_PREFIX) and "__" in name:
            section, _, key = name.removeprefix(_PREFIX).lower().partition("__")
            table.setdefault(section, {})[key] = _from_text(text)
    try:
        return Settings.model_validate(_resolved(table, config))
    except ValidationError as exc:
        raise ConfigError([_problem(path.name, error) for error in exc.errors()]) from exc


def _from_text(text: str) -> object:
    """Read an environment value as TOML where it is a list or table, else as text."""
    if text.strip()[:1] in {"[", "{"}:
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            return text
    return text


def _resolved(table: dict[str, Any], config: Path) -> dict[str, Any]:
    """Take relative paths from the config folder."""
    network = table.get("network")
    if isinstance(network, dict):
        if isinstance(network.get("trust"), list):
            network["trust"] = [config / str(path) for path in network["trust"]]
        if network.get("dns_anchor"):
            network["dns_anchor"] = str(config / str(network["dns_anchor"]))
    return table


def _problem(file: str, error: Any) -> Problem:  # noqa: ANN401 - pydantic's own error dictionary
    place = [str(part) for part in error["loc"]]
    if error["type"] == "extra_forbidden":
        known: list[str] = list(Settings.model_fields)
        if len(place) > 1:
            section = Settings.model_fields[place[0]].annotation
            known = list(section.model_fields) if isinstance(section, type) and issubclass(section, BaseModel) else []
        what = f'unknown key "{place[-1]}"{nearest(place[-1], known)}'
        return Problem(file=file, place=".".join(place[:-1]), what=what)
    return Problem(file=file, place=".".join(place), what=error["msg"])


def _endpoint(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 1 <= int(port) <= 65535:  # noqa: PLR2004 - ports
        raise ValueError(f'"{text}" is not host:port')
    return host.strip("[]"), int(port)
