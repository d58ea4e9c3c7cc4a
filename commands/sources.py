"""`certsweep sources`: how well each source could be read, and what to do where it could not."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from door.settings import SETTINGS
from door.source_words import source_reason, source_state, what_to_do
from door.sources import all_sources, source_name, source_of
from door.speech import out, t
from exports.takedown_rows import beijing
from storage.database import open_database, ready
from storage.sessions import kept_logins
from storage.sources import UNKNOWN, SourceHealth, health

HELP = t(
    "各来源是否读得到：最近一次正常读取、内容数、状态、该怎么办。",
    "How each source is doing: last good run, posts, state, what to do.",
)


def command(
    only: Annotated[
        list[str] | None,
        typer.Argument(
            metavar=t("来源…", "SOURCE…"),
            help=t("只看这些，如 微博 或 weibo", "only these, as weibo, or in Chinese"),
        ),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help=t("以一个 JSON 对象输出", "as one JSON object"))
    ] = False,
) -> None:
    """Every source there is, also those that were never read."""
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    ready(engine)
    known = health(engine)
    logins = kept_logins(SETTINGS.home)
    names = sorted(set(map(source_of, only)) if only else all_sources().keys() | known.keys())
    if as_json:
        rows = [row_json(name, known.get(name), login=name in logins) for name in names]
        out.print(json.dumps({"sources": rows}, ensure_ascii=False), markup=False)
        return
    out.print(table(names, known, logins))
    for name in names:
        told = advice(name, known.get(name))
        if told:
            out.print(t(f"{source_name(name)}：{told}", f"{name}: {told}"), markup=False)


def row_json(name: str, one: SourceHealth | None, *, login: bool) -> dict[str, Any]:
    state, reason = (one.state, one.reason) if one else (UNKNOWN, "")
    return {
        "source": name,
        "state": state,
        "reason": reason,
        "since": moment(one.since if one else None),
        "last_run": moment(one.last_run if one else None),
        "last_good": moment(one.last_good if one else None),
        "pages": one.pages if one else 0,
        "posts": one.posts if one else 0,
        "flagged": one.flagged if one else 0,
        "login": login,
        "canary": one.canary if one else "",
        "canary_at": moment(one.canary_at if one else None),
        "what_to_do": what_to_do(name, state, reason).said(SETTINGS.lang),
    }


def moment(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def advice(name: str, one: SourceHealth | None) -> str:
    """For sources that need somebody; those never asked for need nobody."""
    return what_to_do(name, one.state, one.reason).said(SETTINGS.lang) if one else ""


def table(names: list[str], known: dict[str, SourceHealth], logins: set[str]) -> Table:
    shown = Table()
    shown.add_column(t("来源", "source"), overflow="fold")
    shown.add_column(t("状态", "state"))
    shown.add_column(t("原因", "reason"), overflow="fold")
    shown.add_column(t("最近正常读取（北京时间）", "last good run (Beijing)"), overflow="fold")
    shown.add_column(t("内容", "posts"), justify="right")
    shown.add_column(t("新涉嫌", "flagged"), justify="right")
    shown.add_column(t("登录", "login"))
    for name in names:
        one = known.get(name)
        state, reason = (one.state, one.reason) if one else (UNKNOWN, "")
        shown.add_row(
            source_name(name).replace("（", "\n（"),
            source_state(state).said(SETTINGS.lang),
            source_reason(reason).said(SETTINGS.lang),
            beijing(one.last_good)[:16] if one and one.last_good else "—",
            str(one.posts) if one else "—",
            str(one.flagged) if one else "—",
            t("已存", "kept") if name in logins else "",
        )
    return shown
