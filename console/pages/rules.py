"""研判规则: the list, one rule with its examples tried, and any text tried on all of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from console.desk import desk_of, tools_of
from console.marks import marked
from console.page import lang_of, page, query_of
from console.people import Missing, Reader
from console.tabs import LISTS
from console.tools import RuleRow, Tried, TypedText
from console.words import plainly
from storage.bilingual import Problem
from storage.rule_outcomes import MOST, Outcome, rule_outcomes

router = APIRouter(include_in_schema=False)
LONGEST = 50_000  # characters of a text that is tried here
CLAUSES = "一二三四"


@router.get("/rules")
def rules(request: Request, _user: Reader) -> Response:
    return listed(request, TypedText(text=""))


def listed(
    request: Request, typed: TypedText, tried: Tried | None = None, problem: str = ""
) -> Response:
    every, folder = tools_of(request).rules()
    query = query_of(request)
    clause, words = query.get("clause", ""), query.get("q", "").strip()[:60]
    rows = [row for row in every if fits(row, clause, words)]
    return page(
        request,
        "rules.html",
        tabs=LISTS,
        rows=rows,
        every=every,
        folder=folder,
        clause=clause,
        words=words,
        clauses=CLAUSES,
        typed=typed,
        tried=tried,
        names={row.name: row for row in every},
        mark=marked(tried.post, tried.judgement.findings, str) if tried else None,
        problem=problem,
        longest=LONGEST,
        outcomes=rule_outcomes(desk_of(request).engine),
        most=MOST,
    )


def fits(row: RuleRow, clause: str, words: str) -> bool:
    said = f"{row.name} {row.code} {row.word.zh} {row.word.en}".lower()
    return (not clause or row.clause == clause) and words.lower() in said


@router.post("/rules/try")
def try_text(
    request: Request,
    _user: Reader,
    text: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    account: Annotated[str, Form()] = "",
    url: Annotated[str, Form()] = "",
) -> Response:
    """Judge what is typed, as `certsweep check --explain` does; nothing of it is kept."""
    typed = TypedText(
        text=text[: LONGEST + 1], title=title[:500], account=account[:200], url=url[:2000]
    )
    lang = lang_of(request)
    try:
        demand_words(typed)
        tried = tools_of(request).try_text(typed, lang)
    except Problem as problem:
        return listed(request, typed, problem=plainly(problem.text.said(lang)))
    return listed(request, typed, tried)


def demand_words(typed: TypedText) -> None:
    if not typed.text.strip() and not typed.title.strip():
        raise Problem("请填写要试的文字。", "Type the text that is to be tried.")
    if len(typed.text) > LONGEST:
        raise Problem(
            f"文字超过 {LONGEST} 字，没有判读。请截取有疑问的一段。",
            f"More than {LONGEST} characters; nothing was judged. Take the part in question.",
        )


@router.get("/rules/{name}")
def rule(request: Request, _user: Reader, name: str) -> Response:
    found = tools_of(request).rule(name[:100], lang_of(request))
    if found is None:
        raise Missing(
            f"没有规则“{name[:60]}”。请回到规则页查看。", f"There is no rule {name[:60]!r}."
        )
    outcome = rule_outcomes(desk_of(request).engine).get(found.row.name, Outcome())
    words = {"rule": found, "clauses": CLAUSES, "outcome": outcome, "most": MOST}
    return page(request, "rule.html", tabs=LISTS, **words)
