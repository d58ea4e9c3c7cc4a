"""统计: what was found, decided and taken down in a period, drawn by the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from console import charts
from console.desk import desk_of
from console.forms import day_of, today
from console.names import clause_name, platform_name
from console.page import Nav, lang_of, page, query_of
from console.people import Reader
from console.roles import Act
from exports.masking import masked
from storage.bilingual import Bilingual, Problem
from storage.brief import sweeps_between
from storage.database import read
from storage.periods import Period
from storage.reasons import VERDICT_WORDS
from storage.records import Contacts
from storage.sources import GOOD, health
from storage.statistics import NOT_SAID, OTHERS, Group, work
from storage.statistics_agreement import agreement
from storage.statistics_takedown import STEPS, PlatformTakedowns, recurrence, takedowns

router = APIRouter(include_in_schema=False)
NAV = (Nav(path="/statistics", word=Bilingual("统计", "Statistics"), act=Act.READ, order=60),)
PERIODS = {
    "today": Bilingual("今天", "today"),
    "week": Bilingual("近 7 天", "7 days"),
    "month": Bilingual("近 30 天", "30 days"),
    "custom": Bilingual("自定", "custom"),
}
REST = {
    OTHERS: Bilingual("其余地区", "other regions"),
    NOT_SAID: Bilingual("未注明", "not stated"),
}
LENGTHS = {"today": 1, "week": 7, "month": 30}
MOST_DAYS = 366
SWEEP_STATES = {
    "running": Bilingual("未完成", "unfinished"),
    "finished": Bilingual("完成", "finished"),
    "interrupted": Bilingual("中断", "interrupted"),
    "failed": Bilingual("失败", "failed"),
}
SOURCE_STATES = {
    "blocked": Bilingual("受阻", "blocked"),
    "changed": Bilingual("版面已变", "layout changed"),
    "expired": Bilingual("登录已失效", "login expired"),
    "failing": Bilingual("读取失败", "failing"),
    "unknown": Bilingual("不清楚", "unknown"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    name: str  # one of PERIODS
    period: Period


@router.get("/statistics")
def statistics(request: Request, _user: Reader) -> Response:
    engine, query, wrong = desk_of(request).engine, query_of(request), None
    try:
        chosen = chosen_of(query)
    except Problem as problem:  # the week instead, beside what was typed
        chosen, wrong = chosen_of({}), problem.text
    period, lang = chosen.period, lang_of(request)
    told, asked = work(engine, period), takedowns(engine, period)
    with read(engine) as connection:
        sweeps = list(sweeps_between(connection, period.low, period.high))
    return page(
        request,
        "statistics.html",
        409 if wrong else 200,
        wrong=wrong,
        typed={name: query.get(name, "")[:10] for name in ("first", "last")} if wrong else {},
        chosen=chosen,
        periods=PERIODS,
        today=today(),
        told=told,
        days=day_charts(told.days),
        clause_rows=charts.rows(
            [bar(one, clause_name(one.name).said(lang), "clause") for one in told.clauses]
        ),
        platform_rows=charts.rows(
            [bar(one, platform_name(one.name).said(lang), "platform") for one in told.platforms]
        ),
        region_rows=charts.rows(
            [bar(one, region_name(one.name).said(lang), "region") for one in told.regions]
        ),
        institution_rows=charts.rows(
            [
                charts.Bar(name=hidden(one.name), value=one.violations, inner=one.violations)
                for one in told.institutions
            ]
        ),
        verdicts=VERDICT_WORDS,
        asked=asked,
        asked_rows=charts.rows([taken_bar(one, lang) for one in asked]),
        steps=STEPS,
        came_back=recurrence(engine, period),
        agreed=agreement(engine, period),
        sweeps=sweeps,
        sweep_states=SWEEP_STATES,
        troubled=[one for one in health(engine).values() if one.state != GOOD],
        source_states=SOURCE_STATES,
        clause_word=lambda sign: clause_name(sign).said(lang),
        platform_name=platform_name,
        platform_word=lambda name: platform_name(name).said(lang),
        hidden=hidden,
        region_name=lambda name: region_name(name).said(lang),
        long=lambda seconds: long(seconds, lang),
    )


def chosen_of(query: Mapping[str, str]) -> Chosen:
    """Raises Problem for a period that is none, or longer than a year."""
    name, now = query.get("period") or "week", today()
    if name not in PERIODS:
        raise not_understood()
    if name != "custom":
        first = now - timedelta(days=LENGTHS[name] - 1)
        return Chosen(name=name, period=Period(first=first, last=now))
    last = day_of(query.get("last", "")) or now
    first = day_of(query.get("first", "")) or last
    if not date(2000, 1, 1) <= first <= last <= now or (last - first).days >= MOST_DAYS:
        raise not_understood()
    return Chosen(name=name, period=Period(first=first, last=last))


def not_understood() -> Problem:
    return Problem(
        f"统计的时段看不懂：起止日期须有先后，不晚于今天，最长 {MOST_DAYS} 天。请重新选择。",
        f"The period is not understood: first to last day, not after today, {MOST_DAYS} days at "
        "most. Choose again.",
    )


def region_name(name: str) -> Bilingual:
    """Also of the groups that hold the rest."""
    return REST.get(name, Bilingual(name, name))


def hidden(name: str) -> str:
    """A name as it is shown, with whatever contact somebody put into it masked."""
    return masked(name, Contacts())


def day_charts(days: Sequence[Any]) -> list[tuple[Bilingual, charts.ByDay]]:
    return [
        (Bilingual("发现", "found"), charts.by_day([(one.day, one.found) for one in days])),
        (Bilingual("判定", "decided"), charts.by_day([(one.day, one.decided) for one in days])),
        (
            Bilingual("判为违规", "violations"),
            charts.by_day([(one.day, one.violations) for one in days]),
        ),
        (
            Bilingual("复核一致", "upheld by the second person"),
            charts.by_day([(one.day, one.upheld) for one in days]),
        ),
    ]


def bar(group: Group, name: str, by: str) -> charts.Bar:
    """Found, and within it violations; the name leads to the cases."""
    return charts.Bar(
        name=name,
        value=max(group.found, group.violations),
        inner=group.violations,
        href=f"/queue?{urlencode({by: group.name})}",
        said=f"{group.found} / {group.violations}",
    )


def taken_bar(one: PlatformTakedowns, lang: str) -> charts.Bar:
    rate = f"{one.rate:.0%}" if one.rate is not None else "—"
    return charts.Bar(
        name=platform_name(one.platform).said(lang),
        value=one.asked,
        inner=one.gone,
        href=f"/takedowns?{urlencode({'platform': one.platform})}",
        said=f"{one.gone}/{one.asked - one.before} {rate}",
    )


def long(seconds: float | None, lang: str) -> str:
    """A length of time in its largest fitting unit."""
    if seconds is None:
        return "—"
    for size, zh, en in ((86_400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {en if lang == 'en' else zh}"
    return f"{seconds:.0f} {'s' if lang == 'en' else '秒'}"
