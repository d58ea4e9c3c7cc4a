"""`certsweep scheduler`: the process that sweeps every night."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from door.office_judge import office_judge
from door.settings import SETTINGS
from door.sources import all_sources
from door.speech import say, t
from door.sweep_run import holder
from door.targets import read_wanted
from scheduler import ZONE, Clock, Clockwork, start_clock, wait_for_end
from storage.database import open_database, ready
from storage.locks import hold

HELP = t("每晚定时巡查；错过的一晚补一次。", "Sweep every night; a missed night is caught up once.")


def command(
    targets: Annotated[
        Path,
        typer.Option(metavar=t("文件", "FILE"), help=t("目标文件（YAML）", "targets file (YAML)")),
    ],
    hour: Annotated[
        int,
        typer.Option(
            min=0, max=23, metavar="0–23", help=t("几点开始（北京时间）", "hour, Beijing time")
        ),
    ] = 2,
    minute: Annotated[
        int, typer.Option(min=0, max=59, metavar="0–59", help=t("几分", "minute"))
    ] = 0,
) -> None:
    """Run the clock until it is told to stop."""
    # A wrong file is told now, not at two in the morning.
    read_wanted(targets, all_sources(), datetime.now(UTC).date())
    office_judge(SETTINGS)
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    ready(engine)
    with hold(engine, SETTINGS.home, "scheduler", holder()):
        sweep = ("--targets", str(targets.absolute()))
        clock = Clockwork(engine)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: clock.tell())
        start_clock(clock, Clock(hour=hour, minute=minute), sweep)
        say(
            f"定时巡查已启动：每天 {hour:02d}:{minute:02d}（{ZONE}）。按 Ctrl-C 停止。",
            f"The clock is running: every day at {hour:02d}:{minute:02d} ({ZONE}). Ctrl-C stops.",
        )
        wait_for_end(clock)
        say("定时巡查已停止。", "The clock has stopped.")
