"""`certsweep directory`: the directory of filed bodies (备案评价机构目录)."""

from __future__ import annotations

import json
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from door.casework import open_queue
from door.directory_import import Wanted, import_file
from door.directory_look import looked_up
from door.directory_report import (
    edition_json,
    editions_table,
    filing_json,
    filings_table,
    tell_notes,
)
from door.directory_values import read_kind
from door.manual import HouseCommand
from door.misuse import WrongUse
from door.printable import printable
from door.speech import out, say, t
from storage.bilingual import Problem
from storage.directory import Edition, editions
from storage.directory_changes import Changes, changes, pair

SHOWN = 200  # rows on the screen

HELP = t(
    "备案评价机构目录：导入、查看、比较。研判时据此核对机构。",
    "The directory of filed bodies: import, look up, compare. The judge checks bodies against it.",
)
app = typer.Typer(no_args_is_help=True)
AsJson = Annotated[
    bool,
    typer.Option(
        "--json", help=t("输出的最后一行为一个 JSON 对象", "the last line is one JSON object")
    ),
]


@app.command(
    "import",
    cls=HouseCommand,
    help=t(
        "导入一份目录（.csv、.xlsx）。有一行不能用，就一行也不导入。",
        "Import a directory (.csv, .xlsx). Where one row will not do, none is imported.",
    ),
)
def import_command(
    file: Annotated[
        Path, typer.Argument(metavar=t("文件", "FILE"), help=t("CSV 或 XLSX", "CSV or XLSX"))
    ],
    as_of: Annotated[
        str,
        typer.Option(
            metavar=t("日期", "DAY"),
            help=t("目录截至哪一天，默认今天", "the day it was true; today where not given"),
        ),
    ] = "",
    kind: Annotated[
        str,
        typer.Option(
            metavar=t("类别", "KIND"),
            help=t(
                "文件不写类别时用：S、Y、鉴定、专项、考务、培训",
                "for rows that do not say: S, Y, 鉴定, 专项, 考务, 培训",
            ),
        ),
    ] = "",
    name: Annotated[
        str,
        typer.Option(
            "--list",
            metavar=t("名册", "NAME"),
            help=t(
                "是哪份名册的新版，如“郑州”；同名的旧版不再使用但保留",
                "the list this is a new edition of; the older edition is kept, no longer used",
            ),
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    wanted = Wanted(kind=read_kind(kind), as_of=day_of(as_of), name=name)
    made = import_file(open_queue(), file, wanted)
    tell_notes(made)
    edition = made.edition
    if as_json:
        facts = edition_json(edition) | {
            "repeated": sum(made.notes.repeated.values()),
            "unknown_columns": list(made.notes.unknown),
            "unread_sheets": made.notes.unread,
        }
        out.print(json.dumps(facts, ensure_ascii=False), markup=False)
        return
    out.print(
        t(
            f"已导入名册“{edition.name}”（截至 {edition.as_of}）：{edition.bodies} 家机构，"
            f"{edition.rows} 条。",
            f"Imported {edition.name!r} as of {edition.as_of}: {edition.bodies} bodies, "
            f"{edition.rows} rows.",
        ),
        markup=False,
    )
    if not edition.current:
        say("已有截至日期更晚的版本，仍用那一版。", "A later edition is there and stays in use.")


def day_of(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(
            f"--as-of 的“{text}”不是日期，如 2026-03-01。",
            f"--as-of {text!r} is no day: 2026-03-01.",
        ) from None


@app.command(
    "list",
    cls=HouseCommand,
    help=t("列出导入过的各版目录。", "List every edition that was imported."),
)
def list_command(*, as_json: AsJson = False) -> None:
    rows = editions(open_queue())
    if as_json:
        out.print(json.dumps([edition_json(row) for row in rows], ensure_ascii=False), markup=False)
    elif rows:
        out.print(editions_table(rows))
    else:
        say(
            "还没有导入目录；机构是否备案一律按“无法核对”处理。",
            "No directory yet: whether a body is filed counts as unknown.",
        )


@app.command(
    "show",
    cls=HouseCommand,
    help=t(
        "查一家机构或一个备案号在现用目录里的记载。",
        "What the directory in use says of a body or a filing number.",
    ),
)
def show_command(
    name: Annotated[
        str,
        typer.Argument(
            metavar=t("名称", "NAME"), help=t("机构名称或备案号", "name or filing number")
        ),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    how, rows, left = looked_up(open_queue(), name)
    if as_json:
        facts = {"how": how, "left": left, "rows": [filing_json(row) for row in rows]}
        out.print(json.dumps(facts, ensure_ascii=False), markup=False)
        return
    if left:
        say(
            "此机构曾在目录中，现用的版本已不再载有。",
            "It stood in an earlier edition and no longer does.",
        )
    if not rows:
        raise Problem("现用目录里没有这个名称或编号。", "Not in the directory in use.")
    if how == "near":
        say("没有同名机构；以下名称相近，请核对。", "No such name; these are near, please compare.")
    out.print(filings_table(rows[:SHOWN], t(f"共 {len(rows)} 条", f"{len(rows)} rows")))


@app.command(
    "diff",
    cls=HouseCommand,
    help=t(
        "比较两版目录：新增、移出的机构，变动的职业、等级。不写编号则比较最近导入的一版与其前版。",
        "Compare two editions: bodies that came and went, rows that changed.",
    ),
)
def diff_command(
    older: Annotated[
        int | None,
        typer.Argument(metavar=t("旧版编号", "OLDER"), help=t("见 directory list", "see list")),
    ] = None,
    newer: Annotated[
        int | None,
        typer.Argument(metavar=t("新版编号", "NEWER"), help=t("见 directory list", "see list")),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    engine = open_queue()
    both = pair(engine, older, newer)
    found = changes(engine, *both)
    if as_json:
        out.print(json.dumps(changes_json(*both, found), ensure_ascii=False), markup=False)
    else:
        tell_changes(*both, found)


def changes_json(older: Edition, newer: Edition, found: Changes) -> dict[str, Any]:
    return {
        "older": edition_json(older),
        "newer": edition_json(newer),
        "added": found.added,
        "removed": found.removed,
        "gained": [filing_json(row) for row in found.gained],
        "lost": [filing_json(row) for row in found.lost],
    }


def tell_changes(older: Edition, newer: Edition, found: Changes) -> None:
    out.print(
        t(
            f"名册“{newer.name}” {newer.as_of} 与“{older.name}” {older.as_of} 相比：",
            f"{newer.name!r} of {newer.as_of} against {older.name!r} of {older.as_of}:",
        ),
        markup=False,
    )
    for zh, en, names in (
        ("新增机构", "New bodies", found.added),
        ("移出机构", "Bodies that left", found.removed),
    ):
        out.print(t(f"{zh} {len(names)} 家", f"{en}: {len(names)}"), markup=False)
        for body in islice(names, SHOWN):
            out.print(f"  {printable(body)}", markup=False)
    for zh, en, rows in (
        ("增加的条目", "Rows gained", found.gained),
        ("减少的条目", "Rows lost", found.lost),
    ):
        if rows:
            out.print(filings_table(rows[:SHOWN], t(f"{zh} {len(rows)}", f"{en}: {len(rows)}")))
