"""`certsweep serve`: the desk, where people decide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from door.casework import open_queue
from door.check_files import check_readable
from door.desk_run import desk_of_settings, serve_desk
from door.ending import Ending, leave
from door.misuse import WrongUse
from door.settings import SETTINGS
from door.speech import out, say, t
from storage.users import first_admin

HELP = t("启动人工审核台（网页）。", "Serve the reviewers' desk (web pages).")


def command(
    port: Annotated[
        int,
        typer.Option(
            min=1,
            max=65534,
            metavar=t("端口", "PORT"),
            help=t("审核台的端口；后一个端口用于回放", "its port; the next one is for replays"),
        ),
    ] = 8300,
    host: Annotated[
        str,
        typer.Option(
            metavar=t("地址", "ADDRESS"),
            help=t(
                "监听的地址；非本机须先设 CERTSWEEP_DESK_URL",
                "where to listen; others than this machine need CERTSWEEP_DESK_URL",
            ),
        ),
    ] = "127.0.0.1",
    targets: Annotated[
        Path | None,
        typer.Option(
            metavar=t("文件", "FILE"),
            help=t(
                "目标文件；给出后管理员可在审核台开始巡查",
                "targets file; with it an administrator can start a sweep at the desk",
            ),
        ),
    ] = None,
    sample: Annotated[
        bool,
        typer.Option(
            "--sample",
            help=t("在审核台开始的巡查用样例网", "sweeps started at the desk take the sample web"),
        ),
    ] = False,
) -> None:
    """Serve until told to stop."""
    engine = open_queue()
    desk = desk_of_settings(SETTINGS, engine, host, port, sweep_of(targets, sample=sample))
    welcome(first_admin(engine))
    with Ending() as ending:
        say(
            f"审核台：{desk.origin} 。按 Ctrl-C 停止。",
            f"The desk: {desk.origin} . Ctrl-C stops it.",
        )
        serve_desk(desk, host, port, ending)
        farewell(ending)
        leave()


def welcome(password: str | None) -> None:
    if password is not None:
        # To standard output and nowhere else: it is in no log and no file.
        out.print(
            t(
                f"已建立管理员账号 admin，一次性密码：{password}（首次登录须修改）",
                f"The account admin was made; its one-time password: {password} (to be changed at "
                "the first login)",
            ),
            markup=False,
        )


def farewell(ending: Ending) -> None:
    if ending.given_up:
        say(
            f"{ending.given_up} 个请求没有做完，不再等待。",
            f"{ending.given_up} requests were not finished and are waited for no longer.",
        )
    say("审核台已停止。", "The desk has stopped.")


def sweep_of(targets: Path | None, *, sample: bool) -> tuple[str, ...]:
    """What follows `certsweep sweep`; a file that is not there is told now."""
    if sample and targets is not None:
        raise WrongUse(
            "--targets 和 --sample 只能给一个。", "give --targets or --sample, not both."
        )
    if targets is None:
        return ("--sample",) if sample else ()
    check_readable([str(targets)])
    return ("--targets", str(targets.absolute()))
