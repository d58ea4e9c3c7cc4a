"""Captures in the database: kept whole, bound to what they repeat, missed where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from door.capture_run import flagged_orders, missing_parts
from door.capture_words import is_whole
from evidence.parts import PARTS
from storage.capture_models import capture_artefacts, captures
from storage.captures import (
    MOST_TRIES,
    capture_by_id,
    captures_of_case,
    keep,
    tries_of,
    uncaptured,
)
from storage.cases import decide, list_cases
from storage.database import read, write
from storage.records import Artefact, Capture, Sighting, Verdict
from tests.makers import NOON, decision, flagged, innocent, post, sha, sight

PAGE = "http://school.example/a"


def artefact(kind: str = "dom", **changes: object) -> Artefact:
    values: dict[str, object] = {
        "kind": kind,
        "media_type": "text/html",
        "sha256": sha(kind),
        "sm3": "",
        "size": 3_000_000_000,
        "captured_at": NOON,
        **changes,
    }
    return Artefact(**values)  # type: ignore[arg-type]


def capture(number: int = 1, **changes: object) -> Capture:
    values: dict[str, object] = {
        "id": f"{number:032x}",
        "url": PAGE + "?from=home",
        "final_url": PAGE,
        "asked_by": "张工",
        "reason": "flagged",
        "started_at": NOON,
        "ended_at": NOON,
        "artefacts": (artefact("warc"), artefact("dom")),
        "parts": {"warc": "ok", "dom": "ok", "mhtml": "timeout"},
        **changes,
    }
    return Capture(**values)  # type: ignore[arg-type]


def opened(engine: Engine, *sightings: Sighting) -> int:
    sight(engine, *sightings)
    (case,) = list_cases(engine)
    return case.id


def test_a_capture_comes_back_as_it_was_kept(engine: Engine) -> None:
    case = opened(engine, flagged())
    first = capture(1, case_id=case)
    again = capture(2, case_id=case, again_of=first.id, artefacts=(artefact("mhtml"),))
    with write(engine) as connection:
        keep(connection, first)
        keep(connection, again)
    with read(engine) as connection:
        assert captures_of_case(connection, case) == [first, again]
        assert capture_by_id(connection, first.id) == first
        assert tries_of(connection, first.id) == [first, again]
        assert captures_of_case(connection, case + 1) == []
        assert capture_by_id(connection, "0" * 32) is None


def test_a_capture_without_case_or_answer_is_a_capture(engine: Engine) -> None:
    empty = capture(3, final_url="", artefacts=(), parts={"warc": "dns"})
    with write(engine) as connection:
        keep(connection, empty)
    with read(engine) as connection:
        assert capture_by_id(connection, empty.id) == empty


def test_signs_that_no_database_keeps_do_not_undo_a_capture(engine: Engine) -> None:
    odd = capture(4, final_url="http://a.example/\x00\ud800")
    with write(engine) as connection:
        keep(connection, odd)
    with read(engine) as connection:
        found = capture_by_id(connection, odd.id)
    assert found is not None
    assert found.final_url == "http://a.example/\ufffd\ufffd"


def test_a_further_try_of_nothing_is_refused_and_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(LookupError), write(engine) as connection:
        keep(connection, capture(5, again_of="f" * 32))
    assert counted(engine) == (0, 0)


def test_an_id_is_kept_once_and_a_failed_keep_leaves_no_artefact(engine: Engine) -> None:
    with write(engine) as connection:
        keep(connection, capture(6))
    with pytest.raises(IntegrityError), write(engine) as connection:
        keep(connection, replace(capture(6), url="http://other.example/"))
    twice = capture(7, artefacts=(artefact("dom"), artefact("dom")))
    with pytest.raises(IntegrityError), write(engine) as connection:
        keep(connection, twice)
    assert counted(engine) == (1, 2)


def counted(engine: Engine) -> tuple[int, int]:
    with read(engine) as connection:
        return (
            connection.execute(select(func.count()).select_from(captures)).scalar_one(),
            connection.execute(select(func.count()).select_from(capture_artefacts)).scalar_one(),
        )


def missing(engine: Engine) -> list[tuple[int, str, int]]:
    with read(engine) as connection:
        return [(one.case_id, one.url, one.tries) for one in uncaptured(connection)]


def test_every_flagged_page_of_a_case_is_missed_until_a_capture_brought_it(engine: Engine) -> None:
    case = opened(engine, flagged(), innocent(post("http://school.example/b")))
    assert missing(engine) == [(case, PAGE + "?from=home", 0)]
    with write(engine) as connection:
        keep(connection, capture(1, case_id=case, final_url=""))
    assert missing(engine) == [(case, PAGE + "?from=home", 1)]
    with write(engine) as connection:
        keep(connection, capture(2, case_id=case))
    assert missing(engine) == []


def test_a_link_of_a_search_engine_is_not_what_is_captured(engine: Engine) -> None:
    case = opened(engine, flagged(post(url_found="http://search.example/link?url=1")))
    assert missing(engine) == [(case, PAGE, 0)]


def test_a_wall_in_the_place_of_the_page_did_not_bring_it(engine: Engine) -> None:
    case = opened(engine, flagged())
    with write(engine) as connection:
        keep(connection, capture(1, case_id=case, parts={"page": "captcha", "dom": "ok"}))
    assert missing(engine) == [(case, PAGE + "?from=home", 1)]


@pytest.mark.parametrize("word", ["unfinished", "busy"])
def test_a_page_of_which_something_was_left_open_is_tried_again_but_not_for_ever(
    engine: Engine, word: str
) -> None:
    case = opened(engine, flagged())
    for number in range(MOST_TRIES):
        with write(engine) as connection:
            keep(connection, capture(number, case_id=case, parts={"dom": "ok", "warc": word}))
        assert missing(engine) == [(case, PAGE + "?from=home", number + 1)]
    orders, given_up = flagged_orders(engine, "张工")
    # It came, in part: nobody says that it never came.
    assert (orders, given_up) == ([], 0)


def test_a_whole_try_ends_the_trying(engine: Engine) -> None:
    case = opened(engine, flagged())
    with write(engine) as connection:
        keep(connection, capture(1, case_id=case, parts={"dom": "ok", "warc": "unfinished"}))
        again = capture(2, case_id=case, again_of=capture(1).id, parts={"warc": "ok"})
        keep(connection, again)
    assert missing(engine) == []


def test_what_was_left_open_takes_all_of_the_page_anew(engine: Engine) -> None:
    parts = dict.fromkeys(PARTS, "ok") | {"warc": "unfinished", "full_page": "busy"}
    there = tuple(artefact(kind) for kind in PARTS)
    first = capture(1, parts=parts, artefacts=there)
    assert missing_parts([first]) == PARTS
    some = ("warc", "full_page")
    made_good = dict.fromkeys(some, "ok")
    second = capture(2, parts=made_good, artefacts=tuple(artefact(kind) for kind in some))
    assert not missing_parts([first, second])
    cut = dict.fromkeys(PARTS, "ok") | {"warc": "cut", "full_page": "half_scale"}
    assert not missing_parts([capture(1, parts=cut, artefacts=there)])
    assert is_whole(capture(1, parts=cut, artefacts=there))
    assert not is_whole(first)


def test_a_part_that_failed_by_itself_is_taken_again_alone() -> None:
    parts = dict.fromkeys(PARTS, "ok") | {"mhtml": "too_large"}
    there = tuple(artefact(kind) for kind in PARTS if kind != "mhtml")
    assert missing_parts([capture(1, parts=parts, artefacts=there)]) == ("mhtml",)


def test_a_newer_version_of_a_captured_page_is_the_same_page(engine: Engine) -> None:
    case = opened(engine, flagged())
    with write(engine) as connection:
        keep(connection, capture(1, case_id=case))
    changed = post(url_found=PAGE + "?from=search", text="月嫂证免考包过，另一版，七天拿证。")
    assert not sight(engine, flagged(changed)).cases_opened
    assert missing(engine) == []


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_a_case_found_clean_needs_no_capture(engine: Engine, verdict: Verdict) -> None:
    case = opened(engine, flagged())
    decide(engine, decision(case, verdict))
    assert bool(missing(engine)) == (verdict is not Verdict.CLEAN)
