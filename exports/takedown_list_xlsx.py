"""The takedown list as XLSX: a sheet 处置清单 and a sheet 说明 that says how the list was made.

Every cell is written as a string; no formula, number or link is ever made of it. Rows go to disk
as they come (constant_memory), so a list of 100,000 rows takes some 20 MB. Printed, what leaves the
house fits the width of A3 across (on A4, made smaller by the printer, it can still be read); the
internal list goes on several pages side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.worksheet import Worksheet

from exports.cells import is_dangerous, is_plain, xlsx_cell
from exports.sheet_page import (
    A3,
    BODY,
    BORDERED,
    HEADING,
    TITLE_LINE,
    first_page,
    printed,
    tall_enough,
)
from exports.takedown_rows import LIST, ListHead, TakedownRow
from storage.bilingual import Bilingual, Problem
from storage.whole_files import whole_file

FORMAT = "xlsx"
SUFFIX = ".xlsx"

# In signs of the body's type: what leaves the house is printed on one page of A3 across.
WIDTHS: Final = {
    "case_no": 5,
    "platform": 8,
    "url": 26,
    "url_found": 26,
    "account_name": 11,
    "account_id": 11,
    "title": 16,
    "hit_terms": 22,
    "excerpt_raw": 34,
    "legal_basis": 28,
    "violation_name": 12,
    "first_seen": 11,
    "evidence_id": 10,
    "sha256": 18,
    "deadline": 10,
    "platform_reply": 8,
    "requested_action": 8,
    "remarks": 13,
    "notes": 34,
}
WIDTH: Final = 12
ABOUT: Final = Bilingual("说明", "About")
TOP: Final = 2  # rows above the first one: the title and the header


def write(rows: Iterable[TakedownRow], path: Path, head: ListHead) -> int:
    """Write the list to `path`, whole or not at all; gives the number of rows. Raises Problem."""
    with whole_file(path) as draft, TemporaryDirectory(dir=path.parent, prefix=".") as scratch:
        book = _Book(draft, scratch, head)
        try:
            count = book.fill(rows)
        finally:
            book.close()
    return count


class _Book:
    def __init__(self, draft: Path, scratch: str, head: ListHead) -> None:
        self._head = head
        self._book = xlsxwriter.Workbook(
            str(draft),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "tmpdir": scratch,
            },
        )
        self._book.set_properties({"title": head.batch_no, "created": head.made_at})
        self._plain = self._book.add_format(BODY | BORDERED)
        self._guarded = self._book.add_format(BODY | BORDERED | {"quote_prefix": True})
        self._bold = self._book.add_format(HEADING | BORDERED)
        self._title = self._book.add_format(TITLE_LINE)

    def fill(self, rows: Iterable[TakedownRow]) -> int:
        count = self._list(rows)
        about = self._book.add_worksheet(ABOUT.said(self._head.lang))
        printed(about, repeat=None, widths=(24, 90))
        for line, (name, said) in enumerate(self._head.notes(count)):
            self._put(about, line, (name, said), (24, 90))
        return count

    def close(self) -> None:
        """Put the file together; a disk that is full shows itself here at the latest."""
        try:
            self._book.close()
        except XlsxWriterException as error:
            cause = error.args[0] if error.args else error
            # xlsxwriter wraps the disk's own error and would hide that the disk is full.
            raise cause if isinstance(cause, OSError) else error from error
        finally:
            for sheet in self._book.worksheets():
                sheet.row_data_fh.close()  # which xlsxwriter leaves open where it breaks off

    def _list(self, rows: Iterable[TakedownRow]) -> int:
        sheet = self._book.add_worksheet(LIST.said(self._head.lang))
        columns = self._head.columns
        widths = [WIDTHS.get(name, WIDTH) for name in columns]
        printed(sheet, (0, TOP - 1), widths, A3)
        sheet.freeze_panes(TOP, 1)
        sheet.set_row(0, 30)
        sheet.merge_range(0, 0, 0, first_page(widths, A3) - 1, "", self._title)
        sheet.write_string(0, 0, xlsx_cell(self._head.title()), self._title)
        sheet.set_row(TOP - 1, tall_enough(self._head.header(), widths))
        for place, words in enumerate(self._head.header()):
            sheet.write_string(TOP - 1, place, words, self._bold)
        cells_of = attrgetter(*columns)  # a row's cells at once: a list has a hundred thousand
        count = 0
        for count, row in enumerate(rows, 1):
            self._put(sheet, count + TOP - 1, cells_of(row), widths)
        if not count:
            sheet.merge_range(TOP, 0, TOP, len(columns) - 1, "", self._plain)
            self._put(sheet, TOP, (self._head.empty_note(),), (sum(widths),))
        sheet.autofilter(TOP - 1, 0, max(count, 1) + TOP - 1, len(columns) - 1)
        return count

    def _put(
        self, sheet: Worksheet, line: int, cells: tuple[str, ...], widths: Sequence[float]
    ) -> None:
        shown: list[str] = []
        for place, cell in enumerate(cells):
            if not cell:
                sheet.write_blank(line, place, None, self._plain)
                shown.append(cell)
                continue
            style, text = self._plain, cell
            if not is_plain(cell):  # most cells are: looking at each sign takes a third longer
                style = self._guarded if is_dangerous(cell) else self._plain
                text = xlsx_cell(cell)
            shown.append(text)
            if sheet.write_string(line, place, text, style) != 0:
                raise Problem(
                    f"第 {line} 行放不进工作表（Excel 最多 1,048,576 行），没有生成文件。"
                    "请按起始日期或平台分批（命令行：--since、--platform），或改用 CSV。",
                    f"Row {line} does not fit the sheet (Excel takes 1,048,576); no file was made. "
                    "Split the list by first day or platform (command line: --since, --platform), "
                    "or use CSV.",
                )
        self._height(sheet, line, tall_enough(shown, widths))

    def _height(self, sheet: Worksheet, line: int, points: float) -> None:
        """Of the row just written; those on the disk already are forgotten."""
        sheet.set_row(line, points)
        for known in (sheet.row_info, sheet.row_sizes):
            known.pop(line - 2, None)
