"""How often people bore a rule out: its findings among the cases decided last."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from storage.database import read
from storage.decided import SETTLED
from storage.models import case_posts, cases, decisions, findings
from storage.records import Verdict

MOST = 5_000  # decisions looked at, the newest: asked at every look, and rules change


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Cases in which the rule found something, by what was decided."""

    violation: int = 0
    clean: int = 0
    other: int = 0  # transferred, in doubt


def rule_outcomes(engine: Engine, most: int = MOST) -> dict[str, Outcome]:
    """By rule. Cases that wait for a second person are left out: theirs is nobody's to know."""
    newest = select(func.max(decisions.c.id) - most).scalar_subquery()
    statement = (
        select(
            findings.c.rule,
            decisions.c.verdict,
            func.count(cases.c.id.distinct()).label("n"),
        )
        .select_from(decisions)
        .join(cases, cases.c.decision_id == decisions.c.id)
        .join(case_posts, case_posts.c.case_id == cases.c.id)
        .join(findings, findings.c.post_row == case_posts.c.post_row)
        .where(
            decisions.c.id > newest,
            cases.c.status.in_(SETTLED),
            ~cases.c.awaits_second,
            ~case_posts.c.split,
        )
        .group_by(findings.c.rule, decisions.c.verdict)
    )
    counted: dict[str, dict[str, int]] = {}
    with read(engine) as connection:
        for row in connection.execute(statement):
            name = row.verdict if row.verdict in {Verdict.VIOLATION, Verdict.CLEAN} else "other"
            of_rule = counted.setdefault(row.rule, {})
            of_rule[name] = of_rule.get(name, 0) + row.n
    return {rule: Outcome(**of_rule) for rule, of_rule in counted.items()}
