"""Kept pictures, and the page that stands before a suspect site."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from console.caseview import everything_of
from console.page import page
from console.pages.cases import found
from console.people import CaseId, Missing, Reader, Unmasker
from console.pictures import picture_answer
from exports.masking import masked_address
from storage.casefiles import CaseFile

router = APIRouter(include_in_schema=False)


@router.get("/cases/{case_id:int}/pictures/{sha256}")
def picture(request: Request, user: Unmasker, case_id: CaseId, sha256: str) -> Response:
    """A picture of this case and no other. It shows contacts: each look is in the audit."""
    if sha256 not in hashes(found(request, case_id)):
        raise missing(case_id)
    return picture_answer(request, user, sha256, f"case:{case_id}")


def hashes(case: CaseFile) -> set[str]:
    return {snapshot.sha256 for post in case.posts for snapshot in post.snapshots}


def missing(case_id: int) -> Missing:
    return Missing(
        f"案件 {case_id} 没有这张图片，或文件不是图片。请回到案件页。",
        f"Case {case_id} has no such picture, or the file is none. Go back to the case.",
    )


@router.get("/cases/{case_id:int}/leave/{row:int}")
def leave(request: Request, _user: Reader, case_id: CaseId, row: int) -> Response:
    """Before a suspect site: what may happen there, the address to copy, and no link to it."""
    case = found(request, case_id)
    post = next((one for one in case.posts if one.row == row), None)
    if post is None:
        raise missing(case_id)
    whole = post.post.url_found or post.post.url
    shown = masked_address(whole, everything_of(case))
    return page(request, "leave.html", case=case, address=shown, hidden=shown != whole)
