"""How the commands answer: options on either side, exit codes, and what is said of wrong use and wrong config."""

import shutil

import pytest
from commands import auditor

from auditor.app.parts import shipped_config


def test_help_names_every_command():
    done = auditor("--help")
    assert done.code == 0
    names = [
        "demo",
        "check",
        "probe",
        "run",
        "judge",
        "rank",
        "explain",
        "report",
        "preview",
        "status",
        "declare",
        "explanation",
        "appraise",
        "journal",
        "evidence",
        "alerts",
        "schedule",
    ]
    assert all(f"  {name} " in done.out for name in names)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["probe", "--agency", "so-ttt"], 'no agency "so-ttt" (did you mean "so-tttt"?)'),
        (["run", "--group", "9"], 'no group "9"'),
        (["probe", "--agency", "so-tttt", "--probe", "portl"], 'no probe "portl" (did you mean "portal"?)'),
        (["probe", "--agency", "so-tttt", "--site", "https://elsewhere.test/"], "so-tttt has no site"),
        (["rank", "--as-of", "1-2-2026"], "YYYY-MM-DD"),
        (["rank", "--as-of", "2999-01-01"], "2999-01-01 is still to come"),
        (["rank"], "nothing was published"),
        (["report"], "nothing was published"),
        (["explain", "so-tttt"], "nothing was seen of so-tttt yet"),
        (["explain", "so-tttt", "content.new"], 'did you mean "content.news"?'),
        (["judge"], "nothing was visited yet"),
        (["preview", "qd-3061-2018"], "nothing was published"),
        (["preview", "qd-3061-2019"], 'no edition "qd-3061-2019" (did you mean "qd-3061-2018"?)'),
        (["preview", "./nowhere.toml"], "nowhere.toml: cannot be read: No such file or directory"),
        (["preview", "qd-3061-2018", "--as-of", "gestern"], "YYYY-MM-DD"),
        (["evidence", "show", "sha256:zz"], "is no digest"),
        (["evidence", "show", "abcdef01"], "nothing whose digest begins with abcdef01"),
        (["alerts", "preview", "--lang", "fr"], 'no language "fr"'),
        (["alerts", "list", "--agency", "so-ttt"], 'no agency "so-ttt" (did you mean "so-tttt"?)'),
        (["rank", "--nonsense"], "nonsense"),
        (["nonsense"], "nonsense"),
        (["probe"], "--agency"),
        (["rank", "--edition", "qd-3061-2019"], 'no edition "qd-3061-2019" (did you mean "qd-3061-2018"?)'),
        (["--config", "/nowhere", "check"], "there is no such config folder"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what(tmp_path, arguments, said):
    done = auditor(*arguments, "--data", tmp_path / "var")
    assert done.code == 2
    assert said in done.err
    assert done.out == ""
    assert "Traceback" not in done.err


def test_global_options_may_stand_on_either_side(tmp_path):
    before = auditor("--json", "--data", tmp_path, "evidence", "list")
    after = auditor("evidence", "list", f"--data={tmp_path}", "--json")
    assert before.out == after.out == "[]\n"


def test_a_data_folders_own_config_is_used(tmp_path):
    shutil.copytree(shipped_config(), tmp_path / "config")
    (tmp_path / "config" / "auditor.toml").write_text("[network]\ncontct = 'x'\n")
    done = auditor("check", "--data", tmp_path)
    assert done.code == 1
    assert 'auditor.toml: network: unknown key "contct" (did you mean "contact"?)' in done.out
    assert auditor("check", "--data", tmp_path, "--config", shipped_config()).code == 0


def test_wrong_config_is_listed_whole_by_check_and_stops_every_other_command(tmp_path):
    config = tmp_path / "config"
    shutil.copytree(shipped_config(), config)
    edition = config / "editions" / "qd-3061-2018.toml"
    edition.write_text(edition.read_text("utf-8").replace('"content.news"', '"content.new"', 1), "utf-8")
    with (config / "agencies.csv").open("a", encoding="utf-8") as file:
        file.write("so-x,Sở X,X,9,2018-13-01,,,\n")
    checked = auditor("check", "--config", config, "--json")
    assert checked.code == 1
    files = {problem["file"] for problem in checked.json["problems"]}
    assert "agencies.csv" in files
    for command in (["rank"], ["run"], ["probe", "--agency", "so-tttt"]):
        done = auditor(*command, "--config", config, "--data", tmp_path / "var")
        assert done.code == 2
        assert "agencies.csv" in done.err


def test_an_edition_that_forgets_a_measure_is_a_problem_of_check_and_of_nothing_else(tmp_path):
    config = tmp_path / "config"
    shutil.copytree(shipped_config(), config)
    edition = config / "editions" / "qd-3061-2018.toml"
    edition.write_text(edition.read_text("utf-8").replace('["portal.trust_label"]', "[]", 1), "utf-8")
    checked = auditor("check", "--config", config, "--json")
    assert checked.code == 1
    assert checked.json["problems"] == [
        {
            "file": "editions/qd-3061-2018.toml",
            "place": "",
            "what": 'no criterion prices "portal.trust_label": price it, or list it in "unpriced" with a reason',
        }
    ]
    ranked = auditor("rank", "--config", config, "--data", tmp_path / "var")
    assert (ranked.code, "trust_label" in ranked.err) == (2, False)
    assert "nothing was published yet" in ranked.err
    assert auditor("declare", "list", "--config", config, "--data", tmp_path / "var").code == 0


def test_an_edition_whose_sums_contradict_it_stops_every_command(tmp_path):
    config = tmp_path / "config"
    shutil.copytree(shipped_config(), config)
    edition = config / "editions" / "qd-3061-2018.toml"
    edition.write_text(edition.read_text("utf-8").replace('points = { "1" = "30"', 'points = { "1" = "31"', 1), "utf-8")
    what = 'area "portal": group "1": 31 points are stated, the criteria come to 30'
    assert what in auditor("check", "--config", config).out
    ranked = auditor("rank", "--config", config, "--data", tmp_path / "var")
    assert ranked.code == 2
    assert what in ranked.err


def test_the_shipped_config_is_without_a_problem(tmp_path):
    done = auditor("check", "--json", "--data", tmp_path)
    assert done.code == 0
    assert done.json["ok"]
    measures = {measure["id"]: measure for measure in done.json["measures"]}
    assert measures["content.news"]["words"] == ["missing", "broken", "empty", "present"]


def test_a_wrong_declaration_is_refused_whole_with_row_and_column(tmp_path):
    form = tmp_path / "form.csv"
    form.write_text("agency,criterion,value\nso-tttt,1.1,2\nso-tttx,1.1,0.5\n", "utf-8")
    done = auditor("declare", "import", form, "--data", tmp_path / "var")
    assert done.code == 1
    assert "form.csv: dòng 3, cột agency" in done.err
    assert auditor("declare", "list", "--json", "--data", tmp_path / "var").json == []


def test_a_missing_declaration_file_is_said(tmp_path):
    done = auditor("declare", "import", tmp_path / "nothing.csv", "--data", tmp_path / "var")
    assert done.code == 1
    assert "nothing.csv" in done.err


def test_a_second_run_beside_a_first_is_not_done(tmp_path):
    from auditor.engines.lock import only_one

    with only_one(tmp_path):
        done = auditor("run", "--data", tmp_path)
    assert done.code == 3
    assert "another run" in done.err
