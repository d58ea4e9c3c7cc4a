"""What became of a rule's words in a text, told place by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from classifiers.plain_patterns import in_words
from classifiers.tracing import Check, Claim, Fate, Place, Trace
from door.check_report import plain
from door.rule_words import FIELDS, Shelf
from door.speech import t
from storage.records import Evidence

FATES = {
    Fate.NO_PATTERN: ("锚词在，句式对不上", "the anchor stands there, the pattern does not fit"),
    Fate.HALF_WORD: ("是别的词的一部分", "halves of other words"),
    Fate.SWALLOWED: ("被更长的无害词包住", "part of a longer harmless word"),
    Fate.FIELD: ("不在本规则所读的栏目", "in a field that the rule does not read"),
    Fate.SIGNAL: (
        "变形写法，附近没有考证、培训、联系方式等第二信号",
        "a disguise without a second signal near",
    ),
    Fate.CONTEXT: ("语境不成立", "its context does not hold"),
    Fate.HOST: ("网址不属于本规则所指的网站", "not on a site that the rule is about"),
    Fate.DENIED: ("被否定", "denied"),
    Fate.COUNTED: ("计入", "counts"),
}
QUOTE = 60  # characters of a quote shown


class Where(Protocol):
    """Turns evidence into the caller's own field and offsets."""

    def __call__(self, evidence: Evidence, /) -> dict[str, Any]: ...


def said(quote: str) -> str:
    text = plain(quote)
    return f"「{text[:QUOTE]}……」" if len(text) > QUOTE else f"「{text}」"


def quoted(words: Iterable[str]) -> str:
    return t("、", ", ").join(f"“{plain(word)}”" for word in words)


def place_lines(shelf: Shelf, place: Place) -> Iterator[str]:
    """✗ 「面包过」 被更长的无害词包住：“面包过”"""
    by = ""
    if place.fate is Fate.NO_PATTERN and place.by:
        words = in_words(place.by[0])
        by = t("：", ": ") + t(words.zh, words.en)
    elif place.fate is Fate.FIELD and place.by[0]:
        by = t("：", ": ") + t(*FIELDS[place.by[0]])
    elif place.by and place.fate is not Fate.FIELD:
        by = t("：", ": ") + quoted(place.by)
    yield f"✗ {said(place.quote)} {t(*FATES[place.fate])}{by}"
    for check in place.checks:
        yield f"    {check_line(shelf, check)}"


def check_line(shelf: Shelf, check: Check) -> str:
    mark = "✓" if check.holds else "✗"
    return f"{mark} {shelf.condition(check.condition)}{seen_words(shelf, check)}"


def seen_words(shelf: Shelf, check: Check) -> str:
    if not check.seen:
        return t("；没有找到", "; none there")
    there = (f"{shelf.concept(name)}{quoted(words)}" for name, words in check.seen)
    return t("；有：", "; there: ") + t("，", ", ").join(there)


def claim_lines(shelf: Shelf, claim: Claim) -> Iterator[str]:
    """✓ 「签约包过」 份额 1.38 = 上下文 1.15 × 发言者 1.20"""
    if claim.fate is Fate.COUNTED:
        yield f"✓ {said(claim.quote)} {share_words(claim)}{remarks(claim)}"
    else:
        by = t("：", ": ") + quoted(claim.by) if claim.by else ""
        yield f"✗ {said(claim.quote)} {t(*FATES[claim.fate])}{by}"
    around = [f"{shelf.concept(name)}{quoted(words)}" for name, words in claim.witnesses]
    if around:
        yield t("    附近：", "    near it: ") + t("；", "; ").join(around)


def share_words(claim: Claim) -> str:
    share = t(f"份额 {claim.share:.2f}", f"share {claim.share:.2f}")
    if claim.local is None or claim.spoken is None:
        return share + t(
            "（全额：说话的人或网址本身就是主张）", " (in full: who says it is the claim)"
        )
    context, spoken = f"{claim.local:.2f}", f"{claim.spoken:.2f}"
    return share + t(
        f" = 上下文 {context} × 发言者 {spoken}", f" = context {context} × speaker {spoken}"
    )


def remarks(claim: Claim) -> str:
    told = []
    if claim.reported:
        told.append(t("转述他人的话", "somebody else is said to say it"))
    if claim.sure:
        told.append(t("不论语境", "needs no context"))
    if claim.disguised:
        told.append(t("变形写法", "disguised"))
    return t("；", "; ") + t("、", ", ").join(told) if told else ""


def trace_lines(shelf: Shelf, trace: Trace) -> Iterator[str]:
    for claim in trace.claims:
        yield from claim_lines(shelf, claim)
    for place in trace.places:
        yield from place_lines(shelf, place)
    if trace.unseen:
        yield t(
            f"另有 {trace.unseen} 处未计入，未逐一列出", f"{trace.unseen} more that did not count"
        )


def trace_json(trace: Trace, where: Where) -> dict[str, Any]:
    return {
        "claims": [claim_json(one, where) for one in trace.claims],
        "places": [place_json(one, where) for one in trace.places],
        "unlisted": trace.unseen,
    }


def spot(one: Claim | Place, where: Where) -> dict[str, Any]:
    """Where it stands; words that run over from one field into the next stand nowhere."""
    return where(one.evidence) if one.evidence else {"quote": one.quote}


def claim_json(claim: Claim, where: Where) -> dict[str, Any]:
    return spot(claim, where) | {
        "fate": claim.fate.value,
        "by": list(claim.by),
        "share": round(claim.share, 4),
        "context_share": claim.local,
        "speaker_share": round(claim.spoken, 4) if claim.spoken else None,
        "reported": claim.reported,
        "sure": claim.sure,
        "disguised": claim.disguised,
        "near": {name: list(words) for name, words in claim.witnesses},
    }


def place_json(place: Place, where: Where) -> dict[str, Any]:
    found = spot(place, where) | {"fate": place.fate.value, "by": list(place.by)}
    if place.checks:
        found["context"] = [
            {
                "any" if one.condition.wanted else "none": list(one.condition.concepts),
                "within": one.condition.within,
                "holds": one.holds,
                "there": {name: list(words) for name, words in one.seen},
            }
            for one in place.checks
        ]
    return found
