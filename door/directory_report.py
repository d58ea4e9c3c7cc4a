"""The directory of filed bodies on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from rich.markup import escape
from rich.table import Table

from door.directory_import import Imported, today
from door.printable import printable
from door.speech import say, t
from storage.directory import KIND_WORDS, Edition
from storage.records import Filing

TOLD = 5  # repeated rows named
COLUMNS = (
    ("机构", "body"),
    ("类别", "kind"),
    ("职业（工种）", "occupation"),
    ("等级", "level"),
    ("对象", "audience"),
    ("地区", "region"),
    ("备案号", "number"),
    ("有效期", "valid"),
)


def tell_notes(made: Imported) -> None:
    notes = made.notes
    if notes.unknown:
        names = printable("、".join(notes.unknown))
        say(f"没有用到的列：{names}。", f"Columns not used: {names}.")
    if notes.unread:
        names = printable("、".join(notes.unread))
        say(
            f"没有表头、没有导入的工作表：{names}。", f"Sheets without a header, left out: {names}."
        )
    if notes.repeated:
        first = "、".join(list(notes.repeated)[:TOLD])
        count = sum(notes.repeated.values())
        say(
            f"重复的内容 {count} 条已合并（{first}{'等' if len(notes.repeated) > TOLD else ''}）。",
            f"{count} repeated filings were merged ({len(notes.repeated)} rows).",
        )


def edition_json(edition: Edition) -> dict[str, Any]:
    return asdict(edition) | {
        "as_of": edition.as_of.isoformat(),
        "imported_at": edition.imported_at.isoformat(),
    }


def filing_json(filing: Filing) -> dict[str, Any]:
    return asdict(filing) | {
        "valid_from": filing.valid_from.isoformat() if filing.valid_from else None,
        "valid_to": filing.valid_to.isoformat() if filing.valid_to else None,
    }


def editions_table(rows: Sequence[Edition]) -> Table:
    table = Table(title=t("备案机构目录", "Directory of filed bodies"), title_justify="left")
    table.add_column(t("编号", "id"), justify="right")
    table.add_column(t("名册", "list"), overflow="fold")
    table.add_column(t("截至", "as of"), no_wrap=True)
    table.add_column(t("机构", "bodies"), justify="right")
    table.add_column(t("条", "rows"), justify="right")
    table.add_column(t("现用", "in use"))
    table.add_column(t("文件与 SHA-256", "file and SHA-256"), overflow="fold")
    for row in rows:
        table.add_row(
            str(row.id),
            escape(printable(row.name)),
            row.as_of.isoformat(),
            str(row.bodies),
            str(row.rows),
            t("是", "yes") if row.current else "",
            escape(printable(f"{row.source}\n{row.sha256[:16]}…")),
        )
    return table


def filings_table(rows: Iterable[Filing], title: str) -> Table:
    table = Table(title=escape(printable(title)), title_justify="left")
    day = today()
    all_cells = [cells(row, day) for row in rows]
    # A column in which nothing stands only takes the room of the others.
    shown = [at for at in range(len(COLUMNS)) if any(one[at] for one in all_cells)]
    for at in shown:
        table.add_column(t(*COLUMNS[at]), overflow="fold")
    for one in all_cells:
        table.add_row(*(escape(printable(one[at])) for at in shown))
    return table


def valid_words(row: Filing, day: date) -> str:
    """至2025-01-01，已过期; "" where the list gives no days."""
    start, end = row.valid_from, row.valid_to
    if start and end:
        said = t(f"{start} 至 {end}", f"{start} to {end}")
    elif end:
        said = t(f"至 {end}", f"until {end}")
    else:
        said = t(f"自 {start} 起", f"from {start}") if start else ""
    if end and end < day:
        return said + t("，已过期", ", run out")
    if start and start > day:
        return said + t("，尚未生效", ", not yet in force")
    return said


def cells(row: Filing, day: date) -> tuple[str, ...]:
    kind = KIND_WORDS[row.kind]
    job = f"{row.occupation}（{row.trade}）" if row.trade else row.occupation
    return (
        row.body,
        t(kind.zh, kind.en),
        job,
        row.level,
        row.audience,
        row.region,
        row.filing_no,
        valid_words(row, day),
    )
