"""Whatever people and looks do, in whatever order: the laws an item's life obeys."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from storage.bilingual import Problem
from storage.cases import get_case
from storage.database import open_database
from storage.records import CaseStatus
from storage.takedown_acts import Word, acknowledge, approve, record_answer, record_sent, withdraw
from storage.takedown_looks import add_round
from storage.takedown_states import Answer, ItemState
from storage.takedown_verdict import Glance, Seen, Stage, Way, outcome
from storage.takedowns import Item, get_item, get_request, history_of, looks_of
from tests.makers import NOON
from tests.takedown_makers import APPROVER, DRAFTER, SENT, decided, drafted, look, sending

HOUR = timedelta(hours=1)
PEOPLE = (DRAFTER, APPROVER, "孙某")
Do = Callable[[Engine, int], object]


def word(hour: int, by: str = "孙某") -> Word:
    at = SENT + hour * HOUR
    return Word(by=by, at=at, now=at, note="因为")


acts: st.SearchStrategy[Do] = st.one_of(
    st.sampled_from(PEOPLE).map(lambda who: lambda engine, _: approve(engine, 1, who, NOON + HOUR)),
    st.just(lambda engine, _: record_sent(engine, 1, sending())),
    st.just(lambda engine, hour: acknowledge(engine, 1, word(hour), "HZ")),
    st.sampled_from(Answer).map(
        lambda answer: lambda engine, hour: record_answer(engine, 1, answer, word(hour))
    ),
    st.integers(0, 5).map(
        lambda rare: lambda engine, hour: withdraw(engine, [1], word(hour)) if rare > 4 else None
    ),
)
looks: st.SearchStrategy[Do] = st.tuples(st.sampled_from(Seen), st.sampled_from(Seen)).map(
    lambda both: (
        lambda engine, hour: add_round(
            engine, 1, [look(both[0]), look(both[1], Way.BROWSER)], SENT + hour * HOUR
        )
    )
)
gone: st.SearchStrategy[Do] = st.just(
    lambda engine, hour: add_round(engine, 1, [look(), look(way=Way.BROWSER)], SENT + hour * HOUR)
)
# Mostly gone, so that some lives come to their end.
lives = st.lists(
    st.tuples(st.one_of(*[gone] * 6, looks, acts), st.integers(12, 72)), min_size=4, max_size=20
)
begun: list[Do] = [
    lambda engine, _: approve(engine, 1, APPROVER, NOON + HOUR),
    lambda engine, _: record_sent(engine, 1, sending()),
]


def lived(template: Path, life: list[tuple[Do, int]], *, after_sending: bool) -> Item:
    """The item after a life of acts, refused ones left out; every law is looked at on the way."""
    home = Path(tempfile.mkdtemp())
    shutil.copy(template, home / "certsweep.db")
    engine = open_database("", home)
    try:
        decided(engine)
        drafted(engine)
        for act in begun if after_sending else []:
            act(engine, 0)
        hour = 0
        for act, later in life:
            hour += later
            before = get_item(engine, 1)
            with suppress(Problem):
                act(engine, hour)
            obeys(engine, before)
        return get_item(engine, 1)
    finally:
        engine.dispose()
        shutil.rmtree(home)


def obeys(engine: Engine, before: Item) -> None:
    item, request = get_item(engine, 1), get_request(engine, 1)
    lines = history_of(engine, [1])[1]
    # The history is one chain that ends where the item stands.
    assert [line.before for line in lines] == ["", *(line.after for line in lines[:-1])]
    assert lines[-1].after == item.state.value
    # Two people, and nothing sent that was not approved.
    assert request.approved_by != DRAFTER
    assert request.sent_at is None or request.approved_by
    # What is over stays over.
    if before.state in {ItemState.WITHDRAWN, ItemState.REAPPEARED}:
        assert item.state is before.state
    # The item says no more than its looks do.
    glances = [
        Glance(at=row.at, way=Way(row.way), seen=Seen(row.seen))
        for row in looks_of(engine, [1]).get(1, [])
    ]
    found = outcome(glances)
    if item.state in {ItemState.VERIFIED, ItemState.WATCHING, ItemState.FINAL}:
        assert found.held
    if found.stage is Stage.STANDING and item.state is not ItemState.WITHDRAWN:
        assert item.removed_at is None
    if item.state is ItemState.REAPPEARED:
        assert found.stage is Stage.REAPPEARED
        assert get_case(engine, 1).status is CaseStatus.WAITING
    elif item.state is not ItemState.WITHDRAWN:
        assert get_case(engine, 1).status is CaseStatus.DECIDED


@settings(max_examples=40)
@given(life=lives)
def test_no_order_of_acts_breaks_a_law(sqlite_template, life):
    lived(sqlite_template, life, after_sending=False)


@settings(max_examples=60)
@given(life=lives)
def test_no_order_of_looks_and_answers_after_sending_breaks_a_law(sqlite_template, life):
    lived(sqlite_template, life, after_sending=True)


@settings(max_examples=20)
@given(hours=st.lists(st.integers(1, 200), min_size=1, max_size=12))
def test_a_life_of_walls_alone_ends_where_it_began(sqlite_template, hours):
    def walled(engine: Engine, hour: int) -> object:
        both = [look(Seen.NOTHING), look(Seen.NOTHING, Way.BROWSER)]
        return add_round(engine, 1, both, SENT + hour * HOUR)

    item = lived(sqlite_template, [(walled, hour) for hour in hours], after_sending=True)
    assert item.state is ItemState.SENT
