"""How commands end when they cannot do their work: by whose fault, with which exit code, and what is said of it."""

import os
import subprocess
import sys

import pytest
from commands import auditor, environment

from auditor.app.parts import shipped_config

HEAVY = {"alembic", "anyio", "dns", "httpx", "jinja2", "openpyxl", "pydantic", "selectolax", "sqlalchemy", "sslyze", "structlog"}


def changed(code, *arguments, cwd=None):
    """Run a command in a process of its own after a change to the program."""
    program = f"import sys\n{code}\nfrom auditor.cli import main\nmain()"
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd, timeout=180, env=environment())


def config_with(folder, text):
    folder.mkdir()
    for path in shipped_config().iterdir():
        if path.name != "auditor.toml":
            (folder / path.name).symlink_to(path)
    (folder / "auditor.toml").write_text(text, "utf-8")
    return folder


# What nobody foresaw


@pytest.mark.parametrize("fault", ["RuntimeError('boom')", "ValueError('boom')", "KeyError('boom')", "OSError(28, 'boom')"])
@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_crash_of_ours_is_no_answer_it_ends_with_3_and_its_trace(tmp_path, fault, as_json):
    code = f"import auditor.app.status\ndef status(parts, last, weeks): raise {fault}\nauditor.app.status.status = status"
    done = changed(code, "status", "--data", tmp_path, *as_json)
    assert done.returncode == 3
    assert "Traceback (most recent call last)" in done.stderr
    assert "boom" in done.stderr
    assert "Lỗi của chương trình" in done.stderr
    assert done.stdout == ""


def test_an_interrupted_command_is_not_done(tmp_path):
    code = (
        "import auditor.app.status\ndef status(parts, last, weeks): raise KeyboardInterrupt\nauditor.app.status.status = status"
    )
    done = changed(code, "status", "--data", tmp_path)
    assert done.returncode == 3
    assert done.stderr == "Đã dừng; lần chạy sau sẽ làm tiếp.\n"


def test_a_reader_who_leaves_early_gets_no_trace(tmp_path):
    for arguments in (["check", "--json"], ["check"], ["--help"]):
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, "-m", "auditor", "--data", str(tmp_path), *arguments]
        with os.fdopen(writing, "wb") as out:
            done = subprocess.run(command, check=False, stdout=out, stderr=subprocess.PIPE, timeout=60, env=environment())
        assert (done.returncode, done.stderr) == (3, b""), arguments


# Evidence that cannot be read


@pytest.mark.slow
def test_evidence_that_has_changed_is_our_fault_unless_the_question_was_whether_it_has(data):
    path = max((data / "evidence" / "blobs").rglob("*"), key=lambda found: found.stat().st_size if found.is_file() else 0)
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 4
    path.write_bytes(whole)
    shown = auditor("evidence", "show", path.name, "--data", data)
    assert (shown.code, shown.out) == (3, "")
    assert path.name in shown.err
    assert "Traceback" not in shown.err
    assert auditor("evidence", "verify", "--data", data).code == 1


# Config and folders that cannot be used


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[network]\ntrust = ['none.pem']", "auditor.toml: network.trust: {}/none.pem cannot be read: No such file or directory"),
        (
            "[network]\ndns_anchor = 'none.key'",
            "auditor.toml: network.dns_anchor: {}/none.key cannot be read: No such file or directory",
        ),
        ("[network]\ndns_anchor = 'groups.toml'", "groups.toml: no DS or DNSKEY records in zone-file form"),
        ("network = 'x'", "auditor.toml: network: is a section: its keys stand under [network]"),
        ("[schedule]\nnightly = 'at night'", 'auditor.toml: schedule.nightly: "at night" is not five fields'),
    ],
)
def test_settings_that_cannot_be_used_are_found_by_check_and_stop_every_other_command(tmp_path, text, said):
    config = config_with(tmp_path / "config", text)
    checked = auditor("check", "--config", config)
    assert (checked.code, checked.err) == (1, "")
    assert said.format(config) in checked.out
    for command in (["rank"], ["run"], ["probe", "--agency", "so-tttt"]):
        done = auditor(*command, "--config", config, "--data", tmp_path / "var")
        assert (done.code, done.out) == (2, "")
        assert said.format(config) in done.err
        assert "Traceback" not in done.err


def test_wrong_settings_do_not_hide_what_else_is_wrong(tmp_path):
    config = config_with(tmp_path / "config", "[netwrk]\n")
    (config / "groups.toml").unlink()
    (config / "groups.toml").write_text("groups = 1\n")
    files = [problem["file"] for problem in auditor("check", "--config", config, "--json").json["problems"]]
    assert files[0] == "auditor.toml"
    assert "groups.toml" in files


def test_a_variable_of_the_environment_that_is_no_setting_is_named_by_check_and_by_the_rest(tmp_path):
    wrong = {"AUDITOR_NETWORK_CONTACT": "mailto:a@b.example"}
    said = 'AUDITOR_NETWORK_CONTACT: there is no such setting (did you mean "AUDITOR_NETWORK__CONTACT"?)'
    checked = auditor("check", "--data", tmp_path, **wrong)
    assert (checked.code, checked.out) == (1, f"{said}\n1 lỗi.\n")
    done = auditor("rank", "--data", tmp_path, **wrong)
    assert (done.code, done.err) == (2, f"{said}\n")


def test_an_edition_that_is_a_folder_is_a_problem_of_the_config(tmp_path):
    config = config_with(tmp_path / "config", "")
    (config / "editions").unlink()
    (config / "editions" / "qd-3061-2018.toml").mkdir(parents=True)
    done = auditor("check", "--config", config)
    assert done.code == 1
    assert "editions/qd-3061-2018.toml: cannot be read: " in done.out


def test_a_data_folder_that_is_a_file_is_wrong_use(tmp_path):
    (tmp_path / "var").write_text("")
    done = auditor("status", "--data", tmp_path / "var")
    assert (done.code, done.err) == (2, f"{tmp_path / 'var'} is a file, and not a folder of data\n")


# Where things are written, and what is imported


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        (["demo"], "var/demo"),
        (["--data", "var", "demo"], "var"),
        (["demo", "--data=var"], "var"),
        (["demo", "--data", "elsewhere"], "elsewhere"),
    ],
)
def test_the_demonstration_is_written_where_it_was_told_to_be(tmp_path, arguments, folder):
    code = (
        "import auditor.app.demo\nfrom auditor.errors import NotDone\n"
        "def demo(data, told): raise NotDone(f'demo in {data}')\nauditor.app.demo.demo = demo"
    )
    done = changed(code, *arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (3, f"demo in {folder}\n")


def test_help_imports_nothing_that_only_the_commands_need():
    program = "import sys\nimport auditor.cli\nprint(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment())
    assert "typer" in done.stdout.split()
    assert HEAVY.isdisjoint(done.stdout.split())


def test_a_run_that_the_gate_holds_back_says_why_in_vietnamese(tmp_path):
    code = "import auditor.app.visiting as v\nv.held_because = lambda night: 'no site answered at all: our own link may be down'"
    done = changed(code, "run", "--data", tmp_path)
    assert done.returncode == 3
    assert done.stdout.splitlines()[0] == "Chưa công bố: không trang nào trả lời: có thể đường truyền của máy kiểm tra bị đứt"
