"""What a fortnight came to, so that two of them can be compared: letters, rankings, findings, availability.

What is drawn anew each time is left out: the names of bytes and of records, for a page has a visitor's token in it and what was
seen has seconds in it; and how large the latter is.
"""

import email
import re
from datetime import timedelta
from email import policy

from auditor.app.keeping import prove
from auditor.app.uptime import uptime_report
from auditor.model.codec import Codec
from auditor.model.ranking import Ranking

NAMES = re.compile(r"sha256:[0-9a-f]{6,64}|urn:uuid:[0-9a-f-]{36}|sha256(?==)")
SIZE = re.compile(r'"size":\s*\d+')


def named(text):
    return SIZE.sub('"size":0', NAMES.sub("NAME", text))


def letter(content):
    """Give a letter's own name, whom it goes to, what its subject says after the day, and all its text."""
    message = email.message_from_bytes(content, policy=policy.default)
    agency = message["To"].partition("@")[2].partition(".")[0]
    text = message.get_body(("plain",)).get_content()
    return message["Message-ID"], agency, message["Subject"].rpartition(": ")[2], named(text)


def nights(store, edition):
    """Give each run's state with the very ranking that it published."""
    found = {}
    for run in store.runs.all():
        ranking = store.rankings.of_run(run.id, edition)
        dumped = named(Codec(Ranking).dump(ranking).decode()) if ranking is not None else None
        found[run.id] = (run.kind, run.state, run.started_at, run.ended_at, run.held_because, dumped)
    return found


def lives(store):
    return [
        (life.finding.key, life.state, life.first_seen, life.last_seen, life.same_since, life.nights, life.good, life.told,
         life.first_told, life.last_told, life.told_step, life.recovered_at, life.finding.value, life.finding.cause)
        for life in store.findings.all()
    ]  # fmt: skip


def availability(parts, store, first, days):
    """Give each site's account up to the end of so many nights, without the speeds, which are the machine's."""
    since = first - timedelta(hours=1)
    report = uptime_report(parts, store, since=since, until=first + timedelta(days=days - 1, hours=2))
    return {
        one.site: (
            one.account.availability, one.account.coverage, one.account.samples, one.account.down_seconds, one.account.excluded,
            one.account.incidents,
        )
        for one in report.sites
    }  # fmt: skip


def sound(parts):
    """Say what is wrong with the evidence; nothing, if all is well."""
    return prove(parts).faults
