"""``auditor alerts`` over the demonstration: the letters of its one night, shown and not sent."""

import pytest
from commands import auditor

pytestmark = pytest.mark.slow


def test_the_letters_of_the_night_are_shown_whole_and_nothing_is_written(data):
    before = (data / "auditor.sqlite").read_bytes()
    done = auditor("alerts", "preview", "--data", data, "--json")
    assert (done.code, (data / "auditor.sqlite").read_bytes()) == (0, before)
    notices = {notice["agency"]: notice for notice in done.json["notices"]}
    kinds = {agency: notice["kind"] for agency, notice in notices.items()}
    # One night believes only what was confirmed while it lasted: outages, certificates at their end, refusals.
    assert kinds == {
        "huyen-mau-son": "digest", "so-mau-noi-vu": "access", "so-mau-tai-chinh": "digest", "so-mau-y-te": "digest",
        "trung-tam-mau-cong-nghe": "access", "truong-mau-nghe": "digest",
    }  # fmt: skip
    assert notices["truong-mau-nghe"]["to"] == ["banbientap@truong-mau-nghe.khanhhoa.test"]
    assert "không kết nối được" in notices["truong-mau-nghe"]["text"]
    assert [f["kind"] for f in notices["so-mau-tai-chinh"]["payload"]["findings"]] == ["outage", "expiry"]


def test_one_letter_is_shown_in_the_language_that_is_asked_for(data):
    done = auditor("alerts", "preview", "--data", data, "--agency", "truong-mau-nghe", "--lang", "en")
    assert "To: Sample" in done.out
    assert "no connection" in " ".join(done.out.split())
    assert auditor("alerts", "preview", "--data", data, "--agency", "so-mau-du-lich").out.startswith("Không có thư nào cần gửi")
    assert auditor("alerts", "preview", "--data", data, "--agency", "truong-mau-nghe", "--html").out.startswith("<!DOCTYPE html>")


def test_what_one_night_suspects_is_listed_and_not_told(data):
    found = auditor("alerts", "list", "--data", data, "--agency", "so-mau-y-te", "--json").json["findings"]
    assert {(one["kind"], one["state"], one["told"]) for one in found} == {("outage", "failing", 1), ("criterion", "suspect", 0)}
    assert "mới thấy một lần" in auditor("alerts", "list", "--data", data, "--agency", "so-mau-y-te").out


def test_the_demonstration_wrote_the_letters_of_its_night(data):
    assert sorted(path.name for path in (data / "letters").iterdir()) == [
        "access-so-mau-noi-vu.html", "access-trung-tam-mau-cong-nghe.html", "digest-huyen-mau-son.html", "digest-so-mau-tai-chinh.html",
        "digest-so-mau-y-te.html", "digest-truong-mau-nghe.html",
    ]  # fmt: skip
