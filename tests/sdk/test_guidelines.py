"""Guidelines are data that is checked like code: every mistake is named with its file and place."""

import shutil
from pathlib import Path

import pytest

from auditor.app.parts import Parts
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


GRADE = (SHIPPED / "guidelines" / "tls-grade.toml").read_text("utf-8")
MOZILLA = (SHIPPED / "guidelines" / "tls-mozilla.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('crime = "C"', 'crime = "Z"', 'caps.crime: no grade "Z" (there are F, E, D, C, B, A-, A, A+)'),
        ('no_tls13 = "A-"', 'no_tls13 = "A--"', 'caps.no_tls13: no grade "A--" (did you mean "A-"?)'),
        ('no_tls13 = "A-"', 'no_tls31 = "A-"', 'caps: unknown key "no_tls31" (did you mean "no_tls13"?)'),
        ('"65=B"', '"65=b"', 'letters: "65=b": no grade "b" (there are F, E, D, C, B, A-, A, A+)'),
        ('"65=B"', '"B"', 'letters: "B": is no pair: "left=right"'),
        ('"65=B"', '"85=B"', "letters: must go down from pair to pair, to one that begins at 0"),
        (', "0=F"]', "]", "letters: must go down from pair to pair, to one that begins at 0"),
        ('"protocol=30"', '"protokol=30"', 'weights: "protokol=30": no part of the score "protokol" (did you mean "protocol"?)'),
        ('"protocol=30"', '"protocol=40"', "weights: they make 110, and must make 100"),
        ('"tls1.2=100"', '"tls1.2=101"', 'protocols: "tls1.2=101": 101 is more than 100'),
        ('"ssl2=0"', '"ssl1=0"', 'protocols: "ssl1=0": no protocol "ssl1" (did you mean "ssl3"?)'),
        ('"2048=90"', '"2048=ninety"', 'key: "2048=ninety": "ninety" is no whole number'),
        ('"AES_256=256"', '"=256"', "bits: \"=256\": a part of a suite's name is missing"),
        ('"1024=key_under_1024"', '"1024=key_below_1024"', 'small_keys: "1024=key_below_1024": no fault "key_below_1024" (did you mean "key_under_1024"?)'),
        ('old_protocols = ["tls1.0"', 'old_protocols = ["tls10"', 'old_protocols: no protocol "tls10" (did you mean "tls1.0"?)'),
        ("min_cipher_bits = 112", 'min_cipher_bits = "112"', "min_cipher_bits: must be a whole number"),
    ],
)  # fmt: skip
def test_a_wrong_word_or_number_of_the_grade_is_named_before_it_is_used(tmp_path, old, new, message):
    assert old in GRADE
    with pytest.raises(ConfigError) as caught:
        load_guidelines(written(tmp_path, **{"tls-grade": GRADE.replace(old, new, 1)}))
    assert f"guidelines/tls-grade.toml: {message}" in [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("stem", "text", "message"),
    [
        ("tls", TLS.replace('"tls1.2"', '"tls12"'), 'tls.toml: min_protocol: no protocol "tls12" (did you mean "tls1.2"?)'),
        ("tls-mozilla", MOZILLA.replace('["tls1.3"]', '["tls13"]', 1), 'tls-mozilla.toml: modern.protocols: no protocol "tls13" (did you mean "tls1.3"?)'),
        ("tls-mozilla", MOZILLA.replace('["ecdsa"]', '["ecdas"]', 1), 'tls-mozilla.toml: modern.key_types: no kind of key "ecdas" (did you mean "ecdsa"?)'),
        ("tls-mozilla", MOZILLA.replace('"secp384r1"]', '"secp348r1"]', 1), 'tls-mozilla.toml: modern.key_curves: no curve "secp348r1" (did you mean "secp384r1"?)'),
    ],
)  # fmt: skip
def test_a_wrong_word_of_the_other_guidelines_of_tls_is_named(tmp_path, stem, text, message):
    with pytest.raises(ConfigError) as caught:
        load_guidelines(written(tmp_path, **{stem: text}))
    assert f"guidelines/{message}" in [str(problem) for problem in caught.value.problems]


def test_the_check_lists_a_bad_guideline_and_the_judge_never_meets_it(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "config")
    path = tmp_path / "config" / "guidelines" / "tls-grade.toml"
    path.write_text(GRADE.replace('crime = "C"', 'crime = "G"'), "utf-8")
    parts = Parts.of(tmp_path / "config", tmp_path / "data")
    assert any(str(problem).startswith("guidelines/tls-grade.toml: caps.crime: no grade") for problem in parts.problems())
