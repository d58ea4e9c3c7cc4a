"""复核范围: which decisions take effect only with a second person, set by an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from console.desk import desk_of
from console.page import go, lang_of, page, query_of
from console.people import Housekeeper
from console.words import plainly
from storage.bilingual import Problem
from storage.reasons import REASONS, VERDICT_WORDS
from storage.records import Verdict
from storage.second import Code, confirmed_codes, set_confirmed_codes, spelled

router = APIRouter(include_in_schema=False)
Many = Annotated[list[str], Form()]


@router.get("/policy")
def policy(request: Request, _user: Housekeeper) -> Response:
    return shown(request)


def shown(request: Request, problem: str = "") -> Response:
    return page(
        request,
        "policy.html",
        409 if problem else 200,
        problem=problem,
        standing=spelled(confirmed_codes(desk_of(request).engine)),
        saved=query_of(request).get("saved") == "1",
        reasons=REASONS,
        verdicts=VERDICT_WORDS,
    )


@router.post("/policy")
def change(
    request: Request,
    user: Housekeeper,
    code: Many = [],  # noqa: B006 (FastAPI copies it)
    seen: Many = [],  # noqa: B006 (FastAPI copies it)
) -> Response:
    try:
        set_confirmed_codes(desk_of(request).engine, read(code), user.login, read(seen))
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        return shown(request, plainly(problem.text.said(lang_of(request))))
    return go("/policy?saved=1")


def read(ticked: Sequence[str]) -> list[Code]:
    """Of "violation:C3-06"; Problem for a verdict that is none."""
    found: list[Code] = []
    for one in ticked:
        verdict, _, reason = one.partition(":")
        if verdict not in set(Verdict):
            raise Problem(
                "没有这样的结论，没有写入。", "There is no such verdict; nothing written."
            )
        found.append((Verdict(verdict), reason))
    return found
