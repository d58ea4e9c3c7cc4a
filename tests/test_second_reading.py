"""A second reader's opinion moves a case in the queue by ten at most, and does nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError
from typer.testing import CliRunner

import cli
from commands.sweep import read_again
from door.checkup import Check, Mark
from door.checkup import second_reader as doctors_look
from door.second_reading import BAND, GIVES_UP, second_reading
from door.settings import read_settings
from readers.endpoint import read_endpoint
from readers.second import Reader
from storage.bilingual import Problem
from storage.cases import claim, decide, get_case, list_cases, split
from storage.clusters import priority
from storage.database import read, write
from storage.models import Base, second_opinions
from storage.records import Contacts, Evidence, Opinion, Sighting
from storage.second_reading import TRIES, record_opinion, uncertain
from tests.makers import NOON, decision, finding, flagged, innocent, judged, post, sight
from tests.stand_in import StandIn, opinion

SCORE = 0.6
QUOTE = Evidence(field="text", start=2, end=4, quote="免考")


def sighting(address: str, score: float = SCORE, seed: int = 1, **changes: Any) -> Sighting:
    said = judged(score=score, findings=(finding(score=score),))
    return flagged(post(address, **changes), seed=seed, judgement=said)


def said(shift: int = 10, outcome: str = "opinion", **more: Any) -> Opinion:
    view = "offends" if shift > 0 else "clean" if shift < 0 else ""
    values = {
        "model": "local-7b",
        "prompt": "1",
        "at": NOON,
        "outcome": outcome,
        "view": view if outcome == "opinion" else "",
        "shift": shift,
        "quotes": (QUOTE,),
        "reason": "像",
        "sent_sha256": "0" * 64,
    }
    return Opinion(**values | more)  # type: ignore[arg-type]


def asked(engine: Engine, model: str = "local-7b", limit: int = 100) -> list[str]:
    return [one.post.url for one in uncertain(engine, model, "1", BAND, limit)]


def rows(engine: Engine) -> dict[str, list[str]]:
    """Everything in the database but the opinions and the cases' priority."""
    with read(engine) as connection:
        return {
            name: sorted(
                repr({key: value for key, value in row._mapping.items() if key != "priority"})
                for row in connection.execute(select(table))
            )
            for name, table in Base.metadata.tables.items()
            if name != "second_opinions"
        }


def points(engine: Engine, case_id: int = 1) -> int:
    return get_case(engine, case_id).priority


BASE = priority(SCORE, 4, 1)


def test_only_uncertain_posts_of_waiting_cases_are_asked_about(engine: Engine) -> None:
    for number, score in enumerate([0.5, 0.79, 0.8, 0.95], 1):
        sight(engine, sighting(f"http://s{number}.example/", score, seed=number))
    sight(engine, innocent(post("http://clean.example/")))
    assert asked(engine) == ["http://s2.example/", "http://s1.example/"]
    claim(engine, 1, "李审核")
    decide(engine, decision(2))
    assert asked(engine) == []


def test_a_limit_takes_the_most_urgent_first(engine: Engine) -> None:
    for number, score in enumerate([0.5, 0.7, 0.6], 1):
        sight(engine, sighting(f"http://s{number}.example/", score, seed=number))
    assert asked(engine, limit=2) == ["http://s2.example/", "http://s3.example/"]


def test_a_post_is_asked_about_once_by_one_model_with_one_prompt(engine: Engine) -> None:
    sight(engine, sighting("http://a.example/"))
    record_opinion(engine, 1, said())
    assert asked(engine) == []
    assert asked(engine, model="another") == ["http://a.example/"]


@pytest.mark.parametrize("outcome", ["refused", "garbage", "no_quote"])
def test_an_answer_that_counts_for_nothing_is_not_asked_for_again(
    engine: Engine, outcome: str
) -> None:
    sight(engine, sighting("http://a.example/"))
    record_opinion(engine, 1, said(0, outcome))
    assert asked(engine) == []
    assert points(engine) == BASE


def test_one_that_did_not_come_is_asked_for_again_some_times(engine: Engine) -> None:
    sight(engine, sighting("http://a.example/"))
    for _ in range(TRIES):
        assert asked(engine) == ["http://a.example/"]
        record_opinion(engine, 1, said(0, "timeout"))
    assert asked(engine) == []


@pytest.mark.parametrize("shift", [-10, -3, 0, 6, 10])
def test_an_opinion_moves_the_priority_and_nothing_else(engine: Engine, shift: int) -> None:
    sight(
        engine,
        sighting("http://a.example/"),
        sighting("http://b.example/", seed=2, contacts=Contacts()),
    )
    before = rows(engine)
    moved = record_opinion(engine, 1, said(shift))
    assert moved == points(engine) == BASE + shift
    assert rows(engine) == before


def test_the_move_outlasts_what_comes_later(engine: Engine) -> None:
    sight(engine, sighting("http://a.example/"))
    record_opinion(engine, 1, said(10))
    sight(engine, replace(sighting("http://a.example/"), content_sha256="f" * 64))
    assert len(get_case(engine, 1).posts) == 2
    assert points(engine) == BASE + 10


def test_the_newest_opinion_about_a_post_counts(engine: Engine) -> None:
    sight(engine, sighting("http://a.example/"))
    record_opinion(engine, 1, said(10))
    record_opinion(engine, 1, said(-6, model="better"))
    record_opinion(engine, 1, said(0, "timeout"))
    assert points(engine) == BASE - 6


def test_one_pleasing_post_cannot_push_down_the_case_of_another(engine: Engine) -> None:
    sight(engine, sighting("http://a.example/"))
    sight(engine, replace(sighting("http://a.example/"), content_sha256="f" * 64))
    record_opinion(engine, 1, said(6))
    record_opinion(engine, 2, said(-10))
    assert points(engine) == BASE + 6


def test_the_priority_stays_on_its_scale(engine: Engine) -> None:
    sight(engine, sighting("http://a.example/"))
    with write(engine) as connection:
        connection.execute(text("UPDATE posts SET score = 1.0"))
        connection.execute(text("UPDATE findings SET severity = 5"))
    assert record_opinion(engine, 1, said(10)) == 100


def test_a_case_that_was_claimed_meanwhile_stays_where_it_is(engine: Engine) -> None:
    sight(engine, sighting("http://a.example/"))
    claim(engine, 1, "李审核")
    assert record_opinion(engine, 1, said(10)) is None
    assert points(engine) == BASE
    assert get_case(engine, 1).posts[0].opinions[0].shift == 10


def test_an_opinion_goes_with_its_post(engine: Engine) -> None:
    sight(engine, sighting("http://a.example/"))
    sight(engine, sighting("http://a.example/2"))
    (row,) = list_cases(engine)
    assert row.posts == 2
    record_opinion(engine, 2, said(10))
    new = split(engine, 1, [2], "李审核")
    assert (points(engine, 1), points(engine, new)) == (BASE, BASE + 10)


def test_a_decision_does_not_bounce_off_a_hint(engine: Engine) -> None:
    sight(engine, sighting("http://a.example/"))
    version = get_case(engine, 1).version
    record_opinion(engine, 1, said(10))
    decide(engine, decision(1), expected_version=version)


@pytest.mark.parametrize(
    "change",
    ["shift = 11", "shift = -11", "outcome = 'guilty'", "view = 'guilty'", "outcome = 'timeout'"],
)
def test_the_database_refuses_more(engine: Engine, change: str) -> None:
    sight(engine, sighting("http://a.example/"))
    record_opinion(engine, 1, said(10))
    with pytest.raises(DatabaseError, match="ck_second_opinions"), write(engine) as connection:
        connection.execute(text(f"UPDATE second_opinions SET {change}"))


@given(st.integers(), st.sampled_from(["opinion", "refused", "timeout"]))
def test_no_opinion_can_be_made_that_moves_more(shift: int, outcome: str) -> None:
    if -10 <= shift <= 10 and (outcome == "opinion" or shift == 0):
        assert said(shift, outcome).shift == shift
    else:
        with pytest.raises(ValueError):
            said(shift, outcome)


def test_a_case_shows_what_the_reader_said(engine: Engine) -> None:
    sight(engine, sighting("http://a.example/"))
    record_opinion(engine, 1, said(6))
    (kept,) = get_case(engine, 1).posts[0].opinions
    assert kept == said(6)


def reader(stand: StandIn) -> Reader:
    return Reader(endpoint=read_endpoint(stand.url, public=False), model="local-7b", seconds=5.0)


def test_a_run_reads_what_is_uncertain_and_keeps_each_answer(engine: Engine) -> None:
    for number in (1, 2):
        sight(engine, sighting(f"http://s{number}.example/", seed=number, contacts=Contacts()))
    with StandIn(opinion("offends", "免考包过")) as stand:
        done = second_reading(engine, reader(stand))
        again = second_reading(engine, reader(stand))
    assert (done.asked, done.moved, done.gave_up) == (2, 2, False)
    assert (again.asked, len(stand.asked)) == (0, 2)
    assert {points(engine, 1), points(engine, 2)} == {BASE + 10}


def test_a_dead_endpoint_is_given_up_on(engine: Engine) -> None:
    for number in range(GIVES_UP + 2):
        sight(engine, sighting(f"http://s{number}.example/", seed=number, contacts=Contacts()))
    with StandIn(lambda _: b"", status=503) as stand:
        done = second_reading(engine, reader(stand))
    assert (done.asked, done.moved, done.gave_up) == (GIVES_UP, 0, True)
    with read(engine) as connection:
        outcomes = connection.execute(select(second_opinions.c.outcome)).scalars().all()
    assert outcomes == ["unreachable"] * GIVES_UP


def test_an_endpoint_we_may_not_speak_to_never_fails_a_sweep(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    sight(engine, sighting("http://a.example/"))
    outside = Reader(endpoint=read_endpoint("https://93.184.215.14/", public=False), model="m")
    read_again(engine, outside)
    assert "不在本单位网络内" in capsys.readouterr().err
    assert get_case(engine, 1).posts[0].opinions == ()


@pytest.fixture
def desk(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, engine: Engine, kind: str
) -> Iterator[Any]:
    if kind != "sqlite":
        pytest.skip("the command line is tried on one database")
    with StandIn(opinion("offends", "免考包过")) as stand:
        settings = read_settings(
            {
                "CERTSWEEP_HOME": str(tmp_path),
                "CERTSWEEP_READER_URL": stand.url,
                "CERTSWEEP_READER_MODEL": "local-7b",
            }
        )
        for place in ("commands.second_reader", "door.casework", "door.speech"):
            monkeypatch.setattr(f"{place}.SETTINGS", settings)
        yield monkeypatch


def run(*words: str) -> str:
    shown = CliRunner().invoke(cli.build_app(words[0]), [*words])
    if shown.exception is not None and not isinstance(shown.exception, SystemExit):
        raise shown.exception
    return shown.stdout


def test_the_command_tells_what_was_said(engine: Engine, desk: Any) -> None:
    sight(engine, sighting("http://a.example/"))
    shown = run("second-reader")
    assert "案件 1" in shown
    assert "倾向违规（优先度 +10）" in shown
    assert "「免考包过」" in shown
    case = run("case", "1")
    assert "第二读者：倾向违规（优先度 +10）　模型 local-7b，提示词" in case
    (kept,) = json.loads(run("case", "1", "--json"))["posts"][0]["opinions"]
    assert kept["outcome"] == "opinion"


def test_the_command_answers_in_json(engine: Engine, desk: Any) -> None:
    sight(engine, sighting("http://a.example/"))
    summary = json.loads(run("second-reader", "--json"))
    assert (summary["asked"], summary["outcomes"], summary["moved"]) == (1, {"opinion": 1}, 1)
    assert summary["model"] == "local-7b"


def test_the_command_says_that_none_is_set(engine: Engine, desk: Any) -> None:
    desk.setattr("commands.second_reader.SETTINGS", read_settings({}))
    with pytest.raises(Problem, match="No second reader is set; nothing was sent"):
        run("second-reader")


def test_the_doctor_says_whether_the_reader_is_there() -> None:
    def seen(**more: str) -> Check:
        named = {f"CERTSWEEP_READER_{name}": value for name, value in more.items()}
        return doctors_look(read_settings(named))

    assert seen().mark is Mark.GOOD
    assert "off" in seen().found.en
    with StandIn(opinion("unsure")) as stand:
        assert seen(URL=stand.url, MODEL="m").mark is Mark.GOOD
        assert stand.asked == []
    gone = seen(URL=stand.url, MODEL="m")
    assert (gone.mark, "cannot be reached" in gone.found.en) == (Mark.WARNING, True)
    assert seen(URL=stand.url).mark is Mark.MISSING
    outside = seen(URL="https://93.184.215.14/v1", MODEL="m")
    assert outside.mark is Mark.MISSING
    assert outside.remedy is not None
    assert "nothing was sent" in outside.remedy.en


def test_a_setting_half_made_is_told_before_a_sweep(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    half = {"CERTSWEEP_HOME": str(tmp_path / "home"), "CERTSWEEP_READER_URL": "http://127.0.0.1/v1"}
    monkeypatch.setattr("commands.sweep.SETTINGS", read_settings(half))
    with pytest.raises(Problem, match="without CERTSWEEP_READER_MODEL"):
        run("sweep", "--targets", "none.yaml")
    assert not (tmp_path / "home").exists()
