"""What was kept of a case's posts: a list, and the pictures themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel
from starlette.responses import Response

from console.api.cases import Number
from console.bearer import Reads, Unmasks, api_router
from console.pages.cases import found
from console.pages.evidence import picture
from exports.masking import masked

router = api_router("evidence")


class File(BaseModel):
    """A file by its hash; what proves that it was not changed since."""

    post: int
    kind: str
    sha256: str
    size: int
    captured_at: datetime
    url: str


@router.get("/cases/{case_id}/evidence")
def evidence(request: Request, _one: Reads, case_id: Number) -> list[File]:
    """Every file that proves what the case's posts said, the oldest version first."""
    case = found(request, case_id)
    return [
        File(
            post=post.row,
            kind=kept.kind,
            sha256=kept.sha256,
            size=kept.size,
            captured_at=kept.captured_at,
            url=masked(kept.url, post.post.contacts),
        )
        for post in case.posts
        for kept in post.snapshots
    ]


@router.get(
    "/cases/{case_id}/pictures/{sha256}",
    response_class=Response,
    responses={200: {"content": {"image/png": {}, "image/jpeg": {}, "image/gif": {}}}},
)
def case_picture(
    request: Request,
    one: Unmasks,
    case_id: Number,
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
) -> Response:
    """A picture of this case and no other. It shows contacts: it takes the scope `unmask`, and each
    look is in the audit."""
    return picture(request, one.user, case_id, sha256)
