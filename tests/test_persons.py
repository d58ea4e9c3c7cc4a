"""Names of the people responsible: what cannot be one, and which two are one person's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from storage.bilingual import Problem
from storage.cases import decide
from storage.database import read
from storage.persons import named_person, person_key, same_person
from storage.second import look
from storage.second_persons import same_people
from storage.takedown_acts import approve
from storage.users import Role, add_user, disable_user
from tests.makers import NOON, decision, flagged, post, sight
from tests.takedown_makers import DRAFTER, decided, drafted

SAME = [
    "王 审核",
    "王\u3000审核",
    "王\u200b审核",
    "王审核（组长）",
    "王审核(组长)",
    "王审核【二组】",
    "王审核组长",
    "组长王审核",
    "副科长 王审核",
    "王审核局长助理",
    "科员王审核同志",
    "王审核😀",
    "王\u2800审核",
    "王\u3164审核",
    "王\u0332审核",
    "王·审核",
    "王\ufe0f审核",
]


@pytest.mark.parametrize("other", SAME)
def test_one_person_stays_one_however_the_name_is_dressed_up(other: str) -> None:
    assert same_person("王审核", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a", "\u0430"), ("Wang", "ＷＡＮＧ"), ("wang", "w\u0430ng"), ("o", "\u03bf")],
)
def test_letters_that_look_alike_are_one_letter(one: str, other: str) -> None:
    assert same_person(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("王审核", "王复核"),
        ("w.li", "wli"),
        ("张某", "张某某"),
        ("王处长", "李处长"),
        ("处长王", "处长李"),
    ],
)
def test_two_people_stay_two(one: str, other: str) -> None:
    assert not same_person(one, other)


@given(st.text(max_size=12), st.text(alphabet="\u200b\u2060\ufeff\u3000 😀\u00ad", max_size=4))
def test_signs_that_say_nothing_make_no_other_person(name: str, noise: str) -> None:
    if person_key(name):
        assert same_person(name, noise + name + noise)


@pytest.mark.parametrize(
    "name", ["王\u2028某", "王\u0085某", "张😀", "王\u200b某", "王\x00", "（）", "★", ""]
)
def test_a_name_with_signs_nobody_has_is_refused(name: str) -> None:
    with pytest.raises(Problem, match="nothing was written"):
        named_person(name)


def test_blanks_of_any_width_in_a_name_are_one_blank() -> None:
    assert named_person(" 王\u3000某\n") == "王 某"


def waiting(engine: Engine) -> None:
    sight(engine, flagged(post("http://x.example/1")))
    decide(engine, decision(1, reason="C3-02", by="王审核"))


@pytest.mark.parametrize("name", ["王审核（组长）", "王·审核", "王审核组长"])
def test_nobody_is_their_own_second_person_by_another_spelling(engine: Engine, name: str) -> None:
    waiting(engine)
    with pytest.raises(Problem, match="yourself"):
        look(engine, decision(1, reason="C3-02", by=name))


@pytest.mark.parametrize("name", [f"{DRAFTER}（组长）", f"{DRAFTER}同志", "王-起草"])
def test_nobody_approves_their_own_draft_by_another_spelling(engine: Engine, name: str) -> None:
    decided(engine)
    number = drafted(engine)
    with pytest.raises(Problem, match="somebody else"):
        approve(engine, number, name, NOON)


def test_two_names_of_one_account_are_one_person(engine: Engine) -> None:
    add_user(engine, "wang", "王起草", [Role.REVIEWER], "admin")
    decided(engine)
    number = drafted(engine)
    with pytest.raises(Problem, match="somebody else"):
        approve(engine, number, "wang", NOON)
    with read(engine) as connection:
        assert same_people(connection, "王起草", "WANG")


def test_where_the_house_has_accounts_the_second_person_has_one(engine: Engine) -> None:
    add_user(engine, "wang", "王起草", [Role.REVIEWER], "admin")
    add_user(engine, "zhao", "赵批准", [Role.ADMIN], "admin")
    add_user(engine, "sun", "孙离任", [Role.ADMIN], "admin")
    disable_user(engine, "sun", "admin")
    decided(engine)
    number = drafted(engine)
    for nobody in ("无此人", "孙离任"):
        with pytest.raises(Problem, match="no account"):
            approve(engine, number, nobody, NOON)
    assert approve(engine, number, "赵批准", NOON) == 1


def test_no_account_looks_like_another(engine: Engine) -> None:
    add_user(engine, "wang", "王某", [Role.REVIEWER], "admin")
    with pytest.raises(Problem, match="looks like"):
        add_user(engine, "w\u0430ng", "王某", [Role.REVIEWER], "admin")
