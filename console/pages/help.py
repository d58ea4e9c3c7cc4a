"""? : every key, each person's own, and how colours and characters are meant."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from console.desk import desk_of
from console.just_done import telling
from console.page import go, lang_of, page
from console.people import Session
from console.words import plainly
from storage.bilingual import Bilingual, Problem
from storage.keymap import USUAL, keep_keys

router = APIRouter(include_in_schema=False)
ACTS: Mapping[str, Bilingual] = {
    "down": Bilingual("队列中下移", "down in the queue"),
    "up": Bilingual("队列中上移", "up in the queue"),
    "open": Bilingual("打开并领取所选案件", "open the chosen case and claim it"),
    "search": Bilingual("检索", "search"),
    "next_quote": Bilingual("下一处引文", "next quote"),
    "previous_quote": Bilingual("上一处引文", "previous quote"),
    "violation": Bilingual("违规", "violation"),
    "clean": Bilingual("不违规", "clean"),
    "transfer": Bilingual("转办", "transfer"),
    "doubt": Bilingual("存疑", "doubt"),
    "reason": Bilingual("选择理由", "choose the reason"),
    "note": Bilingual("写说明", "write a note"),
    "undo": Bilingual("撤销刚才的判定", "undo the last decision"),
    "queue": Bilingual("回到队列", "back to the queue"),
    "tick": Bilingual("勾选案件或成员", "tick a case or a member"),
    "bulk": Bilingual("批量判定所选", "decide the ticked"),
    "takedowns": Bilingual("处置", "takedowns"),
    "exports": Bilingual("清单与函件", "lists and letters"),
    "statistics": Bilingual("统计", "statistics"),
    "keys": Bilingual("本页", "this page"),
}
FIXED = (
    ("Enter", Bilingual("确认判定并进入下一条；打开", "confirm the decision and go on; open")),
    ("Esc", Bilingual("离开输入框", "leave a field")),
)


@router.get("/keys")
async def keys(request: Request, _session: Session) -> Response:
    return shown(request)


def shown(
    request: Request, status: int = 200, typed: Mapping[str, str] | None = None, problem: str = ""
) -> Response:
    words = {"acts": ACTS, "fixed": FIXED, "usual": USUAL}
    return page(request, "keys.html", status, typed=typed or {}, problem=problem, **words)


async def typed_keys(request: Request) -> dict[str, str]:
    form = await request.form()
    return {} if form.get("reset") else {act: str(form.get(act, "")) for act in ACTS}


@router.post("/keys")
async def save_keys(request: Request, session: Session) -> Response:
    """One's own; what was typed stays on the page where it cannot be."""
    typed = await typed_keys(request)
    try:
        await run_in_threadpool(keep_keys, desk_of(request).engine, session.user, typed)
    except Problem as problem:
        return shown(request, 409, typed, plainly(problem.text.said(lang_of(request))))
    return go(telling("/keys", "keys" if typed else "keys-usual"))
