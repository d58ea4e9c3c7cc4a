"""The targets file as a sweep takes it: keyword plans by the day, and a budget for discovery."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.concepts import load_concepts
from classifiers.rulebook import load_rules
from classifiers.search_words import SLOGANS, certificate_names, places, search_words
from door.sources import all_sources
from door.targets import read_wanted, turn
from storage.bilingual import Problem
from storage.records import TargetKind
from tests.test_targets_file import SOURCES

DAY = date(2026, 11, 25)


def wanted(tmp_path: Path, text: str, day: date = DAY):
    path = tmp_path / "targets.yaml"
    path.write_text(text, encoding="utf-8")
    return read_wanted(path, SOURCES, day)


def test_a_plan_makes_keywords_of_names_slogans_and_places(tmp_path):
    plan = "plan: {names: [月嫂证], slogans: [包过, 免考], places: [郑州], source: forum}\n"
    found = wanted(tmp_path, plan)
    assert [one.value for one in found.targets] == [
        "月嫂证 包过",
        "月嫂证 免考",
        "郑州 月嫂证 包过",
        "郑州 月嫂证 免考",
    ]
    assert {(one.kind, one.source) for one in found.targets} == {(TargetKind.KEYWORD, "forum")}


def test_a_plan_of_nothing_but_its_name_takes_the_judges_tables(tmp_path):
    found = wanted(tmp_path, "plan: {most: 10, source: forum}\n")
    assert len(found.targets) == 10


def test_a_plan_goes_beside_targets(tmp_path):
    text = "targets:\n  - site: http://school.example/\nplan: {most: 2, source: forum}\n"
    assert len(wanted(tmp_path, text).targets) == 3


@given(st.integers(1, 60), st.integers(1, 200))
def test_every_word_of_a_plan_has_its_day(most, number):
    words = tuple(map(str, range(number)))
    days = [DAY + timedelta(days=day) for day in range(2 * (number // most + 2))]
    taken = [turn(words, most, day) for day in days]
    assert {word for share in taken for word in share} == set(words)
    assert all(len(set(share)) == len(share) <= most for share in taken)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("targets:\n  - site: http://school.example/\n", 0),
        ("targets:\n  - {keyword: 月嫂证, source: forum}\n", 20),
        ("targets:\n  - {keyword: 月嫂证, source: forum}\ndiscover: 3\n", 3),
        ("targets:\n  - site: http://school.example/\ndiscover: 5\n", 5),
    ],
)
def test_only_a_sweep_that_searches_discovers_unless_told(tmp_path, text, most):
    assert wanted(tmp_path, text).discover == most


@pytest.mark.parametrize(
    "text",
    [
        "targets: []\n",
        "plan: []\n",
        "plan: {nmaes: [月嫂证]}\n",
        "plan: {names: 月嫂证}\n",
        "plan: {most: viele}\n",
        "targets:\n  - site: http://school.example/\ntarget: 1\n",
        "targets:\n  - site: http://school.example/\ndiscover: -1\n",
        "[1, 2]\n",
        "",
    ],
)
def test_what_is_wrong_is_told(tmp_path, text):
    with pytest.raises(Problem):
        wanted(tmp_path, text)


def test_slogans_are_words_the_judge_knows():
    concepts = load_concepts()
    known = {word for concept in concepts.values() for word in concept.words}
    rules = " ".join(map(str, load_rules(concepts)))
    missing = [one for one in SLOGANS if one not in known and one not in rules]
    assert missing == []


def test_names_and_places_come_from_the_tables():
    assert "催乳师证" in certificate_names()
    assert "郑州" in places()
    assert len(places()) == 18


def test_wide_searches_come_first():
    found = search_words(["甲", "乙"], ["包过"], ["郑州"])
    assert found == ("甲 包过", "乙 包过", "郑州 甲 包过", "郑州 乙 包过")


def test_the_example_that_ships_is_read_as_it_stands():
    path = Path(__file__).parents[1] / "docs" / "targets.example.yaml"
    found = read_wanted(path, all_sources(), DAY)
    assert {one.kind for one in found.targets} >= {TargetKind.SITE, TargetKind.URL}
