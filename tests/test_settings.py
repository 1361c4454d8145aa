"""auditor.toml and the environment become settings, or every mistake is named."""

import re
import tomllib
from pathlib import Path

import pytest
import trustme

from auditor.errors import ConfigError
from auditor.settings import Mail, Settings, load_settings

SHIPPED = Path(__file__).parents[1] / "config"


def load(folder, text=None, **environment):
    if text is not None:
        (folder / "auditor.toml").write_text(text, "utf-8")
    return load_settings(folder, environment)


def bundle(path):
    """Write a CA's certificate."""
    path.parent.mkdir(exist_ok=True)
    trustme.CA(key_type=trustme.KeyType.ECDSA).cert_pem.write_to_path(path)
    return path


def problems(folder, text=None, **environment):
    with pytest.raises(ConfigError) as raised:
        load(folder, text, **environment)
    return [str(problem) for problem in raised.value.problems]


# Defaults


def test_a_folder_without_settings_has_every_default(tmp_path):
    settings = load(tmp_path)
    assert settings == Settings()
    assert settings.network.requests_per_second == 1.0
    assert settings.network.connections_per_host == 2
    assert settings.crawl.pages == 300
    assert settings.crawl.requests == 900
    assert settings.crawl.depth == 6
    assert settings.judge.edition == "qd-3061-2018"
    assert settings.store.url == ""
    assert settings.schedule.timezone == "Asia/Ho_Chi_Minh"


def test_the_shipped_file_says_every_key_with_its_default():
    written = tomllib.loads((SHIPPED / "auditor.toml").read_text("utf-8"))
    assert load_settings(SHIPPED, {}) == Settings()
    assert {section: set(keys) for section, keys in written.items()} == {
        name: set(getattr(Settings(), name).model_dump(by_alias=True)) for name in Settings.model_fields
    }


def test_settings_cannot_be_changed(tmp_path):
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path).network.contact = "x"


# The environment


def test_the_environment_overrides_the_file(tmp_path):
    text = "[network]\ncontact = 'mailto:file@test'\nrequests_per_second = 0.5\n"
    settings = load(tmp_path, text, AUDITOR_NETWORK__CONTACT="mailto:env@test", AUDITOR_CRAWL__PAGES="50")
    assert settings.network.contact == "mailto:env@test"
    assert settings.network.requests_per_second == 0.5
    assert settings.crawl.pages == 50


def test_lists_and_tables_come_from_the_environment_as_toml(tmp_path):
    bundle(tmp_path / "ca.pem")
    settings = load(
        tmp_path,
        AUDITOR_NETWORK__CONNECT_TO='{ "Portal.Example:443" = "127.0.0.1:8443" }',
        AUDITOR_NETWORK__ALLOW_ADDRESSES='["127.0.0.0/8", "fd00::/8"]',
        AUDITOR_NETWORK__TRUST='["ca.pem"]',
    )
    assert settings.network.connect_to == {"portal.example:443": "127.0.0.1:8443"}
    assert settings.network.allow_addresses == ("127.0.0.0/8", "fd00::/8")
    assert settings.network.trust == (tmp_path / "ca.pem",)


def test_what_is_not_ours_in_the_environment_is_let_be(tmp_path):
    assert load(tmp_path, PATH="/bin", OTHER_NETWORK__CONTACT="x", AUDITOR_TEST_POSTGRES="y") == Settings()
    # What Kubernetes gives every program beside a service that is called auditor.
    assert (
        load(tmp_path, AUDITOR_PORT="tcp://10.0.0.1:80", AUDITOR_SERVICE_HOST="10.0.0.1", AUDITOR_PORT_80_TCP="x") == Settings()
    )


def test_the_process_environment_is_read_when_none_is_given(tmp_path, monkeypatch):
    monkeypatch.setenv("AUDITOR_SCHEDULE__SITES_AT_ONCE", "3")
    assert load_settings(tmp_path).schedule.sites_at_once == 3


# Mistakes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[network]\ncontakt = 'x'", 'auditor.toml: network: unknown key "contakt" (did you mean "contact"?)'),
        ("[crawl]\npage = 3", 'auditor.toml: crawl: unknown key "page" (did you mean "pages"?)'),
        ("[netwrk]\ncontact = 'x'", 'auditor.toml: unknown key "netwrk" (did you mean "network"?)'),
        ("[judge]\nzzzz = 1", 'auditor.toml: judge: unknown key "zzzz"'),
        ("pages = 3", 'auditor.toml: unknown key "pages"'),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_word(tmp_path, text, said):
    assert problems(tmp_path, text) == [said]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("AUDITOR_CRAWL__PAGE", ' (did you mean "AUDITOR_CRAWL__PAGES"?)'),
        ("AUDITOR_NETWRK__CONTACT", ' (did you mean "AUDITOR_NETWORK__CONTACT"?)'),
        ("AUDITOR_NETWORK_CONTACT", ' (did you mean "AUDITOR_NETWORK__CONTACT"?)'),
        ("AUDITOR_NETWRK_CONTACT", ' (did you mean "AUDITOR_NETWORK__CONTACT"?)'),
        ("AUDITOR_MAIL__SENDER", ""),
        ("AUDITOR_STORE_QQQQ", ""),
        ("AUDITOR_QQ__QQQQ", ""),
    ],
)
def test_a_variable_that_is_no_setting_is_named_itself_with_the_nearest_one(tmp_path, name, near):
    [said] = problems(tmp_path, **{name: "3"})
    assert said.startswith(f"{name}: there is no such setting{near}")


def test_a_value_that_does_not_fit_is_blamed_on_the_variable_that_gave_it(tmp_path):
    [said] = problems(tmp_path, "[crawl]\npages = 5", AUDITOR_CRAWL__PAGES="0")
    assert said.startswith("AUDITOR_CRAWL__PAGES: ")
    assert "auditor.toml" not in said
    assert load(tmp_path, "[crawl]\npages = 0", AUDITOR_CRAWL__PAGES="5").crawl.pages == 5


@pytest.mark.parametrize("name", ["AUDITOR_NETWORK__CONTACT", "AUDITOR_NETWORK__TRUST"])
def test_a_section_written_as_a_value_is_an_error_whatever_the_environment_says(tmp_path, name):
    said = problems(tmp_path, "network = 'x'", **{name: "y"})
    assert said == ["auditor.toml: network: is a section: its keys stand under [network]"]


def test_a_value_of_the_files_top_and_a_variable_of_that_name_are_both_errors(tmp_path):
    said = problems(tmp_path, "contact = 'x'", AUDITOR_CONTACT__X="y")
    assert [line.split(":")[0] for line in said] == ["AUDITOR_CONTACT__X", "auditor.toml"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[network]\nrequests_per_second = -1", "network.requests_per_second"),
        ("[network]\nconnections_per_host = 0", "network.connections_per_host"),
        ("[network]\nallow_addresses = ['10.0.0.1/8']", "network.allow_addresses"),
        ("[network]\nallow_addresses = 'everything'", "network.allow_addresses"),
        ("[network]\nconnect_to = { 'a.test' = '127.0.0.1:1' }", "network.connect_to"),
        ("[network]\nconnect_to = { 'a.test:443' = 'b.test:443' }", "network.connect_to"),
        ("[network]\nconnect_to = { 'a.test:443' = '127.0.0.1:70000' }", "network.connect_to"),
        ("[network]\nnameservers = ['dns.test']", "network.nameservers"),
        ("[network]\nnameservers = ['127.0.0.1:0']", "network.nameservers"),
        ("[network]\ntrust = 'ca.pem'", "network.trust"),
        ("[crawl]\npages = 0", "crawl.pages"),
        ("[crawl]\npages = 2.5", "crawl.pages"),
        ("[crawl]\nseconds = 0", "crawl.seconds"),
        ("[crawl]\ndecoded_bytes = 10", "crawl.decoded_bytes"),
        ("[schedule]\nuptime_seconds = 'often'", "schedule.uptime_seconds"),
        ("[schedule]\ntimezone = 'Asia/Nha_Trang'", "schedule.timezone"),
        ("[schedule]\ntimezone = 'Asia'", "schedule.timezone"),
        ("[schedule]\ntimezone = '../etc/passwd'", "schedule.timezone"),
        ("[schedule]\ntimezone = ''", "schedule.timezone"),
        ("[schedule]\nnightly = '1:00'", "schedule.nightly"),
        ("[browser]\npages_per_run = -1", "browser.pages_per_run"),
        ("[mail]\nport = 0", "mail.port"),
        ("[mail]\nport = 70000", "mail.port"),
        ("[mail]\nhost = 'mail.example:25'", "mail.host"),
        ("[mail]\nhost = 'smtp://mail.example'", "mail.host"),
        ("[mail]\nfrom = 'postmaster'", "mail.from"),
        ('[mail]\nfrom = "a@b.example\\r\\nBcc: c@d.example"', "mail.from"),
        ("[mail]\nhost = 'mail.example'", "mail"),
        ("[mail]\nusername = 'a'", "mail"),
        ("[mail]\npassword_file = 'x'", "mail"),
        ("[webhook]\nurl = 'ftp://hook.example/'", "webhook.url"),
        ("[webhook]\nurl = 'https://user@hook.example/'", "webhook.url"),
        ("[webhook]\nurl = 'https://hook.example/'", "webhook"),
        ("[webhook]\nurl = 'http://hook.example/'\nsecret_file = 'x'", "webhook"),
        ("[webhook]\nallow_addresses = ['inside']", "webhook.allow_addresses"),
        ("[evidence]\nretention_days = 0", "evidence.retention_days"),
        ("judge = 'qd-3061-2018'", "judge"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_place(tmp_path, text, place):
    [said] = problems(tmp_path, text)
    assert said.startswith(f"auditor.toml: {place}: ")
    assert len(said) > len(f"auditor.toml: {place}: ")


def test_every_problem_is_listed_at_once(tmp_path):
    said = problems(tmp_path, "[network]\ncontakt = 1\n[crawl]\npages = 0\ndepth = 99\n", AUDITOR_STORE__URI="x")
    assert [line.split(": ")[1].partition(" (")[0] for line in sorted(said)] == [
        "there is no such setting", "crawl.depth", "crawl.pages", "network",
    ]  # fmt: skip


@pytest.mark.parametrize("body", [b"[network\n", b"contact = 'x'\ncontact = 'y'", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(tmp_path, body):
    (tmp_path / "auditor.toml").write_bytes(body)
    [said] = problems(tmp_path)
    assert re.match(r"auditor\.toml: \S", said)


@pytest.mark.parametrize("where", ["file", "folder"])
def test_a_settings_file_that_cannot_be_read_is_named(tmp_path, where):
    if where == "folder":
        (tmp_path / "auditor.toml").mkdir()
    else:
        (tmp_path / "auditor.toml").symlink_to("auditor.toml")
    [said] = problems(tmp_path)
    assert said.startswith("auditor.toml: cannot be read: ")


# What the night and the letters need


@pytest.mark.parametrize(
    "line",
    [
        "0 1 * * *",
        "*/5 * * * *",
        "0,30 1-4 1,15 */2 mon-fri",
        "59 23 31 12 7",
        "5 4 * JAN sun",
        "  0   1 * * *  ",
        "0-59/10 * * * 0",
    ],
)
def test_a_cron_line_of_five_fields_is_taken(tmp_path, line):
    assert load(tmp_path, f"[schedule]\nnightly = '{line}'").schedule.nightly == line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "is not five fields"),
        ("0 1 * *", "is not five fields"),
        ("0 1 * * * *", "is not five fields"),
        ("@daily", "is not five fields"),
        ("60 1 * * *", '"60" is no minute'),
        ("0 24 * * *", '"24" is no hour'),
        ("0 1 0 * *", '"0" is no day'),
        ("0 1 * 13 *", '"13" is no month'),
        ("0 1 * * 8", '"8" is no weekday'),
        ("0 1 * * monday", '"monday" is no weekday'),
        ("0 1 * mon *", '"mon" is no month'),
        ("*/0 1 * * *", '"*/0" is no minute'),
        ("*/ 1 * * *", '"*/" is no minute'),
        ("0 5-1 * * *", '"5-1" is no hour'),
        ("0 1-2-3 * * *", '"1-2-3" is no hour'),
        ("0 1, * * *", '"1," is no hour'),
        ("-1 1 * * *", '"-1" is no minute'),
        ("² 1 * * *", '"²" is no minute'),
    ],
)
def test_a_cron_line_that_would_never_come_due_is_refused(tmp_path, line, said):
    [problem] = problems(tmp_path, f"[schedule]\nnightly = '{line}'")
    assert problem.startswith("auditor.toml: schedule.nightly: ")
    assert said in problem


def test_a_time_zone_is_named_with_the_nearest_one(tmp_path):
    [said] = problems(tmp_path, "[schedule]\ntimezone = 'Asia/Ho_Chi_Min'")
    assert said == 'auditor.toml: schedule.timezone: no time zone "Asia/Ho_Chi_Min" (did you mean "Asia/Ho_Chi_Minh"?)'


def test_mail_and_browser_are_settings_with_the_design_s_own_keys(tmp_path):
    (tmp_path / "password").write_text("x")
    (tmp_path / "chromium").write_text("")
    text = (
        "[mail]\nhost = 'mail.example'\nport = 465\nstarttls = true\nusername = 'auditor'\npassword_file = 'password'\n"
        "from = 'Kiểm tra <auditor@khanhhoa.example>'\n[browser]\nexecutable = 'chromium'\npages_per_run = 7\n"
    )
    settings = load(tmp_path, text)
    assert settings.mail.sender == "Kiểm tra <auditor@khanhhoa.example>"
    assert settings.mail.password_file == str(tmp_path / "password")
    assert (settings.browser.executable, settings.browser.pages_per_run) == (str(tmp_path / "chromium"), 7)
    assert load(tmp_path, "", AUDITOR_MAIL__FROM="a@b.example").mail.sender == "a@b.example"
    assert Settings().mail == Mail()


def test_a_password_never_goes_over_a_line_that_is_not_secured(tmp_path):
    (tmp_path / "password").write_text("x")
    [said] = problems(tmp_path, "[mail]\nusername = 'a'\npassword_file = 'password'\nstarttls = false")
    assert "starttls" in said
    tls = load(tmp_path, "[mail]\nusername = 'a'\npassword_file = 'password'\nstarttls = false\ntls = true")
    assert (tls.mail.tls, tls.mail.username) == (True, "a")


def test_a_webhook_is_called_with_a_key_and_its_address_is_shown_in_no_problem(tmp_path):
    (tmp_path / "key").write_text("x")
    hook = load(tmp_path, "[webhook]\nurl = 'https://hook.example/a?b=c'\nsecret_file = 'key'").webhook
    assert (hook.url, hook.secret_file) == ("https://hook.example/a?b=c", str(tmp_path / "key"))
    inside = load(tmp_path, "[webhook]\nurl = 'http://10.1.1.1/'\nsecret_file = 'key'\nallow_addresses = ['10.0.0.0/8']").webhook
    assert inside.allow_addresses == ("10.0.0.0/8",)
    [said] = problems(tmp_path, "[webhook]\nurl = 'https://hook.example/geheim geheim'\nsecret_file = 'key'")
    assert "geheim" not in said
    [said] = problems(tmp_path, "[webhook]\nurl = 'https://hook.example/'\nsecret_file = 'nokey'")
    assert "nokey cannot be read" in said


# Files that settings name


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[network]\ntrust = ['ca.pem']", "network.trust"),
        ("[network]\ndns_anchor = 'ca.pem'", "network.dns_anchor"),
        ("[browser]\nexecutable = 'ca.pem'", "browser.executable"),
        ("[mail]\nusername = 'a'\npassword_file = 'ca.pem'", "mail.password_file"),
    ],
)
def test_a_file_that_is_not_there_or_is_a_folder_is_named_with_its_setting(tmp_path, text, place):
    path = tmp_path / "ca.pem"
    assert problems(tmp_path, text) == [f"auditor.toml: {place}: {path} cannot be read: No such file or directory"]
    path.mkdir()
    [said] = problems(tmp_path, text)
    assert said.startswith(f"auditor.toml: {place}: {path} ")


def test_a_trust_file_without_a_certificate_is_named_each_of_several(tmp_path):
    bundle(tmp_path / "good.pem")
    (tmp_path / "bad.pem").write_text("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
    (tmp_path / "empty.pem").write_text("")
    said = problems(tmp_path, AUDITOR_NETWORK__TRUST='["good.pem", "bad.pem", "empty.pem"]')
    assert said == [
        f"AUDITOR_NETWORK__TRUST: {tmp_path / name} holds no certificate in PEM form" for name in ("bad.pem", "empty.pem")
    ]


# Paths and addresses


def test_relative_paths_are_taken_from_the_config_folder_and_absolute_ones_stay(tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    inside, deeper, elsewhere = (bundle(path) for path in (config / "ca.pem", config / "more" / "b.pem", tmp_path / "c.pem"))
    (config / "root.key").write_text("x")
    network = load(config, f"[network]\ntrust = ['ca.pem', 'more/b.pem', '{elsewhere}']\ndns_anchor = 'root.key'\n").network
    assert network.trust == (inside, deeper, elsewhere)
    assert network.dns_anchor == str(config / "root.key")
    assert load(config, f"[network]\ndns_anchor = '{elsewhere}'\n").network.dns_anchor == str(elsewhere)


def test_addresses_of_both_families_are_taken_with_and_without_a_port(tmp_path):
    text = (
        "[network]\nnameservers = ['192.0.2.53', '127.0.0.1:5353', '2001:db8::53', '[2001:db8::53]:5353']\n"
        "connect_to = { 'a.test:443' = '[::1]:8443' }\n"
    )
    network = load(tmp_path, text).network
    assert network.nameservers == ("192.0.2.53", "127.0.0.1:5353", "2001:db8::53", "[2001:db8::53]:5353")
    assert network.connect_to == {"a.test:443": "[::1]:8443"}
