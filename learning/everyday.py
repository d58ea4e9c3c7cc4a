"""Everyday words in no order: texts that are about nothing, so that rare words alone mean nothing.

The corpus is about certificates throughout. Without these the model would read the mere absence of
honest corpus words as guilt. Words and their frequencies are those of jieba's dictionary.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import jieba

from classifiers.subject import Subject
from learning.corpus import Labelled

TEXTS = 3000
_LENGTHS = (4, 8, 15, 30, 60)  # words
_SEED = 129
# One of these in each, so that the judge looks at it at all.
TOPICAL = (
    "证书",
    "考试",
    "培训",
    "报名",
    "资格",
    "毕业",
    "老师",
    "高级",
    "协议",
    "证",
    "班",
    "办理",
)


def everyday(count: int = TEXTS) -> Iterator[Labelled]:
    """Honest texts of the author "everyday"; the same ones every time."""
    source = random.Random(_SEED)  # noqa: S311 (no secret is made of it)
    words, weights = frequencies()
    for number in range(count):
        length = source.choice(_LENGTHS)
        drawn = source.choices(words, weights, k=length)
        marks = ["，" if source.random() < 0.15 else "" for _ in drawn]
        if source.random() < 0.5:
            drawn[source.randrange(length)] = source.choice(TOPICAL)
        text = "".join(word + mark for word, mark in zip(drawn, marks, strict=True))
        yield Labelled(
            id=f"everyday-{number}",
            subject=Subject(text=text),
            offending=False,
            labels=(),
            stratum="ordinary",
            pen="everyday",
        )


def frequencies() -> tuple[list[str], list[float]]:
    """Words of the dictionary, with the root of their frequencies: rarer ones come up as well."""
    with jieba.get_dict_file() as lines:
        rows = [line.decode("utf-8").split() for line in lines]
    words = [row[0] for row in rows if len(row) >= 2]
    return words, [float(row[1]) ** 0.75 for row in rows if len(row) >= 2]
