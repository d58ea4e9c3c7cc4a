"""The states of a URL that a platform was asked to take down, and who may move it where."""

from __future__ import annotations

from enum import StrEnum

from storage.bilingual import Bilingual
from storage.takedown_verdict import Stage


class ItemState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REMOVED = "removed"  # a look saw it gone
    VERIFIED = "verified"
    WATCHING = "watching"
    FINAL = "final"
    REAPPEARED = "reappeared"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What the platform said. Its word never counts as removal."""

    YES = "yes"
    NO = "no"
    PARTIAL = "partial"
    NONE = "none"  # the deadline has passed without a word


STATE_WORDS = {
    ItemState.DRAFT: Bilingual("草稿", "draft"),
    ItemState.APPROVED: Bilingual("已批准", "approved"),
    ItemState.SENT: Bilingual("已发出", "sent"),
    ItemState.ACKNOWLEDGED: Bilingual("已受理", "acknowledged"),
    ItemState.REMOVED: Bilingual("已看到删除（待核实）", "removed (seen)"),
    ItemState.VERIFIED: Bilingual("已核实删除", "verified"),
    ItemState.WATCHING: Bilingual("观察中", "watching"),
    ItemState.FINAL: Bilingual("已办结", "final"),
    ItemState.REAPPEARED: Bilingual("再次出现", "reappeared"),
    ItemState.REFUSED: Bilingual("平台拒绝", "refused"),
    ItemState.NO_ANSWER: Bilingual("逾期未答复", "no answer"),
    ItemState.WITHDRAWN: Bilingual("已撤回", "withdrawn"),
}
ANSWER_WORDS = {
    Answer.YES: Bilingual("已处置", "done"),
    Answer.NO: Bilingual("未处置", "not done"),
    Answer.PARTIAL: Bilingual("部分处置", "done in part"),
    Answer.NONE: Bilingual("未答复", "no answer"),
}

# What is still being worked on: a post stands in one of these at most once.
OPEN = frozenset(
    {
        ItemState.DRAFT,
        ItemState.APPROVED,
        ItemState.SENT,
        ItemState.ACKNOWLEDGED,
        ItemState.REMOVED,
        ItemState.VERIFIED,
        ItemState.WATCHING,
    }
)
# Asked for and not seen gone: where an answer moves the state.
ASKED = frozenset({ItemState.SENT, ItemState.ACKNOWLEDGED, ItemState.REFUSED, ItemState.NO_ANSWER})
SEEN_GONE = frozenset({ItemState.REMOVED, ItemState.VERIFIED, ItemState.WATCHING, ItemState.FINAL})
LOOKED_AT = ASKED | SEEN_GONE
TAKEN_DOWN = frozenset({ItemState.VERIFIED, ItemState.WATCHING, ItemState.FINAL})
BY_ANSWER = {
    Answer.YES: ItemState.ACKNOWLEDGED,
    Answer.PARTIAL: ItemState.ACKNOWLEDGED,
    Answer.NO: ItemState.REFUSED,
    Answer.NONE: ItemState.NO_ANSWER,
}
BY_STAGE = {
    Stage.REMOVED: ItemState.REMOVED,
    Stage.VERIFIED: ItemState.VERIFIED,
    Stage.WATCHING: ItemState.WATCHING,
    Stage.FINAL: ItemState.FINAL,
    Stage.REAPPEARED: ItemState.REAPPEARED,
}


def asked_state(answer: str, *, acknowledged: bool) -> ItemState:
    """Where an item stands by what people wrote down alone, whatever the looks say."""
    if answer:
        return BY_ANSWER[Answer(answer)]
    return ItemState.ACKNOWLEDGED if acknowledged else ItemState.SENT


def state_after(stage: Stage, answer: str, *, acknowledged: bool) -> ItemState:
    """Where it stands by all looks together; one that was not gone after all falls back."""
    return BY_STAGE.get(stage) or asked_state(answer, acknowledged=acknowledged)
