"""Fourteen nights with planned faults: exactly the right letters, to a real mail server, each once and at the right time.

The same when the process that does it all is killed at random moments. A few kills over the first nights are part of every run;
``make kills`` does two hundred and more over the fortnight.
"""

import os
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from fortnight import BLOCKS, DIES, ENDS, FLAPS, NIGHTS, OURS, PAGE, fortnight
from killing import Aims, go_through
from outcome import availability, letter, lives, nights, sound
from postbox import Postbox, postbox

from auditor.evidence.prune import listed
from auditor.model.run import RunState

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]

EXPECTED = {
    (1, ENDS, "1 nội dung cần khắc phục"),  # nine days left of its certificate: the letter of fourteen days
    (2, FLAPS, "1 nội dung cần khắc phục"),  # its schedule is not there from the first night on
    (3, ENDS, "1 nội dung cần khắc phục"),  # seven days left
    (3, FLAPS, "1 nội dung cần khắc phục"),  # an outage is told at once, and once for all its coming and going
    (4, DIES, "1 nội dung cần khắc phục"),
    (6, BLOCKS, "Đề nghị cho phép kiểm tra trang thông tin điện tử"),
    (6, PAGE, "1 nội dung cần khắc phục"),  # gone since the fifth night
    (8, ENDS, "1 nội dung cần khắc phục"),  # the reminder after seven days
    (8, DIES, "1 nội dung đã khắc phục"),  # two good nights
    (9, ENDS, "1 nội dung cần khắc phục"),  # one day left
    (9, BLOCKS, "1 nội dung đã khắc phục"),
    (9, PAGE, "1 nội dung đã khắc phục"),
    (9, FLAPS, "1 nội dung đã khắc phục"),  # good on the eighth and the ninth night
    (11, ENDS, "1 nội dung cần khắc phục"),  # it has ended
}
LETTERED = {night for night, _, _ in EXPECTED}
KILLS = int(os.environ.get("AUDITOR_TEST_KILLS", "0"))
FEW, FIRST = 12, 4
"""So many kills over so many nights stand for the whole in every run."""


@dataclass
class Went:
    """What came of going through nights: letters by their own names with the night on which each came first, and the rest."""

    seen: object
    letters: dict = field(default_factory=dict)
    twice: Counter = field(default_factory=Counter)
    nights: dict = field(default_factory=dict)
    availability: dict = field(default_factory=dict)
    lives: list = field(default_factory=list)
    faults: tuple = ()
    pruned: int = 0


def went(place, box, name, many, aims=None):
    """Go through so many nights in a data folder of its own."""
    before, starts = len(box.letters), {}
    data = place.data / name
    seen = go_through(place, data, many, lambda night: starts.setdefault(night, len(box.letters)), aims)
    found = Went(seen=seen)
    for number, (_, content) in enumerate(box.letters[before:], before):
        night = max(night for night, start in starts.items() if start <= number)
        name, *said = letter(content)
        found.twice[name] += 1
        found.letters.setdefault(name, (night, *said))
    parts = replace(place.parts(many), data=data)
    with parts.store() as store:
        found.nights, found.lives = nights(store, "fortnight"), lives(store)
        found.pruned = sum(len(listed(one)["files"]) for one in store.files.prunings() if one.manifest)
    found.availability = available(place, name=data.name, many=many)
    found.faults = sound(parts)
    return found


def available(place, name, many):
    parts = replace(place.parts(many), data=place.data / name)
    place.clock.at += timedelta(hours=12)
    with parts.store() as store:
        return availability(parts, store, place.first, many)


@pytest.fixture(scope="module")
def box():
    return Postbox()


@pytest.fixture(scope="module")
def place(box, tmp_path_factory):
    with postbox(box) as port:
        mail = f'[mail]\nhost = "127.0.0.1"\nport = {port}\nstarttls = false\nfrom = "kiemtra@khanhhoa.test"\n'
        with fortnight(tmp_path_factory.mktemp("fortnight"), more=mail) as found:
            yield found


@pytest.fixture(scope="module")
def unbroken(place, box):
    return went(place, box, "unbroken", NIGHTS)


def test_exactly_the_right_letters_at_the_right_time(unbroken, capsys):
    letters = {said[:3] for said in unbroken.letters.values()}
    with capsys.disabled():
        print("".join(f"\n{night:>3}  {agency:<20} {what}" for night, agency, what in sorted(letters)))
    assert letters == EXPECTED
    assert (len(unbroken.letters), set(unbroken.twice.values())) == (len(EXPECTED), {1})
    states = [state for _, state, *_ in unbroken.nights.values()]
    assert [number for number, state in enumerate(states, 1) if state is RunState.HELD] == [OURS]
    assert unbroken.faults == ()
    assert unbroken.pruned > 0  # what is older than five days, and nobody was told of it


def test_killed_at_random_points_it_tells_the_same_ranks_the_same_and_counts_the_same(place, box, unbroken, capsys):
    kills, many = (KILLS, NIGHTS) if KILLS else (FEW, FIRST)
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    killed = went(place, box, "killed", many, Aims(chance, kills, many, unbroken.seen.spans, LETTERED))
    with capsys.disabled():
        fell = ", ".join(f"{word} {count}" for word, count in killed.seen.killed.most_common())
        print(f"\nkilled {killed.seen.killed.total()} times over {many} nights (seed {seed}), in: {fell}")
        print(f"{sum(killed.twice.values())} letters came, {len(killed.letters)} by their names")
    assert killed.letters == {name: said for name, said in unbroken.letters.items() if said[0] <= many}
    assert killed.nights == dict([*unbroken.nights.items()][:many])
    assert killed.availability == available(place, "unbroken", many)
    assert killed.lives == unbroken.lives or many < NIGHTS
    assert killed.faults == ()
    assert killed.pruned > 0 or many < NIGHTS
    assert killed.seen.killed.total() == kills
    # Killed after the server has a letter and before that is noted, it must send it again, under the name it has.
    assert sum(killed.twice.values()) - len(killed.letters) <= killed.seen.killed["mail"] + killed.seen.killed["marking"]
