"""What was kept of a case's posts: a list, and the pictures themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from console.api.cases import Number, Post, post
from console.bearer import Reads, Unmasks, api_router
from console.caseview import CaseView, everything_of, view_case
from console.desk import desk_of
from console.numbers import LARGEST_ROW
from console.pages.cases import found, replay_address
from console.pages.evidence import picture
from console.people import Missing
from console.replay import GOOD_FOR, LARGEST, too_much
from console.roles import Caller
from console.shapes import shaped
from exports.masking import masked, masked_address
from storage.casefiles import CasePost
from storage.presence import opened
from storage.records import Snapshot

router = api_router("evidence")
Row = Annotated[int, Path(ge=1, le=LARGEST_ROW)]


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
    return [one_file(member, kept) for member in case.posts for kept in member.snapshots]


def one_file(member: CasePost, kept: Snapshot) -> File:
    url = masked(kept.url, member.post.contacts)
    return shaped(File, kept, post=member.row, url=url)


class Replay(BaseModel):
    """An address on the desk's second origin, where the page neither runs nor reaches anything. It
    is for whoever has it: open it in a sandboxed frame and give it to nobody."""

    url: str
    seconds: int = Field(description="it is good for")
    post: int
    kind: str = Field(description="dom or raw")
    sha256: str = Field(description="of the file as it was kept, before anything was taken out")
    captured_at: datetime


class PostWhole(Post):
    address: str = Field(description="as it was found; masked, and to be copied, not followed")
    newest: bool = Field(description="false: a later version of the same post stands in the case")
    place: int = Field(description="its number among the case's posts, from 1")
    files: list[File]


@router.get("/cases/{case_id}/posts/{row}")
def case_post(request: Request, one: Reads, case_id: Number, row: Row) -> PostWhole:
    """One version of one post, its text whole; contacts are masked."""
    view = view_of(request, one, case_id, row)
    case, member = view.case, view.post
    address = masked_address(member.post.url_found or member.post.url, everything_of(case))
    whole = post(view, member).model_dump() | {
        "text": view.show(member.post.text),
        "text_left_out": 0,
    }
    return PostWhole(
        **whole,
        address=address,
        newest=member in view.latest,
        place=view.place,
        files=[one_file(member, kept) for kept in member.snapshots],
    )


@router.get("/cases/{case_id}/posts/{row}/replay")
def case_replay(request: Request, one: Unmasks, case_id: Number, row: Row) -> Replay:
    """Where this version's page is replayed. It shows contacts: it takes the scope `unmask`, and
    each asking is in the audit. 409 for a page that is too large."""
    view, desk = view_of(request, one, case_id, row), desk_of(request)
    kept = view.replayable
    if kept is None:
        raise Missing(
            f"案件 {case_id} 的内容 {row} 没有可回放的网页。请看截图和文字。",
            f"Post {row} of case {case_id} has no page to replay. See its pictures and text.",
        )
    if kept.size > LARGEST:
        raise too_much()
    return shaped(
        Replay,
        kept,
        url=replay_address(desk, one.user, case_id, kept.sha256),
        seconds=GOOD_FOR,
        post=row,
    )


def view_of(request: Request, one: Caller, case_id: int, row: int) -> CaseView:
    """Missing for a post that does not stand in the case; that it is read is in the audit."""
    case, desk = found(request, case_id), desk_of(request)
    if row not in {member.row for member in case.posts}:
        raise missing_post(case_id, row)
    opened(desk.engine, case_id, one.user.login, desk.late)
    return view_case(case, one.user, row, unmasked=False)


def missing_post(case_id: int, row: int) -> Missing:
    return Missing(
        f"案件 {case_id} 没有编号为 {row} 的内容。请看 /api/v1/cases/{case_id}。",
        f"Case {case_id} has no post {row}. See /api/v1/cases/{case_id}.",
    )


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
