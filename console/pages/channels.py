"""官方查询渠道: the official hosts as the judge knows them. To be read only."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from console.desk import tools_of
from console.page import page
from console.people import Reader
from console.tabs import LISTS
from storage.bilingual import Bilingual

router = APIRouter(include_in_schema=False)
KINDS: Mapping[str, Bilingual] = {
    "query": Bilingual("证书查询", "certificates are looked up here"),
    "exam": Bilingual("考试报名", "examinations"),
    "government": Bilingual("主管部门", "authorities"),
    "register": Bilingual("登记备案", "registers"),
    "report": Bilingual("举报", "complaints"),
}


@router.get("/channels")
def channels(request: Request, _user: Reader) -> Response:
    known = tools_of(request).channels()
    kinds = [*KINDS, *sorted({row.kind for row in known.rows} - KINDS.keys())]
    groups = [(kind, [row for row in known.rows if row.kind == kind]) for kind in kinds]
    return page(
        request,
        "channels.html",
        tabs=LISTS,
        known=known,
        groups=[(kind, rows) for kind, rows in groups if rows],
        kind_word=lambda kind: KINDS.get(kind, Bilingual(kind, kind)),
    )
