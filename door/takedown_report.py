"""Takedown requests on the screen and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from rich.markup import escape
from rich.table import Table

from door.outcomes import reason_words, state_words
from door.printable import printable
from door.speech import out, t
from exports.takedown_rows import beijing
from storage.bilingual import Bilingual
from storage.platform_words import platform_name
from storage.takedown_marks import MARK_WORDS, mark_in
from storage.takedown_states import ANSWER_WORDS, STATE_WORDS, Answer
from storage.takedown_verdict import Seen, Way
from storage.takedown_words import ACT_WORDS, SEEN_WORDS, WAY_WORDS
from storage.takedowns import Act, Item, LookRow, Request


def words(text: Bilingual) -> str:
    return t(text.zh, text.en)


def json_word(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else str(value)


def request_json(request: Request) -> dict[str, Any]:
    facts = asdict(request)
    facts["states"] = {state.value: count for state, count in request.states.items()}
    return facts


WIDE = {"deadline": len("2026-12-03")}
UNBROKEN = ("id", "no.", "sent")  # columns of numbers and days, which nobody reads in two lines


def requests_table(requests: Sequence[Request]) -> Table:
    """Numbers and days on one line; what none of them has yet is no column."""
    table = Table(title=t("处置请求", "Takedown requests"), title_justify="left")
    columns: tuple[tuple[str, str, Callable[[Request], str]], ...] = (
        ("编号", "id", lambda one: str(one.id)),
        ("请求号", "no.", lambda one: one.request_no),
        ("收件方", "to", lambda one: cell(recipient(one))),
        ("起草", "drafted by", lambda one: cell(one.drafted_by)),
        ("批准", "approved by", lambda one: cell(one.approved_by or "")),
        ("发出", "sent", lambda one: beijing(one.sent_at)[:10]),
        ("期限", "deadline", deadline_words),
        ("条目", "items", states_line),
    )
    for zh, en, told in columns:
        if any(map(told, requests)):
            table.add_column(
                t(zh, en), overflow="fold", no_wrap=en in UNBROKEN, min_width=WIDE.get(en)
            )
    shown = [told for *_, told in columns if any(map(told, requests))]
    for one in requests:
        table.add_row(*(told(one) for told in shown))
    return table


def cell(text: str) -> str:
    return escape(printable(text))


def recipient(request: Request) -> str:
    name = platform_name(request.platform)
    return name if request.recipient == request.platform else f"{name} {request.recipient}"


def deadline_words(request: Request) -> str:
    if request.deadline is None:
        return ""
    if not request.unknown_years:
        return request.deadline.isoformat()
    years = "、".join(map(str, request.unknown_years))
    return t(
        f"{request.deadline}（{years} 年节假日未收录，只扣除周末）",
        f"{request.deadline} (holidays of {years} unknown: weekends alone)",
    )


def states_line(request: Request) -> str:
    found = request.states.items()
    return "、".join(f"{words(STATE_WORDS[state])} {count}" for state, count in found)


def show_request(
    request: Request, history: dict[int, list[Act]], looks: dict[int, list[LookRow]]
) -> None:
    line("请求", "request", f"{request.request_no}（{request.id}）　{recipient(request)}")
    line("起草", "drafted", f"{request.drafted_by}　{beijing(request.drafted_at)}")
    if request.approved_by:
        line("批准", "approved", f"{request.approved_by}　{beijing(request.approved_at)}")
    if request.sent_at:
        named = "　".join(
            filter(None, (request.channel, request.letter_no, request.batch_no, request.file_name))
        )
        line("发出", "sent", f"{request.sent_by}　{beijing(request.sent_at)}　{named}")
        line("期限", "deadline", deadline_words(request))
    if request.file_sha256:
        what = ("清单草稿文件", "draft of the list") if request.batch_no else ("文件", "file")
        line(*what, f"sha256:{request.file_sha256}")
    if request.acknowledged_at:
        told = f"{beijing(request.acknowledged_at)}　{request.receipt_no}"
        line("受理", "acknowledged", told)
    for item in request.items:
        show_item(item, history.get(item.id, ()), looks.get(item.id, ()))


def line(zh: str, en: str, value: str) -> None:
    out.print(printable(t(f"{zh}：{value}", f"{en}: {value}")), markup=False)


def show_item(item: Item, history: Sequence[Act], looks: Sequence[LookRow]) -> None:
    out.print("")
    state = words(STATE_WORDS[item.state])
    line("条目", "item", f"{item.id}　{t('案件', 'case')} {item.case_id}　{state}　{item.url}")
    if mark := mark_in(item, history, looks):
        line("　注意", "  note", words(MARK_WORDS[mark]))
    if item.answer:
        told = words(ANSWER_WORDS[Answer(item.answer)])
        line("　平台答复", "  answer", f"{told}　{item.answer_note}")
    for zh, en, moment in (
        ("　首次看到删除", "  first seen gone", item.removed_at),
        ("　核实删除", "  verified", item.verified_at),
        ("　办结", "  final", item.final_at),
        ("　再次出现", "  reappeared", item.reappeared_at),
        ("　需人工查看", "  needs a person", item.unclear_at),
        ("　下次复查", "  next look", item.next_look),
    ):
        if moment is not None:
            line(zh, en, beijing(moment))
    for act in history:
        done = words(ACT_WORDS.get(act.act, Bilingual(act.act, act.act)))
        line("　经过", "  history", f"{beijing(act.at)}　{done}　{act.who}　{act.note}")
    for look in looks:
        line("　复查", "  look", look_line(look))


def look_line(look: LookRow) -> str:
    told = words(SEEN_WORDS[Seen(look.seen)])
    way = words(WAY_WORDS[Way(look.way)])
    state = words(state_words(look.state)) if look.state else ""
    reason = words(reason_words(look.reason)) if look.reason else ""
    facts = "，".join(filter(None, (state, reason, look.why)))
    return f"{beijing(look.at)}{written_down(look)}　{way}　{told}（{facts}）"


def written_down(look: LookRow) -> str:
    """When a look was recorded, where that is another moment than the one that was said."""
    if look.recorded_at is None or look.recorded_at == look.at:
        return ""
    noted = beijing(look.recorded_at)
    return t(f"（{noted} 登记）", f" (recorded {noted})")
