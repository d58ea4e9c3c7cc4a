"""Small guards of the desk: each read is a line, each picture asks, a reason is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from console.reasons import reason_given
from storage.audit import lines
from storage.bilingual import Problem
from storage.database import FULL
from tests.desk_site import Browser, make_desk, staff
from tests.makers import flagged, sight


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Any:
    staff(engine)
    sight(engine, flagged())
    return make_desk(engine, tmp_path)


def test_the_pane_beside_the_queue_is_a_read_as_any_other(desk: Any) -> None:
    assert Browser(desk).log_in("wang").get("/cases/1/brief").status_code == 200
    assert [one.actor for one in lines(desk.engine) if one.act == "case.read"] == ["wang"]


@pytest.mark.parametrize("typed", ["aaaaaaaa", "哈哈哈哈", "1 1 1", "Aa", "……", "\u200b"])
def test_one_sign_again_and_again_is_no_reason(typed: str) -> None:
    with pytest.raises(Problem):
        reason_given(typed)


@pytest.mark.parametrize("typed", ["核对", "移送公安", "ok"])
def test_two_signs_are_one(typed: str) -> None:
    assert reason_given(typed) == typed


def test_an_account_of_a_name_that_is_there_is_told_with_its_password(desk: Any) -> None:
    admin = Browser(desk).log_in("admin")
    form = {"login": "wang2", "name": "王审核", "role": "second"}
    told = admin.post("/users", form).text
    assert "与这些账号同名：wang" in told
    other = admin.post("/users", {"login": "sunny", "name": "钱某某", "role": "second"}).text
    assert "同名" not in other


def test_what_a_full_disk_says_fits_a_page_as_well(desk: Any) -> None:
    assert "运行" not in FULL[0]
    assert "run this" not in FULL[1]
