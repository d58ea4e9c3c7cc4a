"""From the rows of a sheet to filings: one for each body, occupation, level and audience."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from door.directory_columns import SEARCHED, Columns, columns_of, meanings, no_header, plain
from door.directory_values import (
    clean,
    read_audiences,
    read_days,
    read_kind,
    read_last_day,
    read_levels,
    read_occupations,
)
from door.sheet_cells import SheetRow
from storage.bilingual import Bilingual, Problem
from storage.records import FiledKind, Filing

TOLD = 20  # faults kept for telling
MOST_OF_ONE = 2_000  # filings from one row
MOST_FILINGS = 3_000_000
SUMS = frozenset({"合计", "小计", "总计"})
NAME = re.compile(r"[\u3400-\u9fff].*[\u3400-\u9fff].*[\u3400-\u9fff]", re.DOTALL)
BY_NUMBER = re.compile(r"([SY])\d{6,}", re.IGNORECASE)
Scope = tuple[str, str, str]  # occupation, trade, level


@dataclass(slots=True)
class Notes:
    """What a person should hear of a file that was read."""

    faults: list[Bilingual] = field(default_factory=list)
    wrong: int = 0  # rows with a fault, also beyond those told
    rows: int = 0  # that gave filings
    filings: int = 0
    repeated: Counter[str] = field(default_factory=Counter)  # row -> filings known before
    unknown: dict[str, None] = field(default_factory=dict)  # headings nobody knows
    unread: list[str] = field(default_factory=list)  # sheets without a header

    def fault(self, row: SheetRow, said: Bilingual) -> None:
        self.wrong += 1
        if len(self.faults) < TOLD:
            where = row.where()
            self.faults.append(
                Bilingual(f"{where.zh}：{said.zh}", f"{where.en}: {said.en}"),
            )


@dataclass(slots=True)
class Reader:
    """Reads a file's rows once, in order; faults are noted, not raised."""

    kind: FiledKind | None  # of rows that do not say
    notes: Notes = field(default_factory=Notes)
    _seen: set[int] = field(default_factory=set)  # hashes: rows of a million take 60 MB

    def filings(self, rows: Iterable[SheetRow]) -> Iterator[Filing]:
        """Raises Problem where no sheet has a header, or two columns mean the same."""
        for row, columns in self._under_headers(rows):
            if not is_data(row, columns):
                continue
            try:
                found = self._of_row(row, columns)
            except Problem as problem:
                self.notes.fault(row, problem.text)
                continue
            self.notes.rows += 1
            yield from self._new(row, found)

    def _under_headers(self, rows: Iterable[SheetRow]) -> Iterator[tuple[SheetRow, Columns]]:
        sheet, columns, looked = None, None, 0
        headings: list[str] = []
        read = False
        for row in rows:
            if row.sheet != sheet:
                sheet, columns, looked = row.sheet, None, 0
            header = columns_of(row) if columns is None or repeats(row, columns) else None
            if header is not None:
                columns, read = header, True
                self.notes.unknown |= dict.fromkeys(header.unknown)
            elif columns is not None:
                yield row, columns
            elif looked < SEARCHED:
                looked += 1
                headings += [cell for cell in row.cells[:12] if cell][: 12 - len(headings)]
                if looked == 1:
                    self.notes.unread.append(row.sheet)
            if columns is not None and row.sheet in self.notes.unread:
                self.notes.unread.remove(row.sheet)
        if not read:
            raise no_header(headings)

    def _of_row(self, row: SheetRow, columns: Columns) -> list[Filing]:
        check_cells(row, columns)
        since, until = validity(row, columns)
        number = clean(columns.text(row, "filing_no"))
        kind = read_kind(columns.text(row, "kind")) or self.kind or kind_by(number)
        if kind is None:
            raise Problem(
                "没有类别；请加“类别”列，或选定整个文件的类别（命令行：--kind）",
                "no kind: add a column `kind`, or choose the whole file's (command line: --kind)",
            )
        audiences = read_audiences(columns.text(row, "audience")) or ("",)
        wanted = list(product(scopes(row, columns), audiences))
        if len(wanted) > MOST_OF_ONE:
            raise Problem(f"一行展开成 {len(wanted)} 条", f"one row becomes {len(wanted)}")
        body = body_of(columns.text(row, "body"))
        return [
            Filing(
                body=body,
                kind=kind,
                occupation=occupation,
                trade=trade,
                level=level,
                audience=audience,
                region=clean(columns.text(row, "region")),
                filing_no=number,
                valid_from=since,
                valid_to=until,
            )
            for (occupation, trade, level), audience in wanted
        ]

    def _new(self, row: SheetRow, found: Sequence[Filing]) -> Iterator[Filing]:
        for filing in found:
            mark = hash(filing)
            if mark in self._seen:
                self.notes.repeated[row.where().zh] += 1
                continue
            self._seen.add(mark)
            self.notes.filings += 1
            if self.notes.filings > MOST_FILINGS:
                raise Problem(
                    f"展开后超过 {MOST_FILINGS:,} 条，没有导入；"
                    "请拆成几个文件，各取名册名称（命令行：--list）。",
                    f"more than {MOST_FILINGS:,} filings; not imported: split the file and name "
                    "each part (command line: --list).",
                )
            yield filing


def repeats(row: SheetRow, columns: Columns) -> bool:
    """A header printed again on a new page, or the second line of one."""
    return meanings().get(plain(columns.text(row, "body"))) == "body"


def is_data(row: SheetRow, columns: Columns) -> bool:
    """Not empty, no sum and no remark below the table."""
    known = [columns.text(row, name) for name in columns.places]
    broken = any(at in columns.places.values() for at, _ in row.faults)
    return broken or (any(known) and columns.text(row, "body").strip() not in SUMS)


def check_cells(row: SheetRow, columns: Columns) -> None:
    """Raise Problem for a cell of a known column that cannot be taken as it stands."""
    names = {at: name for name, at in columns.places.items()}
    for at, fault in row.faults:
        if at in names:
            raise Problem(f"第 {at + 1} 列{fault.zh}", f"column {at + 1} {fault.en}")


def body_of(text: str) -> str:
    body = re.sub(r"\s+", "", text)
    if not body:
        raise Problem(
            "缺少机构名称（原表若是合并单元格，请取消合并并逐行填满）",
            "no name of a body (fill every row where cells were merged)",
        )
    if not NAME.search(body) or len(body) > 100:
        raise Problem(f"“{body[:40]}”不像机构名称", f"{body[:40]!r} is no name of a body")
    return body


def kind_by(number: str) -> FiledKind | None:
    """S… and Y… are the filing numbers of the two kinds of evaluation bodies."""
    found = BY_NUMBER.fullmatch(number)
    return FiledKind(found[1].upper()) if found else None


def scopes(row: SheetRow, columns: Columns) -> list[Scope]:
    levels = read_levels(columns.text(row, "level"))
    trades = [name for name, _, _ in read_occupations(columns.text(row, "trade"))]
    found: list[Scope] = []
    for occupation, inside, own in read_occupations(columns.text(row, "occupation")):
        for trade in [inside] if inside or not trades else trades:
            found += [(occupation, trade, level) for level in (own or levels or ("",))]
    if not found:
        found = [(trade, "", level) for trade in trades or [""] for level in levels or ("",)]
    return found


def validity(row: SheetRow, columns: Columns) -> tuple[date | None, date | None]:
    """First and last day, from two columns or from one that holds both."""
    since = read_days(columns.text(row, "valid_from"))
    until = read_last_day(columns.text(row, "valid_to"))
    both = columns.text(row, "validity")
    days = read_days(both)
    first = since[0] if since else days[0] if len(days) > 1 else None
    last = until or (read_last_day(both) if days else None)
    if first and last and first > last:
        raise Problem(f"有效期 {first} 至 {last} 前后颠倒", f"valid from {first} until {last}")
    return first, last
