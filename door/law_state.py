"""Whether a citation a rule names can be cited on a day, and if not, why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from classifiers.laws import basis, describe, lawbook
from door.speech import t

STATES = {
    "verified": ("已核实", "verified"),
    "unverified": ("条号未核实，不引用", "not verified, not cited"),
    "not_in_force": ("当日未施行，不引用", "not in force, not cited"),
    "unknown": ("法规表未收录，不引用", "not in the table of laws, not cited"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LawState:
    law: str
    article: str
    state: str  # a key of STATES
    cited: str  # as it is printed in a finding; "" where it is not cited
    gives: str  # what the article says; "" for one the table lacks

    def line(self) -> str:
        words = self.cited or t(f"{self.law} {self.article}", f"{self.law} {self.article}").strip()
        gives = f"　{self.gives}" if self.gives else ""
        return f"{words}（{t(*STATES[self.state])}）{gives}"


def law_state(law_id: str, article: str, on: date) -> LawState:
    cited = basis(law_id, article, on) or ""
    law = lawbook().laws.get(law_id)
    if law is None or article not in law.articles:
        state = "unknown"
    elif law.version(on) is None:
        state = "not_in_force"
    else:
        state = "verified" if cited else "unverified"
    gives = describe(law_id, article) or ""
    return LawState(law=law_id, article=article, state=state, cited=cited, gives=gives)
