"""Who looks at what: a hint that spreads second persons and never keeps a page from opening."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, text, update

from storage.audit import WRITER_LOCK, lines, verify
from storage.cases import decide, list_cases
from storage.columns import utc_now
from storage.database import open_database, write
from storage.models_desk import case_presence
from storage.presence import LOOKING, lookers, next_second, none_late, opened
from storage.records import Contacts, Verdict
from storage.users import Role
from tests.desk_site import Browser, make_desk, somebody, staff
from tests.makers import decision, flagged, judged, post, sight


def waiting(engine: Engine, count: int) -> list[int]:
    """Cases decided as forgeries by wang, the most urgent first."""
    for n in range(1, count + 1):
        place = post(f"http://school{n}.example/a", contacts=Contacts(phones=(f"1380000{n:04d}",)))
        sight(engine, flagged(place, seed=n, judgement=judged(score=0.9 - n / 100)))
    ids = [row.id for row in list_cases(engine)]
    for number in ids:
        decide(engine, decision(number, reason="C3-06", by="wang"))
    return ids


@contextmanager
def locked(engine: Engine, url: str, home: Path) -> Iterator[None]:
    """Somebody else holds what every line of the audit needs."""
    other = open_database(url, home)
    with write(other) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"))
        yield
    other.dispose()


def test_two_second_persons_are_given_two_cases(engine: Engine) -> None:
    ids = waiting(engine, 3)
    assert [next_second(engine, who) for who in ("zhao", "li", "qian")] == ids
    assert next_second(engine, "zhao") == ids[0], "one's own look does not drive one away"


def test_where_everybody_looks_already_the_most_urgent_is_given_all_the_same(
    engine: Engine,
) -> None:
    (only,) = waiting(engine, 1)
    assert [next_second(engine, who) for who in ("zhao", "li")] == [only, only]


def test_a_look_is_over_after_a_while(engine: Engine) -> None:
    first, second = waiting(engine, 2)
    next_second(engine, "zhao")
    assert next_second(engine, "li") == second
    past = utc_now() - LOOKING - timedelta(seconds=1)
    with write(engine) as connection:
        connection.execute(update(case_presence).values(seen_at=past))
    assert next_second(engine, "li") == first


def test_nobody_is_given_a_case_their_other_account_decided(engine: Engine) -> None:
    waiting(engine, 1)
    somebody(engine, "wang", (Role.REVIEWER,))  # 王审核 by name
    assert next_second(engine, "王审核") is None
    assert next_second(engine, "wang") is None


def test_colleagues_see_who_has_the_case_open(engine: Engine, tmp_path: Path) -> None:
    waiting(engine, 2)
    staff(engine)
    desk = make_desk(engine, tmp_path)
    li, zhao = Browser(desk).log_in("li"), Browser(desk).log_in("zhao")
    li.get("/cases/1")
    assert "正在看" not in li.get("/cases/1").text
    assert "李复核 正在看" in zhao.get("/cases/1").text
    li.get("/cases/2")
    assert "正在看" not in zhao.get("/cases/1").text


def test_the_keys_in_the_queue_take_nobody_from_the_case_they_have_open(
    engine: Engine, tmp_path: Path
) -> None:
    waiting(engine, 2)
    staff(engine)
    desk = make_desk(engine, tmp_path)
    li, zhao = Browser(desk).log_in("li"), Browser(desk).log_in("zhao")
    li.get("/cases/1")
    assert li.get("/cases/2/brief").status_code == 200
    assert "李复核 正在看" in zhao.get("/cases/1").text
    assert "李复核 正在看" not in zhao.get("/cases/2").text
    reads = [one.about for one in lines(engine) if one.act == "case.read" and one.actor == "li"]
    assert reads == ["case:1", "case:2"], "a read all the same"


def test_a_case_opens_while_the_database_is_locked_and_its_line_follows(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    waiting(engine, 1)
    staff(engine)
    desk = make_desk(engine, tmp_path)
    zhao = Browser(desk).log_in("zhao")
    with locked(engine, database_url, tmp_path):
        began = time.monotonic()
        busy = zhao.get("/cases/1")
        assert time.monotonic() - began < 5
    assert busy.status_code == 200
    assert "稍后补记入审计" in busy.text
    assert "稍后补记入审计" not in zhao.get("/cases/1").text
    reads = [one.detail for one in lines(engine) if one.act == "case.read"]
    assert len(reads) == 2
    assert "read_at" in reads[0]
    assert verify(engine).broken is None


def test_reads_that_waited_are_written_once(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    waiting(engine, 1)
    late = none_late()
    with locked(engine, database_url, tmp_path):
        assert [opened(engine, 1, who, late) for who in ("zhao", "li")] == [False, False]
    assert opened(engine, 1, "qian", late)
    assert opened(engine, 1, "qian", late)
    readers = [one.actor for one in lines(engine) if one.act == "case.read"]
    assert readers == ["zhao", "li", "qian", "qian"]
    assert lookers(engine, 1, "zhao")[0].person == "qian"


def test_a_case_that_waits_for_nobody_is_given_to_nobody(engine: Engine) -> None:
    sight(engine, flagged())
    decide(engine, decision(1, Verdict.CLEAN))
    assert next_second(engine, "zhao") is None
