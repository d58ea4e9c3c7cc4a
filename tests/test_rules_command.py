"""`certsweep rules`: listing, showing and trying rules, the office's own among them."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from classifiers.rulebook import FOLDER
from door.law_state import law_state
from door.rule_page import page, page_json
from door.rule_words import shelf
from door.settings import read_settings
from storage.bilingual import Problem

EXAMPLE = Path(__file__).parents[1] / "docs" / "b4_99_office_example.yaml"
RULE = "b4_02_guaranteed_pass"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = read_settings({"CERTSWEEP_HOME": str(tmp_path)})
    monkeypatch.setattr("commands.rules.SETTINGS", settings)
    return tmp_path


@pytest.fixture
def office(home: Path) -> Path:
    (home / "rules").mkdir()
    shutil.copy(EXAMPLE, home / "rules")
    return home / "rules"


def run(*words: str, code: int = 0, stdin: str = "") -> str:
    shown = CliRunner().invoke(cli.build_app("rules"), ["rules", *words], input=stdin)
    if shown.exception is not None and not isinstance(shown.exception, SystemExit):
        raise shown.exception
    assert shown.exit_code == code, shown.output
    return shown.stdout


def answer(*words: str, code: int = 0, stdin: str = "") -> Any:
    return json.loads(run(*words, "--json", code=code, stdin=stdin))


def test_the_list_has_every_rule_and_says_whose_it_is(office: Path) -> None:
    rows = answer("list")
    assert {row["name"] for row in rows} == {p.stem for p in FOLDER.glob("*.yaml")} | {EXAMPLE.stem}
    own = {row["name"] for row in rows if row["origin"] == "office"}
    assert own == {EXAMPLE.stem}
    for row in rows:
        assert row["words"] + row["patterns"] > 0
        assert row["proves"] in {"text", "directory", "human"}
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)


def test_the_list_can_be_read(office: Path) -> None:
    said = run("list")
    line = next(line for line in said.splitlines() if EXAMPLE.stem in line)
    assert line.split()[0] == "B4-99"
    assert "单位" in line


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml"))[::9])
def test_a_page_tells_all_of_a_rule(home: Path, name: str) -> None:
    said, told = run("show", name), answer("show", name)
    assert told["name"] == name
    words = [*told["words"], *told["sure"], *told["benign"]]
    words += [one["regex"] for one in told["patterns"]]
    words += [one["said"]["zh"] for one in told["patterns"]]
    words += [one["said"] for one in told["context"]]
    words += [one["text"] for one in (*told["hits"], *told["misses"]) if "text" in one]
    assert [word for word in words if word not in said] == []
    for row in told["legal_basis"]:
        assert row["state"] == "verified" or row["cited"] == ""
        assert (row["cited"] or row["law"]) in said


def test_a_page_of_the_offices_own_names_its_file(office: Path) -> None:
    assert answer("show", EXAMPLE.stem)["file"] == str(office / EXAMPLE.name)
    assert str(office / EXAMPLE.name) in run("show", EXAMPLE.stem)


def test_laws_are_told_with_their_state(home: Path) -> None:

    day = date(2026, 11, 1)
    assert law_state("广告法", "24(一)", day).state == "verified"
    assert law_state("广告法", "9(十一)", day).state == "unverified"
    assert law_state("广告法", "24(一)", date(1990, 1, 1)).state == "not_in_force"
    assert law_state("广告法", "999", day).state == "unknown"
    assert law_state("没有的法", "", day).state == "unknown"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("b4_02_guaranted_pass", RULE), ("b4-02", RULE), ("B4-02", RULE), ("zzz", "rules list")],
)
def test_a_name_that_is_none_gets_those_that_are_near(home: Path, name: str, hint: str) -> None:
    with pytest.raises(Problem, match=hint):
        run("show", name)


def test_all_rules_hold_on_their_own_examples(office: Path) -> None:
    rows = answer("test")
    assert len(rows) > 300
    assert all(row["holds"] for row in rows)
    assert {row["kind"] for row in rows if row["rule"] == EXAMPLE.stem} == {"hit", "miss"}


def test_an_example_that_does_not_hold_is_told_with_the_steps(office: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("quote: 团报名额", "quote: 育婴师")
    (office / EXAMPLE.name).write_text(text, encoding="utf-8")
    said = run("test", EXAMPLE.stem, code=1)
    assert "✗ 应命中【育婴师】" in said
    assert "实际：“团报名额”" in said
    wrong = [row for row in answer("test", EXAMPLE.stem, code=1) if not row["holds"]]
    assert [row["quote"] for row in wrong] == ["育婴师"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("今天多云。", "✗ 文中没有本规则的任何词"),
        ("考证大楼必通电。", "被更长的无害词包住：“必通电”"),
        ("此地包过，两不相欠。", "✗ 全文内须有任一类词"),
        ("培训证书，我校不承诺包过。", "被否定：“不承诺”"),
        ("这次拿证的人不多。", "锚词在，句式对不上"),
        ("焊工证签约包过，加微信13800000000。", "发言者：卖家"),
        ("焊工证签约包过，加微信13800000000。", "→ 本规则命中：基础分 0.62"),
    ],
)
def test_a_rule_says_step_by_step_why_it_does_or_does_not_match(
    home: Path, text: str, told: str
) -> None:
    assert told in run("test", RULE, "--text", text)


def test_a_text_can_come_from_a_file_a_page_or_standard_input(home: Path) -> None:
    page = home / "a.html"
    page.write_text("<p>焊工证签约<b>包</b>过，加微信13800000000</p>", encoding="gb18030")
    assert answer("test", RULE, str(page))["matches"]
    said = answer("test", RULE, "-", stdin="焊工证签约包过，加微信13800000000")
    assert (said["matches"], said["speaker"]) == (True, "seller")
    assert said["claims"][0]["quote"] == "签约包过"


def test_without_a_name_every_rule_that_has_words_there_is_told(office: Path) -> None:
    rows = json.loads(run("test", "--text", "焊工证拼团拿证，签约包过，加微信", "--json"))
    assert {RULE, EXAMPLE.stem} <= {row["rule"] for row in rows if row["matches"]}
    said = run("test", "--text", "焊工证拼团拿证，签约包过，加微信")
    assert said.count("→ 本规则命中") >= 2


def test_url_and_account_can_be_given(home: Path) -> None:
    name = next(
        path.stem
        for path in FOLDER.glob("*.yaml")
        if "hosts: [lookalike]" in path.read_text("utf-8")
    )
    hit = answer("show", name)["hits"][0]
    words = ["test", name, "--text", hit["title"], "--url", hit["url"]]
    assert answer(*words)["matches"]
    elsewhere = answer(*words[:-1], "https://news.example/")
    assert {claim["fate"] for claim in elsewhere["claims"]} == {"host"}


def test_a_file_and_a_text_at_once_are_wrong_use(home: Path) -> None:
    with pytest.raises(Problem, match="not both"):
        run("test", RULE, "-", "--text", "x")


def test_a_broken_rule_is_told_by_the_list_too(office: Path) -> None:
    (office / "b4_99_bad.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(Problem, match=r"b4_99_bad\.yaml unreadable, line 2"):
        run("list")


def test_hostile_text_cannot_steer_the_terminal(home: Path) -> None:
    text = "焊工证签约包过\x1b[2J\u202e，加微信"
    said = run("test", RULE, "--text", text)
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_the_learned_model_has_a_page_among_the_rules_and_is_none(home: Path) -> None:
    shown = CliRunner().invoke(cli.build_app("rules"), ["rules", "list"])
    assert "learned" in shown.stderr
    assert "从不作决定" in shown.stderr
    assert "从不作决定" in run("show", "learned")
    told = answer("show", "learned")
    assert (told["rule"], told["in_use"]) == (False, True)
    assert 0 < told["threshold"] < 1
    with pytest.raises(Problem, match="never decides"):
        run("test", "learned", "--text", "x")


def test_every_rule_can_be_shown(home: Path) -> None:
    known = shelf(read_settings({"CERTSWEEP_HOME": str(home)}))
    for rule in known.judge.eye.rules:
        said = "\n".join(page(known, rule, date(2026, 11, 1)))
        assert ("须与目录核对" in said) == bool(rule.directory)
        json.dumps(page_json(known, rule, date(2026, 11, 1)))
