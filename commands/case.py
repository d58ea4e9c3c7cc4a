"""`certsweep case ID`: everything that is known of one case."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from door.casework import STATUS_WORDS, VERDICT_WORDS, CaseNumber, open_queue, said
from door.printable import printable
from door.second_words import opinion_lines
from door.speech import out, t
from exports.takedown_rows import beijing
from storage.blindness import blinded, has_hidden
from storage.casefiles import CaseFile, CasePost
from storage.cases import get_case
from storage.database import read
from storage.raises import Raise, raises_of
from storage.reasons import named
from storage.records import Finding, Verdict
from storage.takedown_states import STATE_WORDS
from storage.takedowns import items_of_case

EXCERPT = 60  # characters on both sides of a quote
KINDS = {
    "raw": ("网页原文", "page as sent"),
    "headers": ("响应头", "headers"),
    "dom": ("渲染后网页", "page as rendered"),
    "answers": ("网页脚本取得的数据", "what its script fetched"),
    "screenshot": ("截图", "screenshot"),
    "picture": ("含二维码的图片", "picture with a QR code"),
}
# What pictures say stands in no text, so that no finding can quote it.
CODES = {
    "qr": ("图片中的二维码", "QR code in a picture"),
    "qr_page": ("网页截图中的二维码", "QR code in the page's screenshot"),
}

HELP = t("查看一件案件的全部内容。", "One case with everything that is known of it.")


def command(
    case_id: CaseNumber,
    as_json: Annotated[
        bool, typer.Option("--json", help=t("以一个 JSON 对象输出", "as one JSON object"))
    ] = False,
) -> None:
    """Show one case with all its facts."""
    engine = open_queue()
    whole = get_case(engine, case_id)
    case = blinded(whole)  # whoever reads may be the second person
    if as_json:
        facts = asdict(case) | followed(engine, case_id)
        out.print(json.dumps(facts, ensure_ascii=False, default=json_word), markup=False)
        return
    show_head(case)
    for post in case.posts:
        show_post(post)
    show_decisions(case, hidden=has_hidden(whole))
    show_followed(engine, case_id)


def json_word(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def line(zh: str, en: str, value: str) -> None:
    out.print(printable(t(f"{zh}：{value}", f"{en}: {value}")), markup=False)


def one_line(text: str) -> str:
    return " ".join(text.split())


def show_head(case: CaseFile) -> None:
    line("案件", "case", f"{case.id}　{said(STATUS_WORDS[case.status])}　{case.title}")
    line("优先度", "priority", f"{case.priority} / 100")
    line("立案（北京时间）", "opened (Beijing time)", beijing(case.opened_at))
    if case.claimed_by:
        line("在审人", "claimed by", case.claimed_by)
    if case.reopened:
        line("再次出现", "came back", t(f"{case.reopened} 次", f"{case.reopened} times"))
    for kind, value in case.advertiser_keys:
        if kind in CODES:
            line(*CODES[kind], value)


def show_post(post: CasePost) -> None:
    out.print("")
    line("网址", "URL", post.post.url)
    line("账号或机构", "account", post.post.author or t("未显示", "not shown"))
    line("标题", "title", post.post.title)
    line("首次发现", "first seen", beijing(post.first_seen))
    for finding in post.findings:
        show_finding(post, finding)
    for opinion in post.opinions:
        first, *rest = opinion_lines(opinion)
        line("第二读者", "second reader", first)
        for words in rest:
            out.print(printable(words), markup=False)
    for snapshot in post.snapshots:
        kind = t(*KINDS.get(snapshot.kind, (snapshot.kind, snapshot.kind)))
        line("快照", "snapshot", f"{kind}　{snapshot.size:,} B　sha256:{snapshot.sha256}")


def show_finding(post: CasePost, finding: Finding) -> None:
    evidence = finding.evidence[0]
    text = str(getattr(post.post, evidence.field, "")) or str(post.post.author)
    before = one_line(text[max(0, evidence.start - EXCERPT) : evidence.start])
    after = one_line(text[evidence.end : evidence.end + EXCERPT])
    name = said(named(Verdict.VIOLATION, finding.code))
    line("涉嫌", "suspected", f"{finding.clause}　{finding.code} {name}　{finding.score:.2f}")
    line("　原文", "  words", f"{before}【{one_line(evidence.quote)}】{after}")
    line("　理由", "  why", finding.why)
    for basis in finding.legal_basis:
        line("　依据", "  basis", basis)


def followed(engine: Engine, case_id: int) -> dict[str, list[dict[str, Any]]]:
    return {
        "raises": [asdict(one) for one in reasons_of(engine, case_id)],
        "takedowns": [asdict(one) for one in items_of_case(engine, case_id)],
    }


def reasons_of(engine: Engine, case_id: int) -> list[Raise]:
    with read(engine) as connection:
        return raises_of(connection, case_id)


def show_followed(engine: Engine, case_id: int) -> None:
    """Why it is more urgent than its words, and what was asked of platforms."""
    for one in reasons_of(engine, case_id):
        out.print("")
        line("优先度提高", "more urgent", f"{said(one.why)}　{beijing(one.at)}")
    for item in items_of_case(engine, case_id):
        state = said(STATE_WORDS[item.state])
        line("处置", "takedown", f"{t('请求', 'request')} {item.request_id}　{state}　{item.url}")


def show_decisions(case: CaseFile, *, hidden: bool) -> None:
    newest = max((number for number, _ in case.decisions), default=0)
    for number, decision in case.decisions:
        out.print("")
        words = said(VERDICT_WORDS[decision.verdict])
        if number != newest:
            words += t("（已被后来的决定替代）", " (superseded)")
        reason = f"{decision.reason} {said(named(decision.verdict, decision.reason))}"
        line("决定", "decision", f"{words}　{reason}　{decision.by}　{beijing(decision.at)}")
        if decision.note:
            line("　说明", "  note", decision.note)
    for look in case.looks:
        words = said(VERDICT_WORDS[look.verdict])
        agreed = t("一致", "agreed") if look.upheld else t("不一致", "disagreed")
        line("复核", "second person", f"{words}　{look.reason}　{look.by}　{agreed}")
    if case.awaits_second:
        line(
            "复核", "second person", t("待另一人复核；此前不显示结论", "awaited; not shown before")
        )
    elif hidden:
        words = t("须由两人判定；复核前不显示此前意见", "needed; nothing is shown before")
        line("复核", "second person", words)
