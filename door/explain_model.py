"""How the learned model came into a score, as a person reads it and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from classifiers.explain_learned import Heavy, Learned
from classifiers.judge import _MOST, BRIEF_LINE, LEARNED
from door.measure_words import measure_said
from door.rule_words import Shelf
from door.speech import t
from door.trace_lines import Where, quoted, said

SHOWN = 0.005  # a measure that weighs less is not named
WHAT = (
    "learned 是随程序的学习模型，不是规则：从专为它编写的例文中学来，按词句和指标估计概率；"
    "只提请人看，从不作决定",
    "learned is the model that comes along, no rule: made from texts written for it, it puts a "
    "probability on words and measures; it asks a person to look and never decides",
)


def heading() -> str:
    return t(f"学习模型（{LEARNED}）", f"learned model ({LEARNED})")


def learned_lines(shelf: Shelf, learned: Learned, *, flagged: bool) -> Iterator[str]:
    weighed = learned.weighed
    yield heading() + t("：只提请人看，不作决定", ": it asks a person to look, and never decides")
    yield t(
        f"  总和 {weighed.total:.2f} = 偏置 {learned.bias:.2f}、词句 {weighed.from_words:+.2f}、"
        f"指标 {measured(learned):+.2f}",
        f"  total {weighed.total:.2f} = bias {learned.bias:.2f}, words {weighed.from_words:+.2f}, "
        f"measures {measured(learned):+.2f}",
    )
    yield t("  指标（最强的在前）：", "  measures (the strongest first): ") + measures(
        shelf, learned
    )
    for one in learned.heavy:
        yield heavy_line(one)
    yield probability_line(learned)
    yield line_line(learned)
    yield scale_line(learned)
    yield joined_line(learned)
    yield end_line(learned, flagged=flagged)


def measured(learned: Learned) -> float:
    """All measures together."""
    return learned.weighed.total - learned.bias - learned.weighed.from_words


def measures(shelf: Shelf, learned: Learned) -> str:
    named = [
        f"{measure_said(shelf, name)} {part:+.2f}"
        for name, part in learned.weighed.from_measures
        if abs(part) >= SHOWN
    ]
    rest = f"{learned.other_measures + 0.0:+.2f}"  # never −0.00
    return t("；", "; ").join([*named, t(f"其余 {rest}", f"the others {rest}")])


def heavy_line(one: Heavy) -> str:
    """最像违规宣传的一处：「…」 +1.20，尤其是“免考”"""
    words = t("，尤其是", ", above all ") + quoted(one.words) if one.words else ""
    return (
        t("  分量重的一处：", "  weighs much: ")
        + f"{said(one.evidence.quote)} {one.weight:+.2f}{words}"
    )


def probability_line(learned: Learned) -> str:
    exponent = f"{learned.slope:.2f}×{learned.weighed.total:.2f}{learned.offset:+.2f}"
    raw, counted = learned.weighed.probability, learned.verdict.probability
    line = t("  概率 ", "  probability ") + f"1 ÷ (1 + e^−({exponent})) = {raw:.3f}"
    if learned.lowered < 1:
        line += t("；目录载有该机构的备案，", "; the body is filed, ")
        line += f"× {learned.lowered} = {counted:.3f}"
    return line


def line_line(learned: Learned) -> str:
    verdict = learned.verdict
    reached = verdict.probability >= verdict.least
    why = line_reason(learned)
    return t(
        f"  判定线 {verdict.least:.3f}（{why}）：{'达到' if reached else '未达到'}",
        f"  line {verdict.least:.3f} ({why}): {'reached' if reached else 'not reached'}",
    )


def line_reason(learned: Learned) -> str:
    if learned.backed and learned.verdict.least < learned.backed_threshold:
        return t("短文中规则已认定为明说", "a short text in which the rules find a plain offer")
    if learned.backed:
        return t("规则自身已为涉嫌", "the rules alone flag")
    if learned.verdict.least > learned.threshold:
        return t(
            "没有规则、没有证书考试一类词、没有夹杂符号，须更有把握",
            "no rule, no word of papers or tests, no odd writing: it must be surer",
        )
    return t("规则自身未达涉嫌", "the rules alone do not flag")


def scale_line(learned: Learned) -> str:
    """The probability on the scale of scores, and the stretch that was looked at more closely."""
    verdict = learned.verdict
    line = t(
        f"  折算：判定线记为 0.50，模型部分为 {verdict.suspicion:.2f}",
        f"  on the scale of scores, where the line is 0.50, this is {verdict.suspicion:.2f}",
    )
    if verdict.closer:
        line += t(
            f"（长文中明说的一段另行判断，概率 {verdict.closer:.3f}）",
            f" (a stretch of plain offer in the long text was weighed by itself: "
            f"{verdict.closer:.3f})",
        )
    if verdict.sentence:
        line += t(
            f"（明说的一句单独判断，概率 {verdict.sentence:.3f}，判定线 {BRIEF_LINE}）",
            f" (a sentence of plain offer by itself: {verdict.sentence:.3f}, its line "
            f"{BRIEF_LINE})",
        )
    return line


def joined_line(learned: Learned) -> str:
    """How the rules that the model has never seen raise its word; it has weighed the others."""
    verdict = learned.verdict
    if not learned.unseen:
        return t(
            "  规则均为模型所学过，已计入指标，不另加分",
            "  the model has learned all rules found here: they are among its measures",
        )
    names = "、".join(learned.unseen)
    return t(
        f"  模型未学过的规则（{names}）合计 {verdict.alone:.2f}，另行相加",
        f"  rules the model has never seen ({names}) come to {verdict.alone:.2f} and are added",
    )


def end_line(learned: Learned, *, flagged: bool) -> str:
    verdict = learned.verdict
    score = f"{verdict.score:.2f}"
    if verdict.alone:
        score = f"1 − (1−{verdict.suspicion:.2f})(1−{verdict.alone:.2f}) = {score}"
    most = t(f"（封顶 {_MOST}）", f" (at most {_MOST})") if verdict.score >= _MOST else ""
    word = t("涉嫌", "suspected") if flagged else t("不报", "not flagged")
    return t(f"总分 {score}{most}：{word}", f"Score {score}{most}: {word}")


def learned_json(shelf: Shelf, learned: Learned, where: Where) -> dict[str, Any]:
    verdict, weighed = learned.verdict, learned.weighed
    return {
        "probability": round(weighed.probability, 4),
        "lowered": learned.lowered,
        "counted": round(verdict.probability, 4),
        "threshold": round(learned.threshold, 4),
        "backed_threshold": round(learned.backed_threshold, 4),
        "backed": learned.backed,
        "line": round(verdict.least, 4),
        "closer": round(verdict.closer, 4),
        "sentence": round(verdict.sentence, 4),
        "suspicion": round(verdict.suspicion, 4),
        "total": round(weighed.total, 4),
        "bias": round(learned.bias, 4),
        "words": round(weighed.from_words, 4),
        "measures": [
            {"name": name, "said": measure_said(shelf, name), "weight": round(part, 4)}
            for name, part in weighed.from_measures
        ],
        "other_measures": round(learned.other_measures, 4) + 0.0,
        "slope": round(learned.slope, 4),
        "offset": round(learned.offset, 4),
        "passages": [
            where(one.evidence) | {"weight": round(one.weight, 4), "words": list(one.words)}
            for one in learned.heavy
        ],
        "rules": round(verdict.together, 4),
        "unseen_rules": list(learned.unseen),
        "unseen": round(verdict.alone, 4),
        "score": round(verdict.score, 4),
        "flagged": verdict.flagged,
    }
