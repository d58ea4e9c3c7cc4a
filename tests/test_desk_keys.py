"""Keys that each person puts where they want them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from console.pages.help import ACTS
from storage.cases import get_case
from storage.keymap import USUAL, keymap
from tests.desk_server import CHROMIUM, chromium, person, served
from tests.desk_site import Browser, make_desk, staff
from tests.makers import flagged, post, sight


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def test_every_act_has_its_word_and_a_key_of_its_own() -> None:
    assert set(ACTS) == set(USUAL)
    assert len(set(USUAL.values())) == len(USUAL)
    assert keymap({"down": "x", "gone": "y"})["down"] == "x"
    assert "gone" not in keymap({"gone": "y"})


def test_keys_are_each_persons_own_and_come_back(desk) -> None:
    wang, li = Browser(desk).log_in("wang"), Browser(desk).log_in("li")
    wang.get("/keys")
    assert wang.post("/keys", {"down": ";", "undo": "Z", "clean": ""}).status_code == 303
    page = wang.get("/keys").text
    assert 'data-keys="down ; ' in page
    assert "undo Z " in page
    assert "clean 2 " in page
    assert 'title="?"' in page
    assert "down j " in li.get("/queue").text
    wang.post("/keys", {"reset": "1", "down": "x"})
    assert "down j " in wang.get("/queue").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"down": "k"}, "给了两个动作"),
        ({"down": "n", "next_quote": ""}, "给了两个动作"),
        ({"down": "jk"}, "一个不用输入法就能打出的字符"),
        ({"down": "\u200b"}, "不用输入法"),
        ({"down": "中"}, "不用输入法"),
        ({"down": "🙂"}, "不用输入法"),
        ({"down": "？"}, "不用输入法"),
        ({"down": "<script>"}, "一个不用输入法就能打出的字符"),
    ],
)
def test_a_key_that_is_none_or_twice_changes_nothing(desk, typed, said) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/keys")
    answer = browser.post("/keys", {"undo": "q", **typed})
    assert answer.status_code == 409
    assert said in answer.text
    assert 'value="q"' in answer.text, "what was typed stays"
    assert "<script>" not in answer.text.split("<main")[1]
    assert "undo z " in browser.get("/queue").text


def test_no_form_of_others_changes_keys(desk) -> None:
    browser = Browser(desk).log_in("wang")
    assert browser.send("POST", "/keys", data={"down": "x"}).status_code == 403


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_desk_obeys_the_new_key_and_no_longer_the_old(engine: Engine, tmp_path: Path) -> None:
    staff(engine)
    for n in (1, 2):
        sight(engine, flagged(post(f"http://school{n}.example/a"), seed=n))
    with served(engine, tmp_path) as desk, chromium() as browser:
        page = person(browser, desk, "wang")
        page.keyboard.press("?")
        page.wait_for_url("**/keys")
        page.fill("#key-violation", "v")
        page.fill("#key-open", "g")
        page.fill("#key-search", "f")
        page.click("text=保存按键")
        page.goto(f"{desk.origin}/queue")
        page.keyboard.press("f")
        page.keyboard.type("包过")
        page.keyboard.press("Enter")
        page.wait_for_url("**words=*")
        page.keyboard.press("o")
        page.keyboard.press("g")
        page.wait_for_url("**/cases/*")
        number = int(page.url.partition("/cases/")[2].partition("?")[0])
        page.keyboard.press("1")
        assert not page.is_checked("[value=violation]")
        page.keyboard.press("v")
        assert page.is_checked("[value=violation]")
        page.keyboard.press("Enter")
        page.wait_for_url("**done=*")
    assert len(get_case(engine, number).decisions) == 1
