"""Several drafts taken back in one act: each stands by itself, and none stops another."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from storage import takedown_withdrawn
from storage.audit import lines
from storage.bilingual import Problem
from storage.takedown_acts import Word, approve, record_sent, withdraw
from storage.takedown_states import ItemState
from storage.takedown_withdrawn import MOST, withdraw_drafts
from storage.takedowns import get_request, history_of
from tests.makers import NOON
from tests.takedown_makers import APPROVER, DRAFTER, LATER, decided, drafted, sending


def word(note: str = "重新起草") -> Word:
    return Word(by=DRAFTER, at=NOON, now=LATER, note=note)


def drafts(engine: Engine, count: int) -> list[int]:
    found = []
    for seed in range(1, count + 1):
        decided(engine, f"http://school.example/ad{seed}", seed=seed)
        found.append(drafted(engine))
    return found


def state(engine: Engine, number: int) -> ItemState:
    return get_request(engine, number).items[0].state


def test_each_draft_taken_back_has_its_own_line_in_history_and_audit(engine: Engine) -> None:
    numbers = drafts(engine, 3)
    done = withdraw_drafts(engine, numbers, word())
    assert [one.number for one in done.back] == numbers
    assert (done.items, done.kept) == (3, ())
    for number in numbers:
        item = get_request(engine, number).items[0]
        last = history_of(engine, [item.id])[item.id][-1]
        assert (last.act, last.note, last.after) == ("withdrawn", "重新起草", "withdrawn")
    told = [line.about for line in lines(engine) if line.act == "takedown.withdrawn"]
    assert sorted(told) == [f"takedown:{number}" for number in numbers]


def test_what_is_no_draft_any_more_is_told_and_stops_no_other(engine: Engine) -> None:
    numbers = drafts(engine, 4)
    approve(engine, numbers[0], APPROVER, NOON + timedelta(hours=1))
    approve(engine, numbers[1], APPROVER, NOON + timedelta(hours=1))
    record_sent(engine, numbers[1], sending())
    done = withdraw_drafts(engine, [*numbers[:2], 77, *numbers[2:], numbers[2]], word())
    assert [one.number for one in done.back] == numbers[2:], "each once"
    assert [one.number for one in done.kept] == [*numbers[:2], 77]
    assert ["已批准" in one.why.zh for one in done.kept] == [True, False, False]
    assert state(engine, numbers[0]) is ItemState.APPROVED
    assert state(engine, numbers[1]) is ItemState.SENT
    again = withdraw_drafts(engine, numbers[2:], word())
    assert (again.back, len(again.kept)) == ((), 2)
    assert all("此前已撤回" in one.why.zh for one in again.kept)


def test_a_draft_of_which_a_part_was_withdrawn_is_one_still(engine: Engine) -> None:
    for seed in (1, 2):
        decided(engine, f"http://school.example/ad{seed}", seed=seed)
    number = drafted(engine)
    items = get_request(engine, number).items
    withdraw(engine, [items[0].id], word("误列"))
    (one,) = withdraw_drafts(engine, [number], word()).back
    assert one.items == 1
    acts = history_of(engine, [items[0].id])[items[0].id]
    assert [act.act for act in acts].count("withdrawn") == 1


@pytest.mark.parametrize(
    ("numbers", "note", "words"),
    [
        ([1], " ", "原因"),
        ([], "重新起草", "没有选定"),
        (range(1, MOST + 2), "重新起草", "一次最多"),
    ],
)
def test_without_a_reason_or_a_request_nothing_is_written(
    engine: Engine, numbers: list[int], note: str, words: str
) -> None:
    drafts(engine, 1)
    with pytest.raises(Problem) as caught:
        withdraw_drafts(engine, numbers, word(note))
    assert words in caught.value.text.zh
    assert state(engine, 1) is ItemState.DRAFT


def test_trouble_of_the_database_is_no_reason_of_a_request(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = drafts(engine, 2)
    real, opened = takedown_withdrawn.write, []

    @contextmanager
    def breaking(one: Engine):
        opened.append(1)
        if len(opened) == 2:
            cause = OperationalError("x", {}, Exception("disk"))
            raise Problem("数据库出错", "the database failed") from cause
        with real(one) as connection:
            yield connection

    monkeypatch.setattr(takedown_withdrawn, "write", breaking)
    with pytest.raises(Problem, match="the database failed"):
        withdraw_drafts(engine, numbers, word())
    assert state(engine, numbers[0]) is ItemState.WITHDRAWN, "what was written stands"
    assert state(engine, numbers[1]) is ItemState.DRAFT
