"""Rows of a sheet as text, whatever kind of file it came in."""

from __future__ import annotations

from dataclasses import dataclass

from storage.bilingual import Bilingual, Problem

MOST_ROWS = 1_000_000
MOST_COLUMNS = 100
MOST_SIGNS = 2_000  # in one cell


class BadSheetFile(Problem):
    """The file as a whole cannot be read; nothing was imported."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row; `faults` says by column what is wrong with a cell, whose text is then ""."""

    sheet: str  # "" in a CSV file
    number: int  # as the person's own program counts, from 1
    cells: tuple[str, ...]
    faults: tuple[tuple[int, Bilingual], ...] = ()

    def where(self) -> Bilingual:
        zh, en = (f"“{self.sheet}”", f"{self.sheet!r}, ") if self.sheet else ("", "")
        return Bilingual(f"{zh}第 {self.number} 行", f"{en}row {self.number}")


FORMULA = Bilingual("是公式，请复制后只粘贴为值", "is a formula: paste it as a value")
TOO_LONG = Bilingual(f"超过 {MOST_SIGNS} 字", f"is longer than {MOST_SIGNS} signs")
ROUNDED = Bilingual(
    "被表格当成数值，末尾的数字已丢失；请把该列设为文本后重填",
    "was taken for a number and lost its last digits: make the column text and fill it in again",
)


def too_many_rows() -> BadSheetFile:
    return BadSheetFile(
        f"超过 {MOST_ROWS:,} 行，没有导入；请拆成几个文件，各取名册名称（命令行：--list）。",
        f"more than {MOST_ROWS:,} rows, not imported: split it and name each part (command "
        "line: --list).",
    )


def too_many_columns(row: int) -> BadSheetFile:
    return BadSheetFile(
        f"第 {row} 行超过 {MOST_COLUMNS} 列，不像目录，没有导入；请检查文件。",
        f"row {row} has more than {MOST_COLUMNS} columns, which is no directory; not imported.",
    )
