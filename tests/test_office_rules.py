"""An office's own rules: used without touching code, and never silently lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from classifiers.judge import load_judge
from classifiers.office_rules import LARGEST, look_over, own_rules, prove
from classifiers.sheets import BadSheet
from classifiers.subject import Subject
from door.checkup import Mark, office_rules
from door.office_judge import office_judge, rules_folder
from door.settings import Settings, read_settings
from door.sweep_run import SweepOrder, run_sweep
from storage.bilingual import Problem
from storage.database import open_database, read
from storage.models import sweeps

EXAMPLE = Path(__file__).parents[1] / "docs" / "b4_99_office_example.yaml"
ADVERT = Subject(text="育婴师拼团拿证，加微信13800000000。")


def settings(home: Path, rules: str = "") -> Settings:
    return read_settings({"CERTSWEEP_HOME": str(home), "CERTSWEEP_RULES": rules})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "rules"
    place.mkdir()
    shutil.copy(EXAMPLE, place)
    return place


def spoil(folder: Path, was: str, becomes: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert was in text
    (folder / EXAMPLE.name).write_text(text.replace(was, becomes, 1), encoding="utf-8")


def refusal(home: Path) -> str:
    with pytest.raises(Problem) as caught:
        office_judge(settings(home))
    assert EXAMPLE.parent.name not in caught.value.text.zh
    assert "没有开始" in caught.value.text.zh
    return caught.value.text.en


def test_the_example_in_the_manual_works_as_it_stands(folder: Path) -> None:
    judge = load_judge(folder)
    look_over(folder)
    prove(judge, folder)
    (rule,) = own_rules(judge, folder)
    assert rule.name == EXAMPLE.stem
    assert {found.rule for found in judge.judge(ADVERT).findings} == {EXAMPLE.stem}


def test_the_rules_in_the_home_are_used_by_themselves(folder: Path, tmp_path: Path) -> None:
    assert rules_folder(settings(tmp_path)) == folder
    assert office_judge(settings(tmp_path)).judge(ADVERT).flagged


def test_the_folder_named_by_the_office_comes_first(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert rules_folder(settings(tmp_path, str(other))) == other
    judge = office_judge(settings(tmp_path, str(other)))
    assert EXAMPLE.stem not in {found.rule for found in judge.judge(ADVERT).findings}
    assert not judge.alone().judge(ADVERT).flagged


def test_an_office_without_rules_gets_those_that_come_along(tmp_path: Path) -> None:
    assert rules_folder(settings(tmp_path)) is None
    assert office_judge(settings(tmp_path)).eye.rules == load_judge().eye.rules


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.write_text("x")])
def test_a_named_folder_that_is_none_is_a_problem(tmp_path: Path, make: object) -> None:
    place = tmp_path / "gone"
    make(place)  # type: ignore[operator]
    with pytest.raises(Problem, match="is not there or no folder"):
        office_judge(settings(tmp_path, str(place)))


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("code: B4-99", "code: B4-98", "line 3, code: b4_99_office_example is not named after"),
        ("law: 广告法", "law: 广告", "line 23, law: no law '广告'"),
        ('article: "28"', 'article: "2800"', "line 23, article: not there; use 8、"),
        ('article: "28"', "article: 28", "line 23, article: the article must be quoted text"),
        ("以{words}招揽", "招揽", "line 20, zh: must hold {words}"),
        ("benign:", "voices: [selller]\nbenign:", "line 18, voices: no voice selller"),
        ("团报名额, ", "团♂报名额, ", "line 10, words: '团♂报名额' holds a separator"),
        ("团报名额, ", '"团\\n报名额", ', "holds a separator"),
        ("团报名额, ", "拼, ", "line 10, words: '拼' is too short"),
        ("sure: [拼团拿证]", 'sure: ["\\u200b\\u200b"]', "nothing but invisible signs"),
        ("anchors: [人成团]", "anchors: [人-成团]", "line 13, anchors: '人-成团' holds"),
        (
            r"[一二三四五六七八九十\d]{1,2}人成团",
            "(?:[一-鿿]{1,8}){1,8}人成团",
            "line 14, regex: repetitions within repetitions",
        ),
        ("quote: 团报名额", "quote: 育婴师", "line 26, quote: not found by '育婴师'"),
        (
            '"三人成团的旅游线路本周出发。"',
            '"焊工证拼团拿证，加微信。"',
            "line 29, reason: the text is",
        ),
        ("version: 1", "version: 1\nversion: 2", "line 7, version: the key stands in line 6"),
        ("words: [", "words: [[", "unreadable, line 11: "),
        ("version: 1", "version: 2024-13-45", "unreadable"),
        ("words: [", "words: " + "[" * 5000 + "[", "unreadable"),
    ],
)
def test_a_faulty_rule_stops_us_with_file_line_and_fault(
    folder: Path, tmp_path: Path, was: str, becomes: str, told: str
) -> None:
    spoil(folder, was, becomes)
    said = refusal(tmp_path)
    assert "b4_99_office_example.yaml" in said
    assert told in said


def test_a_code_that_the_policy_lacks_is_refused(folder: Path, tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("code: B4-99", "code: B4-77")
    (folder / EXAMPLE.name).rename(folder / "b4_77_example.yaml").write_text(text, encoding="utf-8")
    assert "b4_77_example.yaml, line 3, code: no such code: use A1-01" in refusal(tmp_path)


def test_all_faulty_files_are_told_at_once(folder: Path, tmp_path: Path) -> None:
    spoil(folder, "severity: 3", "severity: 9")
    (folder / "b4_99_second.yaml").write_text("- nothing\n", encoding="utf-8")
    said = refusal(tmp_path)
    assert "line 7, severity" in said
    assert "b4_99_second.yaml must be a mapping" in said


@pytest.mark.parametrize(
    "name", ["b4_99_x.yml", "b4_99_x.YAML", "b4_99_x.yaml.txt", "规则.txt", "b4_99_x"]
)
def test_a_file_that_would_be_passed_over_is_a_fault(
    folder: Path, tmp_path: Path, name: str
) -> None:
    shutil.copy(EXAMPLE, folder / name)
    assert f"{name} would not be read" in refusal(tmp_path)


def test_a_folder_inside_and_a_giant_are_faults(folder: Path, tmp_path: Path) -> None:
    (folder / "more").mkdir()
    (folder / "b4_99_giant.yaml").write_bytes(b"#" * (LARGEST + 1))
    said = refusal(tmp_path)
    assert "more is a folder" in said
    assert "b4_99_giant.yaml has more than 256 KB" in said


@pytest.mark.parametrize(
    "name", ["README.md", ".hidden.yaml.swp", "b4_99_old.bak", "b4_99_x.yaml~"]
)
def test_notes_and_what_editors_leave_are_no_fault(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / name).write_text("notes", encoding="utf-8")
    assert office_judge(settings(tmp_path)).judge(ADVERT).flagged


def test_a_rule_may_not_take_the_name_of_one_of_ours(folder: Path) -> None:
    (folder / EXAMPLE.name).rename(folder / "b4_99_no_threshold.yaml")
    with pytest.raises(BadSheet, match="a rule of this name exists already"):
        load_judge(folder)


def test_a_sweep_refuses_to_begin_and_leaves_no_trace(folder: Path, tmp_path: Path) -> None:
    spoil(folder, "severity: 3", "severity: 9")
    engine = open_database("", tmp_path)
    order = SweepOrder(targets=(), name="targets")
    with pytest.raises(Problem, match=r"example\.yaml, line 7, severity"):
        run_sweep(engine, settings(tmp_path), order, {}, lambda _visit: None)
    with read(engine) as connection:
        assert connection.execute(sweeps.select()).all() == []
    engine.dispose()


def test_the_doctor_looks_at_the_offices_rules(folder: Path, tmp_path: Path) -> None:
    assert office_rules(settings(tmp_path / "empty")).mark is Mark.GOOD
    good = office_rules(settings(tmp_path))
    assert (good.mark, "1 in" in good.found.en) == (Mark.GOOD, True)
    spoil(folder, "severity: 3", "severity: 9")
    bad = office_rules(settings(tmp_path))
    assert bad.mark is Mark.MISSING
    assert bad.remedy is not None
    assert "第 7 行" in bad.remedy.zh


def test_a_changed_rule_is_another_engine(folder: Path) -> None:
    before = load_judge(folder).engine
    spoil(folder, "version: 1", "version: 2")
    assert load_judge(folder).engine != before
