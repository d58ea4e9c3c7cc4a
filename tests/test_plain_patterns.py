"""A rule's pattern told in words: complete for every rule there is, never guessed at."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.concepts import load_concepts
from classifiers.pattern_cost import MOST, ways
from classifiers.plain_patterns import in_words
from classifiers.rulebook import load_rules

PATTERNS = [one.regex.pattern for rule in load_rules(load_concepts()) for one in rule.patterns]


def test_every_pattern_of_ours_is_told_in_words() -> None:
    assert len(PATTERNS) > 100
    assert [one for one in PATTERNS if in_words(one).zh == one] == []


@pytest.mark.parametrize("mark", ["(?", "{0,", "[^", "\\"])
def test_nothing_of_the_notation_is_left(mark: str) -> None:
    assert [one for one in PATTERNS if mark in in_words(one).zh] == []


@pytest.mark.parametrize("pattern", PATTERNS[::7])
def test_every_word_of_a_pattern_is_named(pattern: str) -> None:
    words = re.findall("[一-鿿]{2,}", re.sub(r"\[[^]]*\]|[^|()]\?", "|", pattern))
    said = in_words(pattern).zh
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize(
    ("pattern", "zh", "en"),
    [
        ("包过", "“包过”", "“包过”"),
        ("包过?", "“包” + 可有“过”", "“包” + perhaps “过”"),
        ("(?:包|保)过", "“包／保” + “过”", "“包／保” + “过”"),
        ("包|保证?", "〔“包”〕或〔“保” + 可有“证”〕", "[“包”] or [“保” + perhaps “证”]"),
        (r"\d{1,3}天", "1–3 个数字 + “天”", "1–3 × digit + “天”"),
        (
            r"[^。!?\n]{0,6}?证",
            "至多 6 个字（不出本句） + “证”",
            "up to 6 × sign (in the sentence) + “证”",
        ),
        (r"[^。!?\n,]{2}", "2 个字（不跨逗号）", "2 × sign (no comma)"),
        (r"[^。!?\n不禁]", "一个字（不出本句，“不禁”之一除外）", None),
        ("[一二]{1,2}天", "1–2 个“一二”之一 + “天”", None),
        (r"[\u4e00-\u9fff]{2,4}师", "2–4 个汉字 + “师”", None),
        ("过(?!率)", "“过” + 其后不是“率”", "“过” + not followed by “率”"),
        ("(?<!不)包", "其前不是“不” + “包”", None),
        ("(?:全国|通用){0,3}", "“全国／通用”（至多 3 次）", None),
        (r"\(证\)", "“(证)”", None),
    ],
)
def test_a_pattern_in_words(pattern: str, zh: str, en: str | None) -> None:
    said = in_words(pattern)
    assert said.zh == zh
    assert en is None or said.en == en


@pytest.mark.parametrize(
    "pattern", ["(?P<name>包)", "包*", "(?i)包", r"包\1", "(包", "[包", "包)", r"\x41"]
)
def test_what_has_no_words_is_shown_as_it_is(pattern: str) -> None:
    assert in_words(pattern).zh == in_words(pattern).en == pattern


@given(st.text(alphabet=r"包过证|()[]?:{}0,1\d^$.!<=-", max_size=20))
def test_no_pattern_makes_it_fail(pattern: str) -> None:
    assert isinstance(in_words(pattern).zh, str)


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("包过", 1),
        ("包过?", 2),
        ("[^。!?]{0,8}?证", 9),
        (r"\d{4}年", 1),
        ("(?:包|保{2,3})过", 2),
        ("(?:a?){0,3}b", 32),
        (r"[)(\]]{0,3}\(", 4),
        ("a{0,9}b{0,9}", 100),
    ],
)
def test_the_ways_of_a_pattern_are_counted(pattern: str, count: int) -> None:
    assert ways(pattern) == count


@pytest.mark.parametrize(
    "pattern", ["(?:[一-鿿]{1,8}){1,8}师", "(?:a?){0,30}b", ".{0,40}a.{0,40}b.{0,40}c.{0,40}"]
)
def test_a_pattern_that_could_hang_a_sweep_has_too_many(pattern: str) -> None:
    assert ways(pattern) > MOST


def test_nearly_all_of_ours_have_few() -> None:
    assert sum(ways(one) > MOST for one in PATTERNS) <= 2


@given(st.text(alphabet=r"包|()[]?:{}0,1\d^", max_size=20))
def test_counting_never_fails(pattern: str) -> None:
    assert ways(pattern) >= 0
