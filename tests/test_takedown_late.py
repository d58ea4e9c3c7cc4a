"""Looks that come out of order, by a person's late word or a wrong clock, and what refuses them."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from door import takedown_looks
from door.revisit import Tally
from storage.bilingual import Problem
from storage.database import open_database
from storage.takedown_history import Step
from storage.takedown_looks import Moved, add_persons_look, add_round
from storage.takedown_refused import Refused, refused, taken_over
from storage.takedown_states import ItemState
from storage.takedown_verdict import Seen, Way
from storage.takedowns import Item, get_item
from tests.takedown_makers import SENDER, SENT, look, round_at, sent

HOUR = timedelta(hours=1)


def person(engine: Engine, hours: float, told: float, seen: Seen, by: str = SENDER) -> Moved:
    step = Step(who=by, act="looked", at=SENT + hours * HOUR, note="看了")
    return add_persons_look(engine, 1, look(seen, Way.PERSON), step, SENT + told * HOUR)


def test_a_clock_that_was_put_right_stops_no_look(engine: Engine) -> None:
    sent(engine)
    for hours in (1, 25, 145):
        round_at(engine, 1, hours)
    assert get_item(engine, 1).state is ItemState.VERIFIED
    for hours in (74, 98, 122):
        assert round_at(engine, 1, hours).after is ItemState.WATCHING
    assert get_item(engine, 1).verified_at == SENT + 74 * HOUR


def test_what_offends_after_the_clock_was_put_right_takes_the_verification_back(
    engine: Engine,
) -> None:
    sent(engine)
    for hours in (1, 25, 145):
        round_at(engine, 1, hours)
    assert round_at(engine, 1, 74, Seen.OFFENDING).after is ItemState.REMOVED
    assert get_item(engine, 1).verified_at is None


def test_nobody_says_gone_of_what_somebody_saw_offending_later(engine: Engine) -> None:
    sent(engine)
    for hours in (1, 25):
        round_at(engine, 1, hours)
    person(engine, 80, 80.1, Seen.OFFENDING)
    with pytest.raises(Problem, match="after this look"):
        person(engine, 78, 80.2, Seen.GONE, "李某")
    assert get_item(engine, 1).state is ItemState.SENT
    assert person(engine, 81, 81.1, Seen.GONE, "李某").after is ItemState.REMOVED


def test_a_look_told_late_before_an_unclear_one_counts(engine: Engine) -> None:
    sent(engine)
    for hours in (1, 25):
        round_at(engine, 1, hours)
    round_at(engine, 1, 80, Seen.UNCLEAR)
    assert person(engine, 78, 80.2, Seen.GONE).after is ItemState.WATCHING


def test_without_a_look_told_late_no_state_is_skipped(engine: Engine) -> None:
    sent(engine)
    for hours in (1, 25):
        round_at(engine, 1, hours)
    round_at(engine, 1, 80, Seen.OFFENDING)
    moments = "removed_at = (SELECT MIN(at) FROM takedown_looks)"
    came_back = f"{moments}, verified_at = removed_at, reappeared_at = removed_at"
    for state in ("reappeared", "watching"):
        by_hand_refused(engine, f"UPDATE takedown_items SET state = '{state}', {came_back}")


def by_hand_refused(engine: Engine, words: str) -> IntegrityError:
    with engine.connect() as connection, pytest.raises(IntegrityError) as caught:
        connection.execute(text(words))
    return caught.value


def test_a_refusal_gives_the_reason_of_the_database_and_no_other(engine: Engine) -> None:
    sent(engine)
    words = "UPDATE takedown_items SET state = 'verified'"
    said = refused(1, by_hand_refused(engine, words))
    assert "no such step" in said.text.en
    assert "步骤" in said.text.zh
    assert "接续" not in said.text.zh


def test_a_run_with_a_refused_round_tells_it_and_does_not_end_as_if_all_were_well(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent(engine)
    tally = Tally(asked=1, refused=[taken_over(1)])
    monkeypatch.setattr(takedown_looks, "run_looks", lambda *_: tally)
    with pytest.raises(typer.Exit) as ended:
        takedown_looks.look_now(engine, 1, as_json=False)
    assert ended.value.exit_code == 1
    assert "条目 1 的内容已由后一份请求接续" in capsys.readouterr().out


moments = st.lists(
    st.tuples(
        st.integers(1, 700),
        st.sampled_from([Seen.GONE, Seen.GONE, Seen.GONE, *Seen]),
        st.sampled_from([Way.PLAIN, Way.PLAIN, Way.PERSON]),
        st.integers(0, 70),
    ),
    min_size=4,
    max_size=14,
)


@settings(max_examples=60)
@given(life=moments)
def test_the_database_takes_whatever_looks_say_in_whatever_order_they_come(
    sqlite_template: Path, life: list[tuple[int, Seen, Way, int]]
) -> None:
    """Refused by a rule is well, refused by a trigger is not."""
    home = Path(tempfile.mkdtemp())
    shutil.copy(sqlite_template, home / "certsweep.db")
    engine = open_database("", home)
    try:
        sent(engine)
        for hours, seen, way, late in life:
            one_look(engine, hours, seen, way, late)
    finally:
        engine.dispose()
        shutil.rmtree(home)


def one_look(engine: Engine, hours: int, seen: Seen, way: Way, late: int) -> Item:
    if way is Way.PERSON:
        try:
            person(engine, hours, hours + late, seen)
        except Refused:
            raise
        except Problem:
            pass
    else:
        both = [look(seen), look(seen, Way.BROWSER)]
        add_round(engine, 1, both, SENT + hours * HOUR)
    return get_item(engine, 1)
