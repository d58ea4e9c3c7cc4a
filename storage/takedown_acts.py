"""What people do with a takedown request, each act by name; nothing here acts by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, select, update
from sqlalchemy.exc import IntegrityError

from storage.batch_rows import fitting_batch
from storage.bilingual import Problem
from storage.columns import AnyRow
from storage.database import write
from storage.exports import OFFICE_TIME, SETTLED
from storage.models import cases
from storage.persons import named_person
from storage.second_persons import known_person, same_people
from storage.takedown_history import Step, audited, move, note_down
from storage.takedown_marks import Before, note_before
from storage.takedown_models import takedown_requests
from storage.takedown_refused import refused
from storage.takedown_states import (
    ANSWER_WORDS,
    ASKED,
    BY_ANSWER,
    LOOKED_AT,
    OPEN,
    STATE_WORDS,
    Answer,
    ItemState,
)
from storage.takedowns import Item, item_of, item_row, items_of, request_row
from storage.workdays import deadline

FIRST_LOOK = timedelta(hours=23)  # the next night, whichever minute it starts
WITHDRAWABLE = OPEN | {ItemState.REFUSED, ItemState.NO_ANSWER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How a request left the house; at least one of list, letter and file names what was sent."""

    by: str
    at: datetime
    now: datetime  # `at` may lie before it, never after
    channel: str = ""
    batch_no: str = ""
    letter_no: str = ""
    file_name: str = ""
    file_sha256: str = ""
    days: int = 5  # working days given to answer
    before: Mapping[int, Before] = field(default_factory=dict)  # by item: takedown_before.py


def not_in_future(at: datetime, now: datetime, after: datetime | None, what: str) -> None:
    """Raise Problem for a moment that has not come, or that lies before the step before it."""
    if at > now:
        raise Problem(
            f"时间 {shown(at)} 还没有到，没有写入。请填实际发生的时间。",
            f"{shown(at)} is in the future; nothing was written. Give the time it happened.",
        )
    if after is not None and at < after:
        raise Problem(
            f"时间 {shown(at)} 早于上一步（{what} {shown(after)}），没有写入。请核对。",
            f"{shown(at)} lies before the step before it ({shown(after)}); nothing was written.",
        )


def shown(moment: datetime) -> str:
    return f"{moment.astimezone(OFFICE_TIME):%Y-%m-%d %H:%M:%S}"


def minute(moment: datetime) -> str:
    return shown(moment)[:-3]


def wrong_state(number: str, wanted: str, items: Sequence[Item]) -> Problem:
    states = sorted({item.state for item in items})
    zh = "、".join(STATE_WORDS[state].zh for state in states) or "无条目"
    en = ", ".join(STATE_WORDS[state].en for state in states) or "no items"
    return Problem(
        f"请求 {number} 现为“{zh}”，不能{wanted}，没有写入。",
        f"Request {number} is {en} now: this act does not fit; nothing was written.",
    )


# ---- approve ------------------------------------------------------------------------------------


def approve(engine: Engine, number: int, by: str, at: datetime) -> int:
    """A second person approves; how many items. Problem for the drafter, a second approval, a
    request without drafts, or one that holds a case decided otherwise since."""
    person = named_person(by)
    with write(engine) as connection:
        request = request_row(connection, number)
        known_person(connection, person)
        if same_people(connection, person, request.drafted_by):
            raise Problem(
                f"请求 {request.request_no} 由 {request.drafted_by} 起草，须由另一人批准；"
                "没有写入。",
                f"Request {request.request_no} was drafted by {request.drafted_by}: somebody else "
                "must approve it; nothing was written.",
            )
        items = in_state(connection, request, ItemState.DRAFT, "批准")
        unchanged(connection, items)
        stamp(
            connection,
            request,
            takedown_requests.c.approved_by.is_(None),
            {"approved_by": person, "approved_at": at},
        )
        step = Step(who=person, act="approved", at=at)
        for item in items:
            move(connection, item, ItemState.APPROVED, step)
        audited(connection, step, request, items)
    return len(items)


def in_state(connection: Connection, request: AnyRow, state: ItemState, wanted: str) -> list[Item]:
    every = items_of(connection, [request.id]).get(request.id, [])
    items = [item for item in every if item.state is state]
    if not items:
        raise wrong_state(request.request_no, wanted, every)
    return items


def stamp(
    connection: Connection, request: AnyRow, free: ColumnElement[bool], values: dict[str, Any]
) -> None:
    """Write the request's own facts, if nobody else has done so in the meantime."""
    statement = (
        update(takedown_requests).where(takedown_requests.c.id == request.id, free).values(**values)
    )
    if connection.execute(statement).rowcount != 1:
        raise Problem(
            f"请求 {request.request_no} 的这一步已由他人完成，没有写入。请重新查看。",
            f"Somebody has done this step of request {request.request_no} already; nothing was "
            "written. Look at it again.",
        )


def unchanged(connection: Connection, items: Sequence[Item]) -> None:
    """Raise Problem where a case was reopened or decided anew since the item was drafted."""
    statement = select(cases.c.id, cases.c.decision_id, cases.c.status).where(
        cases.c.id.in_({item.case_id for item in items})
    )
    now = {row.id: row for row in connection.execute(statement)}
    for item in items:
        case = now[item.case_id]
        if case.decision_id != item.decision_id or case.status not in SETTLED:
            raise Problem(
                f"案件 {item.case_id} 在起草之后被重开或改判，没有写入。"
                f"请先撤回条目 {item.id}，重新审核后再起草。",
                f"Case {item.case_id} was reopened or decided anew since the draft; nothing was "
                f"written. Withdraw item {item.id}, decide, then draft again.",
            )


# ---- sent ---------------------------------------------------------------------------------------


def record_sent(engine: Engine, number: int, sending: Sending) -> int:
    """Write down that somebody sent it; how many items. Sending itself happens elsewhere."""
    person = named_person(sending.by)
    if not (sending.batch_no or sending.letter_no or sending.file_sha256):
        raise Problem(
            "没有写明发出的是什么，没有写入。请填清单批次号或文号"
            "（命令行：--list、--letter，或用 --file 指出文件）。",
            "What was sent is not named; nothing was written. Give the list's number, the letter's "
            "or the file (at the command line: --list, --letter, --file).",
        )
    with write(engine) as connection:
        request = request_row(connection, number)
        items = in_state(connection, request, ItemState.APPROVED, "登记发出")
        not_in_future(sending.at, sending.now, request.approved_at, "批准")
        unchanged(connection, items)
        name, sha256 = what_was_sent(connection, request, sending)
        ends = deadline(sending.at.astimezone(OFFICE_TIME).date(), sending.days)
        stamp(
            connection,
            request,
            takedown_requests.c.sent_at.is_(None),
            {
                "sent_by": person,
                "sent_at": sending.at,
                "channel": sending.channel,
                "letter_no": sending.letter_no,
                "batch_no": sending.batch_no,
                "file_name": name,
                "file_sha256": sha256,
                "days": sending.days,
                "deadline": ends.day,
                "unknown_years": list(ends.unknown),
            },
        )
        step = Step(
            who=person, act="sent", at=sending.at, note=sending.channel, recorded=sending.now
        )
        for item in items:
            move(connection, item, ItemState.SENT, step, next_look=sending.at + FIRST_LOOK)
        note_before(connection, items, sending.before, step)
        what = {"list": sending.batch_no, "letter": sending.letter_no, "sha256": sha256}
        audited(connection, step, request, items, when=minute(sending.at), **what)
    return len(items)


def what_was_sent(connection: Connection, request: AnyRow, sending: Sending) -> tuple[str, str]:
    """Name and SHA-256 of the file: the one given, else the registered list's."""
    if not sending.batch_no:
        return sending.file_name, sending.file_sha256
    batch = fitting_batch(connection, sending.batch_no, request)
    if sending.file_sha256 and sending.file_sha256 != batch.sha256:
        raise Problem(
            f"给出的文件与批次 {sending.batch_no} 登记的不一致（SHA-256 不同），没有写入。",
            f"The file is not the one registered as {sending.batch_no} (another SHA-256); nothing "
            "was written.",
        )
    return sending.file_name or batch.file_name, batch.sha256


# ---- acknowledged, answered ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What came back, who wrote it down, and when it came."""

    by: str
    at: datetime
    now: datetime
    note: str = ""


def acknowledge(
    engine: Engine, number: int, word: Word, receipt_no: str, *, without: bool = False
) -> int:
    """The recipient has it; how many items moved. Those seen gone already stay where they are.

    `without`: it is said that there is no receipt number; else Problem where none is given. One
    that was not known then is added by calling it again; one that stands is corrected elsewhere
    (`storage/takedown_receipts.py`).
    """
    person = named_person(word.by)
    receipt = receipt_no.strip()
    step = Step(
        who=person,
        act="acknowledged",
        at=word.at,
        note=receipt or word.note or "无回执编号",
        recorded=word.now,
    )
    with write(engine) as connection:
        request = request_row(connection, number)
        every = items_of(connection, [number]).get(number, [])
        if request.sent_at is None:
            raise wrong_state(request.request_no, "登记受理", every)
        not_in_future(word.at, word.now, request.sent_at, "发出")
        if not receipt and not without:
            raise no_receipt()
        if request.acknowledged_at is not None:
            add_receipt(connection, request, receipt, step)
            return 0
        stamp(
            connection,
            request,
            takedown_requests.c.acknowledged_at.is_(None),
            {"acknowledged_at": word.at, "acknowledged_by": person, "receipt_no": receipt},
        )
        waiting = [item for item in every if item.state is ItemState.SENT]
        for item in waiting:
            move(connection, item, ItemState.ACKNOWLEDGED, step)
        audited(connection, step, request, every, when=minute(word.at))
    return len(waiting)


def no_receipt() -> Problem:
    return Problem(
        "没有填回执编号，没有写入。对方没有给编号的，请写明“无回执编号”"
        "（页面上打勾；命令行用 --no-receipt）。",
        "No receipt number is given; nothing was written. Where the other side gave none, say so "
        "(the tick on the page; --no-receipt at the command line).",
    )


def add_receipt(connection: Connection, request: AnyRow, receipt_no: str, step: Step) -> None:
    """The number that came after the receipt; a line in the history of each of its items."""
    if not receipt_no or request.receipt_no:
        known = f"，回执编号 {request.receipt_no}" if request.receipt_no else "，没有回执编号"
        raise Problem(
            f"请求 {request.request_no} 已由 {request.acknowledged_by} 于 "
            f"{shown(request.acknowledged_at)} 登记受理{known}；没有写入。"
            "写错的请用“更正回执编号”（命令行：--correct）。",
            f"Request {request.request_no} is acknowledged already, by {request.acknowledged_by} "
            f"at {shown(request.acknowledged_at)} (receipt {request.receipt_no or 'none'}); "
            "nothing was written. A wrong number is corrected by an act of its own (--correct).",
        )
    free = takedown_requests.c.receipt_no == ""
    stamp(connection, request, free, {"receipt_no": receipt_no})
    every = items_of(connection, [request.id]).get(request.id, [])
    for item in every:
        note_down(connection, item.id, item.state, item.state, step)
    audited(connection, step, request, every, when=minute(step.at))


def record_answer(engine: Engine, item_number: int, answer: Answer, word: Word) -> ItemState:
    """What the platform said of one item; the state after it. An answer is never a removal."""
    person = named_person(word.by)
    try:
        with write(engine) as connection:
            item = item_of(item_row(connection, item_number))
            request = request_row(connection, item.request_id)
            if item.state not in LOOKED_AT:
                raise wrong_state(request.request_no, "登记答复", [item])
            not_in_future(word.at, word.now, request.sent_at, "发出")
            if answer is Answer.NONE:
                may_be_silent(request, item, word.at)
            after = BY_ANSWER[answer] if item.state in ASKED else item.state
            note = (
                f"{ANSWER_WORDS[answer].zh}；{word.note}" if word.note else ANSWER_WORDS[answer].zh
            )
            step = Step(who=person, act="answered", at=word.at, note=note, recorded=word.now)
            move(
                connection,
                item,
                after,
                step,
                answer=answer.value,
                answered_at=word.at,
                answered_by=person,
                answer_note=word.note,
            )
            audited(connection, step, request, [item], when=minute(word.at))
    except IntegrityError as error:
        raise refused(item_number, error) from error
    return after


def may_be_silent(request: AnyRow, item: Item, at: datetime) -> None:
    """Raise Problem unless the deadline has passed without a word."""
    if item.answer and item.answer != Answer.NONE:
        raise Problem(
            f"条目 {item.id} 已有答复，不能记为未答复，没有写入。",
            f"Item {item.id} has an answer already: it is not unanswered; nothing was written.",
        )
    if request.deadline is None or at.astimezone(OFFICE_TIME).date() <= request.deadline:
        raise Problem(
            f"请求 {request.request_no} 的期限是 {request.deadline}，还没有过，没有写入。",
            f"The deadline of request {request.request_no} is {request.deadline}: it has not "
            "passed; nothing was written.",
        )


# ---- withdraw -----------------------------------------------------------------------------------


def withdraw(engine: Engine, item_numbers: Sequence[int], word: Word) -> int:
    """Take items back, with the reason in `word.note`; how many. All of them, or none."""
    person = named_person(word.by)
    if not word.note.strip():
        raise Problem(
            "撤回须写明原因（命令行：--reason），没有写入。",
            "A withdrawal needs its reason (at the command line: --reason); nothing was written.",
        )
    step = Step(who=person, act="withdrawn", at=word.at, note=word.note, recorded=word.now)
    with write(engine) as connection:
        chosen: defaultdict[int, list[Item]] = defaultdict(list)
        for number in item_numbers:
            item = item_of(item_row(connection, number))
            if item.state not in WITHDRAWABLE:
                request = request_row(connection, item.request_id)
                raise wrong_state(request.request_no, "撤回", [item])
            move(connection, item, ItemState.WITHDRAWN, step, next_look=None)
            chosen[item.request_id].append(item)
        for request_id, items in chosen.items():
            audited(connection, step, request_row(connection, request_id), items)
    return len(item_numbers)


def withdraw_request(engine: Engine, number: int, word: Word) -> int:
    """Take every item of a request back that can be; Problem if none can."""
    with write(engine) as connection:
        request = request_row(connection, number)
        items = items_of(connection, [number]).get(number, [])
    chosen = [item.id for item in items if item.state in WITHDRAWABLE]
    if not chosen:
        raise wrong_state(request.request_no, "撤回", items)
    return withdraw(engine, chosen, word)
