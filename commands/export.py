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
from storage.database import open_database, ready


def command(
    form: Annotated[
        str, typer.Argument(metavar="FORMAT", help=t("格式：xlsx 或 csv", "xlsx or csv"))
    ],
    folder: Annotated[Path, typer.Option("--out", help=t("放到哪个文件夹", "folder to write to"))],
    platform: Annotated[
        str, typer.Option(help=t("只要这个平台（如 web、douyin）", "only this platform"))
    ] = "",
    since: Annotated[
        str, typer.Option(help=t("只要此日起审核的（年-月-日）", "decided since YYYY-MM-DD"))
    ] = "",
    show_contacts: Annotated[
        bool, typer.Option("--show-contacts", help=t("不遮盖联系方式", "do not mask contacts"))
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help=t("最后一行为 JSON", "last line is JSON"))
    ] = False,
) -> None:
    """导出处置清单（草稿） / export the takedown list (a draft)."""
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    ready(engine)
    asked = Asked(platform=platform, since=since, masked=not show_contacts)
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
