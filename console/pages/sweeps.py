"""巡查: what was swept, how far the one at work has come, starting and stopping it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from console.desk import desk_of, tools_of
from console.forms import page_number
from console.page import Nav, go, page, query_of
from console.people import CaseId, Missing, Reader, Sweeper
from console.roles import Act
from console.tabs import WORK, paths_of
from storage.bilingual import Bilingual, Problem
from storage.sweep_pages import newest_running, newly_flagged, progress, sweeps_page
from storage.sweeps import OUTCOMES, SweepSummary, summary

router = APIRouter(include_in_schema=False)
NAV = (
    Nav(
        path="/sweeps",
        word=Bilingual("巡查", "Sweeps"),
        act=Act.READ,
        order=70,
        also=paths_of(WORK),
    ),
)
TARGETS = UNREAD = 200  # rows of one sweep on its page
STATES = {
    "running": Bilingual("未完成", "unfinished"),
    "finished": Bilingual("完成", "finished"),
    "interrupted": Bilingual("已中断", "interrupted"),
    "failed": Bilingual("没有做成", "failed"),
}
AT_WORK = Bilingual("正在进行", "at work")
PLANS = {
    "targets": Bilingual("目标文件", "targets file"),
    "sample": Bilingual("样例网", "sample web"),
    "command": Bilingual("没有开始", "did not begin"),
}


@router.get("/sweeps")
def sweeps(request: Request, _user: Reader) -> Response:
    rows, further = sweeps_page(
        desk_of(request).engine, page_number(query_of(request).get("below", ""))
    )
    return page(
        request,
        "sweeps.html",
        tabs=WORK,
        rows=rows,
        further=further,
        first="below" not in query_of(request),
        states=STATES,
        at_work=AT_WORK,
        plans=PLANS,
        aim=aim,
        **now(request),
    )


def aim(command: Sequence[str]) -> Bilingual:
    """What the button would sweep."""
    if "--sample" in command:
        return Bilingual("样例网（随附的示例，不连外网）", "the sample web that comes with it")
    file = command[-1].rpartition("/")[2]
    return Bilingual(f"目标文件 {file}", f"the targets of {file}")


def now(request: Request) -> dict[str, Any]:
    """What is at work this moment, and how far it is. `phase` changes where a page must, too."""
    state = tools_of(request).sweep_state()
    engine = desk_of(request).engine
    sweeping = state.running is not None and not state.running.revisit
    number = newest_running(engine) if sweeping else None
    under_way = state.running or state.starting or state.ending
    unfinished = None if under_way else newest_running(engine)
    phase = "ending" if state.ending else "starting" if state.starting else "idle"
    if state.running is not None:
        phase = "stopping" if state.running.stopping else f"at-{number or 'work'}"
    return {
        "state": state,
        "number": number,
        "unfinished": unfinished,
        "progress": progress(engine, number) if number else None,
        "phase": phase,
    }


@router.get("/sweeps/live")
def live(request: Request, _user: Reader) -> Response:
    """The figures alone, asked for every few seconds; the whole page where something changed."""
    words = now(request)
    answer = page(request, "_sweep_live.html", **words)
    if words["phase"] != query_of(request).get("phase", ""):
        answer.headers["hx-refresh"] = "true"
    return answer


@router.post("/sweeps/start")
def start(request: Request, user: Sweeper) -> Response:
    tools_of(request).start_sweep(user.login)
    return go("/sweeps")


@router.post("/sweeps/stop")
def stop(request: Request, user: Sweeper) -> Response:
    tools_of(request).stop_sweep(user.login)
    return go("/sweeps")


def found(request: Request, number: int) -> SweepSummary:
    try:
        return summary(desk_of(request).engine, number)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(
            f"没有编号为 {number} 的巡查。请回到巡查页查看。", f"There is no sweep {number}."
        ) from None


@router.get("/sweeps/{number:int}")
def sweep(request: Request, _user: Reader, number: CaseId) -> Response:
    one, tools = found(request, number), tools_of(request)
    words, engine = now(request), desk_of(request).engine
    here_now = words["number"] == number
    new = 0 if here_now else newly_flagged(engine, number)
    unread = [
        (url, *tools.outcome(state, reason)) for url, state, reason in one.unreadable[:UNREAD]
    ]
    return page(
        request,
        "sweep.html",
        tabs=WORK,
        sweep=one,
        here_now=here_now,
        new=new,
        again=max(0, one.flagged - new),
        unclear=max(0, len(one.unreadable) - one.blocked - one.errors),
        targets=sorted(one.targets, key=lambda row: (row.outcome == "done", -row.flagged))[
            :TARGETS
        ],
        unread=unread,
        states=STATES,
        at_work=AT_WORK,
        outcomes=OUTCOMES,
        source_word=tools.source_word,
        **words,
    )
