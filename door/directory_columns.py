"""Which column of a directory means what, by the many headings that offices write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from door.sheet_cells import SheetRow
from storage.bilingual import Problem

HEADINGS = Path(__file__).with_name("directory_headings.yaml")
LEFT_OUT = "left_out"
NOISE = re.compile(r"[\s()\[\]【】*:/、,_.“”\"'-]+")
SEARCHED = 30  # rows in which a header is looked for


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the known columns, and the headings nobody knows."""

    places: Mapping[str, int]
    unknown: tuple[str, ...]

    def text(self, row: SheetRow, name: str) -> str:
        at = self.places.get(name, -1)
        return row.cells[at] if 0 <= at < len(row.cells) else ""


def plain(heading: str) -> str:
    """A heading without brackets, blanks and marks."""
    return NOISE.sub("", unicodedata.normalize("NFKC", heading)).lower()


@cache
def meanings() -> Mapping[str, str]:
    """What each heading means, as it reads when plain."""
    table: dict[str, str] = yaml.safe_load(HEADINGS.read_text(encoding="utf-8"))
    return {plain(word): name for name, words in table.items() for word in words.split()}


def columns_of(row: SheetRow) -> Columns | None:
    """The columns where the row is a header: one that names a body and something more."""
    places: dict[str, int] = {}
    unknown: list[str] = []
    for at, heading in enumerate(row.cells):
        name = meanings().get(plain(heading))
        if name is None:
            unknown += [heading] if heading else []
        elif name == LEFT_OUT:
            continue
        elif name not in places:
            places[name] = at
        elif "body" in places and row.cells[at - 1] != heading:  # else one heading, merged
            raise twice(row, heading)
    if "body" not in places or not is_header(row, places):
        return None
    return Columns(places, tuple(unknown))


def is_header(row: SheetRow, places: Mapping[str, int]) -> bool:
    """A lone 名称 or 机构 in a title is no header; alone in its row it is."""
    filled = sum(1 for cell in row.cells if cell)
    return len(places) >= 2 or filled == 1


def twice(row: SheetRow, heading: str) -> Problem:
    where = row.where()
    return Problem(
        f"{where.zh}：“{heading}”一类的列出现两次，不知以哪一列为准；没有导入，请删去一列。",
        f"{where.en}: two columns mean the same as {heading!r}; not imported: remove one.",
    )


def no_header(seen: Sequence[str]) -> Problem:
    names = "、".join(seen[:12]) or "（空）"
    return Problem(
        f"前 {SEARCHED} 行里没有认得出的表头（见到：{names}）。没有导入；"
        "至少要有“机构名称”一列，另可有 职业、工种、等级、评价对象、类别、地区、备案编号、"
        "有效期起、有效期至。",
        f"no header in the first {SEARCHED} rows (seen: {names}). Not imported: a column "
        "`body` is needed; besides occupation, trade, level, audience, kind, region, filing_no, "
        "valid_from, valid_to.",
    )
