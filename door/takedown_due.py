"""What is to be done about takedown requests today. It is told, never done by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from door.printable import printable
from door.speech import out, say, t
from door.takedown_report import deadline_words, recipient, words
from exports.takedown_rows import CHINA, beijing
from storage.takedown_states import STATE_WORDS, Answer, ItemState
from storage.takedown_verdict import Seen
from storage.takedowns import (
    Item,
    Request,
    due_items,
    list_requests,
    looks_of,
    overdue_items,
    overturned_items,
    unclear_items,
)

Pairs = Sequence[tuple[Request, Item]]
SHOWN = 50
CLAIMED = frozenset({Answer.YES.value, Answer.PARTIAL.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    looks: Sequence[Item]  # whose next look is due
    overdue: Pairs  # the deadline has passed without a word
    unclear: Pairs  # a person must look
    claimed: Pairs  # the platform says removed, and a look since has not seen it gone
    unchecked: Pairs  # the platform says removed, and nobody has looked since
    returned: Pairs  # reappeared: the case waits for a new decision
    overturned: Pairs  # decided to be no violation since: to be withdrawn

    @property
    def empty(self) -> bool:
        claims = (self.claimed, self.unchecked)
        rows = (self.overdue, self.unclear, *claims, self.returned, self.overturned)
        return not self.looks and not any(rows)


def due_now(engine: Engine, now: datetime) -> Due:
    claims = in_state(engine, ItemState.ACKNOWLEDGED, CLAIMED)
    read = read_since_answer(engine, [item for _, item in claims])
    return Due(
        looks=due_items(engine, now),
        overdue=overdue_items(engine, now.astimezone(CHINA).date()),
        unclear=unclear_items(engine),
        claimed=[pair for pair in claims if pair[1].id in read],
        unchecked=[pair for pair in claims if pair[1].id not in read],
        returned=in_state(engine, ItemState.REAPPEARED, None),
        overturned=overturned_items(engine),
    )


def read_since_answer(engine: Engine, items: Sequence[Item]) -> set[int]:
    """Items of which a look since the platform's answer told something."""
    looks = looks_of(engine, [item.id for item in items])
    return {
        item.id
        for item in items
        for look in looks.get(item.id, ())
        if look.seen != Seen.NOTHING and (item.answered_at is None or look.at >= item.answered_at)
    }


def in_state(engine: Engine, state: ItemState, answers: frozenset[str] | None) -> Pairs:
    return [
        (request, item)
        for request in list_requests(engine, state, limit=10_000)
        for item in request.items
        if item.state is state and (answers is None or item.answer in answers)
    ]


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
    return found | {"looks": [asdict(item) for item in due.looks]}


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
