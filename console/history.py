"""A case's history in one row: opened, decided, looked at by a second person, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.casefiles import CaseFile
from storage.records import Decision
from storage.second import SecondLook


@dataclass(frozen=True, slots=True)
class Event:
    """One line. Without `said` it is the opening."""

    at: datetime
    said: Decision | SecondLook | None = None

    @property
    def look(self) -> bool:
        return isinstance(self.said, SecondLook)


def history_of(case: CaseFile) -> list[Event]:
    """The oldest first; what has the same moment stays in the order in which it happened."""
    shown = {number for number, _ in case.decisions}  # a second person does not see all
    said = [Event(one.at, one) for _, one in case.decisions]
    looks = [Event(look.at, look) for look in case.looks if look.decision_id in shown]
    return sorted([Event(case.opened_at), *said, *looks], key=lambda one: one.at)
