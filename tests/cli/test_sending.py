"""``auditor alerts send`` and ``test``: nothing goes out unless it is told to, and what the server said is shown."""

import email
import email.policy

import pytest
from commands import auditor
from hooked import Receiver, receiving
from notices import notice
from outgoing import hook_settings, mail_settings, parts_of
from postbox import Postbox, postbox

from auditor.app.sending import queue
from auditor.clock import SystemClock
from auditor.store import open_store


@pytest.fixture
def store(tmp_path):
    with open_store("", tmp_path / "data") as opened:
        yield opened


def prepared(tmp_path, store, settings, *keys):
    parts = parts_of(tmp_path, settings, SystemClock())
    queue(parts, store, [notice(key, created_at=SystemClock().now()) for key in keys])
    return ["--config", parts.config, "--data", parts.data, "alerts"]


def test_sending_is_a_dry_run_unless_it_is_told_otherwise(tmp_path, store):
    box = Postbox()
    with postbox(box) as port:
        alerts = prepared(tmp_path, store, mail_settings(port), "one", "two")
        dry = auditor(*alerts, "send")
        assert (dry.code, box.letters) == (0, [])
        assert "chưa gửi gì" in dry.out
        assert dry.out.count("vanthu@so-tttt.example") == 2
        done = auditor(*alerts, "send", "--yes", "--json")
    assert (done.code, len(box.letters)) == (0, 2)
    assert [one["state"] for one in done.json["deliveries"]] == ["sent", "sent"]
    assert auditor(*alerts, "send").out == "Không có thông báo nào chờ gửi.\n"


def test_a_channel_that_is_down_or_not_set_up_is_not_done_by_our_fault(tmp_path, store):
    with postbox(Postbox(rcpt=lambda _: "421 Closing")) as port:
        alerts = prepared(tmp_path, store, mail_settings(port), "one")
        down = auditor(*alerts, "send", "--yes")
    assert down.code == 3
    assert "421 Closing" in down.out
    prepared(tmp_path, store, "", "two")
    off = auditor(*alerts, "send", "--yes", "--json")
    assert (off.code, off.json["off"]) == (3, {"mail": 1})


def test_a_trial_proves_the_channel_and_says_what_the_server_said(tmp_path, store):
    said = {"no@x.example": "550 5.1.1 No such user"}
    box, receiver = Postbox(rcpt=said.get), Receiver((200, {}, b"thanks"))
    (tmp_path / "config").mkdir()
    with postbox(box) as port, receiving(receiver) as hook:
        alerts = prepared(tmp_path, store, mail_settings(port) + hook_settings(hook, tmp_path / "config"))
        taken = auditor(*alerts, "test", "--to", "a@x.example")
        refused = auditor(*alerts, "test", "--to", "no@x.example", "--json")
        called = auditor(*alerts, "test", "--webhook")
    assert taken.code == 0
    assert "queued as 4711" in taken.out
    assert len(box.letters) == 1
    assert (refused.code, refused.json["never"]) == (1, said)
    assert called.code == 0
    assert "200 thanks" in called.out
    assert b'"type":"test"' in receiver.calls[0][2]
    assert store.outbox.all() == ()


@pytest.mark.parametrize("arguments", [[], ["--to", "a@x.example", "--webhook"]])
def test_a_trial_is_of_one_channel(tmp_path, store, arguments):
    done = auditor(*prepared(tmp_path, store, ""), "test", *arguments)
    assert done.code == 2
    assert "--webhook" in done.err


def test_a_channel_that_is_not_set_up_is_named(tmp_path, store):
    alerts = prepared(tmp_path, store, "")
    assert "mail.host" in auditor(*alerts, "test", "--to", "a@x.example").err
    assert "webhook.url" in auditor(*alerts, "test", "--webhook").err


def test_the_letters_of_the_demonstration_are_shown_then_sent_each_once_as_they_were_previewed(data):
    """Killed between a night's end and the outbox, or sent by hand: the night's letters are taken up once."""
    box = Postbox()
    shown = auditor("alerts", "preview", "--data", data, "--json").json["notices"]
    wanted = {one["key"]: one for one in shown if one["to"]}
    assert len(wanted) > 1
    with postbox(box) as port:
        mail = {"HOST": "localhost", "PORT": str(port), "STARTTLS": "false", "FROM": "auditor@stttt.example"}
        given = {f"AUDITOR_MAIL__{name}": value for name, value in mail.items()}
        dry = auditor("alerts", "send", "--data", data, "--json", **given).json
        assert {one["key"] for one in dry["deliveries"]} == set(wanted)
        with open_store("", data) as opened:
            assert opened.outbox.all() == ()
        done = auditor("alerts", "send", "--yes", "--data", data, "--json", **given)
        again = auditor("alerts", "send", "--yes", "--data", data, "--json", **given)
    assert (done.code, again.json["deliveries"]) == (0, [])
    assert len(box.letters) == len(wanted)
    letters = [email.message_from_bytes(raw, policy=email.policy.default) for _, raw in box.letters]
    assert {one["Subject"] for one in letters} == {one["subject"] for one in wanted.values()}
    texts = {one.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() for one in letters}
    assert texts == {one["text"].strip() for one in wanted.values()}
