"""What is to be done about takedown requests, on the screen and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from door.printable import printable
from door.speech import out, say, t
from door.takedown_report import deadline_words, recipient, words
from exports.takedown_rows import beijing
from storage.takedown_due import Due, Pairs
from storage.takedown_states import STATE_WORDS

SHOWN = 50


def due_json(due: Due) -> dict[str, Any]:
    pairs = {
        "overdue": due.overdue,
        "unclear": due.unclear,
        "claimed": due.claimed,
        "unchecked": due.unchecked,
        "returned": due.returned,
        "overturned": due.overturned,
    }
    found: dict[str, Any] = {
        name: [asdict(item) | {"request_no": request.request_no} for request, item in rows]
        for name, rows in pairs.items()
    }
    looks = [asdict(item) for item in due.looks]
    return found | {"looks": looks, "drafts": due.drafts, "unsent": due.unsent}


def show_due(due: Due) -> None:
    if due.looks:
        count = len(due.looks)
        out.print(
            t(
                f"到期的复查 {count} 条（certsweep takedown revisit；每晚巡查后自动进行）：",
                f"{count} looks are due (certsweep takedown revisit; done after each nightly "
                "sweep):",
            ),
            markup=False,
        )
        for item in due.looks[:SHOWN]:
            out.print(
                printable(f"  {item.id}　{item.url}　{beijing(item.next_look)}"), markup=False
            )
    section("逾期未答复", "Overdue without an answer", due.overdue)
    section("看不准，需人工查看", "Unclear, a person must look", due.unclear)
    section("平台答复已处置，复查仍未见删除", "Claimed done, not seen gone", due.claimed)
    section(
        "平台答复已处置，尚未复查（或复查没有读到）",
        "Claimed done, not looked at since",
        due.unchecked,
    )
    section("核实删除后再次出现", "Back after verified removal", due.returned)
    section("案件已改判，宜撤回", "Decided otherwise since: withdraw", due.overturned)
    if due.empty:
        say("没有到期的事。", "Nothing is due.")
    if due.drafts or due.unsent:
        say(
            f"另有草稿 {due.drafts} 份待批准、已批准未登记发出 {due.unsent} 份。",
            f"Besides: {due.drafts} drafts to approve, {due.unsent} approved and not recorded as "
            "sent.",
        )


def section(zh: str, en: str, pairs: Pairs) -> None:
    if not pairs:
        return
    out.print(t(f"{zh} {len(pairs)} 条：", f"{en}: {len(pairs)}"), markup=False)
    for request, item in pairs[:SHOWN]:
        facts = f"{request.request_no}　{recipient(request)}　{deadline_words(request)}"
        state = words(STATE_WORDS[item.state])
        out.print(printable(f"  {item.id}　{state}　{item.url}　{facts}"), markup=False)
    if len(pairs) > SHOWN:
        rest = len(pairs) - SHOWN
        out.print(t(f"  另有 {rest} 条，用 --json 查看。", f"  {rest} more: --json."), markup=False)
