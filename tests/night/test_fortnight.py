"""Fourteen nights with planned faults: exactly the right letters, to a real mail server, each once and at the right time."""

import email
from email import policy

import anyio
from fortnight import AGENCIES, BLOCKS, DIES, ENDS, FLAPS, NIGHTS, OURS, PAGE, fortnight
from postbox import Postbox, postbox

from auditor.app import visiting
from auditor.app.sending import send_due, take_up
from auditor.app.visiting import run
from auditor.model.run import RunState

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


def told(letter):
    """Give whom a letter goes to and what its subject says after the day."""
    message = email.message_from_bytes(letter, policy=policy.default)
    agency = message["To"].partition("@")[2].partition(".")[0]
    return agency, message["Subject"].rpartition(": ")[2]


def a_night(fortnight, number, box):
    """Go through one night as the service does: visit, judge, tell, send; what was taken before is not sent again."""
    parts, before = fortnight.parts(number), len(box.letters)
    ran = run(parts, groups=(), agencies=AGENCIES, told=lambda _planned, _visited: None)
    with parts.store() as store:
        for _ in range(2):  # asked again, it adds nothing
            take_up(parts, store, ran)
            anyio.run(send_due, parts, store)
    return ran.run, {(number, *told(content)) for _, content in box.letters[before:]}, len(box.letters) - before


def test_exactly_the_right_letters_at_the_right_time(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(visiting, "_PATIENCE", 3)  # while our link is down nobody answers however long one waits
    box, found, count, states = Postbox(), set(), 0, {}
    with postbox(box) as port:
        mail = f'[mail]\nhost = "127.0.0.1"\nport = {port}\nstarttls = false\nfrom = "kiemtra@khanhhoa.test"\n'
        with fortnight(tmp_path, more=mail) as province:
            for number in range(1, NIGHTS + 1):
                over, letters, new = a_night(province, number, box)
                found, count, states[number] = found | letters, count + new, over.state
    with capsys.disabled():
        print("".join(f"\n{night:>3}  {agency:<20} {what}" for night, agency, what in sorted(found)))
    assert found == EXPECTED
    assert count == len(EXPECTED)
    assert {number for number, state in states.items() if state is RunState.HELD} == {OURS}
