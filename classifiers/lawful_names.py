"""Organisations that lawfully carry 中国, 国家, 全国 or 中华 in their names.

The table is tables/lawful_names.yaml. Absence from it proves
nothing: thousands of lawful names are not in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick

from classifiers.tables_file import automaton, read_table, searchable


@dataclass(frozen=True, slots=True, kw_only=True)
class LawfulName:
    """A lawful name in a text: `text[start:end] == name`."""

    start: int
    end: int
    name: str
    kind: str  # 中央企业, 高等学校 …


@dataclass(frozen=True, slots=True)
class Names:
    words: tuple[str, ...]
    kinds: dict[str, tuple[str, bool]]  # name -> kind, may anything follow?
    finder: AhoCorasick


# 中国电信 + 行业协会 is another body's name, and an unknown one.
LONGER_NAME = re.compile(
    r"(?:行业|系统)?(?:职业|人才|技能|资格|认证|鉴定|考试|协会|学会|联合会|总会|研究会|促进会|考评)"
)


def find_lawful_names(text: str) -> list[LawfulName]:
    """All lawful names, in order, the longest at each place; linear in the text."""
    names = lawful_names()
    clean = searchable(text)
    found: list[LawfulName] = []
    for word, start, end in names.finder.find_matches_as_indexes(clean):
        kind, free = names.kinds[names.words[word]]
        if free or not LONGER_NAME.match(clean, end):
            found.append(LawfulName(start=start, end=end, name=text[start:end], kind=kind))
    return found


@cache
def lawful_names() -> Names:
    """The table, read once."""
    kinds = {
        name: (row["kind"], row["suffix_free"])
        for row in read_table("lawful_names")["rows"]
        for name in row["names"].split()
    }
    words = tuple(kinds)
    return Names(words, kinds, automaton(list(words)))
