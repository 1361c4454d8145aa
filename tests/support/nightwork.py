"""The fortnight's work in a process of its own: day by day what the service does, by the service's own code and a clock that stands.

It may be killed at any moment; a new one goes on with the step that was not noted as done, as the service does when it is started
again. To its parent it says what it is just at, and asks for each night: there the faults are set.
"""

import os
import sys
from datetime import datetime, timedelta
from functools import partial, wraps
from pathlib import Path

TALK, sys.stdout = os.dup(1), sys.stderr
LEASE = timedelta(minutes=16)
CHECKS = (timedelta(hours=-1), timedelta(minutes=-30), timedelta(0))
STEPS = (*CHECKS, "night", "letters", "post", "letters", "post", "prune")
"""Letters and post come twice: asked again, they add nothing."""


def say(word):
    os.write(TALK, f"{word}\n".encode())


def announced(owner, name, word):
    """Say a word whenever this function is called."""
    real = getattr(owner, name)

    @wraps(real)
    def told(*given, **named):
        say(word)
        return real(*given, **named)

    setattr(owner, name, told)


class Clock:
    """A clock that stands where it is put; seconds for spans go on by themselves."""

    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at

    def monotonic(self):
        import time

        return time.monotonic()


def everything_announced():
    from auditor.app import jobs, sending, uptime, visiting
    from auditor.engines.night import Night
    from auditor.store.findings import Findings
    from auditor.store.outbox import Outbox
    from auditor.store.uptime import Uptime
    from auditor.store.visits import Visits

    visiting._PATIENCE = uptime._PATIENCE = 3  # while our link is down nobody answers however long one waits
    for owner, name, word in (
        (jobs, "check_sites", "checks"),
        (Uptime, "roll", "rolling"),
        (visiting, "_visit", "visits"),
        (Visits, "finish", "keeping"),
        (visiting, "gated", "gate"),
        (Night, "seal", "sealing"),
        (Night, "judged", "judging"),
        (Night, "publish", "publishing"),
        (visiting, "write_report", "report"),
        (sending, "told_by", "findings"),
        (Findings, "keep", "outbox"),
        (jobs, "send_due", "sending"),
        (sending, "send_mail", "mail"),
        (Outbox, "sent", "marking"),
    ):
        announced(owner, name, word)


def post(parts, store, work, clock):
    """Send until nothing is left, as the minutes of a day bring it: what a killed try had in hand is free after a while."""
    import anyio

    end = clock.at + timedelta(hours=20)
    while True:
        anyio.run(work.send)
        if not store.outbox.open() or clock.at > end:
            return
        clock.at += LEASE


def step(parts, store, clock, at, what, agencies):
    import anyio

    from auditor.app import visiting
    from auditor.app.jobs import jobs
    from auditor.app.pace import AT_ONCE
    from auditor.model.run import RunState

    clock.at, work = at, jobs(parts, store)
    if isinstance(what, timedelta):
        clock.at = at + what
        anyio.run(partial(work.check, [site for site in work.sites() if set(site.agencies) & set(agencies)]))
    elif what == "night":
        # As the service does: a night that was cut off goes on, one that is over is not made again.
        if any(run.started_at == at and run.state is not RunState.OPEN for run in store.runs.all()):
            return
        visiting.run(parts, groups=(), agencies=agencies, told=lambda _planned, _visited: None, pace=AT_ONCE)
    elif what == "letters":
        run = store.runs.last_published()
        if run is not None:
            work.tell(run)
    elif what == "post":
        post(parts, store, work, clock)
    else:
        say("pruning")
        work.prune()


def main(config, data, first, nights, *agencies):
    from auditor.app.parts import Parts
    from auditor.evidence.files import write_whole

    everything_announced()
    config, data, first = Path(config), Path(data), datetime.fromisoformat(first)
    progress = data / "progress"
    night, done = map(int, progress.read_text().split()) if progress.exists() else (1, 0)
    while night <= int(nights):
        say(f"night {night}")
        sys.stdin.readline()
        clock = Clock(first + timedelta(days=night - 1))
        parts = Parts(config=config, data=data, clock=clock)
        with parts.store() as store:
            for number in range(done, len(STEPS)):
                step(parts, store, clock, first + timedelta(days=night - 1), STEPS[number], agencies)
                write_whole(progress, f"{night} {number + 1}".encode())
        night, done = night + 1, 0
    say("over")


if __name__ == "__main__":
    main(*sys.argv[1:])
