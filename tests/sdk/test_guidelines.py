"""Guidelines are data that is checked like code: every mistake is named with its file and place."""

from pathlib import Path

import pytest

from auditor.errors import ConfigError
from auditor.sdk.guidelines import load_guidelines

SHIPPED = Path(__file__).parents[2] / "config"
TLS = 'source = "RFC"\ndate = 2022-11-01\nweak = ["RC4"]\nmin_dh_bits = 2048\nmin_protocol = "tls1.2"\n'


def written(tmp_path, **files):
    (tmp_path / "guidelines").mkdir()
    for stem, text in files.items():
        (tmp_path / "guidelines" / f"{stem}.toml").write_text(text, "utf-8")
    return tmp_path


def test_the_shipped_guidelines_name_their_source_and_date_and_what_the_probes_need():
    found = load_guidelines(SHIPPED)
    assert {"headers", "tls"} <= set(found)
    assert all(len(guideline["date"]) == 10 and guideline["source"] for guideline in found.values())
    assert found["tls"]["min_dh_bits"] == 2048
    assert {"NULL", "RC4", "3DES", "EXPORT", "_anon_"} <= set(found["tls"]["weak"])
    assert "sameorigin" in found["headers"]["framing"]["sound"]


def test_a_config_without_guidelines_has_none(tmp_path):
    assert load_guidelines(tmp_path) == {}


def test_somebody_elses_guideline_may_say_what_it_likes_but_must_say_whose_and_when(tmp_path):
    found = load_guidelines(
        written(tmp_path, wcag='source = "W3C"\ndate = "2018"\nlevels = ["A", ["AA"]]\n[deep]\nx = 2020-01-02\n')
    )
    assert found["wcag"] == {"source": "W3C", "date": "2018", "levels": ["A", ["AA"]], "deep": {"x": "2020-01-02"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("weak = [", "guidelines/tls.toml: "),
        (TLS.replace("RFC", ""), "guidelines/tls.toml: source: must be a text that is not empty"),
        (TLS.replace("min_dh_bits", "min_dh_bit"), 'guidelines/tls.toml: "min_dh_bits" is missing'),
        (TLS.replace("min_dh_bits", "min_dh_bit"), 'guidelines/tls.toml: unknown key "min_dh_bit" (did you mean "min_dh_bits"?)'),
        (TLS.replace("2048", "true"), "guidelines/tls.toml: min_dh_bits: must be a whole number"),
        (TLS.replace('["RC4"]', '["RC4", 3]'), "guidelines/tls.toml: weak: must be a list of texts"),
        (TLS.replace("2048", "20.5"), "guidelines/tls.toml: min_dh_bits: 20.5 must be written as text"),
    ],
)
def test_every_mistake_is_named_with_its_place(tmp_path, text, message):
    with pytest.raises(ConfigError) as caught:
        load_guidelines(written(tmp_path, tls=text))
    assert any(str(problem).startswith(message) for problem in caught.value.problems), str(caught.value)


def test_mistakes_of_all_files_are_listed_together(tmp_path):
    text = (SHIPPED / "guidelines" / "headers.toml").read_text("utf-8")
    folder = written(tmp_path, tls="x", headers=text.replace("[leaks]", "[leek]"))
    with pytest.raises(ConfigError) as caught:
        load_guidelines(folder)
    said = [str(problem) for problem in caught.value.problems]
    assert 'guidelines/headers.toml: "leaks" is missing' in said
    assert 'guidelines/headers.toml: unknown key "leek" (did you mean "leaks"?)' in said
    assert any(line.startswith("guidelines/tls.toml: ") for line in said)
