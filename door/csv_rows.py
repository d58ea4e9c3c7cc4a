"""CSV as offices save it: UTF-8 or GB18030, commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from door.check_files import MAGIC, UTF16
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

MOST_BYTES = 300_000_000
CHUNK = 1 << 20
AS_TEXT = re.compile(r'="([^"]*)"')  # how spreadsheets keep the zeros of ="00123"
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d{2}")


def csv_rows(path: Path) -> Iterator[SheetRow]:
    """Rows one by one, the number being the line on which a row begins. Raises BadSheetFile."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as stream:
        delimiter = delimiter_of(stream)
        yield from numbered(csv.reader(stream, delimiter=delimiter, strict=True))


def numbered(reader: Iterator[list[str]]) -> Iterator[SheetRow]:
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadSheetFile(
                f"第 {line} 行起引号不成对或单元格过长，没有导入；请用表格软件另存为 CSV 后重试。",
                f"from row {line} on quotes do not match or a cell is too long ({error}); not "
                "imported: save it as CSV from a spreadsheet program and try again.",
            ) from error
        if cells is None:
            return
        if line > MOST_ROWS:
            raise too_many_rows()
        yield row_of(line, cells)
        line = int(getattr(reader, "line_num", line)) + 1


def row_of(number: int, cells: list[str]) -> SheetRow:
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise too_many_columns(number)
    read = [cell_of(cell) for cell in cells]
    faults = tuple((at, fault) for at, (_, fault) in enumerate(read) if fault is not None)
    return SheetRow("", number, tuple(text for text, _ in read), faults)


def cell_of(cell: str) -> tuple[str, Bilingual | None]:
    text = cell.strip()
    kept = AS_TEXT.fullmatch(text)
    if kept:
        return kept[1].strip(), None
    if text.startswith(("=", "@", "+")):
        return "", FORMULA
    if SCIENTIFIC.fullmatch(text):
        return "", ROUNDED
    return (text, None) if len(text) <= MOST_SIGNS else ("", TOO_LONG)


def encoding_of(path: Path) -> str:
    """The first of UTF-8, UTF-16 with its mark and GB18030 in which all of the file is text."""
    if path.stat().st_size > MOST_BYTES:
        raise BadSheetFile(
            f"文件超过 {MOST_BYTES // 1_000_000} MB，没有导入；请拆分后重试。",
            f"the file is larger than {MOST_BYTES // 1_000_000} MB; not imported: split it.",
        )
    with path.open("rb") as stream:
        head = stream.read(8192)
    utf16 = head.startswith(UTF16)
    if head.startswith(MAGIC) or (b"\x00" in head and not utf16):
        raise BadSheetFile(
            "不是 CSV 文件（二进制内容），没有导入。", "not a CSV file (binary); not imported."
        )
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        if decodes(path, encoding):
            return encoding
    raise BadSheetFile(
        "文字编码认不出来（既不是 UTF-8 也不是 GBK），没有导入；请另存为 UTF-8 的 CSV 后重试。",
        "neither UTF-8 nor GBK; not imported: save it as CSV in UTF-8 and try again.",
    )


def decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def delimiter_of(stream: TextIO) -> str:
    """The sign that stands most often in the first lines."""
    head = stream.read(8192)
    stream.seek(0)
    return max(",\t;，；", key=head.count)
