"""What stands decided of a case, for its package: a verdict is told only while it is in force.

While two people must still agree (复核), whether a decision waits for its second person or was
turned down, withdrawn or opened again, no verdict is told at all, of any decision: whoever looks
second must not know an opinion before, and nobody may take it for a conclusion. Otherwise what a
second person turned down, what was superseded or withdrawn, stands under `was`, never as a verdict.
Of a decision taken while posts stood in the case that were split out since, none of this is told as
long as two must still agree on those.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage.bilingual import Bilingual
from storage.blindness import has_hidden
from storage.casefiles import CaseFile
from storage.custody import stamp_of
from storage.reasons import WITHDRAWN
from storage.records import CaseStatus, Decision
from storage.second import SecondLook

IN_FORCE, AWAITS, TURNED_DOWN = "in_force", "awaits_second", "turned_down"
TAKEN_BACK, REOPENED, NOBODY = "withdrawn", "reopened", "none"
SETTLED = frozenset({CaseStatus.DECIDED, CaseStatus.APPROVED})
# Of a case.
STANDINGS: Mapping[str, Bilingual] = {
    IN_FORCE: Bilingual("有生效的决定", "a decision is in force"),
    AWAITS: Bilingual(
        "尚待复核：须由第二人独立复核，复核之前没有结论，本包不写出任何人的判断",
        "waits for a second person: there is no conclusion until then, and nobody's opinion is "
        "told here",
    ),
    TURNED_DOWN: Bilingual(
        "没有生效的决定：第二人复核没有同意，案件退回待审",
        "no decision is in force: the second person did not agree and the case went back",
    ),
    TAKEN_BACK: Bilingual(
        "没有生效的决定：判定已撤销，案件退回待审",
        "no decision is in force: it was withdrawn and the case went back",
    ),
    REOPENED: Bilingual(
        "没有生效的决定：案件在决定之后重新打开",
        "no decision is in force: the case was opened again after it",
    ),
    NOBODY: Bilingual("尚无人作出决定", "nobody has decided yet"),
}
# Of a round that is open, though nothing waits just now.
WITHHELD = Bilingual(
    "须由两人取得一致，目前尚未一致，本包不写出任何人的判断",
    "two people must agree and have not yet: nobody's opinion is told here",
)
PARTS = "part_awaits_second"  # why a single decision is withheld
# Of a case of which everything is settled, but not of all that once stood in it.
WITHHELD_OF_PARTS = Bilingual(
    "有帖子从本案拆分出去，另案须由两人取得一致而尚未一致：拆分之前对本案的判断也是对那些帖子的判断，"
    "本包不写出",
    "posts were split out of this case, and two people must agree on theirs and have not yet: what "
    "was said of this case before is said of them, too, and is not told here",
)
# Of one decision.
STATES: Mapping[str, Bilingual] = {
    IN_FORCE: Bilingual("生效", "in force"),
    "confirmed": Bilingual("生效，已经第二人复核同意", "in force, confirmed by a second person"),
    AWAITS: Bilingual("尚待复核，不是结论", "waits for a second person; no conclusion"),
    TURNED_DOWN: Bilingual(
        "第二人复核没有同意，不作数", "turned down by a second person; it does not count"
    ),
    TAKEN_BACK: Bilingual("本人已撤销，不作数", "withdrawn by its author; it does not count"),
    "withdrawal": Bilingual("撤销前一判定，退回待审", "withdraws the decision before it"),
    "superseded": Bilingual("已由后来的决定取代", "superseded by a later decision"),
    REOPENED: Bilingual("案件其后重新打开，现不生效", "the case was opened again; not in force"),
}
VALID = frozenset({IN_FORCE, "confirmed"})


def standing_of(case: CaseFile) -> str:
    """A key of STANDINGS."""
    if not case.decisions:
        return NOBODY
    number, last = case.decisions[-1]
    if case.awaits_second:
        return AWAITS
    if any(look.decision_id == number and not look.upheld for look in case.looks):
        return TURNED_DOWN
    if last.reason == WITHDRAWN:
        return TAKEN_BACK
    return IN_FORCE if case.status in SETTLED else REOPENED


def states_of(case: CaseFile) -> dict[int, str]:
    """By the number of the decision, a key of STATES."""
    after = {one.supersedes: one for _, one in case.decisions if one.supersedes is not None}
    looks = {look.decision_id: look.upheld for look in case.looks}
    states = {number: past(number, one, after, looks) for number, one in case.decisions}
    if case.decisions:
        number, _ = case.decisions[-1]
        standing = standing_of(case)
        if standing == IN_FORCE:
            states[number] = "confirmed" if looks.get(number) else IN_FORCE
        elif standing != TAKEN_BACK:
            states[number] = standing
    return states


def past(
    number: int, one: Decision, after: Mapping[int, Decision], looks: Mapping[int, bool]
) -> str:
    """The state of a decision that is not the one that counts."""
    if looks.get(number) is False:
        return TURNED_DOWN
    if one.reason == WITHDRAWN:
        return "withdrawal"
    if number in after:
        return TAKEN_BACK if after[number].reason == WITHDRAWN else "superseded"
    return REOPENED


def is_blind(case: CaseFile) -> bool:
    """Whether no opinion may be told: somebody may yet be asked who must not know any."""
    return case.awaits_second or has_hidden(case)


def withheld_of(case: CaseFile) -> dict[int, str]:
    """Decisions of which no opinion may be told, with the reason."""
    if is_blind(case):
        return {number: AWAITS for number, _ in case.decisions}
    return dict.fromkeys(case.of_parts, PARTS)


def decision_paper(case: CaseFile) -> dict[str, Any]:
    """Every decision and every second look, the newest last: none is ever taken back or left out.

    `verdict` is "" wherever it is not in force.
    """
    standing, states, kept = standing_of(case), states_of(case), withheld_of(case)
    words = STANDINGS[standing]
    return {
        "case": case.id,
        "status": case.status.value,
        "standing": {"state": standing, "zh": words.zh, "en": words.en},
        "decisions": [
            decision_row(number, one, states[number], kept.get(number, ""))
            for number, one in case.decisions
        ],
        "second_looks": [look_row(one, kept.get(one.decision_id, "")) for one in case.looks],
    }


def decision_row(number: int, one: Decision, state: str, kept: str) -> dict[str, Any]:
    said = {"verdict": one.verdict.value, "reason": one.reason, "note": one.note}
    row = {
        "id": number,
        "state": state,
        "by": one.by,
        "at": stamp_of(one.at),
        "supersedes": one.supersedes,
        **dict.fromkeys(said, ""),
    }
    if kept:
        return row | {"withheld": kept}
    return row | (said if state in VALID else {"was": said})


def look_row(one: SecondLook, kept: str) -> dict[str, Any]:
    said = {"verdict": one.verdict.value, "reason": one.reason, "note": one.note}
    row = {"decision": one.decision_id, "by": one.by, "at": stamp_of(one.at), "upheld": one.upheld}
    if kept:
        return row | dict.fromkeys(said, "") | {"withheld": kept}
    return row | said
