"""What the storage itself promises of requests, on both databases: audited, told, corrected."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.audit import lines
from storage.audit_pages import Wanted, audit_page
from storage.bilingual import Problem
from storage.cases import decide, get_case
from storage.records import Verdict
from storage.takedown_acts import acknowledge, withdraw
from storage.takedown_changed import (
    Change,
    changes_since,
    withdrawable_of_case,
    withdrawable_of_cases,
)
from storage.takedown_receipts import correct_receipt
from storage.takedowns import get_item, get_request, history_of, list_requests
from tests.makers import decision
from tests.takedown_makers import sent
from tests.test_takedowns import word


def acts(engine: Engine) -> list[str]:
    return [line.act for line in lines(engine) if line.act.startswith("takedown.")]


def test_an_act_and_its_line_in_the_audit_land_together_or_not_at_all(engine: Engine) -> None:
    item = sent(engine)
    withdraw(engine, [item.id], word(note="误列"))
    with pytest.raises(Problem):
        withdraw(engine, [item.id], word(note="再撤"))
    assert acts(engine) == [
        f"takedown.{act}" for act in ("drafted", "approved", "sent", "withdrawn")
    ]
    found = audit_page(engine, Wanted(about=f"case:{item.case_id}"))
    assert any(line.act == "takedown.sent" for line in found.lines), "found by its case"


def test_a_change_of_the_decision_is_told_of_open_items_alone(engine: Engine) -> None:
    item = sent(engine)
    assert changes_since(engine, [item]) == {}
    before = get_case(engine, item.case_id).decisions[-1][0]
    decide(engine, decision(item.case_id, Verdict.CLEAN, reason="NEWS", supersedes=before))
    assert changes_since(engine, [item]) == {item.id: Change.OTHERWISE}
    assert [one.id for _, one in withdrawable_of_case(engine, item.case_id)] == [item.id]
    several = withdrawable_of_cases(engine, [item.case_id, 99])
    assert {case: [one.id for _, one in pairs] for case, pairs in several.items()} == {
        item.case_id: [item.id]
    }
    withdraw(engine, [item.id], word(note="改判"))
    assert changes_since(engine, [get_item(engine, item.id)]) == {}


def test_a_receipt_is_corrected_by_a_line_and_the_first_stays(engine: Engine) -> None:
    item = sent(engine)
    with pytest.raises(Problem, match="not acknowledged"):
        correct_receipt(engine, 1, word(note="看错"), "R-2")
    acknowledge(engine, 1, word(), "R-1")
    correct_receipt(engine, 1, word(note="看错"), " R-2 ")
    correct_receipt(engine, 1, word(note="其实没有"), "")
    assert get_request(engine, 1).receipt_no == ""
    assert list_requests(engine)[0].receipt_no == ""
    notes = [act.note.split("\n")[0] for act in history_of(engine, [item.id])[item.id][-3:]]
    assert notes == ["R-1", "R-2", ""]
