"""今日待审: the queue, its filters and taking the next case."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from console.desk import desk_of
from console.filters import Unsearchable, filters_of, from_string, place_of, query_string
from console.flash import flash_of, looked_of
from console.forms import Number
from console.just_done import telling
from console.names import platform_name, state_name
from console.page import Nav, go, page, query_of
from console.people import Decider, Reader
from console.queueview import view_queue
from console.roles import Act, Caller
from console.sharing import refuse_contact, to_be_seen
from console.whytop import why_on_top
from storage.bilingual import Bilingual
from storage.columns import utc_now
from storage.database import read_together
from storage.queue import PAGE, Filters, claim_next
from storage.saved_filters import forget_filter, save_filter, saved_for
from storage.standing import standing_decisions
from storage.users import User

router = APIRouter(include_in_schema=False)
NAV = (
    Nav(path="/queue", word=Bilingual("队列", "Queue"), act=Act.READ, order=10),
    Nav(path="/queue?view=second", word=Bilingual("复核", "Confirm"), act=Act.SECOND, order=20),
)
VIEWS = {
    "open": Bilingual("待审", "Open"),
    "mine": Bilingual("我在审的", "Mine"),
    "second": Bilingual("待复核", "To confirm"),
    "decided": Bilingual("已定", "Decided"),
}


@router.get("/queue")
def queue(request: Request, user: Reader) -> Response:
    with read_together(desk_of(request).engine):
        return shown(request, user)


def shown(request: Request, user: User) -> Response:
    engine, query = desk_of(request).engine, query_of(request)
    try:
        filters, untold = filters_of(query, user.login), None
    except Unsearchable as problem:  # what was listed before stays, and what was typed
        filters, untold = filters_of({**query, "words": ""}, user.login), problem.text
    view = view_queue(engine, Caller(user), filters, place_of(query.get("after", "")))
    rows, now = view.rows, utc_now()
    return page(
        request,
        "queue.html",
        409 if untold else 200,
        untold=untold,
        searched=query.get("words", "")[:80],
        rows=rows,
        quotes=view.quotes,
        titles=view.titles,
        standing=standing_decisions(engine, [row.id for row in rows]),
        why={row.id: why_on_top(row, now, view.raised.get(row.id, ())) for row in rows},
        counts=view.counts,
        filters=filters,
        query=query_string(filters),
        link=lambda **changes: f"/queue?{query_string(filters, **changes)}",
        further=further(filters, view.end),
        first=not query.get("after"),
        short=view.end is not None and len(rows) < PAGE,
        saved=to_be_seen(saved_for(engine, user.login), Caller(user)),
        views=VIEWS,
        now=now,
        platform_name=platform_name,
        state_name=state_name,
        flash=flash_of(request, user),
        looked=looked_of(request, user),
    )


def further(filters: Filters, end: object) -> str:
    """The address of the next page, "" after the last."""
    priority, number = getattr(end, "priority", None), getattr(end, "id", None)
    if priority is None:
        return ""
    after = urlencode({"after": f"{priority}.{number}"})
    return f"/queue?{'&'.join(filter(None, (query_string(filters), after)))}"


@router.post("/queue/next")
def take_next(request: Request, user: Decider, filters: Annotated[str, Form()] = "") -> Response:
    """Claim the topmost free case and open it."""
    wanted = replace(from_string(filters, user.login), view="open")
    number = claim_next(desk_of(request).engine, wanted, user.login)
    query = urlencode({"filters": query_string(wanted)}) if query_string(wanted) else ""
    if number is None:
        return go(telling(f"/queue?{query_string(wanted)}", "nothing-left"))
    return go(f"/cases/{number}{'?' if query else ''}{query}")


@router.post("/queue/filters")
def keep_filter(
    request: Request,
    user: Reader,
    name: Annotated[str, Form()] = "",
    filters: Annotated[str, Form()] = "",
    shared: Annotated[str, Form()] = "",
) -> Response:
    query = query_string(from_string(filters, user.login))
    if shared:
        refuse_contact(name, query)
    save_filter(desk_of(request).engine, user.login, name, query, shared=bool(shared))
    return go(telling(f"/queue?{query}", "filter"))


@router.post("/queue/filters/{number}/forget")
def drop_filter(request: Request, user: Reader, number: Number) -> Response:
    forget_filter(desk_of(request).engine, user.login, number)
    return go(telling("/queue", "filter-gone"))
