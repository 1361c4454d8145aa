"""Reads ``groups.toml``, ``agencies.csv`` and ``sites.csv``, and finds every mistake in them."""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from auditor.errors import ConfigError, Problem, nearest
from auditor.model.agency import Agency, Group, Registry, SiteRole, SiteRow
from auditor.model.ids import AgencyId, GroupId
from auditor.registry.table import Row, read_table

__all__ = ["load_registry", "read_registry"]

_AGENCY_COLUMNS = ("code", "name", "name_en", "group", "valid_from", "valid_to", "successor", "emails")
_SITE_COLUMNS = ("agency", "url", "role", "confirmed", "valid_from", "valid_to")
_GROUP_KEYS = ("id", "title", "title_en")


def load_registry(config: Path) -> Registry:
    """Read the registry of a config folder.

    Raises:
        ConfigError: anything is wrong with it; every problem is listed.
    """
    registry, problems = read_registry(config)
    if problems:
        raise ConfigError(problems)
    return registry


def read_registry(config: Path) -> tuple[Registry, list[Problem]]:
    """Read the registry as far as it can be read, with every problem found."""
    problems: list[Problem] = []
    groups = _groups(config / "groups.toml", problems)
    agencies = _agencies(read_table(config / "agencies.csv", _AGENCY_COLUMNS, problems), problems)
    rows = _sites(read_table(config / "sites.csv", _SITE_COLUMNS, problems), problems)
    registry = Registry(
        groups=tuple(groups), agencies=tuple(agency for _, agency in agencies), rows=tuple(site for _, site in rows)
    )
    problems += _agency_problems(agencies, {group.id for group in groups})
    problems += _site_problems(rows, {agency.code for _, agency in agencies})
    return registry, problems


def _groups(path: Path, problems: list[Problem]) -> list[Group]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        problems.append(Problem(file=path.name, place="", what="there is no such file"))
        return []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        problems.append(Problem(file=path.name, place="", what=str(exc)))
        return []
    problems += [
        Problem(file=path.name, place="", what=f'unknown key "{key}"{nearest(key, ["groups"])}')
        for key in table
        if key != "groups"
    ]
    groups: list[Group] = []
    entries = table.get("groups", [])
    for number, entry in enumerate(entries if isinstance(entries, list) else [], 1):
        fields = entry if isinstance(entry, dict) else {}
        place = f"groups {number}"
        problems += [
            Problem(file=path.name, place=place, what=f'unknown key "{key}"{nearest(key, _GROUP_KEYS)}')
            for key in fields
            if key not in _GROUP_KEYS
        ]
        missing = [key for key in _GROUP_KEYS if not isinstance(fields.get(key), str) or not fields[key]]
        problems += [Problem(file=path.name, place=place, what=f'"{key}" is missing or no text') for key in missing]
        if any(group.id == fields.get("id") for group in groups):
            problems.append(Problem(file=path.name, place=place, what=f'group "{fields["id"]}" stands twice'))
        elif not missing:
            groups.append(Group(id=GroupId(fields["id"]), title=fields["title"], title_en=fields["title_en"]))
    if not groups and not problems:
        problems.append(Problem(file=path.name, place="", what="no group is given"))
    return groups


def _agencies(rows: Iterable[Row], problems: list[Problem]) -> list[tuple[Row, Agency]]:
    found = []
    for row in rows:
        code, name, group = row.text("code"), row.text("name"), row.text("group")
        start, end = row.day("valid_from"), row.day("valid_to")
        emails = tuple(mail.strip() for mail in row.get("emails").replace(";", " ").split() if mail.strip())
        for mail in emails:
            if mail.count("@") != 1 or mail.startswith("@") or mail.endswith("@"):
                row.problem(f'"{mail}" is no e-mail address')
        _check_span(row, start, end)
        if code and name and group:
            agency = Agency(
                code=AgencyId(code),
                name=name,
                name_en=row.get("name_en"),
                group=GroupId(group),
                valid_from=start,
                valid_to=end,
                successor=AgencyId(row.get("successor")) if row.get("successor") else None,
                emails=emails,
            )
            found.append((row, agency))
        problems += row.problems
    return found


def _sites(rows: Iterable[Row], problems: list[Problem]) -> list[tuple[Row, SiteRow]]:
    found = []
    for row in rows:
        agency, url = row.text("agency"), row.text("url")
        role, confirmed = row.one_of("role", [role.value for role in SiteRole]), row.one_of("confirmed", ["yes", "no"])
        start, end = row.day("valid_from"), row.day("valid_to")
        _check_span(row, start, end)
        if url and (wrong := _wrong_url(url)):
            row.problem(f'url "{url}": {wrong}')
        elif agency and url and role and confirmed:
            site = SiteRow(
                agency=AgencyId(agency),
                url=url,
                role=SiteRole(role),
                confirmed=confirmed == "yes",
                valid_from=start,
                valid_to=end,
            )
            found.append((row, site))
        problems += row.problems
    return found


def _wrong_url(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as exc:
        return str(exc)
    checks = (
        (parts.scheme not in {"http", "https"}, "must begin with http:// or https://"),
        (not parts.hostname, "has no host name"),
        ("@" in parts.netloc, "must not hold a user name"),
        (bool(parts.fragment), "must not hold a fragment"),
        (not parts.path, "needs a path: write the / at its end"),
        (any(char.isspace() or not char.isprintable() for char in url), "holds a space or control character"),
    )
    return next((what for wrong, what in checks if wrong), None)


def _check_span(row: Row, start: date | None, end: date | None) -> None:
    if start and end and end < start:
        row.problem(f"valid_to {end} is before valid_from {start}")


def _agency_problems(agencies: list[tuple[Row, Agency]], groups: set[GroupId]) -> Iterator[Problem]:
    codes = {agency.code for _, agency in agencies}
    for row, agency in agencies:
        if groups and agency.group not in groups:
            yield row.say(f'no group "{agency.group}"{nearest(agency.group, groups)}')
        if agency.successor and agency.successor not in codes:
            yield row.say(f'no agency "{agency.successor}" to succeed{nearest(agency.successor, codes)}')
    spans = [(row, agency.valid_from, agency.valid_to, agency.code) for row, agency in agencies]
    cycles = list(_cycles(agencies))
    yield from cycles or _successions(agencies)
    yield from _overlaps(spans, lambda key: f'agency "{key}"')


def _successions(agencies: list[tuple[Row, Agency]]) -> Iterator[Problem]:
    """Find agencies that are succeeded by one that does not exist on the day after their last."""
    for row, agency in agencies:
        if agency.successor and agency.valid_to and any(known.code == agency.successor for _, known in agencies):
            day = agency.valid_to + timedelta(days=1)
            if not any(known.code == agency.successor and known.valid_on(day) for _, known in agencies):
                yield row.say(f'"{agency.successor}" does not exist on {day}, when it should take over')


def _site_problems(rows: list[tuple[Row, SiteRow]], codes: set[AgencyId]) -> Iterator[Problem]:
    for row, site in rows:
        if codes and site.agency not in codes:
            yield row.say(f'no agency "{site.agency}"{nearest(site.agency, codes)}')
    spans = [(row, site.valid_from, site.valid_to, f"{site.agency} {site.url} {site.role}") for row, site in rows]
    yield from _overlaps(spans, lambda key: f'site "{key}"')


def _overlaps(spans: Iterable[tuple[Row, date | None, date | None, str]], name: Callable[[str], str]) -> Iterator[Problem]:
    """Find rows of one thing whose dates overlap: it would be two things on one day."""
    by_key: dict[str, list[tuple[Row, date, date]]] = {}
    for row, start, end, key in spans:
        by_key.setdefault(key, []).append((row, start or date.min, end or date.max))
    for key, group in by_key.items():
        ordered = sorted(group, key=lambda span: (span[1], span[0].number))
        last, _, until = ordered[0]
        for row, start, end in ordered[1:]:
            if start <= until:
                yield row.say(f"{name(key)} overlaps row {last.number}")
            if end > until:
                last, until = row, end


def _cycles(agencies: list[tuple[Row, Agency]]) -> Iterator[Problem]:
    """Find successions that come back to where they began."""
    after = {agency.code: agency.successor for _, agency in agencies if agency.successor}
    for row, agency in agencies:
        path, code = [agency.code], after.get(agency.code)
        while code and code not in path:
            path.append(code)
            code = after.get(code)
        if code == agency.code:
            yield row.say(f'"{agency.code}" comes to succeed itself: {" → ".join([*path, code])}')
