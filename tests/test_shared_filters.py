"""A filter kept for all carries no contact to whoever may not see one."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine

from storage.saved_filters import save_filter, saved_for
from tests.desk_site import Browser, make_desk, staff
from tests.test_api import Program

PHONE = "13800000001"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Any:
    staff(engine)
    return make_desk(engine, tmp_path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("查一查", PHONE),
        (f"查 {PHONE}", ""),
        ("查一三八零零零零零零零一", ""),
        ("老客户", "sample_wx_105"),
        ("samplewx105", ""),
        ("微信 sample_wx", ""),
        ("138-0000-0001", ""),
        ("老客户", "138 00 00 00 01"),
        ("老客户", "wx ab c1 23 45"),
        ("老客户", "微 138 2000 0001"),
        ("老客户", "一三 八零 零零"),
        ("一二三四五", ""),
        ("wx一二三四", ""),
    ],
)
def test_none_that_names_a_contact_is_shared(desk: Any, name: str, words: str) -> None:
    wang = Browser(desk).log_in("wang")
    form = {"name": name, "filters": urlencode({"words": words}), "shared": "1"}
    answer = wang.post("/queue/filters", form)
    assert (answer.status_code, "没有保存" in answer.text) == (409, True)
    body = {"name": name, "filters": {"words": words}, "shared": True}
    assert Program(desk, "wang").ask("POST", "/filters", body).status_code == 409
    assert saved_for(desk.engine, "sun") == []


@pytest.mark.parametrize("place", ["platform", "region"])
def test_none_that_carries_a_contact_for_a_place_is_shared(desk: Any, place: str) -> None:
    wang = Browser(desk).log_in("wang")
    form = {"name": "河南", "filters": urlencode({place: PHONE}), "shared": "1"}
    assert wang.post("/queue/filters", form).status_code == 409
    assert saved_for(desk.engine, "sun") == []


def test_one_for_oneself_may_name_what_one_likes_and_is_ones_own(desk: Any) -> None:
    wang = Program(desk, "wang")
    wang.post("/filters", {"name": f"查 {PHONE}", "filters": {"words": PHONE}})
    assert [one["name"] for one in wang.get("/filters")] == [f"查 {PHONE}"]
    assert Program(desk, "sun").get("/filters") == []


@pytest.mark.parametrize(
    "name", ["河南二类", "2026年11月", "高分 0.9", "Beijing urgent", "一二三四条", "一、二、四"]
)
@pytest.mark.parametrize("words", ["催乳师 2026", "包过 2025 2026", "PMP ACP 证书", "一级 二级"])
def test_ordinary_names_and_words_are_shared(desk: Any, name: str, words: str) -> None:
    body = {"name": name, "filters": {"words": words}, "shared": True}
    Program(desk, "wang").post("/filters", body)
    assert [one["name"] for one in Program(desk, "sun").get("/filters")] == [name]
    assert name in Browser(desk).log_in("sun").get("/queue").text


def test_one_that_looks_for_a_number_in_pieces_is_shown_to_nobody_without_the_right(
    desk: Any,
) -> None:
    save_filter(desk.engine, "wang", "旧的", "words=138+00+00+00+01", shared=True)
    assert Program(desk, "sun").get("/filters") == []
    assert len(Program(desk, "qian").get("/filters")) == 1


def test_one_that_was_shared_before_is_not_shown_to_who_may_not_see_contacts(desk: Any) -> None:
    save_filter(desk.engine, "wang", "旧的", f"words={PHONE}", shared=True)
    for login, seen in (("sun", False), ("admin", False), ("qian", True), ("wang", True)):
        assert (PHONE in Browser(desk).log_in(login).get("/queue").text) is seen, login
        assert bool(Program(desk, login).get("/filters")) is seen, login
    assert Program(desk, "qian", ["read"]).get("/filters") == [], "a token without the scope"
