"""处置: requests to platforms, from the draft to the verified removal. The rules are storage's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from sqlalchemy import Engine
from starlette.responses import Response

from console.desk import desk_of
from console.file_words import FOR_RECIPIENT, FORM_WORDS
from console.forms import (
    Exporter,
    Number,
    Signer,
    Whole,
    moment_of,
    numbers_in,
    today,
    whole_number,
)
from console.names import platform_code, platform_name
from console.numbers import digits
from console.page import Nav, go, page, query_of
from console.people import Missing, Reader, Unmasker
from console.pictures import picture_answer
from console.roles import Act
from console.takedown_masks import hider
from storage.bilingual import Bilingual, Problem
from storage.columns import utc_now
from storage.exports import DecidedRow, decided_rows
from storage.platform_words import PLATFORMS
from storage.takedown_acts import (
    Sending,
    Word,
    acknowledge,
    approve,
    record_answer,
    record_sent,
    withdraw,
    withdraw_request,
)
from storage.takedown_changed import CHANGE_WORDS, changes_since
from storage.takedown_drafting import Wanted as DraftWanted
from storage.takedown_drafting import draft_all
from storage.takedown_due import Due, Pairs, due_now
from storage.takedown_history import Step
from storage.takedown_lists import (
    DEADLINES,
    Wanted,
    find_requests,
    pictures_of,
    platforms_asked,
    state_counts,
)
from storage.takedown_looks import Look, add_persons_look
from storage.takedown_receipts import correct_receipt
from storage.takedown_states import (
    ANSWER_WORDS,
    LOOKED_AT,
    STATE_WORDS,
    Answer,
    ItemState,
)
from storage.takedown_verdict import Seen, Way
from storage.takedown_words import ACT_WORDS, SEEN_WORDS, WAY_WORDS
from storage.takedowns import (
    RECEIPT_CORRECTED,
    get_item,
    get_request,
    history_of,
    looks_of,
)
from storage.takedowns import Act as Done
from storage.takedowns import Request as Asked

router = APIRouter(include_in_schema=False)
NAV = (Nav(path="/takedowns", word=Bilingual("处置", "Takedowns"), act=Act.READ, order=40),)
DEADLINE_WORDS = {
    "overdue": Bilingual("已逾期", "overdue"),
    "soon": Bilingual("3 天内到期", "within 3 days"),
    "later": Bilingual("3 天后到期", "later"),
    "none": Bilingual("尚未发出", "not sent"),
}
DUE_WORDS = {
    "overdue": Bilingual("逾期未答复", "overdue without an answer"),
    "unclear": Bilingual("看不准，需人工查看", "unclear: a person must look"),
    "claimed": Bilingual("平台答复已处置，复查仍未见删除", "claimed done, not seen gone"),
    "returned": Bilingual("核实删除后再次出现", "back after verified removal"),
    "overturned": Bilingual("案件已改判，宜撤回", "decided otherwise since: withdraw"),
}
DUE_SHOWN = 20
SEEN_BY_PEOPLE = (Seen.GONE, Seen.CHANGED, Seen.OFFENDING)
Field = Annotated[str, Form()]


@router.get("/takedowns")
def requests(request: Request, _user: Reader) -> Response:
    engine, query = desk_of(request).engine, query_of(request)
    wanted = wanted_of(query)
    before = query.get("before", "")
    rows, end = find_requests(engine, wanted, today(), digits(before))
    due = due_now(engine, utc_now())
    return page(
        request,
        "takedowns.html",
        rows=rows,
        wanted=wanted,
        further=f"/takedowns?{link_query(wanted, before=end)}" if end else "",
        link=lambda **changes: f"/takedowns?{link_query(wanted, **changes)}",
        due={name: getattr(due, name) for name in DUE_WORDS},
        looks=len(due.looks),
        hide=hider(engine, [item for pairs in due_pairs(due) for _, item in pairs[:DUE_SHOWN]]),
        due_words=DUE_WORDS,
        due_shown=DUE_SHOWN,
        counts=state_counts(engine),
        platforms=platforms_asked(engine),
        every_platform=PLATFORMS,
        deadlines=DEADLINE_WORDS,
        states=STATE_WORDS,
        today=today(),
        platform_name=platform_name,
        for_case=digits(query.get("case", "")) or "",
    )


def due_pairs(due: Due) -> list[Pairs]:
    return [getattr(due, name) for name in DUE_WORDS]


def wanted_of(query: object) -> Wanted:
    asked = dict(query)  # type: ignore[call-overload]
    state, deadline = asked.get("state", ""), asked.get("deadline", "")
    if (state and state not in set(ItemState)) or (deadline and deadline not in DEADLINES):
        raise Problem(
            "筛选条件看不懂，没有筛选。请从“处置”页重新选择。",
            "The filter is not understood. Choose again on the page of takedowns.",
        )
    return Wanted(state=state, platform=asked.get("platform", "")[:60], deadline=deadline)


def link_query(wanted: Wanted, **changes: object) -> str:
    values = {
        "state": wanted.state,
        "platform": wanted.platform,
        "deadline": wanted.deadline,
        **changes,
    }
    return urlencode({name: value for name, value in values.items() if value})


@router.post("/takedowns/draft")
def draft(
    request: Request, user: Exporter, platform: Field = "", cases: Field = "", note: Field = ""
) -> Response:
    """One draft for each recipient; the page of the one, or the list of all of them."""
    desk = desk_of(request)
    wanted = DraftWanted(
        platform=platform_code(platform),
        cases=numbers_in(cases),
        by=user.login,
        at=utc_now(),
        note=note.strip(),
    )
    made = draft_all(desk.engine, wanted, desk.recipient_of)
    if len(made.requests) == 1:
        return go(f"/takedowns/{made.requests[0].id}")
    return go("/takedowns?state=draft")


def found(request: Request, number: int) -> Asked:
    try:
        return get_request(desk_of(request).engine, number)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(
            f"没有编号为 {number} 的处置请求。请到“处置”页查看。",
            f"There is no takedown request {number}. See the page of takedowns.",
        ) from None


@router.get("/takedowns/{number:int}")
def one_request(request: Request, _user: Reader, number: Number) -> Response:
    engine, asked = desk_of(request).engine, found(request, number)
    ids = [item.id for item in asked.items]
    history = history_of(engine, ids)
    return page(
        request,
        "takedown.html",
        asked=asked,
        history=history,
        looks=looks_of(engine, ids),
        pictures=pictures_of(engine, ids),
        changed=changes_since(engine, asked.items),
        change_words=CHANGE_WORDS,
        corrections=corrections_in(history),
        decided=decided_of(engine, asked),
        hide=hider(engine, asked.items),
        forms={name: FORM_WORDS[name] for name in FOR_RECIPIENT},
        states=STATE_WORDS,
        answers=ANSWER_WORDS,
        acts=ACT_WORDS,
        seen=SEEN_WORDS,
        ways=WAY_WORDS,
        people_see=SEEN_BY_PEOPLE,
        looked_at=LOOKED_AT,
        today=today(),
        now=utc_now(),
        platform_name=platform_name,
    )


def corrections_in(history: Mapping[int, Sequence[Done]]) -> list[Done]:
    """Receipt numbers that were put right: each stands in the history of every item alike."""
    return [act for act in next(iter(history.values()), ()) if act.act == RECEIPT_CORRECTED]


def decided_of(engine: Engine, asked: Asked) -> dict[str, DecidedRow]:
    """By URL, what was decided of each item and why: whoever signs reads it here."""
    wanted = [item.post_row for item in asked.items]
    return {row.url: row for row in decided_rows(engine, asked.platform, of_posts=wanted)}


@router.get("/takedowns/pictures/{item:int}/{sha256}")
def picture(request: Request, user: Unmasker, item: Number, sha256: str) -> Response:
    """A picture kept of this item's page and no other. Each look is in the audit."""
    engine = desk_of(request).engine
    if sha256 not in {one.sha256 for one in pictures_of(engine, [item]).get(item, ())}:
        raise Missing(
            "没有这张图片。请回到处置请求页。", "There is no such picture. Go back to the request."
        )
    return picture_answer(request, user, sha256, f"takedown-item:{item}")


# ---- what people do -----------------------------------------------------------------------------


@router.post("/takedowns/{number:int}/approve")
def approve_request(request: Request, user: Signer, number: Number) -> Response:
    approve(desk_of(request).engine, number, user.login, utc_now())
    return go(f"/takedowns/{number}")


@router.post("/takedowns/{number:int}/sent")
def sent(request: Request, user: Exporter, number: Number, form: Whole) -> Response:
    present = utc_now()
    typed = {name: str(form.get(name, "")).strip() for name in ("channel", "batch", "letter")}
    sending = Sending(
        by=user.login,
        at=moment_of(str(form.get("at", "")), present),
        now=present,
        channel=typed["channel"],
        batch_no=typed["batch"],
        letter_no=typed["letter"],
        days=whole_number(str(form.get("days", "5")), 1, 60, ("答复期限", "The days to answer")),
    )
    record_sent(desk_of(request).engine, number, sending)
    return go(f"/takedowns/{number}")


@router.post("/takedowns/{number:int}/ack")
def ack(
    request: Request,
    user: Exporter,
    number: Number,
    receipt: Field = "",
    at: Field = "",
    without: Field = "",
) -> Response:
    said = word(user.login, at, "")
    acknowledge(desk_of(request).engine, number, said, receipt, without=without == "1")
    return go(f"/takedowns/{number}")


@router.post("/takedowns/{number:int}/receipt")
def receipt_put_right(
    request: Request, user: Exporter, number: Number, receipt: Field = "", why: Field = ""
) -> Response:
    correct_receipt(desk_of(request).engine, number, word(user.login, "", why), receipt)
    return go(f"/takedowns/{number}")


@router.post("/takedowns/{number:int}/withdraw")
def withdraw_all(request: Request, user: Exporter, number: Number, why: Field = "") -> Response:
    withdraw_request(desk_of(request).engine, number, word(user.login, "", why))
    return go(f"/takedowns/{number}")


@router.post("/takedowns/items/{item:int}/answer")
def answer(
    request: Request,
    user: Exporter,
    item: Number,
    answer: Field = "",
    note: Field = "",
    at: Field = "",
) -> Response:
    if answer not in set(Answer):
        raise Problem(
            "请选择平台的答复（已处置、未处置、部分处置、未答复），没有写入。",
            "Choose the platform's answer; nothing was written.",
        )
    record_answer(desk_of(request).engine, item, Answer(answer), word(user.login, at, note))
    return go(place_of(request, item))


@router.post("/takedowns/items/{item:int}/look")
def look(
    request: Request, user: Exporter, item: Number, seen: Field = "", note: Field = ""
) -> Response:
    """What somebody saw with their own eyes."""
    if seen not in set(SEEN_BY_PEOPLE):
        raise Problem(
            "请选择看到了什么（已删除、已改、仍在），没有写入。",
            "Choose what was seen; nothing was written.",
        )
    if not note.strip():
        raise Problem(
            "请写明看到了什么，没有写入。", "Say what was seen, in words; nothing was written."
        )
    present = utc_now()
    step = Step(who=user.login, act="looked", at=present, note=note.strip())
    shown = Look(way=Way.PERSON, seen=Seen(seen), why=note.strip())
    add_persons_look(desk_of(request).engine, item, shown, step, present)
    return go(place_of(request, item))


@router.post("/takedowns/items/{item:int}/withdraw")
def withdraw_item(request: Request, user: Exporter, item: Number, why: Field = "") -> Response:
    withdraw(desk_of(request).engine, [item], word(user.login, "", why))
    return go(place_of(request, item))


def word(by: str, at: str, note: str) -> Word:
    present = utc_now()
    return Word(by=by, at=moment_of(at, present), now=present, note=note.strip())


def place_of(request: Request, item: int) -> str:
    """The item's place on its request's page."""
    return f"/takedowns/{get_item(desk_of(request).engine, item).request_id}#item-{item}"
