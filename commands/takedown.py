"""`certsweep takedown`: what is asked of platforms, followed to its end."""

from __future__ import annotations

import importlib
from dataclasses import asdict
from typing import Annotated

import typer

from door.casework import open_queue, word_of
from door.manual import HouseCommand
from door.misuse import WrongUse
from door.moments import moment_of, now
from door.platform_names import platform_key
from door.speech import out, say, t
from door.takedown_before import approved_notes, before_of, drafted_notes, left_out
from door.takedown_drafting import recipient_of
from door.takedown_due import due_json, show_due
from door.takedown_options import (
    AnswerWord,
    AsJson,
    At,
    By,
    Cases,
    Correct,
    Days,
    File,
    How,
    ItemNumber,
    Items,
    Letter,
    Limit,
    ListNumber,
    NoReceipt,
    Note,
    Number,
    Numbers,
    PlatformName,
    Receipt,
    Why,
)
from door.takedown_report import request_json, requests_table, show_request, words
from door.takedown_typed import (
    answer_of,
    print_json,
    seen_of,
    sha256_of,
    tell_withdrawn,
    told,
    told_count,
    word,
)
from storage.takedown_acts import (
    Sending,
    acknowledge,
    approve,
    record_answer,
    record_sent,
    withdraw,
    withdraw_request,
)
from storage.takedown_drafting import Wanted, draft_all
from storage.takedown_due import due_now
from storage.takedown_history import Step
from storage.takedown_looks import Look, add_persons_look
from storage.takedown_receipts import correct_receipt
from storage.takedown_states import ANSWER_WORDS, STATE_WORDS
from storage.takedown_verdict import Way
from storage.takedown_withdrawn import withdraw_drafts
from storage.takedowns import get_request, history_of, list_requests, looks_of

HELP = t(
    "处置请求：起草、批准、登记发出与答复、复查，直到核实办结。",
    "Takedown requests: draft, approve, record sending and answers, look again, to the end.",
)
app = typer.Typer(no_args_is_help=True)


@app.command(
    "draft",
    cls=HouseCommand,
    help=t(
        "为审核定为“违规”的内容起草请求，每个平台（网站）一份。",
        "Draft requests for what was decided to be a violation, one a platform or site.",
    ),
)
def draft_command(
    by: By,
    case: Cases = None,
    platform: PlatformName = "",
    note: Note = "",
    *,
    as_json: AsJson = False,
) -> None:
    chosen = platform_key(platform)
    wanted = Wanted(platform=chosen, cases=frozenset(case or ()), by=by, at=now(), note=note)
    made = draft_all(open_queue(), wanted, recipient_of)
    left_out(made)
    if as_json:
        print_json([request_json(one) for one in made.requests])
        return
    out.print(requests_table(made.requests))
    drafted_notes(open_queue(), made.requests)
    say("这是草稿：须由另一人批准。", "These are drafts: somebody else must approve them.")


@app.command(
    "approve",
    cls=HouseCommand,
    help=t("批准一份草稿；起草人不能批准自己的。", "Approve a draft; never one's own."),
)
def approve_command(number: Number, by: By, *, as_json: AsJson = False) -> None:
    count = approve(open_queue(), number, by, now())
    approved_notes(open_queue(), number, as_json=as_json)
    told(
        f"请求 {number} 已批准，{count} 条（批准人 {by}）。发出后请用 takedown sent 登记。",
        f"Request {number} is approved: {count} items (by {by}). Once sent, record it: takedown "
        "sent.",
        as_json,
        number,
    )


@app.command(
    "sent",
    cls=HouseCommand,
    help=t(
        "登记一份已批准的请求已经发出；本程序不代为发送。",
        "Record that an approved request was sent; this program sends nothing.",
    ),
)
def sent_command(
    number: Number,
    by: By,
    batch: ListNumber = "",
    letter: Letter = "",
    file: File = None,
    how: How = "",
    days: Days = 5,
    at: At = "",
    *,
    as_json: AsJson = False,
) -> None:
    present, queue = now(), open_queue()
    moment = moment_of(at, "--at", present)
    sending = Sending(
        by=by,
        at=moment,
        now=present,
        channel=how,
        batch_no=batch,
        letter_no=letter,
        file_name=file.name if file else "",
        file_sha256=sha256_of(file) if file else "",
        days=days,
        before=before_of(queue, number, moment),
    )
    count = record_sent(queue, number, sending)
    told(
        f"已登记：请求 {number} 发出，{count} 条，{days} 个工作日内答复。",
        f"Recorded: request {number} was sent, {count} items, {days} working days to answer.",
        as_json,
        number,
    )


@app.command(
    "ack",
    cls=HouseCommand,
    help=t(
        "登记对方已受理，附回执编号；编号后到的，再登记一次即补上，写错的用 --correct 更正。",
        "Record that the recipient has it, with its receipt; a number that came later is added by "
        "recording it again, a wrong one put right by --correct.",
    ),
)
def ack_command(
    number: Number,
    by: By,
    receipt: Receipt = "",
    at: At = "",
    *,
    no_receipt: NoReceipt = False,
    correct: Correct = "",
    as_json: AsJson = False,
) -> None:
    said = word(by, at, correct)
    if correct:
        correct_receipt(open_queue(), number, said, receipt)
        told("已更正回执编号。", "The receipt number is corrected.", as_json, number)
        return
    count = acknowledge(open_queue(), number, said, receipt, without=no_receipt)
    moved = f"（{count} 条）。" if count else "；各条状态不变（此前已受理或已看到删除）。"
    moved_en = f" ({count} items)." if count else "; its items stay where they are."
    told(
        f"已登记：请求 {number} 已受理{moved}",
        f"Recorded: request {number} is acknowledged{moved_en}",
        as_json,
        number,
    )


@app.command(
    "answer",
    cls=HouseCommand,
    help=t(
        "登记平台对一条的答复：已处置、未处置、部分处置、未答复。答复不算删除，删除以复查为准。",
        "Record the platform's answer to one item: yes, no, partial, none. It is no removal.",
    ),
)
def answer_command(
    item: ItemNumber,
    answer: AnswerWord,
    by: By,
    note: Note = "",
    at: At = "",
    *,
    as_json: AsJson = False,
) -> None:
    meant = answer_of(answer)
    after = record_answer(open_queue(), item, meant, word(by, at, note))
    state, said = words(STATE_WORDS[after]), words(ANSWER_WORDS[meant])
    if as_json:
        print_json({"item": item, "answer": meant, "state": after})
        return
    out.print(
        t(
            f"已登记：条目 {item} 答复“{said}”，现为“{state}”。",
            f"Recorded: item {item} answered {said}; it is {state} now.",
        ),
        markup=False,
    )


@app.command(
    "withdraw",
    cls=HouseCommand,
    help=t(
        "撤回一份请求、其中几条，或者一次撤回几份草稿。",
        "Withdraw a request, some items of it, or several drafts at once.",
    ),
)
def withdraw_command(
    by: By,
    reason: Why,
    numbers: Numbers = None,
    item: Items = None,
    *,
    as_json: AsJson = False,
) -> int:
    if bool(numbers) == bool(item):
        raise WrongUse(
            "请给出请求编号，或用 --item 指出条目（二者选一）。",
            "give the request's number, or items by --item (one of the two).",
        )
    engine, said = open_queue(), word(by, "", reason)
    if numbers and len(numbers) > 1:
        return tell_withdrawn(withdraw_drafts(engine, numbers, said), as_json)
    if numbers:
        count = withdraw_request(engine, numbers[0], said)
    else:
        count = withdraw(engine, item or (), said)
    told_count(count, as_json)
    return 0


@app.command("list", cls=HouseCommand, help=t("列出请求，最新的在前。", "Requests, newest first."))
def list_command(
    state: Annotated[
        str,
        typer.Option(
            metavar=t("状态", "STATE"),
            help=t("只列有条目处于此状态的", "only those with an item in this state"),
        ),
    ] = "",
    platform: PlatformName = "",
    limit: Limit = 200,
    *,
    as_json: AsJson = False,
) -> None:
    wanted = word_of(state, STATE_WORDS, "状态", "state") if state else None
    found = list_requests(open_queue(), wanted, platform_key(platform) or None, limit)
    if as_json:
        print_json([request_json(one) for one in found])
    elif found:
        out.print(requests_table(found))
    else:
        say("没有处置请求。", "No takedown requests.")


@app.command(
    "show",
    cls=HouseCommand,
    help=t("查看一份请求：每条的状态、经过和复查。", "One request with all its history and looks."),
)
def show_command(number: Number, *, as_json: AsJson = False) -> None:
    engine = open_queue()
    request = get_request(engine, number)
    ids = [item.id for item in request.items]
    history, looks = history_of(engine, ids), looks_of(engine, ids)
    if not as_json:
        show_request(request, history, looks)
        return
    facts = request_json(request)
    for item in facts["items"]:
        item["history"] = [asdict(one) for one in history.get(item["id"], [])]
        item["looks"] = [asdict(one) for one in looks.get(item["id"], [])]
    print_json(facts)


@app.command(
    "due",
    cls=HouseCommand,
    help=t(
        "该做的事：到期的复查、逾期的答复、需人工查看的、平台说已删却还在的、案件已改判的。",
        "What is to be done: looks due, answers overdue, unclear ones, claims that do not hold, "
        "cases decided otherwise.",
    ),
)
def due_command(*, as_json: AsJson = False) -> None:
    found = due_now(open_queue(), now())
    if as_json:
        print_json(due_json(found))
    else:
        show_due(found)


@app.command(
    "look",
    cls=HouseCommand,
    help=t(
        "登记人工查看的结果；平台只有浏览器能读时，它算另一种查看方式。",
        "Record what a person saw; a way of asking of its own where only a browser can read.",
    ),
)
def look_command(
    item: ItemNumber,
    seen: Annotated[
        str,
        typer.Argument(
            metavar=t("所见", "SEEN"), help=t("已删除、已改、仍在", "gone, changed, there")
        ),
    ],
    by: By,
    note: Annotated[
        str, typer.Option(metavar=t("文字", "TEXT"), help=t("看到了什么", "what was seen"))
    ],
    at: At = "",
) -> None:
    present = now()
    if 0 < len(at.strip()) <= len("2026-11-25"):
        raise WrongUse(
            "查看时间请写到几点几分，如 2026-11-25 16:30。",
            "Say at what hour you looked: 2026-11-25 16:30.",
        )
    look = Look(way=Way.PERSON, seen=seen_of(seen), why=note)
    step = Step(who=by, act="looked", at=moment_of(at, "--at", present), note=note)
    moved = add_persons_look(open_queue(), item, look, step, present)
    state = words(STATE_WORDS[moved.after])
    zh, en = f"已登记：条目 {item} 现为“{state}”。", f"Recorded: item {item} is {state} now."
    out.print(t(zh, en), markup=False)


@app.command(
    "revisit",
    cls=HouseCommand,
    help=t(
        "复查到期的网址：普通请求和浏览器各看一次，不绕过任何验证或登录。",
        "Look again at what is due, plain and through the browser; no wall is worked around.",
    ),
)
def revisit_command(
    request: Annotated[
        int | None,
        typer.Option(
            metavar=t("请求", "REQUEST"),
            help=t("只看这份请求的，不论是否到期", "only this request's, due or not"),
        ),
    ] = None,
    sample: Annotated[
        bool,
        typer.Option(
            "--sample",
            help=t("在样例网里复查，不连外网", "look in the sample web that ships with it"),
        ),
    ] = False,
    *,
    as_json: AsJson = False,
) -> None:
    # The judge and Scrapy are loaded by this command alone; the others answer at once.
    door = importlib.import_module("door.takedown_looks")
    door.look_now(open_queue(), request, as_json=as_json, sample=sample)
