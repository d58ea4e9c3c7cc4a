"""备案目录: looking bodies up, the editions there are, and what one edition changed."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from console.desk import desk_of, tools_of
from console.forms import page_number, today
from console.page import Nav, page, query_of
from console.people import Missing, Reader
from console.roles import Act
from console.tabs import LISTS, paths_of
from console.tools import Looked
from storage.bilingual import Bilingual, Problem
from storage.directory import KIND_WORDS, editions
from storage.directory_changes import changes, pair
from storage.directory_search import (
    STATES,
    Found,
    Wanted,
    filings_of_body,
    regions_of,
    search,
    state_of,
)
from storage.records import FiledKind

router = APIRouter(include_in_schema=False)
NAV = (
    Nav(
        path="/directory",
        word=Bilingual("名录", "Lists"),
        act=Act.READ,
        order=60,
        also=paths_of(LISTS),
    ),
)
STATE_WORDS = {
    "valid": Bilingual("有效", "valid"),
    "soon": Bilingual("60 天内到期", "ends within 60 days"),
    "expired": Bilingual("已到期", "expired"),
    "open": Bilingual("未写有效期", "no last day given"),
}
SHOWN = 200  # changed rows on a page


@router.get("/directory")
def directory(request: Request, _user: Reader) -> Response:
    engine, query, day = desk_of(request).engine, query_of(request), today()
    wanted = Wanted(
        text=query.get("q", "").strip()[:80],
        kind=query.get("kind", "") if query.get("kind", "") in set(FiledKind) else "",
        region=query.get("region", "").strip()[:40],
        state=query.get("state", "") if query.get("state", "") in STATES else "",
    )
    known = editions(engine)
    found = search(engine, wanted, day, query.get("after", "")[:100])
    filters = {name: getattr(wanted, name) for name in ("kind", "region", "state")}
    filters = {"q": wanted.text, **filters}
    return page(
        request,
        "directory.html",
        tabs=LISTS,
        editions=known,
        found=found,
        near=near(request, wanted, found) if known else None,
        wanted=wanted,
        regions=regions_of(engine),
        first="after" not in query,
        link=lambda **more: "/directory?" + urlencode(kept({**filters, **more})),
        states=STATE_WORDS,
        kinds=KIND_WORDS,
        kind_word=kind_word,
        today=day,
    )


def kept(filters: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in filters.items() if value}


def kind_word(kind: str) -> Bilingual:
    return KIND_WORDS.get(FiledKind(kind), Bilingual(kind, kind))


def near(request: Request, wanted: Wanted, found: Found) -> Looked | None:
    """Where nothing has these very words: what the judge takes the name for."""
    if found.total or len(wanted.text) < 4:
        return None
    return tools_of(request).look_up(wanted.text)


@router.get("/directory/body")
def body(request: Request, _user: Reader) -> Response:
    name, day = query_of(request).get("name", "")[:200], today()
    found = filings_of_body(desk_of(request).engine, name)
    if not found:
        raise Missing(
            f"各版目录里都没有“{name[:60]}”。请回到备案目录查找。",
            f"No edition of the directory holds {name[:60]!r}. Search the directory.",
        )
    return page(
        request,
        "directory_body.html",
        tabs=LISTS,
        name=name,
        current=[(edition, rows) for edition, rows in found if edition.current],
        earlier=[(edition, rows) for edition, rows in found if not edition.current],
        kinds=KIND_WORDS,
        states=STATE_WORDS,
        state_of=lambda until: state_of(until, day),
    )


@router.get("/directory/changes")
def changed(request: Request, _user: Reader) -> Response:
    """One edition against an earlier one: `?newer=7`, or `?older=3&newer=7`."""
    engine, query = desk_of(request).engine, query_of(request)
    older, newer = (page_number(query.get(name, "")) or None for name in ("older", "newer"))
    try:
        both = pair(engine, older, newer) if older else pair(engine, newer, None)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(problem.text.zh, problem.text.en) from None
    return page(
        request,
        "directory_changes.html",
        tabs=LISTS,
        older=both[0],
        newer=both[1],
        changes=changes(engine, *both),
        shown=SHOWN,
        kinds=KIND_WORDS,
    )
