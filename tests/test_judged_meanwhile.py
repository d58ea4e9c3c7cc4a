"""Nobody decides a case while a sweep is judging one of its posts anew."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, text

from storage.bilingual import Problem
from storage.cases import decide, get_case, list_cases
from storage.database import write
from storage.postbook import PostBook
from storage.records import CaseStatus, Sighting
from storage.splits import locked, move_out
from tests.makers import NOON, decision, finding, flagged, judged, post, sight

PATIENT = 60.0  # seconds until a test gives up
FIRST, SECOND = "http://a.example/1", "http://b.example/2"
# Connections that wait for a lock.
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND cardinality(pg_blocking_pids(pid)) > 0"
)


def anew(address: str) -> Sighting:
    found = finding(code="C3-02", rule="rule_new")
    return flagged(post(address), judgement=judged(engine="engine-new", findings=(found,)))


class Doing(threading.Thread):
    """An act of somebody else; what came of it stands in `came`."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.act, self.came = act, ""

    def run(self) -> None:
        try:
            self.came = str(self.act())
        except Problem as problem:
            self.came = problem.text.en


def ended_or_waiting(engine: Engine, thread: Doing) -> None:
    """Until it is over or waits for a lock."""
    for _ in range(int(PATIENT / 0.05)):
        with engine.connect() as connection:
            waiting = connection.execute(WAITING).scalar_one()
        if waiting or not thread.is_alive():
            return
        thread.join(0.05)
    pytest.fail("neither over nor waiting")


@contextmanager
def judging(engine: Engine, *addresses: str) -> Iterator[tuple[Connection, PostBook]]:
    """A batch whose posts are saved and whose cases are not refreshed yet."""
    with write(engine) as connection:
        book, seen = PostBook(connection, NOON), [anew(address) for address in addresses]
        book.look_up(seen)
        for one in seen:
            book.save(one)
        yield connection, book
        book.flush()


@pytest.fixture
def postgres(engine: Engine) -> Engine:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")
    return engine


def test_a_decision_waits_for_the_batch_and_is_refused_as_the_case_has_changed(
    postgres: Engine,
) -> None:
    sight(postgres, flagged(post(FIRST)))
    (case,) = list_cases(postgres)
    version = get_case(postgres, case.id).version
    person = Doing(lambda: decide(postgres, decision(case.id), expected_version=version))
    with judging(postgres, FIRST):
        person.start()
        ended_or_waiting(postgres, person)
        assert person.is_alive()
    person.join(PATIENT)
    assert "has changed since" in person.came
    after = get_case(postgres, case.id)
    assert (after.status, after.version) == (CaseStatus.WAITING, version + 1)


def test_a_post_split_out_meanwhile_is_followed_to_its_new_case(postgres: Engine) -> None:
    sight(postgres, flagged(post(FIRST)), flagged(post(SECOND)))
    (case,) = list_cases(postgres)
    row = next(one.row for one in get_case(postgres, case.id).posts if one.post.url == SECOND)

    def judge_and_decide() -> str:
        with judging(postgres, SECOND):
            moved = next(one.id for one in list_cases(postgres) if one.id != case.id)
            seen = get_case(postgres, moved).version
            person = Doing(lambda: decide(postgres, decision(moved), expected_version=seen))
            person.start()
            ended_or_waiting(postgres, person)
        person.join(PATIENT)
        return person.came

    sweep = Doing(judge_and_decide)
    with write(postgres) as connection:
        locked(connection, case.id)
        move_out(connection, case.id, [row], "李审核")
        sweep.start()
        ended_or_waiting(postgres, sweep)
        assert sweep.is_alive()
    sweep.join(PATIENT)
    assert "has changed since" in sweep.came


def test_two_sweeps_that_see_the_same_posts_the_other_way_round_both_end(postgres: Engine) -> None:
    other = flagged(post(SECOND, contacts=post().contacts), seed=2)
    sight(postgres, flagged(post(FIRST)), other)
    assert len(list_cases(postgres)) == 2

    def sweep(*seen: Sighting) -> str:
        with write(postgres) as connection:
            book = PostBook(connection, NOON)
            book.look_up(seen)
            for one in seen:
                book.save(one)
            book.flush()
        return "stored"

    one, two = anew(FIRST), flagged(post(SECOND), seed=2, judgement=judged(engine="engine-new"))
    with write(postgres) as connection:
        book = PostBook(connection, NOON)
        book.look_up([one, two])
        book.save(two)
        late = Doing(lambda: sweep(one, two))
        late.start()
        ended_or_waiting(postgres, late)
        assert late.is_alive()
        book.save(one)
        book.flush()
    late.join(PATIENT)
    assert late.came == "stored"


def test_another_post_may_join_a_case_that_is_judged_anew(postgres: Engine) -> None:
    sight(postgres, flagged(post(FIRST)))
    with judging(postgres, FIRST), write(postgres) as other:
        other.execute(text("SET LOCAL lock_timeout = '5s'"))
        book, seen = PostBook(other, NOON), flagged(post(SECOND))
        book.look_up([seen])
        assert book.save(seen).flagged
        other.rollback()
