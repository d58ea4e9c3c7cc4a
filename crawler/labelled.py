"""Facts that a page writes behind their labels: 联系人：…, 公司名称：…, 发布时间：…."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_LABEL = 8
LONGEST_VALUE = 120
COLON = "[：:]"
PAIR = re.compile(rf"\s*([\u4e00-\u9fffA-Za-z ]{{2,{LONGEST_LABEL}}})\s*{COLON}\s*(.*)")
GAPS = re.compile(r"[\s\u3000]+")


@dataclass(frozen=True, slots=True)
class Fact:
    label: str  # as the page writes it, without spaces
    value: str


def facts_of(text: str, labels: Mapping[str, tuple[str, ...]]) -> dict[str, Fact]:
    """The first fact behind one of the labels of each name; the text is lines, cells by tabs.

    A label may stand alone on its line or in its cell, with the value in the next one.
    """
    names = {label: name for name, known in labels.items() for label in known}
    pieces = [piece.strip() for line in text.split("\n") for piece in line.split("\t")]
    found: dict[str, Fact] = {}
    for at, piece in enumerate(pieces):
        for name, fact in pairs(piece, pieces[at + 1] if at + 1 < len(pieces) else "", names):
            found.setdefault(name, fact)
    return found


def pairs(piece: str, following: str, names: Mapping[str, str]) -> list[tuple[str, Fact]]:
    """(name, fact) of every label in one piece, such as "联系人：王老师 电话：138…"."""
    found: list[tuple[str, Fact]] = []
    for part in re.split(rf"\s+(?=[\u4e00-\u9fffQ]{{2,{LONGEST_LABEL}}}{COLON})", piece):
        told = PAIR.fullmatch(part)
        label = GAPS.sub("", told[1]) if told else GAPS.sub("", part)
        name = names.get(label)
        value = told[2].strip() if told else ""
        if name and not value and len(following) <= LONGEST_VALUE and not PAIR.fullmatch(following):
            value = following
        if name and 0 < len(value) <= LONGEST_VALUE:
            found.append((name, Fact(label, value)))
    return found
