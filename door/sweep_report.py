"""The end of a sweep, as a person reads it and as one JSON object."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from door.code_words import codes_json, codes_line
from door.outcomes import reason_words, state_words
from door.settings import SETTINGS
from door.source_words import source_reason, source_state, what_to_do
from door.sources import source_name, source_word
from door.speech import out, say, t
from door.sweep_run import SweepResult
from storage.sources import SourceRun, verdict
from storage.sweeps import OUTCOMES, SweepSummary

SHOWN = 30  # unreadable pages named on the screen; the JSON and the database have all


def summary_json(result: SweepResult) -> dict[str, Any]:
    seen = result.summary
    return {
        "sweep_id": seen.sweep_id,
        "state": seen.state,
        "resumed": result.resumed,
        "pages_fetched": seen.pages_fetched,
        "posts": seen.posts,
        "flagged": seen.flagged,
        "findings": seen.findings,
        "cases_opened": seen.cases_opened,
        "unchanged": seen.unchanged,
        "blocked": seen.blocked,
        "errors": seen.errors,
        "dropped": seen.dropped,
        "pictures": result.pictures,
        "qr_codes": codes_json(result.ending.stats)
        | {"unread_urls": [{"url": url, "reason": why} for url, why in result.unseen]},
        "links_refused": dict(result.links_refused),
        "sources": [source_json(run) for run in result.sources],
        "targets": [
            {
                "target": row.value,
                "source": row.source,
                "outcome": row.outcome,
                "pages": row.pages,
                "posts": row.posts,
                "flagged": row.flagged,
                "note": row.note,
            }
            for row in seen.targets
        ],
        "unreadable": [
            {"url": url, "state": state, "reason": reason, "kept": seen.kept.get(url, "")}
            for url, state, reason in seen.unreadable
        ],
    }


def source_json(run: SourceRun) -> dict[str, Any]:
    state, reason = verdict(run)
    return {
        "source": run.name,
        "pages": run.pages,
        "posts": run.posts,
        "flagged": run.flagged,
        "unchanged": run.unchanged,
        "blocked": run.blocked,
        "errors": run.errors,
        "state": state,
        "reason": reason,
        "what_to_do": what_to_do(run.name, state, reason).said(SETTINGS.lang),
    }


def show_summary(result: SweepResult) -> None:
    out.print(targets_table(result.summary))
    show_sources(result.sources)
    out.print(totals_line(result.summary), markup=False)
    if result.summary.unchanged and not result.summary.flagged:
        out.print(
            t(
                "与以前相比没有新发现；以前立的案件都还在队列中（certsweep cases）。",
                "Nothing new since the last sweep; the cases opened before are still in the queue.",
            ),
            markup=False,
        )
    if told := codes_line(result.ending.stats):
        out.print(told, markup=False)
    show_unreadable(result.summary)
    if not result.pictures:
        say(
            "注意：本机没有可用的浏览器，未拍截图，需脚本的页面未读出；请运行 certsweep doctor。",
            "Note: no browser on this machine, so no pictures and no script-built pages; "
            "run certsweep doctor.",
        )


def targets_table(seen: SweepSummary) -> Table:
    table = Table(
        title=t(f"第 {seen.sweep_id} 次巡查", f"Sweep {seen.sweep_id}"), title_justify="left"
    )
    table.add_column(t("目标", "target"), overflow="fold")
    table.add_column(t("来源", "source"))
    for zh, en in (("页", "pages"), ("内容", "posts"), ("涉嫌", "flagged")):
        table.add_column(t(zh, en), justify="right")
    table.add_column(t("结果", "outcome"))
    for row in seen.targets:
        table.add_row(
            row.value,
            source_word(row.source),
            str(row.pages),
            str(row.posts),
            str(row.flagged),
            outcome_words(row.outcome),
        )
    return table


def show_sources(runs: tuple[SourceRun, ...]) -> None:
    """A row a source, and loudly what to do where one could not be read."""
    table = Table(title=t("各来源", "Sources"), title_justify="left")
    table.add_column(t("来源", "source"))
    for zh, en in (("页", "pages"), ("内容", "posts"), ("涉嫌", "flagged")):
        table.add_column(t(zh, en), justify="right")
    table.add_column(t("状态", "state"))
    for run in runs:
        state, reason = verdict(run)
        told = [source_state(state), *([source_reason(reason)] if reason else [])]
        words = " · ".join(each.said(SETTINGS.lang) for each in told)
        table.add_row(
            source_name(run.name), str(run.pages), str(run.posts), str(run.flagged), words
        )
    out.print(table)
    for run in runs:
        advice = what_to_do(run.name, *verdict(run)).said(SETTINGS.lang)
        if advice:
            out.print(
                t(f"注意 {source_name(run.name)}：{advice}", f"Note, {run.name}: {advice}"),
                markup=False,
            )


def outcome_words(outcome: str) -> str:
    words = OUTCOMES.get(outcome)
    return t(words.zh, words.en) if words else outcome


def totals_line(seen: SweepSummary) -> str:
    return t(
        f"共读 {seen.pages_fetched} 页，内容 {seen.posts} 条，涉嫌 {seen.flagged} 条"
        f"（{seen.findings} 处），新立案件 {seen.cases_opened} 件，未变化 {seen.unchanged} 条，"
        f"受阻 {seen.blocked} 页，出错 {seen.errors} 页。",
        f"{seen.pages_fetched} pages read, {seen.posts} posts, {seen.flagged} flagged "
        f"({seen.findings} findings), {seen.cases_opened} cases opened, {seen.unchanged} "
        f"unchanged, {seen.blocked} pages blocked, {seen.errors} errors.",
    )


def show_unreadable(seen: SweepSummary) -> None:
    if not seen.unreadable:
        return
    out.print(t("未能读出的页面：", "Pages that could not be read:"), markup=False)
    for url, state, reason in seen.unreadable[:SHOWN]:
        lang = SETTINGS.lang
        words = f"{state_words(state).said(lang)} · {reason_words(reason).said(lang)}"
        out.print(f"  {words}  {url}", markup=False)
    rest = len(seen.unreadable) - SHOWN
    if rest > 0:
        out.print(
            t(f"  另有 {rest} 页，见 --json 的 unreadable。", f"  {rest} more, see --json."),
            markup=False,
        )
