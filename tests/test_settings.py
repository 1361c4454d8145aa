"""auditor.toml and the environment become settings, or every mistake is named."""

import re
import tomllib
from pathlib import Path

import pytest

from auditor.errors import ConfigError
from auditor.settings import Settings, load_settings

SHIPPED = Path(__file__).parents[1] / "config"


def load(folder, text=None, **environment):
    if text is not None:
        (folder / "auditor.toml").write_text(text, "utf-8")
    return load_settings(folder, environment)


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
        name: set(getattr(Settings(), name).model_dump()) for name in Settings.model_fields
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


def test_an_unknown_key_of_the_environment_is_an_error_too(tmp_path):
    assert problems(tmp_path, AUDITOR_CRAWL__PAGE="3") == ['auditor.toml: crawl: unknown key "page" (did you mean "pages"?)']


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
    assert [line.split(": ")[1] for line in sorted(said)] == ["crawl.depth", "crawl.pages", "network", "store"]


@pytest.mark.parametrize("body", [b"[network\n", b"contact = 'x'\ncontact = 'y'", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(tmp_path, body):
    (tmp_path / "auditor.toml").write_bytes(body)
    [said] = problems(tmp_path)
    assert re.match(r"auditor\.toml: \S", said)


# Paths and addresses


def test_relative_paths_are_taken_from_the_config_folder_and_absolute_ones_stay(tmp_path):
    network = load(tmp_path, "[network]\ntrust = ['ca.pem', 'more/b.pem', '/etc/ca.pem']\ndns_anchor = 'root.key'\n").network
    assert network.trust == (tmp_path / "ca.pem", tmp_path / "more" / "b.pem", Path("/etc/ca.pem"))
    assert network.dns_anchor == str(tmp_path / "root.key")
    assert load(tmp_path, "[network]\ndns_anchor = '/etc/root.key'\n").network.dns_anchor == "/etc/root.key"


def test_addresses_of_both_families_are_taken_with_and_without_a_port(tmp_path):
    text = (
        "[network]\nnameservers = ['192.0.2.53', '127.0.0.1:5353', '2001:db8::53', '[2001:db8::53]:5353']\n"
        "connect_to = { 'a.test:443' = '[::1]:8443' }\n"
    )
    network = load(tmp_path, text).network
    assert network.nameservers == ("192.0.2.53", "127.0.0.1:5353", "2001:db8::53", "[2001:db8::53]:5353")
    assert network.connect_to == {"a.test:443": "[::1]:8443"}
