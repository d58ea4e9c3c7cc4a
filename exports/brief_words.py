"""What a brief says, whatever it is written as: its title, its sentences and its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from exports.masking import masked
from exports.takedown_rows import beijing
from storage.brief import Brief
from storage.cases import CaseRow
from storage.platform_words import platform_name
from storage.reasons import VERDICT_WORDS
from storage.records import Contacts, Verdict

CLAUSES = {
    "一": "（一）违规使用字样、标识",
    "二": "（二）虚假或夸大宣传",
    "三": "（三）违规培训、收费、发证",
    "四": "（四）混淆误导、欺诈、假冒",
}
STATES = {
    "finished": "完成",
    "running": "未完成",
    "interrupted": "被中断",
    "failed": "未成功",
}
ONE_HALF = 6  # platforms that stand below one another; more go side by side
CAVEAT = (
    "由系统据工作记录生成，为草稿，供内部参考。“涉嫌”指程序按规则发现、尚待或已经人工审核的线索，"
    "不是对任何单位或者个人的定性；“判为违规”为审核人的意见。人工审核按案件现行有效的决定计，"
    "一件案件计一次，与处置清单一致；被后来决定代替的和等待另一人复核的不计入。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A small table with its heading."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]  # millimetres, 156 together
    figures: frozenset[int] = frozenset()  # columns of numbers


def title_of(brief: Brief) -> str:
    return "“山寨证书”网络巡查" + kind_of(brief)


def kind_of(brief: Brief) -> str:
    return "日报" if brief.first == brief.last else "简报"


def caveat_of(brief: Brief) -> str:
    return f"本{kind_of(brief)}{CAVEAT}"


def days_of(brief: Brief) -> str:
    """The days, a year or a month that is the same not named twice: a line holds no more."""
    first, last = brief.first, brief.last
    if first == last:
        return chinese_day(first)
    end = f"{last.day}日" if (first.year, first.month) == (last.year, last.month) else ""
    if not end:
        end = f"{last.month}月{last.day}日" if first.year == last.year else chinese_day(last)
    return f"{chinese_day(first)}至{end}"


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def sentences(brief: Brief) -> Iterator[str]:
    yield from sweep_sentences(brief)
    yield f"新立案件 {brief.opened} 件；截至生成时，待审案件 {brief.waiting} 件。"
    yield review_sentence(brief)
    yield takedown_sentence(brief)


def review_sentence(brief: Brief) -> str:
    decided = sum(brief.verdicts.values())
    waiting = f"另有 {brief.unconfirmed} 件已作决定、等待另一人复核，未计入。"
    if not decided:
        return f"没有已生效的人工审核决定。{waiting}" if brief.unconfirmed else "没有人工审核记录。"
    parts = [
        f"{VERDICT_WORDS[one].zh} {brief.verdicts[one]} 件"
        for one in Verdict
        if brief.verdicts.get(one)
    ]
    told = f"人工审核 {decided} 件，其中{'、'.join(parts)}。"
    return told + (waiting if brief.unconfirmed else "")


def takedown_sentence(brief: Brief) -> str:
    told = brief.takedown
    parts = [
        f"{word} {count} 条"
        for word, count in (
            ("请求处置", told.sent),
            ("收到平台答复", told.answered),
            ("核实删除", told.verified),
            ("再次出现", told.reappeared),
        )
        if count
    ]
    done = f"{'、'.join(parts)}。" if parts else "没有发出处置请求，也没有收到答复或者核实删除。"
    late = f"截至生成时，逾期未答复 {told.overdue} 条。" if told.overdue else ""
    before = (
        f"核实删除的 {told.verified} 条中，{told.before} 条在发出前已打不开，"
        "或者没有读到过原文，不计作处置成效。"
        if told.before
        else ""
    )
    return f"处置情况：{done}{before}{late}"


def sweep_sentences(brief: Brief) -> Iterator[str]:
    if not brief.sweeps:
        yield "没有开展巡查。请管理员检查定时任务是否正常。"
        return
    pages, posts = (sum(one.pages for one in brief.sweeps), sum(one.posts for one in brief.sweeps))
    yield (
        f"开展巡查 {len(brief.sweeps)} 次，读取网页 {pages} 页、内容 {posts} 条，"
        f"新发现涉嫌内容 {brief.found} 条。"
    )
    for one in brief.sweeps:
        if one.state != "finished":
            word = STATES.get(one.state, one.state)
            start = beijing(one.started_at)[:16]
            yield f"注意：第 {one.id} 次巡查（{start} 开始）{word}，数字不全。"


def sheets(brief: Brief) -> Iterator[Sheet]:
    yield Sheet(
        title=trend_title(brief),
        head=("日期", "新立案件", "人工审核", "其中判为违规"),
        rows=tuple(
            (f"{one.day:%m-%d}", str(one.opened), str(one.decided), str(one.violations))
            for one in brief.trend
        ),
        widths=(39.0, 39.0, 39.0, 39.0),
        figures=frozenset({0, 1, 2, 3}),
    )
    yield Sheet(
        title="新立案件按条款（一件可涉及多款，均为涉嫌）",
        head=("条款", "件数"),
        rows=tuple((CLAUSES[one.value], str(count)) for one, count in brief.clauses.items()),
        widths=(116.0, 40.0),
        figures=frozenset({1}),
    )
    yield platform_sheet(brief)
    yield Sheet(
        title=f"待审案件中优先度最高的 {len(brief.worst)} 件（优先度满分 100）",
        head=("编号", "优先度", "平台", "标题", "网址数"),
        rows=tuple(worst_row(case, brief.contacts[case.id]) for case in brief.worst)
        or (("—", "—", "—", "（没有待审案件）", "—"),),
        widths=(13.0, 16.0, 28.0, 83.0, 16.0),
        figures=frozenset({0, 1, 4}),
    )


def trend_title(brief: Brief) -> str:
    """Of the brief's own days it is no trend besides: what the text gives together, by day."""
    own = (brief.last - brief.first).days + 1 == len(brief.trend)
    return "其中逐日" if own else "近七日走势"


def platform_sheet(brief: Brief) -> Sheet:
    """Many platforms stand in two halves side by side, down the left one first."""
    told = [(platform_name(one), str(count)) for one, count in brief.platforms.items()]
    narrow = Sheet(
        title="新立案件按平台",
        head=("平台", "件数"),
        rows=tuple(told) or (("（无）", "0"),),
        widths=(116.0, 40.0),
        figures=frozenset({1}),
    )
    if len(told) <= ONE_HALF:
        return narrow
    half = (len(told) + 1) // 2
    pairs = zip_longest(told[:half], told[half:], fillvalue=("", ""))
    return replace(
        narrow,
        head=narrow.head * 2,
        rows=tuple((*left, *right) for left, right in pairs),
        widths=(56.0, 22.0) * 2,
        figures=frozenset({1, 3}),
    )


def worst_row(case: CaseRow, contacts: Contacts) -> tuple[str, ...]:
    title = masked(case.title or (case.urls[0] if case.urls else ""), contacts)
    name = platform_name(case.platform)
    return str(case.id), str(case.priority), name, cut(title), str(len(case.urls))


def cut(text: str, most: int = 60) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def highest(values: Sequence[int]) -> int:
    return max([1, *values])
