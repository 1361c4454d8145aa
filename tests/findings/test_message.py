"""The bytes of a letter: the same for the same notice, read back as it was written, and no header but ours whatever is in it."""

import email
import email.policy
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from notices import AT, notice

from auditor.findings.message import compose, mailbox, message_id

SENDER = "Sở Thông tin, phòng CNTT <auditor@stttt.example>"
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "MIME-Version", "Content-Type"]
ANY = st.text(st.characters(), max_size=300)


def read(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def plain(letter):
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_the_same_notice_gives_the_same_bytes_whenever_it_is_written():
    assert compose(notice(), SENDER) == compose(notice(), SENDER)
    assert compose(notice("other"), SENDER) != compose(notice(), SENDER)


def test_a_name_with_a_comma_is_one_sender():
    letter = read(compose(notice(), SENDER))
    assert [(one.display_name, one.addr_spec) for one in letter["From"].addresses] == [
        ("Sở Thông tin, phòng CNTT", "auditor@stttt.example")
    ]
    assert read(compose(notice(), "a@b.example"))["From"] == "a@b.example"


def test_a_thread_names_the_letters_before_it_and_the_first_one_always():
    before = [str(n) for n in range(30)]
    letter = read(compose(notice(), SENDER, before=before))
    assert letter["In-Reply-To"] == message_id("29", "stttt.example")
    named = letter["References"].split()
    assert named == [message_id(key, "stttt.example") for key in ["0", *before[-10:]]]
    assert "References" not in read(compose(notice(), SENDER))


def test_a_long_host_breaks_no_identifier():
    host = "một-miền-rất-dài".encode("idna").decode() + ".trung-tam-giam-sat-an-toan-thong-tin-mang.khanhhoa.example"
    raw = compose(notice(), f"a@{host}", before=["x", "y"])
    assert f"Message-ID: {message_id(notice().key, host)}\r\n".encode() in raw
    assert f" {message_id('y', host)}\r\n".encode() in raw


def test_letters_of_one_agency_are_one_list():
    assert read(compose(notice(), SENDER))["List-Id"] == "<agency-so-tttt.auditor.stttt.example>"
    assert read(compose(notice(thread="\r\nBcc: x"), SENDER))["List-Id"] == "<bcc-x.auditor.stttt.example>"


def test_the_moment_is_the_notice_s_own():
    assert read(compose(notice(created_at=AT + timedelta(seconds=5)), SENDER))["Date"].datetime == AT + timedelta(seconds=5)


def test_without_html_there_is_text_alone():
    letter = read(compose(notice(html=""), SENDER))
    assert letter.get_content_type() == "text/plain"
    assert plain(letter) == notice().text


@given(subject=ANY, name=st.text(st.characters(exclude_characters="<>"), max_size=80), text=ANY, html=ANY, thread=ANY)
def test_nothing_in_a_notice_becomes_a_header_or_a_byte_that_servers_mangle(subject, name, text, html, thread):
    raw = compose(
        notice(subject=subject, text=text, html=html, thread=thread, to=("a@x.example", f"b@x.example\r\nBcc: {subject}")),
        f"{name} <auditor@stttt.example>",
    )
    letter = read(raw)
    assert set(letter.keys()) <= {*HEADERS, "Content-Transfer-Encoding"}
    assert letter["To"] == "a@x.example"
    assert letter["From"].addresses[0].addr_spec == "auditor@stttt.example"
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\0" not in raw


@given(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=200).map(lambda text: " ".join(text.split()))
)
def test_a_subject_is_read_back_as_it_was(subject):
    assert read(compose(notice(subject=subject), SENDER))["Subject"] == (subject or None)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=400))
def test_a_text_is_read_back_as_it_was(text):
    assert plain(read(compose(notice(text=f"{text}\n"), SENDER))) == f"{text}\n"


def test_addresses_are_taken_as_servers_take_them_or_not_at_all():
    assert mailbox("van.thu+cntt@so-tttt.khanhhoa.gov.vn") == "van.thu+cntt@so-tttt.khanhhoa.gov.vn"
    assert mailbox(" a@tỉnh.example ") == f"a@{'tỉnh'.encode('idna').decode()}.example"
    for bad in (
        "a",
        "@x.example",
        "a@",
        "a@@x.example",
        "a..b@x.example",
        ".a@x.example",
        "a@x..example",
        "a@-x",
        f"{'a' * 65}@x.example",
    ):
        assert mailbox(bad) is None, bad


@given(ANY)
def test_whatever_passes_for_an_address_holds_no_way_out(text):
    found = mailbox(text)
    assert found is None or (found.isascii() and not set(found) & set(' \t\r\n<>,;:"\\()[]\0') and found.count("@") == 1)
