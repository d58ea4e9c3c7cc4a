"""拆分与复核: what was said of posts before they were split out is told in no package while two
people must still agree on the case they stand in now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine

from console.handing import hand_out_package
from console.ordering import evidence_order
from console.roles import Caller
from evidence.verifier import examine
from storage.bilingual import Problem
from storage.cases import claim, decide, get_case, split
from storage.records import Verdict
from storage.second import look
from storage.users import get_user
from storage.withdrawals import withdraw
from tests.desk_site import make_desk, staff
from tests.evidence_case import CASE, opened, unsealed
from tests.makers import decision, flagged, post, sight

GRAVE, LIGHT = "C3-02", "B4-02"  # needs a second person; does not
EARLY, REFUSAL, REST = "从前对全部帖子的说明", "从前复核不同意的说明", "只对其余帖子的说明"
WHOLE = "http://school.example/a"
APART = "http://school.example/b"
PAPERS = ("evidence/decision.json", "evidence/overview.html", "evidence/manifest.json")


@pytest.fixture
def two_posts(engine: Engine) -> Engine:
    sight(engine, flagged(post(WHOLE)))
    sight(engine, flagged(post(APART)))
    assert len(get_case(engine, CASE).posts) == 2
    return engine


def says(
    engine: Engine, case: int, note: str, *leaving: int, by: str = "wang", **more: Any
) -> None:
    held = get_case(engine, case)
    if held.decisions and "supersedes" not in more and held.status.value in {"decided", "approved"}:
        more["supersedes"] = held.decisions[-1][0]
    decide(engine, decision(case, by=by, note=note, **{"reason": GRAVE, **more}), leaving=leaving)


def agrees(engine: Engine, case: int, by: str = "li", **more: Any) -> bool:
    return look(engine, decision(case, by=by, **{"reason": GRAVE, **more}))


def row_of(engine: Engine, url: str, case: int = CASE) -> int:
    return next(one.row for one in get_case(engine, case).posts if one.post.url == url)


def told(engine: Engine, home: Path, case: int = CASE) -> tuple[str, Any]:
    """Everything the package of a case says, and its paper of decisions."""
    made = unsealed(engine, home, case)
    files = opened(made.path)
    assert examine(made.path).code != 1
    page = BeautifulSoup(files["evidence/overview.html"], "html.parser").text
    text = page + "".join(files[name].decode() for name in PAPERS)
    return text, json.loads(files["evidence/decision.json"])


def lacks(engine: Engine, home: Path) -> set[str]:
    return {one.what for one in unsealed(engine, home, CASE).lacks} - {"capture"}


def refused_then_taken_apart(engine: Engine) -> int:
    """zhao refuses what wang said of both posts; decided again, one leaves; the case it gets."""
    says(engine, CASE, EARLY)
    assert not agrees(engine, CASE, "zhao", verdict=Verdict.CLEAN, reason="NEWS", note=REFUSAL)
    says(engine, CASE, REST, row_of(engine, APART))
    assert agrees(engine, CASE)
    return CASE + 1


@pytest.mark.parametrize("turn", ["nobody has spoken of the part", "its decision waits"])
def test_what_was_said_of_a_post_that_left_is_withheld_until_two_agree_on_it(
    two_posts: Engine, tmp_path: Path, turn: str
) -> None:
    part = refused_then_taken_apart(two_posts)
    if turn == "its decision waits":
        says(two_posts, part, "另案的说明")
    text, paper = told(two_posts, tmp_path)
    assert EARLY not in text
    assert REFUSAL not in text
    first, then = paper["decisions"]
    assert (first["verdict"], first["withheld"]) == ("", "part_awaits_second")
    assert "was" not in first
    assert paper["second_looks"][0]["withheld"] == "part_awaits_second"
    assert (then["verdict"], then["note"]) == ("violation", REST), "it is about the rest"
    assert lacks(two_posts, tmp_path) == {"part_awaits_second"}
    assert "拆分出去" in text


def test_once_two_agree_on_what_left_everything_is_told(two_posts: Engine, tmp_path: Path) -> None:
    part = refused_then_taken_apart(two_posts)
    says(two_posts, part, "另案的说明")
    agrees(two_posts, part)
    text, _ = told(two_posts, tmp_path)
    assert EARLY in text
    assert REFUSAL in text
    assert lacks(two_posts, tmp_path) == set()


def test_the_package_of_the_part_tells_nothing_of_it_either(
    two_posts: Engine, tmp_path: Path
) -> None:
    part = refused_then_taken_apart(two_posts)
    assert not {EARLY, REFUSAL, REST} & set(words_of(two_posts, tmp_path, part))
    says(two_posts, part, "另案的说明")
    words = words_of(two_posts, tmp_path, part)
    assert not {EARLY, REFUSAL, REST, "另案的说明"} & set(words)


def words_of(engine: Engine, home: Path, case: int) -> list[str]:
    text, _ = told(engine, home, case)
    return [one for one in (EARLY, REFUSAL, REST, "另案的说明") if one in text]


def test_a_decision_in_force_is_withheld_too_where_it_was_taken_of_what_left(
    two_posts: Engine, tmp_path: Path
) -> None:
    says(two_posts, CASE, EARLY, reason=LIGHT)
    split(two_posts, CASE, [row_of(two_posts, APART)], "wang")
    assert EARLY in told(two_posts, tmp_path)[0], "nobody has to agree on anything"
    says(two_posts, CASE + 1, "另案的说明", by="li")
    text, paper = told(two_posts, tmp_path)
    assert EARLY not in text
    assert paper["standing"]["state"] == "in_force"
    assert paper["decisions"][0]["verdict"] == ""
    agrees(two_posts, CASE + 1, "zhao")
    assert EARLY in told(two_posts, tmp_path)[0]


def test_what_two_had_agreed_on_before_the_split_is_told(two_posts: Engine, tmp_path: Path) -> None:
    says(two_posts, CASE, EARLY)
    agrees(two_posts, CASE)
    says(two_posts, CASE, REST, row_of(two_posts, APART))
    agrees(two_posts, CASE, "zhao")
    assert get_case(two_posts, CASE + 1).needs_two
    text, _ = told(two_posts, tmp_path)
    assert EARLY in text
    assert REST in text


def test_a_round_of_the_part_after_two_agreed_on_it_is_its_own(
    two_posts: Engine, tmp_path: Path
) -> None:
    part = refused_then_taken_apart(two_posts)
    says(two_posts, part, "另案的说明")
    agrees(two_posts, part)
    says(two_posts, part, "另案又改判")
    assert EARLY in told(two_posts, tmp_path)[0]


def test_a_post_split_out_twice_is_found_in_the_case_where_it_stands(
    engine: Engine, tmp_path: Path
) -> None:
    for url in (WHOLE, APART, "http://school.example/c"):
        sight(engine, flagged(post(url)))
    says(engine, CASE, EARLY)
    withdraw(engine, CASE, get_case(engine, CASE).decisions[-1][0], "wang")
    moving = [row_of(engine, url) for url in (APART, "http://school.example/c")]
    says(engine, CASE, REST, *moving)
    agrees(engine, CASE)
    claim(engine, CASE + 1, "wang")
    split(engine, CASE + 1, moving[1:], "wang")
    says(engine, CASE + 1, "另案的说明")
    agrees(engine, CASE + 1)
    assert EARLY not in told(engine, tmp_path)[0], "the third case is open"
    says(engine, CASE + 2, "第三案的说明")
    agrees(engine, CASE + 2)
    assert EARLY in told(engine, tmp_path)[0]


def test_the_desk_neither_orders_nor_hands_out_what_could_tell_it(
    two_posts: Engine, tmp_path: Path
) -> None:
    staff(two_posts)
    desk = make_desk(two_posts, tmp_path)
    zhao = Caller(user=get_user(two_posts, "zhao"))
    says(two_posts, CASE, EARLY, reason=LIGHT)
    before = unsealed(two_posts, tmp_path).package.name
    split(two_posts, CASE, [row_of(two_posts, APART)], "wang")
    assert hand_out_package(desk, zhao, before).status_code == 200
    says(two_posts, CASE + 1, "另案的说明", by="li")
    with pytest.raises(Problem, match="split out of it"):
        hand_out_package(desk, zhao, before)
    with pytest.raises(Problem, match="split out of it"):
        evidence_order(two_posts, CASE, zhao, "要看")
    agrees(two_posts, CASE + 1, "zhao")
    assert hand_out_package(desk, zhao, before).status_code == 200
