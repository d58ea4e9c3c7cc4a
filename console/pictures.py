"""Kept pictures sent to whoever may see them, each look a line in the audit."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from console.desk import desk_of
from console.people import Missing
from console.roles import Act, demand
from storage.audit import note
from storage.users import User

# By their first bytes, whatever the page they came from said they were.
PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
# Nothing is kept by the browser: whoever sits down there next would look without being asked.
HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'",
    "content-disposition": "inline",
    "cache-control": "private, no-store",
}


def picture_answer(request: Request, user: User, sha256: str, about: str) -> Response:
    """The picture of this hash; Missing where the file is none.

    Nothing on it is masked: it takes the right to see contacts (Forbidden).
    """
    demand(user, Act.UNMASK)
    desk = desk_of(request)
    data = desk.store.get(sha256)
    kind = next((kind for start, kind in PICTURES if data.startswith(start)), None)
    if kind is None:
        raise Missing(
            "这个文件不是图片。请回到前一页。",
            "This file is no picture. Go back to the page before.",
        )
    note(desk.engine, user.login, "snapshot.picture", about, {"sha256": sha256})
    return Response(data, media_type=kind, headers=HEADERS)
