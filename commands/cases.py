"""`certsweep cases`: the review queue as a list."""

from __future__ import annotations

import json
from itertools import islice
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from door.casework import STATUS_WORDS, every_case, open_queue, said, word_of
from door.printable import printable
from door.speech import out, say, t
from storage.cases import CaseRow
from storage.records import CaseStatus, Clause

SHOWN = 50

HELP = t("列出案件，最该先看的在前。", "The cases, the most urgent first.")


def command(
    status: Annotated[
        str,
        typer.Option(
            metavar=t("状态", "STATUS"),
            help=t(
                "只列这个状态：待审、在审、已定、已复核",
                "only these: waiting, claimed, decided, approved",
            ),
        ),
    ] = "",
    second: Annotated[
        bool,
        typer.Option(
            "--second",
            help=t("只列已定、待另一人复核的", "only those that wait for a second person"),
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help=t("全部案件，以一个 JSON 列表输出", "all cases, as one JSON list")
        ),
    ] = False,
    limit: Annotated[
        int,
        typer.Option(
            min=1,
            metavar=t("件数", "COUNT"),
            help=t("屏幕上最多显示几件", "cases shown on the screen"),
        ),
    ] = SHOWN,
) -> None:
    """List the cases in the order of the queue."""
    wanted = word_of(status, STATUS_WORDS, "状态", "status") if status else None
    rows = every_case(open_queue(), CaseStatus.DECIDED if second else wanted)
    if second:
        rows = (row for row in rows if row.awaits_second)
    if as_json:
        out.print(json.dumps([case_json(row) for row in rows], ensure_ascii=False), markup=False)
        return
    shown = list(islice(rows, limit))
    if not shown:
        say("没有案件。", "No cases.")
        return
    out.print(table_of(shown))
    rest = sum(1 for _ in rows)
    if rest:
        say(
            f"另有 {rest} 件未显示；用 --limit 或 --json 查看。",
            f"{rest} more: --limit or --json.",
        )


def case_json(row: CaseRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "status": row.status.value,
        "priority": row.priority,
        "platform": row.platform,
        "urls": list(row.urls),
        "title": row.title,
        "codes": list(row.codes),
        "clauses": [clause.value for clause in row.clauses],
        "opened_at": row.opened_at.isoformat(),
        "version": row.version,
        "posts": row.posts,
        "reopened": row.reopened,
        "claimed_by": row.claimed_by,
        "awaits_second": row.awaits_second,
    }


def table_of(rows: list[CaseRow]) -> Table:
    table = Table(title=t("案件", "Cases"), title_justify="left")
    table.add_column(t("编号", "id"), justify="right")
    table.add_column(t("优先度", "priority"), justify="right")
    table.add_column(t("状态", "status"), no_wrap=True)
    table.add_column(t("条款", "clauses"), no_wrap=True)
    table.add_column(t("标题与网址", "title and URL"), overflow="fold")
    for row in rows:
        more = t(f"（共 {row.posts} 页）", f" ({row.posts} pages)") if row.posts > 1 else ""
        first = row.urls[0] if row.urls else ""
        table.add_row(
            str(row.id),
            str(row.priority),
            said(STATUS_WORDS[row.status])
            + (t("，待复核", ", unconfirmed") if row.awaits_second else ""),
            "".join(clause.value for clause in Clause if clause in row.clauses),
            escape(printable(f"{row.title}\n{first}{more}")),
        )
    return table
