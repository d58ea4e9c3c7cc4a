"""四眼 in every further round: whoever may be asked next knows nothing of what was said before."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from storage.audit_pages import Wanted, audit_page
from storage.bilingual import Problem
from storage.blindness import blinded
from storage.cases import claim, decide, get_case
from storage.database import write
from storage.models_desk import users
from storage.presence import next_second
from storage.records import Verdict
from storage.second import look
from storage.users import Role, disable_user
from storage.withdrawals import withdraw
from tests.desk_site import Browser, make_desk, somebody, staff
from tests.makers import decision, flagged, sight
from tests.takedown_makers import drafted
from tests.test_api import Program

FIRST, SECOND, REFUSAL = "第一次的说明", "第二次的说明", "拒绝的说明"
WAYS = ("taken back", "decided again", "superseded", "refused", "decided after a refusal")


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Any:
    staff(engine)
    somebody(engine, "zhou", (Role.REVIEWER,))
    sight(engine, flagged())
    return make_desk(engine, tmp_path)


def newest(engine: Engine) -> int:
    return get_case(engine, 1).decisions[-1][0]


def wang_says(engine: Engine, note: str, **changes: Any) -> None:
    decide(engine, decision(1, note=note, **{"by": "wang", "reason": "C3-02", **changes}))


def refusal(by: str, **changes: Any) -> Any:
    said = {"verdict": Verdict.CLEAN, "reason": "NEWS", "note": REFUSAL, "by": by, **changes}
    return decision(1, **said)


def play(engine: Engine, way: str) -> None:
    """What happened to the case since it was first marked."""
    wang_says(engine, FIRST)
    if way in {"taken back", "decided again"}:
        withdraw(engine, 1, newest(engine), "wang")
    if way == "superseded":
        wang_says(engine, SECOND, supersedes=newest(engine))
    if way in {"refused", "decided after a refusal"}:
        look(engine, refusal("zhao"))
    if way in {"decided again", "decided after a refusal"}:
        wang_says(engine, SECOND)


def told(desk: Any, login: str) -> str:
    """All that page and API say of the case."""
    page = Browser(desk)
    page.get("/login")
    page.log_in(login)
    case = Program(desk, login).get("/cases/1")
    brief = page.get("/cases/1/brief").text
    return page.get("/cases/1").text + json.dumps(case["decisions"], ensure_ascii=False) + brief


@pytest.mark.parametrize("way", WAYS)
def test_the_next_second_person_knows_nothing_of_any_opinion_before(desk: Any, way: str) -> None:
    play(desk.engine, way)
    seen = told(desk, "li")  # reviewer and second person
    assert not [note for note in (FIRST, SECOND, REFUSAL) if note in seen]
    assert "WITHDRAWN" not in seen
    assert Program(desk, "li").get("/cases/1")["decisions"] == []


@pytest.mark.parametrize("way", WAYS)
def test_the_audit_tells_none_of_it_either(desk: Any, way: str) -> None:
    play(desk.engine, way)
    lines = audit_page(desk.engine, Wanted(about="case:1")).lines
    telling = [line for line in lines if line.act in {"case.decide", "case.second"}]
    assert telling
    assert all(line.withheld and not line.detail for line in telling)


def test_whoever_decided_sees_their_own_words_and_why_it_came_back(desk: Any) -> None:
    play(desk.engine, "refused")
    seen = told(desk, "wang")
    assert FIRST in seen
    assert REFUSAL in seen
    assert FIRST in told(desk, "zhou"), "who can only decide it next is no second person"


def test_whoever_refused_knows_that_and_nothing_newer(desk: Any) -> None:
    play(desk.engine, "decided after a refusal")
    seen = told(desk, "zhao")
    assert REFUSAL in seen
    assert SECOND not in seen


def test_whoever_refused_is_not_asked_again_while_another_is_there(desk: Any) -> None:
    play(desk.engine, "decided after a refusal")
    assert Program(desk, "zhao").get("/cases/1")["can"] == "looked"
    assert next_second(desk.engine, "zhao") is None
    with pytest.raises(Problem, match="Another second person"):
        look(desk.engine, refusal("zhao"))
    assert next_second(desk.engine, "li") == 1
    assert look(desk.engine, decision(1, by="li", reason="C3-02")) is True


def test_the_only_second_person_left_is_asked_again(desk: Any) -> None:
    play(desk.engine, "decided after a refusal")
    disable_user(desk.engine, "li", "admin")
    assert Program(desk, "zhao").get("/cases/1")["can"] == "second"
    assert next_second(desk.engine, "zhao") == 1
    assert look(desk.engine, decision(1, by="zhao", reason="C3-02")) is True


def li_decides_zhao_refuses_zhou_decides(engine: Engine) -> None:
    """li, a second person as well, has read zhao's refusal when zhou's decision waits."""
    wang_says(engine, FIRST, by="li")
    look(engine, refusal("zhao"))
    wang_says(engine, SECOND, by="zhou", verdict=Verdict.CLEAN, reason="NEWS")


def test_whoever_decided_earlier_in_the_round_is_not_its_second_while_another_is_there(
    desk: Any,
) -> None:
    engine = desk.engine
    somebody(engine, "sunli", (Role.SECOND,))
    li_decides_zhao_refuses_zhou_decides(engine)
    assert REFUSAL in told(desk, "li"), "li knows what the first second person said"
    assert Program(desk, "li").get("/cases/1")["can"] == "looked"
    assert next_second(engine, "li") is None
    with pytest.raises(Problem, match="Another second person"):
        look(engine, refusal("li"))
    assert Program(desk, "sunli").get("/cases/1")["can"] == "second"
    assert next_second(engine, "sunli") == 1
    assert look(engine, refusal("sunli")) is True


@pytest.mark.parametrize("login", ["zhao", "li"])
def test_nobody_is_shut_out_for_one_who_decided_earlier_in_the_round(desk: Any, login: str) -> None:
    """Both know what was said, and there is no third."""
    li_decides_zhao_refuses_zhou_decides(desk.engine)
    assert Program(desk, login).get("/cases/1")["can"] == "second"
    assert next_second(desk.engine, login) == 1
    assert look(desk.engine, refusal(login)) is True


def test_whoever_decided_before_two_agreed_may_be_the_second_of_the_next_round(desk: Any) -> None:
    engine = desk.engine
    wang_says(engine, FIRST, by="li")
    look(engine, decision(1, by="zhao", reason="C3-02"))
    wang_says(engine, SECOND, verdict=Verdict.CLEAN, reason="NEWS", supersedes=newest(engine))
    assert Program(desk, "li").get("/cases/1")["can"] == "second"
    assert next_second(engine, "li") == 1
    assert look(engine, refusal("li")) is True


def test_an_account_of_the_deciders_name_is_offered_no_form(desk: Any) -> None:
    """What the write refuses the page does not offer."""
    engine = desk.engine
    somebody(engine, "wang2", (Role.SECOND,))
    rename(engine, "wang2", "王审核")
    play(engine, "decided again")
    assert Program(desk, "wang2").get("/cases/1")["can"] == "looked"
    page = Browser(desk)
    page.get("/login")
    page.log_in("wang2")
    assert 'action="/cases/1/second"' not in page.get("/cases/1").text
    assert next_second(engine, "wang2") is None
    with pytest.raises(Problem, match="You decided case 1 yourself"):
        look(engine, decision(1, by="wang2", reason="C3-02"))


def test_an_account_of_the_refusers_name_has_had_its_turn(desk: Any) -> None:
    engine = desk.engine
    somebody(engine, "zhao2", (Role.SECOND,))
    rename(engine, "zhao2", "zhao")
    play(engine, "decided after a refusal")
    assert Program(desk, "zhao2").get("/cases/1")["can"] == "looked"
    assert next_second(engine, "zhao2") is None
    with pytest.raises(Problem, match="Another second person"):
        look(engine, refusal("zhao2"))
    disable_user(engine, "li", "admin")
    assert Program(desk, "zhao2").get("/cases/1")["can"] == "second"


def rename(engine: Engine, login: str, name: str) -> None:
    with write(engine) as connection:
        connection.execute(update(users).where(users.c.login == login).values(name=name))


def test_a_takedown_page_tells_no_superseded_opinion_of_an_open_round(desk: Any) -> None:
    """zhao is asked next; the request was drafted before the case needed two."""
    engine = desk.engine
    wang_says(engine, FIRST, reason="C3-01")
    number = drafted(engine)
    assert FIRST in request_page(desk, number)
    wang_says(engine, SECOND, supersedes=newest(engine))
    seen = request_page(desk, number)
    assert not [word for word in (FIRST, SECOND, "C3-01") if word in seen]
    assert "在第二人复核之前，不显示此前他人的意见" in seen
    look(engine, refusal("zhao"))
    assert FIRST not in request_page(desk, number), "refused, it is open still"
    wang_says(engine, SECOND)
    look(engine, decision(1, by="li", reason="C3-02"))
    assert SECOND in request_page(desk, number), "agreed on, it is told"


def test_a_takedown_page_keeps_what_two_have_agreed_on(desk: Any) -> None:
    engine = desk.engine
    wang_says(engine, FIRST)
    look(engine, decision(1, by="li", reason="C3-02"))
    number = drafted(engine)
    wang_says(engine, SECOND, supersedes=newest(engine))
    seen = request_page(desk, number)
    assert FIRST in seen
    assert SECOND not in seen


def request_page(desk: Any, number: int) -> str:
    page = Browser(desk)
    page.get("/login")
    page.log_in("zhao")
    answer = page.get(f"/takedowns/{number}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_house_of_one_second_person_is_never_stuck_by_its_decider(desk: Any) -> None:
    """li may be a second person, but not of what li decides."""
    engine = desk.engine
    wang_says(engine, FIRST, by="li")
    look(engine, refusal("zhao"))
    wang_says(engine, SECOND, by="li")
    assert next_second(engine, "zhao") == 1


def test_what_two_have_agreed_on_is_open_and_a_change_of_it_is_a_round_of_its_own(
    desk: Any,
) -> None:
    engine = desk.engine
    wang_says(engine, FIRST)
    look(engine, decision(1, by="zhao", reason="C3-02"))
    assert FIRST in told(desk, "li")
    wang_says(engine, SECOND, verdict=Verdict.CLEAN, reason="NEWS", supersedes=newest(engine))
    seen = told(desk, "li")
    assert FIRST in seen
    assert SECOND not in seen
    assert next_second(engine, "zhao") == 1, "zhao has said nothing of the change"


def test_an_ordinary_case_that_was_taken_back_hides_nothing(desk: Any) -> None:
    wang_says(desk.engine, FIRST, reason="B4-02")
    withdraw(desk.engine, 1, newest(desk.engine), "wang")
    assert FIRST in told(desk, "li")


def test_the_command_line_is_blind_as_well(desk: Any) -> None:
    play(desk.engine, "taken back")
    assert blinded(get_case(desk.engine, 1)).decisions == ()


def test_a_batch_that_was_taken_back_does_not_tell_what_it_said(desk: Any) -> None:
    wang, li = Browser(desk), Browser(desk)
    for one, login in ((wang, "wang"), (li, "li")):
        one.get("/login")
        one.log_in(login)
    wang.get("/queue")
    made = wang.post("/bulk", {"case": "1"}).headers["location"]
    page = wang.get(made)
    assert page.status_code == 200
    said = {"verdict": "violation", "reason": "C3-02", "note": FIRST, "member": "0"}
    assert wang.post(f"{made}/decide", {**fields(page.text), **said}).status_code == 303
    wang.get(made)
    assert wang.post(f"{made}/undo").status_code == 303
    assert FIRST not in li.get(made).text
    assert FIRST in wang.get(made).text


def fields(page: str) -> dict[str, str]:
    """What the page's forms send along unseen."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_no_package_tells_an_opinion_of_an_open_round(desk: Any) -> None:
    play(desk.engine, "taken back")
    answer = Program(desk, "li").post("/packages", {"case": 1})
    assert answer.status_code == 409, answer.text


def test_the_decider_of_a_claimed_case_still_sees_their_own(desk: Any) -> None:
    play(desk.engine, "taken back")
    claim(desk.engine, 1, "wang")
    assert FIRST in told(desk, "wang")
