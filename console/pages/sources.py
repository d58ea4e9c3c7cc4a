"""来源: how well each source could be read, and what to do where it could not."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from console.desk import desk_of, tools_of
from console.page import page
from console.people import Reader
from console.tabs import WORK
from storage.sweep_pages import sources_of_sample

router = APIRouter(include_in_schema=False)
# What needs somebody first; what was never asked for last.
ORDER = ("expired", "blocked", "changed", "failing", "good", "unknown")


@router.get("/sources")
def sources(request: Request, _user: Reader) -> Response:
    rows = sorted(tools_of(request).sources(), key=lambda row: (rank(row.state), row.name))
    trouble = [row for row in rows if row.state not in {"good", "unknown"}]
    sampled = sources_of_sample(desk_of(request).engine)
    words = {"rows": rows, "trouble": trouble, "sampled": sampled}
    return page(request, "sources.html", tabs=WORK, **words)


def rank(state: str) -> int:
    return ORDER.index(state) if state in ORDER else 0
