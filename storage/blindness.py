"""What a second person must not know of a case before they have spoken (四眼), in every round.

A round is everything said since a second person last agreed. As long as it is open, what one
person thinks is shown to nobody who may be asked next: neither what waits now nor what was taken
back, superseded or refused before it.
"""

from __future__ import annotations

from dataclasses import replace

from storage.casefiles import CaseFile
from storage.persons import person_key, same_person
from storage.records import CaseStatus

STILL_OPEN = frozenset({CaseStatus.WAITING, CaseStatus.CLAIMED})


def unsettled(case: CaseFile) -> bool:
    """Whether two people must still agree on it."""
    return case.awaits_second or (case.needs_two and case.status in STILL_OPEN)


def this_round(case: CaseFile) -> frozenset[int]:
    """Decisions since a second person last agreed, by id."""
    agreed = max((look.decision_id for look in case.looks if look.upheld), default=0)
    return frozenset(number for number, _ in case.decisions if number > agreed)


def has_hidden(case: CaseFile) -> bool:
    return unsettled(case) and bool(this_round(case))


def shut_to_packages(case: CaseFile) -> bool:
    """Whether a package of it could tell whoever is asked second, of this case or of one that was
    split out of it, what was said before."""
    return has_hidden(case) or bool(case.of_parts)


def blinded(case: CaseFile, person: str = "") -> CaseFile:
    """Without the opinions of an open round, but for what this person said or has answered."""
    if not has_hidden(case):
        return case
    hidden = this_round(case) - {
        number for number in this_round(case) if knows(case, number, person)
    }
    return replace(
        case,
        decisions=tuple(pair for pair in case.decisions if pair[0] not in hidden),
        looks=tuple(look for look in case.looks if look.decision_id not in hidden),
    )


def knows(case: CaseFile, number: int, person: str) -> bool:
    """Whether somebody took this decision or looked at it: to them it is no secret."""
    said = [decision.by for at, decision in case.decisions if at == number]
    said += [look.by for look in case.looks if look.decision_id == number]
    return bool(person) and any(same_person(by, person) for by in said)


def had_turn(case: CaseFile, person: str) -> bool:
    """Whether this person may not be the second one now, by any name of theirs: they took the
    decision, or have spoken in this round and another one is there for it."""
    return person_key(person) in case.shut_out
