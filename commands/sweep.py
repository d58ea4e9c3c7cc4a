"""`certsweep sweep`: one sweep over the targets, from fetching to the review queue."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Engine

from door.misuse import WrongUse
from door.progress import SweepProgress
from door.sample_report import sample_json, show_sample
from door.sample_run import SampleResult, sample_sweep
from door.second_reading import reader_of, second_reading
from door.second_words import tell_reading
from door.settings import SETTINGS
from door.sources import all_sources
from door.speech import out, say, t
from door.sweep_parts import SweepOrder
from door.sweep_report import show_summary, summary_json
from door.sweep_run import SweepResult, run_sweep
from door.targets import read_wanted
from readers.endpoint import Forbidden
from readers.second import Reader
from storage.database import open_database

BEIJING = ZoneInfo("Asia/Shanghai")  # a plan's share of the day goes by the office's clock
INTERRUPTED = 130  # what a shell expects after Ctrl-C

HELP = t(
    "巡查一遍：采集、研判、入待审队列。中断后再运行同一命令会接着做完。",
    "One sweep: fetch, judge, fill the review queue. Interrupted, the same command goes on.",
)


def command(
    targets: Annotated[
        Path | None,
        typer.Option(
            metavar=t("文件", "FILE"),
            help=t("目标文件（YAML），见 README", "targets file (YAML), see README"),
        ),
    ] = None,
    sample: Annotated[
        bool,
        typer.Option(
            "--sample",
            help=t(
                "巡查随附的样例网，不连外网", "sweep the sample web that ships with it; no internet"
            ),
        ),
    ] = False,
    by: Annotated[
        str,
        typer.Option(
            metavar=t("姓名", "NAME"),
            help=t("谁启动的；默认记本机和进程号", "who starts it; else this machine and process"),
        ),
    ] = "",
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help=t("输出的最后一行为一个 JSON 对象", "the last line is one JSON object")
        ),
    ] = False,
) -> None:
    """Run one sweep and tell what came of it."""
    if sample == (targets is not None):
        raise WrongUse(
            "请给出 --targets 目标文件，或用 --sample 巡查样例网（二者选一）。",
            "give --targets FILE, or --sample for the sample web (one of the two).",
        )
    reader = reader_of(SETTINGS)  # a setting half made is told before the sweep, not after it
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    with SweepProgress() as progress:
        if targets is None:
            ran = sample_sweep(engine, SETTINGS, progress.count, by)
            result, tell_sample = ran.sweep, ran
        else:
            order = order_of(targets, by)
            ask_for_contact()
            result = run_sweep(engine, SETTINGS, order, all_sources(), progress.count)
            tell_sample = None
    if result.ending.interrupted:
        say(
            "已中断。读过的都已保存；再次运行同一命令会接着做完。",
            "Interrupted. All that was read is kept; the same command goes on from here.",
        )
        tell(result, None, as_json)
        raise typer.Exit(INTERRUPTED)
    if reader is not None and not sample:
        read_again(engine, reader)
    tell(result, tell_sample, as_json)


def read_again(engine: Engine, reader: Reader) -> None:
    """The office's second reader over what is uncertain; its troubles never fail the sweep."""
    try:
        tell_reading(second_reading(engine, reader))
    except Forbidden as problem:
        say(problem.text.zh, problem.text.en)


def order_of(targets: Path, by: str) -> SweepOrder:
    wanted = read_wanted(targets, all_sources(), datetime.now(BEIJING).date())
    return SweepOrder(
        targets=wanted.targets,
        name="targets",
        contact=SETTINGS.contact,
        by=by,
        discover=wanted.discover,
    )


def ask_for_contact() -> None:
    """Sites should know whom to ask; a sweep goes on without."""
    if not SETTINGS.contact:
        say(
            "注意：没有写明联系方式，网站不知道可以向谁询问。"
            "请把 CERTSWEEP_CONTACT 设为单位的网址或邮箱。",
            "Note: sites are not told whom to ask. Set CERTSWEEP_CONTACT to the office's page "
            "or mail address.",
        )


def tell(result: SweepResult, sample: SampleResult | None, as_json: bool) -> None:
    if result.resumed:
        say("接着上次未完成的巡查。", "Went on with the sweep that was not finished.")
    if not as_json:
        show_summary(result)
        if sample is not None:
            show_sample(sample)
        return
    extra = sample_json(sample) if sample is not None else {}
    out.print(json.dumps(summary_json(result) | extra, ensure_ascii=False), markup=False)
