"""XLSX read row by row, after a look at what the archive holds.

An .xlsx is a ZIP of XML by strangers: it may unpack to terabytes, declare entities, give a row the
number 10^9, or merge a million cells. Each is refused or bounded before openpyxl reads it.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from door.sheet_cells import (
    FORMULA,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SIGNS,
    ROUNDED,
    TOO_LONG,
    BadSheetFile,
    SheetRow,
    too_many_columns,
    too_many_rows,
)
from storage.bilingual import Bilingual

MOST_PARTS = 2_000
MOST_UNPACKED = 500_000_000  # bytes of all parts; 200,000 rows of 12 columns are 100 MB
MOST_TEXTS = 200_000_000  # bytes of the shared texts, which are held in memory
MOST_MERGES = 300_000
CHUNK = 1 << 20
OVERLAP = 200  # bytes in which a tag may be cut by the end of a chunk
EXACT = 10**15  # numbers beyond lose digits in a spreadsheet
OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, or an .xlsx with a password
ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
MERGE = re.compile(rb"<(?:\w{1,20}:)?mergeCell\s[^>]{0,40}?ref\s*=\s*[\"']([A-Z0-9$:]{4,30})[\"']")
# What a broken archive or broken XML makes openpyxl raise.
BROKEN = (
    AttributeError,
    EOFError,
    IndexError,
    InvalidFileException,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
ERROR_VALUE = Bilingual("是出错的值（#REF! 之类）", "is an error value (like #REF!)")


def xlsx_rows(path: Path) -> Iterator[SheetRow]:
    """Rows of every visible sheet; cells of a merged range all hold its text.

    Raises BadSheetFile.
    """
    with readable():
        inspect_archive(path)
        with (
            path.open("rb") as stream,  # openpyxl leaves it open where the book is broken
            closing(load_workbook(stream, read_only=True, data_only=False)) as book,
        ):
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    part = getattr(sheet, "_worksheet_path", "")
                    yield from sheet_rows(sheet, Merges(merged(path, part)))


@contextmanager
def readable() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which are not read
        try:
            yield
        except BROKEN as error:
            raise BadSheetFile(
                "这不是表格文件，或已损坏，没有导入；请用表格软件另存为 .xlsx 后重试。",
                f"this XLSX file cannot be read ({error}); not imported: save it anew from a "
                "spreadsheet program and try again.",
            ) from error


def inspect_archive(path: Path) -> None:
    with path.open("rb") as stream:
        if stream.read(4) == OLD_OFFICE:
            raise BadSheetFile(
                "这是旧式 .xls 或带密码的文件，没有导入；请去掉密码、另存为 .xlsx 后重试。",
                "an old .xls or a file with a password; not imported: save it as a plain .xlsx.",
            )
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        texts = sum(part.file_size for part in parts if "sharedStrings" in part.filename)
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or texts > MOST_TEXTS:
            raise BadSheetFile(
                f"解压后有 {len(parts)} 个部件、{unpacked // 1_000_000} MB，不像目录，没有导入。",
                f"it unpacks to {len(parts)} parts and {unpacked // 1_000_000} MB, far more than "
                "a directory; not imported.",
            )
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                refuse_entities(archive, part)


def refuse_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No spreadsheet program writes a DOCTYPE, or XML in another encoding that could hide one."""
    first = True
    for chunk in chunks(archive, part.filename):
        if ENTITIES.search(chunk) or (first and b"\x00" in chunk[:4]):
            raise BadSheetFile(
                f"部件 {part.filename} 含有实体声明，可能有害，没有导入。",
                f"its part {part.filename} declares entities and may do harm; not imported.",
            )
        first = False


def chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part in pieces that overlap."""
    kept = b""
    with archive.open(name) as stream:
        while piece := stream.read(CHUNK):
            yield kept + piece
            kept = piece[-OVERLAP:]


def merged(path: Path, part: str) -> list[tuple[int, int, int, int]]:
    """Merged ranges of a sheet: first row, first column, last row, last column, from 1."""
    found: set[bytes] = set()
    with zipfile.ZipFile(path) as archive:
        for chunk in chunks(archive, part.lstrip("/")):
            found.update(MERGE.findall(chunk))
            if len(found) > MOST_MERGES:
                raise BadSheetFile(
                    f"合并的单元格超过 {MOST_MERGES:,} 处，没有导入；请取消合并后重试。",
                    f"more than {MOST_MERGES:,} merged ranges; not imported: unmerge them.",
                )
    return sorted(corners(ref.decode()) for ref in found)


def corners(ref: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(ref)
    if left is None or top is None or right is None or bottom is None:
        raise ValueError(f"merged range {ref}")
    return top, left, bottom, right


class Merges:
    """Hands the text of a merged range on to its other cells as the rows go by."""

    def __init__(self, ranges: list[tuple[int, int, int, int]]) -> None:
        self._ranges = ranges
        self._starts = [top for top, *_ in ranges]
        self._next = 0
        self._open: list[tuple[int, int, int, int, str]] = []

    def filled(self, number: int, texts: list[str]) -> list[str]:
        """The row's texts with merged cells filled in."""
        self._open = [one for one in self._open if one[2] >= number]
        stop = bisect_right(self._starts, number)
        for top, left, bottom, right in self._ranges[self._next : stop]:
            text = texts[left - 1] if left <= len(texts) else ""
            self._open.append((top, left, bottom, min(right, MOST_COLUMNS), text))
        self._next = stop
        if len(self._open) > MOST_COLUMNS:  # true merges never overlap
            raise BadSheetFile(
                f"第 {number} 行合并的单元格互相重叠，没有导入；请取消合并后重试。",
                f"merged ranges overlap in row {number}; not imported: unmerge them.",
            )
        for _, left, _, right, text in self._open:
            texts += [""] * (right - len(texts) if text else 0)
            texts[left - 1 : right] = [text] * max(0, min(right, len(texts)) - left + 1)
        return texts


def sheet_rows(sheet: Any, merges: Merges) -> Iterator[SheetRow]:  # noqa: ANN401 (openpyxl's)
    sheet.reset_dimensions()  # what the file says of its own size may be anything
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > MOST_ROWS:
            raise too_many_rows()
        if len(row) > MOST_COLUMNS and any(cell.value is not None for cell in row[MOST_COLUMNS:]):
            raise too_many_columns(number)
        read = [cell_of(cell) for cell in row[:MOST_COLUMNS]]
        texts = merges.filled(number, [text for text, _ in read])
        while texts and not texts[-1]:
            texts.pop()
        faults = tuple((at, fault) for at, (_, fault) in enumerate(read) if fault is not None)
        if texts or faults:
            yield SheetRow(sheet.title, number, tuple(texts), faults)


def cell_of(cell: Any) -> tuple[str, Bilingual | None]:  # noqa: ANN401
    value = cell.value
    if value is None:
        return "", None
    if cell.data_type == "f":
        return "", FORMULA
    if cell.data_type == "e":
        return "", ERROR_VALUE
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_of(value)
    if isinstance(value, datetime):
        value = value.date()
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    return (text, None) if len(text) <= MOST_SIGNS else ("", TOO_LONG)


def number_of(value: float) -> tuple[str, Bilingual | None]:
    if not abs(value) < EXACT:  # also where it is no number at all
        return "", ROUNDED
    return str(int(value)) if value == int(value) else str(value), None
