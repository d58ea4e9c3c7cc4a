"""The targets file as a sweep takes it: its targets, its keyword plan, how far it may discover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from classifiers.search_words import SLOGANS, certificate_names, places, search_words
from crawler.source_names import Sources
from crawler.targets_file import load, targets_from, text_list, whole_number
from storage.bilingual import Problem
from storage.records import Target, TargetKind

TOP = {"targets", "plan", "discover"}
PLAN = {"names", "slogans", "places", "most", "source", "reason", "added_by", "depth", "budget"}
MOST_WORDS = 40  # of a plan in one sweep; the next day takes the next ones
DISCOVER = 20  # new targets a sweep may find where it searches at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    targets: tuple[Target, ...]
    discover: int  # new targets that this sweep may add by itself


def read_wanted(path: Path, sources: Sources, today: date) -> Wanted:
    """Raises Problem naming the entry and what is wrong with it."""
    document = load(path)
    if not isinstance(document, Mapping):
        document = {}
    unknown = sorted(str(key) for key in document.keys() - TOP)
    if unknown:
        raise wrong_top("、".join(unknown))
    plan = document.get("plan")
    entries = document.get("targets", [] if plan is not None else None)
    targets = targets_from(entries, path, sources, planned(plan, today))
    searching = any(one.kind in {TargetKind.KEYWORD, TargetKind.ACCOUNT} for one in targets)
    default = DISCOVER if searching else 0
    return Wanted(
        targets=tuple(targets), discover=whole_number(document, "discover", "discover", default)
    )


def planned(plan: object, today: date) -> list[dict[str, Any]]:
    """Keyword targets of a plan for one day, as the targets file would write them."""
    if plan is None:
        return []
    if not isinstance(plan, Mapping) or plan.keys() - PLAN:
        listed = "、".join(sorted(PLAN))
        raise Problem(
            f"目标文件的 plan 应是一组“名称: 值”，可用的名称：{listed}。",
            f"`plan` in the targets file is a mapping of: {', '.join(sorted(PLAN))}.",
        )
    words = search_words(
        text_list(plan, "names", certificate_names()),
        text_list(plan, "slogans", SLOGANS),
        text_list(plan, "places", places()),
    )
    most = whole_number(plan, "most", "plan", MOST_WORDS)
    rest = {key: value for key, value in plan.items() if key not in {"names", "slogans", "places"}}
    rest.pop("most", None)
    return [{"keyword": word, **rest} for word in turn(words, most, today)]


def turn(words: tuple[str, ...], most: int, today: date) -> tuple[str, ...]:
    """The day's share of a long list: each day goes on where the day before ended."""
    if len(words) <= most:
        return words
    start = today.toordinal() * most % len(words)
    return (words + words)[start : start + most]


def wrong_top(listed: str) -> Problem:
    return Problem(
        f"目标文件里有不认识的项：{listed}；可用的是 targets、plan、discover。",
        f"the targets file has unknown entries: {listed}; there are targets, plan and discover.",
    )
