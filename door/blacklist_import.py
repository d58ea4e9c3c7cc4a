"""An office's file (CSV, XLSX) onto the blacklist: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from door.check_files import check_readable
from door.directory_import import rows_of
from door.sheet_cells import SheetRow
from storage.bilingual import Problem
from storage.blacklist import Listing
from storage.blacklist_values import KINDS, normal
from storage.database import explained

HEADINGS: Mapping[str, str] = {
    "类别": "kind",
    "kind": "kind",
    "主体": "value",
    "value": "value",
    "原因": "reason",
    "reason": "reason",
    "法律依据": "legal_basis",
    "依据": "legal_basis",
    "legal_basis": "legal_basis",
    "开始": "starts",
    "starts": "starts",
    "结束": "ends",
    "ends": "ends",
    "备注": "note",
    "note": "note",
    "来源": "source",
    "source": "source",
}
NEEDED = ("kind", "value", "reason", "legal_basis")
MOST = 20_000  # rows of one file
TOLD = 20  # faults named


@dataclass(frozen=True, slots=True)
class Fault:
    row: int
    zh: str
    en: str


def listings_of(path: Path, today: date) -> list[Listing]:
    """Every row as a listing; `today` where it says no start. Raises one Problem for all rows that
    will not do."""
    check_readable([str(path)])
    found: list[Listing] = []
    faults: list[Fault] = []
    with explained():
        places, rows = header_of(rows_of(path))
        for row in rows:
            cells = {name: cell(row, at) for name, at in places.items()}
            if not any(cells.values()):
                continue
            try:
                found.append(listing_of(row, cells, today, path.name))
            except Problem as problem:
                faults.append(Fault(row.number, problem.text.zh, problem.text.en))
            if len(found) + len(faults) > MOST:
                raise Problem(
                    f"超过 {MOST} 行，没有导入；请拆分后重试。",
                    f"more than {MOST} rows; nothing was imported: split the file.",
                )
    if faults:
        raise refused(faults)
    if not found:
        raise Problem("文件里没有内容，没有导入。", "There is nothing in it; nothing was imported.")
    return found


def header_of(rows: Iterator[SheetRow]) -> tuple[dict[str, int], Iterator[SheetRow]]:
    """Where each column stands, by the first row that has any words."""
    for row in rows:
        words = ["".join(text.split()).lower() for text in row.cells]
        if not any(words):
            continue
        places = {HEADINGS[word]: at for at, word in enumerate(words) if word in HEADINGS}
        missing = [name for name in NEEDED if name not in places]
        if missing:
            zh = "、".join(
                word for word, name in HEADINGS.items() if name in missing and name != word
            )
            raise Problem(
                f"缺少列（或表头不在第一行）：{zh}，没有导入。",
                f"columns are missing, or the first row is no header: {', '.join(missing)}; "
                "nothing was imported.",
            )
        return places, rows
    raise Problem("文件是空的，没有导入。", "The file is empty; nothing was imported.")


def cell(row: SheetRow, at: int) -> str:
    return row.cells[at].strip() if at < len(row.cells) else ""


def listing_of(row: SheetRow, cells: Mapping[str, str], today: date, file: str) -> Listing:
    if row.faults:
        at, fault = row.faults[0]
        raise Problem(f"第 {at + 1} 列{fault.zh}。", f"column {at + 1} {fault.en}.")
    kind = kind_of(cells["kind"])
    normal(kind, cells["value"])
    if not cells["reason"] or not cells["legal_basis"]:
        raise Problem("缺少原因或法律依据。", "reason or legal basis is missing.")
    starts = day(cells.get("starts", "")) or today
    ends = day(cells.get("ends", ""))
    if ends is not None and ends < starts:
        raise Problem(f"结束 {ends} 早于开始 {starts}。", f"ends {ends} before it starts {starts}.")
    return Listing(
        kind=kind,
        value=cells["value"],
        reason=cells["reason"],
        legal_basis=cells["legal_basis"],
        starts=starts,
        ends=ends,
        note=cells.get("note", ""),
        source=cells.get("source", "") or f"{file} {row.number}",
    )


def kind_of(typed: str) -> str:
    for kind, words in KINDS.items():
        if typed.strip().lower() in {kind, words.zh.lower(), words.en}:
            return kind
    known = "、".join(words.zh for words in KINDS.values())
    raise Problem(
        f"不认识的类别“{typed}”；可用：{known}。", f"no kind {typed!r}; use {', '.join(KINDS)}."
    )


def day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-")[:10])
    except ValueError:
        raise Problem(
            f"“{text}”不是日期，如 2026-11-25。", f"{text!r} is no day: 2026-11-25."
        ) from None


def refused(faults: Sequence[Fault]) -> Problem:
    zh = "\n".join(f"  第 {one.row} 行：{one.zh}" for one in faults[:TOLD])
    en = "\n".join(f"  row {one.row}: {one.en}" for one in faults[:TOLD])
    return Problem(
        f"有 {len(faults)} 行不能用，一行也没有导入：\n{zh}",
        f"{len(faults)} rows will not do; nothing was imported:\n{en}",
    )
