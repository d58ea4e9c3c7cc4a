"""What a person meets at the door: manuals in one language, wrong use told in a sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from door.misuse import misused

ROOT = Path(__file__).parent.parent
HAN = re.compile(r"[\u3400-\u9fff]")
TYPERS_OWN = re.compile(r"Usage|Options|Arguments|Commands|Show this|required|default|<\w+>")


def manual_of(*words: str, code: int = 0) -> str:
    shown = CliRunner().invoke(cli.build_app(words[0] if words else ""), [*words])
    assert shown.exit_code == code, shown.output
    return shown.output


def complaint(monkeypatch, capsys, *words: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["certsweep", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0), capsys.readouterr().err


@pytest.fixture(autouse=True)
def chinese(monkeypatch):
    if cli.t("zh", "en") != "zh":
        pytest.skip("CERTSWEEP_LANG is set to another language")


@pytest.mark.parametrize("name", cli.command_names())
def test_every_manual_is_in_the_readers_language_alone(name):
    page = manual_of(name, "--help")
    assert not TYPERS_OWN.search(page)
    assert all(HAN.search(line) for line in page.splitlines() if line.strip())
    assert " / " not in page


def test_the_english_manuals_hold_no_chinese():
    for words in (["--help"], *([name, "--help"] for name in ("decide", "sweep", "export"))):
        shown = subprocess.run(
            [sys.executable, "-m", "cli", *words],
            cwd=ROOT,
            env=os.environ | {"CERTSWEEP_LANG": "en"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert shown.stdout.startswith("Usage: ")
        assert not HAN.search(shown.stdout)


def test_the_manual_lists_every_command_with_what_it_does():
    page = manual_of("--help")
    for name in cli.command_names():
        assert re.search(rf"^  {name} +\S", page, re.MULTILINE), name


def test_a_manual_says_what_must_be_given_and_what_it_is_otherwise():
    page = manual_of("parse", "--help")
    assert "--url 网址" in page
    assert "（必填）" in page
    assert "（默认 200）" in page
    assert "（默认 0）" in manual_of("scheduler", "--help")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nope",), "没有“nope”这个命令"),
        (("db", "nope"), "没有“nope”这个命令；有：upgrade"),
        (("--bogus",), "没有 --bogus 这个选项"),
        (("sweep", "--sampl"), "没有 --sampl 这个选项。是不是 --sample？"),
        (("sweep",), "二者选一"),
        (("sweep", "--sample", "--targets", "x.yaml"), "二者选一"),
        (("case",), "缺少 编号"),
        (("case", "x"), "编号 的值“x”不对：应是整数"),
        (("case", "99999999999999999999"), "编号 的值“99999999999999999999”不对：没有这么大的数"),
        (
            ("takedown", "withdraw", "3", str(2**63), "--by", "甲", "--reason", "重复"),
            f"请求… 的值“{2**63}”不对：没有这么大的数",
        ),
        (("case", "1", "2"), "多出了用不上的参数：2"),
        (("cases", "--limit", "0"), "--limit 的值“0”不对：不能小于 1"),
        (("decide", "1", "违规", "--by", "甲"), "缺少 --reason（理由代码"),
        (("decide", "1", "违规", "--by"), "--by 后面缺少它的值"),
        (("scheduler", "--targets", "x", "--hour", "25"), "--hour 的值“25”不对：不能大于 23"),
        (("parse", "x", "--source", "a", "--url", "b", "--fetched-at", "z"), "应是时间"),
    ],
)
def test_wrong_use_is_told_in_chinese_and_ends_with_2(monkeypatch, capsys, words, said):
    code, told = complaint(monkeypatch, capsys, *words)
    assert code == 2
    assert said in told
    assert told.startswith("错误：")
    assert "Traceback" not in told


def test_a_value_that_drives_the_terminal_is_shown_and_not_obeyed(monkeypatch, capsys):
    _, told = complaint(monkeypatch, capsys, "case", "\x1b[2J")
    assert "\x1b" not in told


def test_a_bare_name_shows_the_manual_and_is_wrong_use(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["certsweep"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().out == manual_of("--help")


def test_a_problem_of_the_work_itself_ends_with_1(monkeypatch, capsys):
    code, told = complaint(monkeypatch, capsys, "canon", "no url")
    assert (code, told.startswith("错误：")) == (1, True)


def test_an_error_typer_may_add_later_is_told_in_its_own_words():
    assert misused(cli.typer.TyperException("something new")).zh == "something new"


def test_ctrl_c_in_a_command_says_what_was_kept(monkeypatch, capsys):
    def interrupted(_url: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("commands.canon.canonical", interrupted)
    code, told = complaint(monkeypatch, capsys, "canon", "http://a.test/")
    assert (code, "已保存的都在" in told) == (130, True)
