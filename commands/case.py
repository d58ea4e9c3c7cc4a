"""`certsweep case ID`: everything that is known of one case."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from door.casework import STATUS_WORDS, VERDICT_WORDS, open_queue, said
from door.printable import printable
from door.speech import out, t
from storage.casefiles import CaseFile, CasePost
from storage.cases import get_case
from storage.records import Finding

EXCERPT = 60  # characters on both sides of a quote


def command(
    case_id: Annotated[int, typer.Argument(help=t("案件编号", "number of the case"))],
    as_json: Annotated[bool, typer.Option("--json", help=t("输出 JSON", "as JSON"))] = False,
) -> None:
    """一件案件的全部内容 / one case with all its facts."""
    case = get_case(open_queue(), case_id)
    if as_json:
        out.print(json.dumps(asdict(case), ensure_ascii=False, default=json_word), markup=False)
        return
    show_head(case)
    for post in case.posts:
        show_post(post)
    show_decisions(case)


def json_word(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def line(zh: str, en: str, value: str) -> None:
    out.print(printable(f"{t(zh, en)}：{value}"), markup=False)


def show_head(case: CaseFile) -> None:
    line("案件", "case", f"{case.id}　{said(STATUS_WORDS[case.status])}　{case.title}")
    line("优先", "priority", str(case.priority))
    line("立案", "opened", case.opened_at.isoformat(timespec="seconds"))
    if case.claimed_by:
        line("在审人", "claimed by", case.claimed_by)
    if case.reopened:
        line("重新立案", "reopened", str(case.reopened))


def show_post(post: CasePost) -> None:
    out.print("")
    line("网址", "URL", post.post.url)
    line("账号或机构", "account", post.post.author or t("未显示", "not shown"))
    line("标题", "title", post.post.title)
    line("首次发现", "first seen", post.first_seen.isoformat(timespec="seconds"))
    for finding in post.findings:
        show_finding(post, finding)
    for snapshot in post.snapshots:
        line("快照", "snapshot", f"{snapshot.kind} {snapshot.size} B sha256:{snapshot.sha256}")


def show_finding(post: CasePost, finding: Finding) -> None:
    evidence = finding.evidence[0]
    text = str(getattr(post.post, evidence.field, "")) or str(post.post.author)
    before = text[max(0, evidence.start - EXCERPT) : evidence.start]
    after = text[evidence.end : evidence.end + EXCERPT]
    head = f"{finding.clause}　{finding.code}　{finding.score:.2f}"
    line("涉嫌", "suspected", f"{head}　{before}【{evidence.quote}】{after}")
    line("　理由", "  why", finding.why)
    for basis in finding.legal_basis:
        line("　依据", "  basis", basis)


def show_decisions(case: CaseFile) -> None:
    for _, decision in case.decisions:
        out.print("")
        words = said(VERDICT_WORDS[decision.verdict])
        moment = decision.at.isoformat(timespec="seconds")
        line("决定", "decision", f"{words}　{decision.reason}　{decision.by}　{moment}")
        if decision.note:
            line("　说明", "  note", decision.note)
