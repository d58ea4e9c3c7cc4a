"""`certsweep capture`: full evidence of one URL, of every flagged page, of what failed before."""

from __future__ import annotations

import getpass
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from typing import Annotated
from urllib.parse import urlsplit

import typer
from sqlalchemy import Engine

from crawler.guard import WHY, Guard, Refused
from door.capture_report import SORTS, CaptureProgress, Told, name_them, show, sort_of
from door.capture_run import Outside, flagged_orders, order_again, run_captures, sample_outside
from door.capture_words import capture_json
from door.casework import open_queue
from door.misuse import WrongUse
from door.printable import printable
from door.settings import SETTINGS
from door.speech import out, say, t
from door.sweep_run import holder
from evidence.orders import Order, Taken
from storage.bilingual import Problem
from storage.captures import MOST_TRIES
from storage.cases import get_case
from storage.locks import hold
from storage.persons import named_person

HELP = t(
    "取证：把网页连同网络往来、截图、文字和取证记录完整保存。中断后再运行会接着做完。",
    "Capture a page whole: traffic, pictures, text and facts. Interrupted, it goes on next time.",
)
OUTSIDE = Outside()
# Reasons of the guard that speak of how a URL is written, and not of where it leads.
MISTYPED = frozenset({"url", "scheme", "userinfo", "host", "port"})
SAMPLE_NAMES = (".test", ".example")  # reserved (RFC 6761): not to be found outside

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
        help=t(
            "补取这次取证中失败的部分；页面当时有内容没有传到的，整页重取",
            "take the failed parts of this capture; all of it where something had not come",
        ),
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
    str | None,
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
    by: By = None,
    sample: Sample = False,
    as_json: Json = False,
) -> None:
    """Capture and tell what came of it; exit code 1 where the one page asked for did not come."""
    if sum((bool(url), flagged, bool(again))) != 1:
        raise WrongUse(
            "请给出网址、--flagged 或 --again 取证编号（三者选一）。",
            "give a URL, --flagged or --again ID (one of the three).",
        )
    who = getpass.getuser() if by is None else named_person(by)
    engine = open_queue()
    with sample_outside() if sample else nullcontext(OUTSIDE) as outside:
        if flagged:
            capture_flagged(engine, who, outside, as_json=as_json)
        elif again:
            order = order_again(engine, again.strip(), who)
            capture_one(engine, order, outside, as_json=as_json, sample=sample)
        else:
            vet(url, outside)
            capture_one(
                engine, requested(engine, url, case, who), outside, as_json=as_json, sample=sample
            )


def vet(url: str, outside: Outside) -> None:
    """A person asked, so a refusal is said; what is no address of a page is wrong use."""
    try:
        Guard(routes=outside.routes).vet_url(url)
    except Refused as refused:
        # Of a URL with a password in it, what follows that.
        why, shown = WHY[refused.reason], printable(url[:200].rpartition("@")[2])
        if refused.reason in MISTYPED:
            raise WrongUse(
                f"网址不对：{shown}（{why.zh}）。请写完整的网址，如 http://peixun.example/ad。"
                "没有取证，也没有记录。",
                f"{shown} is no address of a page ({why.en}). Write it whole, such as "
                "http://peixun.example/ad. Nothing was captured or recorded.",
            ) from None
        raise Problem(
            f"出于安全没有访问 {shown}：{why.zh}。没有取证，也没有记录。",
            f"not fetched for safety: {shown}: {why.en}. Nothing was captured or recorded.",
        ) from None


def requested(engine: Engine, url: str, case: int | None, who: str) -> Order:
    if case is not None:
        get_case(engine, case)
    return Order(url=url, asked_by=who, reason="requested", case_id=case)


def capture_one(
    engine: Engine, order: Order, outside: Outside, *, as_json: bool, sample: bool
) -> None:
    kept: list[Taken] = []
    run_captures(engine, SETTINGS, [order], kept.append, outside)
    for taken in kept:
        if as_json:
            out.print(json.dumps(capture_json(taken), ensure_ascii=False), markup=False)
        else:
            show(taken)
    sorts = {sort_of(taken.capture) for taken in kept}
    if "failed" in sorts:
        say(
            "没有取到网页；这次尝试和原因已记录，可稍后用 --again 再试。",
            "The page did not come; the attempt and its reason are recorded. Try --again later.",
        )
    if not sample and any(of_sample(taken) for taken in kept):
        say(
            "这是样例网的网址，只在本机有：请加 --sample。",
            "This address belongs to the sample web and exists here only: add --sample.",
        )
    if sorts & {"failed", "wall"}:
        raise typer.Exit(1)


def of_sample(taken: Taken) -> bool:
    """Whether a name was not found that only the sample web has: nobody can register it."""
    host = urlsplit(taken.capture.url).hostname or ""
    return taken.outcome == "dns" and host.endswith(SAMPLE_NAMES)


def capture_flagged(engine: Engine, who: str, outside: Outside, *, as_json: bool) -> None:
    with hold(engine, SETTINGS.home, "capture", holder()):
        orders, given_up = flagged_orders(engine, who)
        with CaptureProgress(len(orders)) as progress:
            if orders:
                run_captures(engine, SETTINGS, orders, progress.count, outside)
    counts = {name: progress.counts[name] for name in (*SORTS, "other")}
    if as_json:
        named = [asdict(one) | {"why": one.why.said(SETTINGS.lang)} for one in progress.told]
        told = {"flagged": len(orders), **counts, "given_up": given_up, "named": named}
        out.print(json.dumps(told, ensure_ascii=False), markup=False)
        return
    tell(len(orders), counts, progress.told, given_up)


def tell(total: int, counts: dict[str, int], told: Sequence[Told], given_up: int) -> None:
    whole, partial, wall = counts["whole"], counts["partial"], counts["wall"]
    failed = counts["failed"]
    out.print(
        t(
            f"取证 {total} 页：完整 {whole}，不完整 {partial}，被验证码、登录等挡住 {wall}，"
            f"没有取到 {failed}。",
            f"{total} pages: {whole} complete, {partial} in part, {wall} behind a wall, "
            f"{failed} not captured.",
        )
    )
    if counts["other"]:
        say(
            f"其中 {counts['other']} 页取到的不像原内容（已删除等）。",
            f"{counts['other']} of them do not look like the post (removed, …).",
        )
    name_them(told)
    if wall or failed:
        say(
            f"没有取到的，再运行时会再取，排在最后，共试 {MOST_TRIES} 次。",
            f"What did not come is tried again by the next run, last, {MOST_TRIES} times in all.",
        )
    if partial:
        say(
            "不完整的可用 certsweep capture --again 取证编号 补取；"
            f"因内容没有传到而不完整的，再运行 --flagged 时也会再取，共试 {MOST_TRIES} 次。",
            "What is in part can be completed with certsweep capture --again ID; where something "
            f"had not come, the next run of --flagged tries again too, {MOST_TRIES} times in all.",
        )
    if given_up:
        say(
            f"另有 {given_up} 页已试过 {MOST_TRIES} 次都没有取到，不再自动取；"
            "可用 certsweep capture 网址 --case 编号 单独取。",
            f"{given_up} more were tried {MOST_TRIES} times in vain and are left; take them with "
            "certsweep capture URL --case NUMBER.",
        )
