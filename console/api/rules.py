"""The judge's rules, each with its examples tried, and any text tried on all of them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path, Query, Request
from pydantic import BaseModel, Field

from console.bearer import Given, Reads, Words, api_router
from console.desk import desk_of, tools_of
from console.pages.rules import LONGEST, demand_words, fits
from console.people import Missing
from console.shapes import shaped
from console.tools import TypedText
from storage.records import Clause, Finding
from storage.rule_outcomes import Outcome, rule_outcomes

router = api_router("rules")


class RuleOutcome(BaseModel):
    """How people decided the cases it hit lately."""

    violation: int
    clean: int
    other: int


class Rule(BaseModel):
    name: str
    code: str
    clause: str
    word: Words
    version: int
    severity: int
    score: float
    proves: Words
    words: int
    patterns: int
    origin: Words
    outcome: RuleOutcome


class Example(BaseModel):
    """What the rule must do with a text, and what it does."""

    text: str
    note: str = Field(description="the quote to be found, or why the text must stay clean")
    holds: bool
    found: list[str]


class RuleTold(Rule):
    lines: list[str]
    hits: list[Example]
    misses: list[Example]


class Rules(BaseModel):
    rules: list[Rule]
    folder: str = Field(description="of the office's own rules; empty: none is set")


class Typed(Given):
    """Title or text must say something."""

    text: str = Field(default="", max_length=LONGEST)
    title: str = Field(default="", max_length=500)
    account: str = Field(default="", max_length=200)
    url: str = Field(default="", max_length=2000)


class RuleQuote(BaseModel):
    field: str
    start: int
    end: int
    quote: str


class Hit(BaseModel):
    rule: str = Field(description="learned: the model, no rule")
    version: int
    code: str
    clause: Clause
    score: float
    severity: int
    why: str
    legal_basis: list[str]
    evidence: list[RuleQuote]


class Judged(BaseModel):
    """Quotes point into `title` and `text`, as the judge reads them."""

    flagged: bool
    score: float
    stance: str
    engine: str
    title: str
    text: str
    findings: list[Hit]
    lines: list[str] = Field(description="where the score comes from")


@router.get("/rules")
def rules(
    request: Request,
    _one: Reads,
    clause: Clause | Literal[""] = "",
    q: Annotated[str, Query(max_length=60, description="in code, name or word")] = "",
) -> Rules:
    every, folder = tools_of(request).rules()
    outcomes = rule_outcomes(desk_of(request).engine)
    rows = [row for row in every if fits(row, clause, q.strip())]
    told = [shaped(Rule, row, outcome=outcomes.get(row.name, Outcome())) for row in rows]
    return Rules(rules=told, folder=folder)


@router.post("/rules/try")
def try_text(request: Request, _one: Reads, typed: Typed) -> Judged:
    """Judged as a sweep judges; nothing of it is kept."""
    asked = TypedText(**typed.model_dump())
    demand_words(asked)
    tried = tools_of(request).try_text(asked, "zh")
    return shaped(
        Judged,
        tried.judgement,
        title=tried.post.title,
        text=tried.post.text,
        findings=[hit(one) for one in tried.judgement.findings],
        lines=tried.lines,
    )


def hit(finding: Finding) -> Hit:
    return shaped(Hit, finding)


@router.get("/rules/{name}")
def rule(request: Request, _one: Reads, name: Annotated[str, Path(max_length=100)]) -> RuleTold:
    """One rule, its examples tried just now."""
    found = tools_of(request).rule(name, "zh")
    if found is None:
        raise Missing(f"没有规则“{name[:60]}”。", f"There is no rule {name[:60]!a}.")
    outcome = rule_outcomes(desk_of(request).engine).get(found.row.name, Outcome())
    values = {field: getattr(found, field) for field in ("lines", "hits", "misses")}
    return shaped(RuleTold, found.row, outcome=outcome, **values)
