"""What people decided, as a package's overview shows it; what counts is `evidence/decisions.py`."""

from __future__ import annotations

from evidence.decisions import (
    AWAITS,
    IN_FORCE,
    NOBODY,
    STANDINGS,
    STATES,
    VALID,
    WITHHELD,
    WITHHELD_OF_PARTS,
    is_blind,
    standing_of,
    states_of,
    withheld_of,
)
from evidence.eyes import PARAGRAPH, clock, heading, rows
from storage.bilingual import Bilingual
from storage.casefiles import CaseFile
from storage.reasons import VERDICT_WORDS, named
from storage.records import Decision, Verdict
from storage.second import SecondLook


def decided(case: CaseFile) -> str:
    """How it stands first, in a frame of its own where nothing is in force; then each decision
    with what a second person said of it."""
    standing, states = standing_of(case), states_of(case)
    words = STANDINGS[standing]
    told = f"{words.zh}。<br><small>{words.en}.</small>"
    parts = [heading("决定", "Decisions, the newest last")]
    if standing == NOBODY:
        parts.append(f"<p>{told}</p>")
    elif standing != IN_FORCE:
        parts.append(f"<p class=open>{told}</p>")
    if is_blind(case) and standing != AWAITS:
        parts.append(framed(WITHHELD))
    elif case.of_parts:
        parts.append(framed(WITHHELD_OF_PARTS))
    kept = withheld_of(case)
    for number, one in case.decisions:
        blind = number in kept
        parts.append(one_decision(number, one, states[number], blind=blind))
        parts += [one_look(look, blind=blind) for look in case.looks if look.decision_id == number]
    return "".join(parts)


def framed(words: Bilingual) -> str:
    return f"<p class=open>{words.zh}。<br><small>{words.en}.</small></p>"


def one_decision(number: int, one: Decision, state: str, *, blind: bool) -> str:
    """A verdict is called one only where it is in force."""
    valid = state in VALID
    said = (
        ("结论 verdict" if valid else "当时的意见（不生效）<br><small>not in force</small>"),
        verdict_words(one.verdict),
    )
    words = [said, ("理由 reason", reason_words(one.verdict, one.reason)), ("说明 note", one.note)]
    pairs = [
        ("决定号 No.", str(number)),
        ("状态 state", bilingual(STATES[state])),
        *([] if blind else words),
        ("经办人 by", one.by),
        ("时间 at", clock(one.at)),
        ("替代 supersedes", "" if one.supersedes is None else str(one.supersedes)),
    ]
    return rows(pairs, PARAGRAPH)


def one_look(look: SecondLook, *, blind: bool) -> str:
    words = [
        ("复核人的意见 opinion", verdict_words(look.verdict)),
        ("理由 reason", reason_words(look.verdict, look.reason)),
        ("说明 note", look.note),
    ]
    pairs = [
        ("复核的是决定号 second look of", f"{look.decision_id}"),
        ("是否同意 upheld", "同意 agreed" if look.upheld else "不同意 did not agree"),
        *([] if blind else words),
        ("复核人 by", look.by),
        ("时间 at", clock(look.at)),
    ]
    return rows(pairs, PARAGRAPH)


def verdict_words(verdict: Verdict) -> str:
    return bilingual(VERDICT_WORDS[verdict])


def reason_words(verdict: Verdict, code: str) -> str:
    """The code with its words, for a reader who has no policy at hand."""
    return f"{code} {named(verdict, code).zh}"


def bilingual(words: Bilingual) -> str:
    return f"{words.zh} {words.en}"
