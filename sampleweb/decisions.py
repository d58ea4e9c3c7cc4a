"""The sample's own written decisions, so that its line runs to an exported list.

They are the truth's words, written by hand with each page; outside the sample nothing is ever
decided without a person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sampleweb.truth import TRUTH

REVIEWER = "示例审核员"
# Cases of these sites are left waiting, so that a newcomer has something to decide.
LEFT_TO_YOU = frozenset({"kuaizheng.example"})

CLEAN_REASONS = {
    "notice": "OFFICIAL",
    "news": "NEWS",
    "victim": "VICTIM",
    "exam": "EXAM",
    "job": "JOB",
    "disclaimer": "NEGATED",
    "law": "OTHER",
    "howto": "OTHER",
    "other": "OTHER",
    "lawful": "LAWFUL",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDecision:
    offending: bool
    reason: str  # an atom's code, or a reason for a clean page
    note: str


def read_truth(path: Path = TRUTH) -> list[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def written_decisions(path: Path = TRUTH) -> Mapping[str, WrittenDecision]:
    """Page URL as written in the truth -> what the sample's reviewer says of it."""
    return {
        row["url"]: decision_of(row) for row in read_truth(path) if row["site"] not in LEFT_TO_YOU
    }


def decision_of(row: Mapping[str, Any]) -> WrittenDecision:
    if row["offending"]:
        return WrittenDecision(offending=True, reason=row["codes"][0], note=row["why"])
    reason = CLEAN_REASONS.get(row["kind"], "OTHER")
    return WrittenDecision(offending=False, reason=reason, note=row["why"])
