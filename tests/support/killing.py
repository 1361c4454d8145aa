"""The fortnight's work as a process that is killed at random moments and started again, until it is over."""

import os
import select
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from commands import environment
from fortnight import AGENCIES

WORK = Path(__file__).parent / "nightwork.py"
LIFE, START = "life", "start"
WEIGHTS = {
    LIFE: 5, START: 1, "checks": 2, "rolling": 1, "keeping": 5, "gate": 1, "sealing": 2, "judging": 2, "publishing": 2, "report": 1,
    "findings": 2, "outbox": 3, "sending": 1, "mail": 3, "marking": 3, "pruning": 3,
}  # fmt: skip
"""How often which kind of work is aimed at; LIFE is any moment of a process's life, whatever it does then."""
LETTERS = {"mail", "marking"}
MOST = 6
"""Visits are kept again and again in a night: one of the first so many is aimed at."""
SECONDS = 600


@dataclass
class Watched:
    """What was seen of the work: the word and the moment of each thing it began, what was killed, and the letters' nights."""

    killed: Counter = field(default_factory=Counter)
    spans: dict = field(default_factory=dict)
    lives: int = 0
    night: int = 0


class Aims:
    """Where the process is killed. Drawn beforehand by a seed; whatever a night does not come to is done at its end."""

    def __init__(self, chance, kills, nights, spans, lettered):
        self.chance, self.spans = chance, spans
        kinds, weights = [*WEIGHTS], [*WEIGHTS.values()]
        self.nights = {night: [] for night in range(1, nights + 1)}
        for number in range(kills):
            night = 1 + number % nights
            kind = chance.choices(kinds, weights)[0]
            while kind in LETTERS and night not in lettered:
                kind = chance.choices(kinds, weights)[0]
            self.nights[night].append([kind, chance.randint(1, MOST) if kind == "keeping" else 1])

    def comes(self, night):
        """Take along what the nights before did not come to."""
        for earlier in range(1, night):
            self.nights[night] += self.nights[earlier]
            self.nights[earlier] = []

    def began(self, night):
        """Give when, seconds from now, a process that begins now is killed whatever it does, and by which aim; None if it is not."""
        for kind, most in ((START, 1.2), (LIFE, 7.0)):
            aim = next((aim for aim in self.nights[night] if aim[0] == kind), None)
            if aim:
                return self.chance.uniform(0, most), night, aim
        return None

    def heard(self, night, word):
        """Give the same for one that begins this kind of work now."""
        aims = self.nights[night]
        aim = next((aim for aim in aims if aim[0] == word), None)
        if aim is not None:
            aim[1] -= 1
        elif word == "pruning":
            aim = next(iter(aims), None)
        if aim is None or (aim[1] > 0 and word != "pruning"):
            return None
        return self.chance.uniform(0, 1.2 * self.spans.get(word, 0.01)), night, aim

    def left(self, night):
        """Give any aim that was not met up to a night."""
        self.comes(night)
        return next(iter(self.nights[night]), None)

    def met(self, night, aim):
        self.nights[night].remove(aim)


def go_through(fortnight, data, nights, told, aims=None):
    """Go through so many nights; ``told`` hears of each as it begins, and again when it goes on. Gives what was seen."""
    seen, times = Watched(), {}
    while _live(fortnight, data, nights, told, aims, seen, times):
        pass
    seen.spans = {word: sum(found) / len(found) for word, found in times.items()}
    return seen


def _live(fortnight, data, nights, told, aims, seen, times):
    """Go through one life of the process; False when the fortnight is over."""
    data.mkdir(exist_ok=True)
    seen.lives += 1
    words = [sys.executable, str(WORK), str(fortnight.config), str(data), fortnight.first.isoformat(), str(nights), *AGENCIES]
    with (data / "log").open("ab") as log:
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment())
    try:
        return _watch(process, fortnight, told, aims, seen, times, data)
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def _watch(process, fortnight, told, aims, seen, times, data):
    begun, last, ends, rest = time.monotonic(), START, time.monotonic() + SECONDS, b""
    due = _due(aims.began(max(seen.night, 1)) if aims else None, None)
    while True:
        now = time.monotonic()
        if due is not None and now >= due[0]:
            return _kill(process, aims, seen, last, due)
        assert now < ends, "the work hangs"
        ready, _, _ = select.select([process.stdout], [], [], min(ends, due[0] if due else ends) - now)
        if not ready:
            continue
        more = os.read(process.stdout.fileno(), 4096)
        assert more, f"the work died by itself: {(data / 'log').read_text()[-3000:]}"
        *lines, rest = (rest + more).split(b"\n")
        for word in map(bytes.decode, lines):
            if word == "over":
                aim = aims.left(seen.night) if aims else None
                return _kill(process, aims, seen, word, (0, seen.night, aim)) if aim else False
            now = time.monotonic()
            times.setdefault(last, []).append(now - begun)
            begun, last = now, word.split()[0]
            if last == "night":
                seen.night = int(word.split()[1])
                if aims and due is None:
                    aims.comes(seen.night)
                fortnight.parts(seen.night)
                told(seen.night)
                process.stdin.write(b"go\n")
                process.stdin.flush()
            elif aims:
                due = _due(aims.heard(seen.night, last), due)


def _due(found, due):
    """Give the earlier of two moments of a kill."""
    at = (time.monotonic() + found[0], *found[1:]) if found else None
    return min(filter(None, (at, due)), key=lambda one: one[0], default=None)


def _kill(process, aims, seen, last, due):
    process.kill()
    aims.met(*due[1:])
    seen.killed[last] += 1
    return True
