"""处置: requests to platforms, from the draft to the verified removal. The rules are storage's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy import Engine
from starlette.responses import Response

from console.desk import desk_of
from console.file_words import FOR_RECIPIENT, FORM_WORDS
from console.forms import Number, today
from console.names import platform_name
from console.numbers import digits, written
from console.ordering import OPEN_WEB
from console.page import Nav, go, page, query_of
from console.people import Missing, Reader, Unmasker
from console.pictures import picture_answer
from console.roles import Act
from console.tabs import HANDLING, paths_of
from console.takedown_before import notices
from console.takedown_masks import hider
from exports.letter_docx import HOST, OWNER
from storage.bilingual import Bilingual, Problem
from storage.columns import utc_now
from storage.exports import DecidedRow, decided_rows
from storage.platform_words import PLATFORMS
from storage.takedown_changed import CHANGE_WORDS, changes_since
from storage.takedown_drafting import Planned
from storage.takedown_due import Due, Pairs, due_now
from storage.takedown_grounds import grounds_of
from storage.takedown_lists import (
    DEADLINES,
    Wanted,
    find_requests,
    pictures_of,
    platforms_asked,
    state_counts,
)
from storage.takedown_made import made_for
from storage.takedown_states import ANSWER_WORDS, LOOKED_AT, STATE_WORDS, ItemState
from storage.takedown_verdict import Seen
from storage.takedown_withdrawn import Withdrawn
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
NAV = (
    Nav(
        path="/takedowns",
        word=Bilingual("处置", "Takedowns"),
        act=Act.READ,
        order=40,
        also=paths_of(HANDLING),
    ),
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a form of the page was not written, which it was, and what it said."""

    why: Bilingual
    at: str  # the path it was sent to
    typed: Mapping[str, str]


NOTHING_REFUSED = Refusal(why=Bilingual("", ""), at="", typed={})


@router.get("/takedowns")
def requests(request: Request, _user: Reader) -> Response:
    return listed(request)


def listed(
    request: Request,
    refusal: Refusal = NOTHING_REFUSED,
    planned: Planned | None = None,
    withdrawn: Withdrawn | None = None,
    ticked: Collection[int] = (),
) -> Response:
    """`planned`: a draft of everything, to be confirmed; `withdrawn`: what was just taken back;
    `ticked`: drafts chosen when that was refused."""
    engine, query = desk_of(request).engine, query_of(request)
    wanted = wanted_of(query)
    before = query.get("before", "")
    rows, end = find_requests(engine, wanted, today(), digits(before))
    due = due_now(engine, utc_now())
    return page(
        request,
        "takedowns.html",
        409 if refusal.at else 200,
        refusal=refusal,
        planned=planned,
        draft_note=refusal.typed.get("note", ""),
        withdrawn=withdrawn,
        ticked=ticked,
        not_drafts=[number for number in ticked if number not in drafts_among(rows)],
        every_tick=query.get("tick") == "all",
        rows=rows,
        wanted=wanted,
        further=f"/takedowns?{link_query(wanted, before=end)}" if end else "",
        filters=link_query(wanted, before=before),
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
        for_case=written(query.get("case", "")) or "",
    )


def drafts_among(rows: Sequence[Asked]) -> frozenset[int]:
    return frozenset(
        one.id for one in rows if set(one.states) - {ItemState.WITHDRAWN} == {ItemState.DRAFT}
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
    return shown(request, number)


def shown(request: Request, number: int, refusal: Refusal = NOTHING_REFUSED) -> Response:
    engine, asked = desk_of(request).engine, found(request, number)
    ids = [item.id for item in asked.items]
    history, looks = history_of(engine, ids), looks_of(engine, ids)
    return page(
        request,
        "takedown.html",
        409 if refusal.at else 200,
        refusal=refusal,
        asked=asked,
        made=made_for(engine, asked),
        form_words=FORM_WORDS,
        grounds=grounds_of(engine, asked.items),
        history=history,
        looks=looks,
        notices=notices(desk_of(request), asked, history, looks),
        pictures=pictures_of(engine, ids),
        changed=changes_since(engine, asked.items),
        change_words=CHANGE_WORDS,
        corrections=corrections_in(history),
        decided=decided_of(engine, asked),
        hide=hider(engine, asked.items),
        forms={name: FORM_WORDS[name] for name in FOR_RECIPIENT},
        receivers=(OWNER, HOST) if asked.platform == OPEN_WEB else (),
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


@router.get("/takedowns/items/{item:int}")
def of_item(request: Request, _user: Reader, item: Number) -> Response:
    """Where what is said of one item leads back to: its place on the page of its request."""
    try:
        found = get_item(desk_of(request).engine, item)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(problem.text.zh, problem.text.en) from None
    return go(f"/takedowns/{found.request_id}#item-{item}")


@router.get("/takedowns/pictures/{item:int}/{sha256}")
def picture(request: Request, user: Unmasker, item: Number, sha256: str) -> Response:
    """A picture kept of this item's page and no other. Each look is in the audit."""
    engine = desk_of(request).engine
    if sha256 not in {one.sha256 for one in pictures_of(engine, [item]).get(item, ())}:
        raise Missing(
            "没有这张图片。请回到处置请求页。", "There is no such picture. Go back to the request."
        )
    return picture_answer(request, user, sha256, f"takedown-item:{item}")
