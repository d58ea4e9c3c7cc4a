"""Citations as a letter prints them: each law once, its articles by number, in one sentence.

A citation comes as 《…法》（2021年修正）第九条第二项, or as the number of a notice and its part.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

# A law with its version, or a notice by its number; what follows is the article.
NAME: Final = re.compile(r"(《[^》]+(?:》[^》（）]+)?》(?:（[^）]*）)?|\S+〔\d{4}〕\d+号)(.*)")
ARTICLE: Final = re.compile(
    r"第([零一二三四五六七八九十百]+)条(?:之([一二三四五六七八九十]+))?"
    r"(?:第([一二三四五六七八九十]+)款)?(?:第([一二三四五六七八九十]+)项)?"
)
PART: Final = re.compile(r"([一二三四五六七八九十]+)、（([一二三四五六七八九十]+)）")
DIGITS: Final = "零一二三四五六七八九"
LAST: Final = 9_999  # of what is no number: after all that are
STATUTE: Final = "《中华人民共和国"


def merged(cited: Iterable[str], titles: Mapping[str, str] | None = None) -> list[str]:
    """Statutes, then other rules, then notices; the articles of each by number, once.

    `titles`: of notices, by their document number.
    """
    articles: dict[str, list[str]] = {}
    for law in cited:
        parts = NAME.match(law)
        name, article = (parts[1], parts[2].strip()) if parts else (law, "")
        articles.setdefault(name, []).append(article)
    known = titles or {}
    return [
        entitled(name, known) + in_order(several)
        for name, several in sorted(articles.items(), key=lambda one: rank(one[0]))
    ]


def named_again(told: Iterable[str], before: Iterable[str]) -> list[str]:
    """Laws as `merged` has them, without the brackets of those named `before` in the letter."""
    known = {parts[1] for law in before if (parts := NAME.match(law))}
    return [shorter(law, known) for law in told]


def shorter(law: str, known: Container[str]) -> str:
    parts = NAME.match(law)
    if parts is None or parts[1] not in known:
        return law
    return parts[1].partition("》（")[0].rstrip("》") + "》" + parts[2]


def rank(name: str) -> int:
    if name.startswith(STATUTE):
        return 0
    return 1 if name.startswith("《") else 2


def entitled(name: str, titles: Mapping[str, str]) -> str:
    return f"《{titles[name]}》（{name}）" if name in titles else name


def in_order(several: Iterable[str]) -> str:
    found = sorted(dict.fromkeys(filter(None, several)), key=place)
    if found and all(PART.fullmatch(one) for one in found):
        return parts_of_notice(found)
    return "、".join(shortened(found))


def shortened(articles: Sequence[str]) -> Iterable[str]:
    """第九条第一项、第二项: an article that was just named is not named again."""
    before = ""
    for one in articles:
        head, mark, rest = one.partition("条")
        yield rest if rest.startswith("第") and head == before else one
        before = head if mark and rest.startswith("第") else ""


def parts_of_notice(found: Sequence[str]) -> str:
    """三、（一） and its like as 第三部分第（一）至（三）项."""
    pairs = [pair for one in found if (pair := PART.fullmatch(one))]
    told = []
    for part, group in groupby(pairs, key=lambda pair: pair[1]):
        items = [pair[2] for pair in group]
        numbers = [number(one) for one in items]
        if len(items) > 2 and numbers[-1] - numbers[0] == len(items) - 1:
            told.append(f"第{part}部分第（{items[0]}）至（{items[-1]}）项")
        else:
            told.append(f"第{part}部分第" + "、".join(f"（{one}）" for one in items) + "项")
    return "、".join(told)


def place(article: str) -> tuple[int, ...]:
    """Where an article stands in its law."""
    found = ARTICLE.match(article) or PART.match(article)
    if found is None:
        return (LAST,)
    return tuple(number(one) if one else 0 for one in found.groups())


def number(words: str) -> int:
    """A Chinese numeral of 1..999 as statutes write it: 二百八十 is 280."""
    total, digit = 0, 0
    for sign in words:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        else:
            total += (digit or 1) * (100 if sign == "百" else 10)
            digit = 0
    return total + digit
