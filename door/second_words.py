"""What a second reader's answers are called."""

from __future__ import annotations

from collections.abc import Iterator

from door.second_reading import SecondReading
from door.speech import say, t
from storage.records import Opinion

VIEWS = {
    "offends": ("倾向违规", "leans to offending"),
    "clean": ("倾向不违规", "leans to clean"),
    "unsure": ("拿不准", "is not sure"),
    "": ("没有意见", "has no opinion"),
}
OUTCOMES = {
    "opinion": ("有意见", "opinion"),
    "refused": ("拒绝回答", "refused"),
    "garbage": ("答非所问，不计", "unusable answer, not counted"),
    "no_quote": ("引文与原文不符，不计", "quotes that do not stand in the text, not counted"),
    "timeout": ("超时", "no answer in time"),
    "unreachable": ("连不上", "unreachable"),
}


def opinion_lines(opinion: Opinion) -> Iterator[str]:
    """第二读者：倾向违规（优先度 +6）　模型 m，提示词 2026-11-25"""
    by = t(
        f"模型 {opinion.model}，提示词 {opinion.prompt}",
        f"model {opinion.model}, prompt {opinion.prompt}",
    )
    if opinion.outcome == "opinion":
        view = t(*VIEWS[opinion.view])
        shift = t(f"优先度 {opinion.shift:+d}", f"priority {opinion.shift:+d}")
        yield f"{view}（{shift}）　{by}"
    else:
        yield f"{t(*OUTCOMES[opinion.outcome])}　{by}"
    for quote in opinion.quotes:
        yield f"  「{' '.join(quote.quote.split())}」"
    if opinion.reason:
        yield f"  {' '.join(opinion.reason.split())}"
    if opinion.addressed:
        yield t(
            "  帖文里有对审读程序说的话，其意见不得调低优先度",
            "  the post speaks to the machine that reads it; it cannot lower the priority",
        )


def tell_reading(done: SecondReading) -> None:
    counts = "、".join(
        f"{t(*OUTCOMES[outcome])} {count}" for outcome, count in done.outcomes.most_common()
    )
    say(
        f"第二读者：读 {done.asked} 篇（{counts or '没有拿不准的'}），调整优先度 {done.moved} 件；"
        "只供排队参考。",
        f"Second reader: {done.asked} read ({counts or 'nothing uncertain'}), {done.moved} moved "
        "in the queue; a hint, never a decision.",
    )
    if done.gave_up:
        say(
            "第二读者连续没有回答，已停止；下次再试。",
            "The second reader did not answer several times in a row; stopped, tried again later.",
        )
