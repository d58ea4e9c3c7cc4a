"""`certsweep brief`: the figures of a day or some days, as DOCX and HTML."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from door.brief_run import register_brief, write_brief
from door.settings import SETTINGS
from door.speech import out, say, t
from storage.bilingual import Problem
from storage.database import open_database, ready
from storage.handed_out import MACHINE

HELP = t(
    "生成巡查日报或简报：数字、走势、最要紧的待审案件（DOCX 与 HTML）。",
    "Write the brief of a day or some days: figures, trend, the worst cases (DOCX and HTML).",
)


def command(
    folder: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar=t("文件夹", "FOLDER"),
            help=t("放到哪个文件夹，没有则新建", "folder of the files, made where missing"),
        ),
    ],
    day: Annotated[
        str,
        typer.Option(
            metavar=t("日期", "DAY"),
            help=t("最后一天，如 2026-03-01；不写为昨天", "the last day; yesterday if not given"),
        ),
    ] = "",
    by: Annotated[
        str,
        typer.Option(
            metavar=t("姓名", "NAME"),
            help=t("经办人，记入审计和保管链", "who does it, for audit and custody"),
        ),
    ] = MACHINE,
    days: Annotated[
        int,
        typer.Option(metavar=t("天数", "DAYS"), help=t("共几天", "how many days")),
    ] = 1,
) -> None:
    """Write both files and say where they are."""
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    ready(engine)
    paths = write_brief(engine, folder, read_day(day), days, SETTINGS.office)
    numbers = [one.number for one in register_brief(engine, paths, by)]
    say(
        f"编号 {'、'.join(numbers)}（与清单、函件同用一套，全部见 certsweep export list）。",
        f"Numbers {', '.join(numbers)} (lists, letters and briefs share them: certsweep export "
        "list). Papers are in Chinese, whatever the language of the screen.",
    )
    for path in paths:
        out.print(str(path), markup=False)


def read_day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(
            f"“{text[:40]}”不是日期，没有生成文件。请写成 2026-03-01 这样。",
            f"“{text[:40]}” is no date; no file was made. Write it as 2026-03-01.",
        ) from None
