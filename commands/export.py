"""`certsweep export`: the decided cases as a takedown list, one file a call."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from door.export_run import Asked, Exported, export_list
from door.settings import SETTINGS
from door.speech import out, say, t
from exports.registry import formats
from storage.database import open_database, ready
from storage.handed_out import MACHINE

HELP = t(
    "把审核为违规的案件导出为处置清单（草稿）。",
    "Export the cases decided as violations as a takedown list (a draft).",
)

By = Annotated[
    str,
    typer.Option(
        "--by",
        metavar=t("姓名", "NAME"),
        help=t("经办人，记入审计和保管链", "who does it, for audit and custody"),
    ),
]


def command(
    form: Annotated[
        str,
        typer.Argument(
            metavar=t("格式", "FORMAT"),
            help=t(f"{'、'.join(formats())} 之一", f"one of {', '.join(formats())}"),
        ),
    ],
    folder: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar=t("文件夹", "FOLDER"),
            help=t("清单放到哪个文件夹，没有则新建", "folder of the list, made where missing"),
        ),
    ],
    platform: Annotated[
        str,
        typer.Option(
            metavar=t("平台", "PLATFORM"),
            help=t("只要这个平台；网站为 web", "only this platform; web for sites"),
        ),
    ] = "",
    since: Annotated[
        str,
        typer.Option(
            metavar=t("日期", "DAY"),
            help=t(
                "只要此日起审核的，如 2026-03-01", "decided on this day or later, as 2026-03-01"
            ),
        ),
    ] = "",
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar=t("部门", "DEPARTMENT"),
            help=t("转办函转给哪个部门，如 市场监管", "the department of a transfer letter"),
        ),
    ] = "",
    by: By = MACHINE,
    show_contacts: Annotated[
        bool,
        typer.Option(
            "--show-contacts",
            help=t("不遮盖电话、微信等联系方式", "do not mask phones, WeChat and the like"),
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help=t("输出的最后一行为一个 JSON 对象", "the last line is one JSON object")
        ),
    ] = False,
) -> None:
    """Write one list."""
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    ready(engine)
    asked = Asked(platform=platform, since=since, masked=not show_contacts, to=to, by=by)
    tell(export_list(engine, form, folder, asked), as_json)


def tell(made: Exported, as_json: bool) -> None:
    if made.rows:
        say("这是草稿，须经人工签发。", "This is a draft; a person signs it.")
    else:
        say(
            "没有符合条件的已审核案件，清单只有表头。",
            "No decided case matches what was asked; the list has its header only.",
        )
    if as_json:
        facts = asdict(made) | {"path": str(made.path)}
        out.print(json.dumps(facts, ensure_ascii=False), markup=False)
    else:
        out.print(str(made.path), markup=False)
        out.print(t(f"{made.rows} 行", f"{made.rows} rows"), markup=False)
