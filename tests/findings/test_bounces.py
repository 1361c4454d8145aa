"""What mail servers send back later: read as RFC 3464 says, and nothing hostile in it does harm."""

import pytest
from bounced import postfix
from hypothesis import given
from hypothesis import strategies as st
from notices import notice

from auditor.findings.bounces import MOST_BYTES, bounces_in
from auditor.findings.message import message_id

A, B = "a@x.example", "b@x.example"
OURS = message_id(notice().key, "khanhhoa.example").strip("<>")


@pytest.mark.parametrize("whole", [True, False])
def test_the_letter_the_address_and_the_words_are_read(whole):
    found = bounces_in(postfix(notice(to=(A, B)), A, B, whole=whole))
    assert [(one.message_ids, one.addresses) for one in found] == [((OURS,), (A,)), ((OURS,), (B,))]
    assert found[0].words == f"5.1.1 smtp; 550 5.1.1 <{A}>: Recipient address rejected:      User unknown"


def test_a_recipient_that_was_forwarded_is_one_and_not_two():
    forwarded = postfix(notice(to=(A, B)), A).replace(
        f"Final-Recipient: rfc822; {A}".encode(), f"Final-Recipient: rfc822; {B}".encode()
    )
    assert [one.addresses for one in bounces_in(forwarded)] == [(A, B)]


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded", ""])
def test_what_is_not_a_failure_for_good_says_nothing(action):
    assert bounces_in(postfix(notice(to=(A,)), A, action=action)) == ()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"Subject: hello\r\n\r\nhello",
        b"\xff\xfe\x00" * 1000,
        b"Content-Type: multipart/report; boundary=x\r\n\r\n" + b"--x\r\n" * 5000,
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n" * 3000,
        b"Content-Type: text/rfc822-headers; charset=none-such\r\nContent-Transfer-Encoding: base64\r\n\r\n@@@@",
    ],
)
def test_what_is_no_notification_says_nothing(message):
    assert bounces_in(message) == ()


def test_what_a_server_writes_is_bounded_and_on_one_line():
    message = postfix(notice(to=(A,)), A).replace(b"User unknown", "\x1b[2J\u202edéjà".encode() + b"x" * 5000)
    [one] = bounces_in(message)
    assert len(one.words) <= 300
    assert one.words.isprintable()
    assert len(bounces_in(postfix(notice(to=(A,)), *(f"a{number}@x.example" for number in range(3000))))) <= 100
    assert bounces_in(b"X-Long: " + b"x" * MOST_BYTES + b"\r\n" + postfix(notice(to=(A,)), A)) == ()


@given(st.binary(max_size=300), st.integers(0, 3000), st.integers(0, 400))
def test_whatever_comes_is_read_without_a_fault(junk, place, length):
    message = postfix(notice(to=(A,)), A)
    for one in bounces_in(message[:place] + junk + message[place + length :]):
        assert one.words.isprintable()
        assert all(address.isprintable() for address in one.addresses)
