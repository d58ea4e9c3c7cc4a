"""? : every key, and how colours and characters are meant."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from console.page import page
from console.people import Session
from storage.bilingual import Bilingual

router = APIRouter(include_in_schema=False)
KEYS = (
    ("j / k", Bilingual("队列中上下移动", "up and down in the queue")),
    ("o / Enter", Bilingual("打开并领取所选案件", "open the chosen case and claim it")),
    ("/", Bilingual("检索", "search")),
    ("n / p", Bilingual("下一处、上一处引文", "next and previous quote")),
    ("1 2 3 4", Bilingual("违规、不违规、转办、存疑", "violation, clean, transfer, doubt")),
    ("r", Bilingual("选择理由", "choose the reason")),
    ("m", Bilingual("写说明", "write a note")),
    ("Enter", Bilingual("确认判定并进入下一条", "confirm the decision and go on")),
    ("z", Bilingual("撤销刚才的判定", "undo the last decision")),
    ("u", Bilingual("回到队列", "back to the queue")),
    ("Esc", Bilingual("离开输入框", "leave a field")),
    ("?", Bilingual("本页", "this page")),
)


@router.get("/keys")
async def keys(request: Request, _session: Session) -> Response:
    return page(request, "keys.html", keys=KEYS)
