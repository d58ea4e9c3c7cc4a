"""`certsweep capture`: full evidence of one URL, of every flagged page, of what failed before."""

from __future__ import annotations

import getpass
import json
from contextlib import nullcontext
from typing import Annotated

import typer
from sqlalchemy import Engine

from crawler.guard import Guard
from door.capture_report import SORTS, CaptureProgress, show
from door.capture_run import Outside, flagged_orders, order_again, run_captures, sample_outside
from door.capture_words import capture_json
from door.casework import open_queue
from door.misuse import WrongUse
from door.settings import SETTINGS
from door.speech import out, say, t
from door.sweep_run import holder
from evidence.orders import Order, Taken
from storage.captures import MOST_TRIES
from storage.cases import get_case
from storage.locks import hold
from storage.persons import named_person

HELP = t(
    "取证：把网页连同网络往来、截图、文字和取证记录完整保存。中断后再运行会接着做完。",
    "Capture a page whole: traffic, pictures, text and facts. Interrupted, it goes on next time.",
)
OUTSIDE = Outside()

Url = Annotated[
    str,
    typer.Argument(
        metavar=t("网址", "URL"),
        help=t("要取证的网址，含 http://", "the page to capture, with http://"),
    ),
]
Flagged = Annotated[
    bool,
    typer.Option(
        "--flagged",
        help=t(
            "待审、已定案件中尚未取证的涉嫌网页全部取证，判为不违规的除外",
            "every flagged page of a case that has no capture yet (none of cases found clean)",
        ),
    ),
]
Again = Annotated[
    str,
    typer.Option(
        metavar=t("取证编号", "ID"),
        help=t("只补取这次取证中失败的部分", "take only the failed parts of this capture"),
    ),
]
OfCase = Annotated[
    int | None,
    typer.Option(
        metavar=t("编号", "NUMBER"),
        help=t("取证归入哪件案件", "the case that the capture belongs to"),
    ),
]
By = Annotated[
    str,
    typer.Option(
        metavar=t("姓名", "NAME"),
        help=t("谁要求取证（默认为登录名）", "who asks for it (default: the login name)"),
    ),
]
Sample = Annotated[
    bool,
    typer.Option(
        "--sample",
        help=t(
            "在随附的样例网上取证，不连外网",
            "capture from the sample web that ships with it; no internet",
        ),
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help=t("输出的最后一行为一个 JSON 对象", "the last line is JSON")),
]


def command(
    url: Url = "",
    flagged: Flagged = False,
    again: Again = "",
    case: OfCase = None,
    by: By = "",
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Capture and tell what came of it; exit code 1 where the one page asked for did not come."""
    if sum((bool(url), flagged, bool(again))) != 1:
        raise WrongUse(
            "请给出网址、--flagged 或 --again 取证编号（三者选一）。",
            "give a URL, --flagged or --again ID (one of the three).",
        )
    engine, who = open_queue(), named_person(by if by.strip() else getpass.getuser())
    with sample_outside() if sample else nullcontext(OUTSIDE) as outside:
        if flagged:
            capture_flagged(engine, who, outside, as_json=as_json)
        elif again:
            order = order_again(engine, again.strip(), who)
            capture_one(engine, order, outside, as_json=as_json)
        else:
            Guard(routes=outside.routes).vet_url(url)  # a person asked, so a refusal is said
            capture_one(engine, requested(engine, url, case, who), outside, as_json=as_json)


def requested(engine: Engine, url: str, case: int | None, who: str) -> Order:
    if case is not None:
        get_case(engine, case)
    return Order(url=url, asked_by=who, reason="requested", case_id=case)


def capture_one(engine: Engine, order: Order, outside: Outside, *, as_json: bool) -> None:
    kept: list[Taken] = []
    run_captures(engine, SETTINGS, [order], kept.append, outside)
    for taken in kept:
        if as_json:
            out.print(json.dumps(capture_json(taken), ensure_ascii=False), markup=False)
        else:
            show(taken)
    if not all(taken.capture.final_url for taken in kept):
        say(
            "没有取到网页；这次尝试和原因已记录，可稍后用 --again 再试。",
            "The page did not come; the attempt and its reason are recorded. Try --again later.",
        )
        raise typer.Exit(1)


def capture_flagged(engine: Engine, who: str, outside: Outside, *, as_json: bool) -> None:
    with hold(engine, SETTINGS.home, "capture", holder()):
        orders, given_up = flagged_orders(engine, who)
        with CaptureProgress(len(orders)) as progress:
            if orders:
                run_captures(engine, SETTINGS, orders, progress.count, outside)
    counts = {name: progress.counts[name] for name in (*SORTS, "other")}
    if as_json:
        told = {"flagged": len(orders), **counts, "given_up": given_up}
        out.print(json.dumps(told), markup=False)
        return
    tell(len(orders), counts, given_up)


def tell(total: int, counts: dict[str, int], given_up: int) -> None:
    whole, partial, failed = counts["whole"], counts["partial"], counts["failed"]
    out.print(
        t(
            f"取证 {total} 页：完整 {whole}，不完整 {partial}，没有取到 {failed}。",
            f"{total} pages: {whole} complete, {partial} in part, {failed} not captured.",
        )
    )
    if counts["other"]:
        say(
            f"其中 {counts['other']} 页取到的不像原内容（已删除、受阻等），见各次取证记录。",
            f"{counts['other']} of them do not look like the post (removed, blocked, …); see the "
            "facts of each.",
        )
    if partial:
        say(
            "不完整的可用 certsweep capture --again 取证编号 补取。",
            "What is in part can be completed with certsweep capture --again ID.",
        )
    if given_up:
        say(
            f"另有 {given_up} 页已试过 {MOST_TRIES} 次都没有取到，不再自动取；"
            "可用 certsweep capture 网址 --case 编号 单独取。",
            f"{given_up} more were tried {MOST_TRIES} times in vain and are left; take them with "
            "certsweep capture URL --case NUMBER.",
        )
