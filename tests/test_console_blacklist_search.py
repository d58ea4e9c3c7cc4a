"""Looking through the blacklist: no number can be read out of what is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from console.forms import today
from storage.audit import lines
from storage.blacklist import Listing, list_subjects
from storage.columns import utc_now
from tests.desk_lookups import tooled_desk
from tests.desk_site import Browser, staff
from tests.test_api import Program

PHONE, WECHAT = "13800000001", "sample_wx_105"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Any:
    staff(engine)
    desk = tooled_desk(engine, tmp_path)
    law: dict[str, Any] = {"legal_basis": "广告法", "starts": today(), "source": "案件 7"}
    subjects = [
        Listing(kind="phone", value=PHONE, reason=f"屡次发布，联系 {PHONE}", **law),
        Listing(kind="wechat", value=WECHAT, reason=f"加微信 {WECHAT} 卖证", **law),
        Listing(kind="host", value="sampleschool105.example", reason="冒名", **law),
        Listing(kind="name", value="示例速成证书公司", reason="包过", **law),
    ]
    list_subjects(engine, subjects, "admin", utc_now())
    return desk


def found(desk: Any, login: str, words: str) -> set[int]:
    """By page, which must say the same as the API."""
    text = Browser(desk).log_in(login).send("GET", "/blacklist", params={"q": words}).text
    on_page = {n for n in range(1, 5) if f"/blacklist/{n}" in text}
    api = Program(desk, login).browser.send(
        "GET",
        "/api/v1/blacklist",
        params={"q": words},
        headers={"authorization": f"Bearer {Program(desk, login).token}", "sec-fetch-site": ""},
    )
    assert {one["id"] for one in api.json()["entries"]} == on_page
    return on_page


PIECES = ("138", "1380", "13800000001", "138 0000 0001", "0001", "a1b3c8d0", "sample_wx", "wx_105")


@pytest.mark.parametrize("login", ["sun", "admin"])
def test_who_may_not_see_contacts_finds_nothing_within_one(desk: Any, login: str) -> None:
    for words in PIECES:
        assert not found(desk, login, words) & {1, 2}, words


@pytest.mark.parametrize("login", ["wang", "sun", "admin"])
def test_names_sites_and_reasons_are_found_by_everybody(desk: Any, login: str) -> None:
    assert found(desk, login, "速成证书") == {4}
    assert found(desk, login, "SampleSchool105") == {3}
    assert found(desk, login, "http://sampleschool105.example/a") == {3}
    assert found(desk, login, "屡次发布") == {1}
    assert found(desk, login, "案件 7") == {1, 2, 3, 4}
    assert found(desk, login, "") == {1, 2, 3, 4}


def test_whoever_may_see_contacts_finds_them_and_every_such_search_is_a_line(desk: Any) -> None:
    assert found(desk, "wang", "138 0000 0001") == {1}
    assert found(desk, "wang", "wx_105") == {2}
    assert found(desk, "sun", "1年3年8年0") == set()
    told = [line for line in lines(desk.engine) if line.act == "contacts.searched"]
    assert [line.actor for line in told] == ["wang"] * 4 + ["sun"] * 2, "by page and by API"
    assert all(line.about == "blacklist:" for line in told)
    assert PHONE not in "".join(line.detail for line in told)
    assert all('"refused":true' in line.detail for line in told[4:])


def test_a_token_without_the_scope_finds_no_more_than_an_auditor(desk: Any) -> None:
    narrow = Program(desk, "wang", ["read"])
    assert narrow.get("/blacklist?q=13800000001")["entries"] == []
    assert len(Program(desk, "wang").get("/blacklist?q=13800000001")["entries"]) == 1


def test_pages_of_what_is_found_follow_each_other_without_gap(engine: Engine, desk: Any) -> None:
    many = [
        Listing(
            kind="phone", value=f"1380000{n:04d}", reason="屡犯", legal_basis="法", starts=today()
        )
        for n in range(100, 160)
    ]
    list_subjects(engine, many, "admin", utc_now())
    token = Program(desk, "sun")
    first = token.get("/blacklist?q=屡犯")
    second = token.get(f"/blacklist?q=屡犯&before={first['next']}")
    ids = [one["id"] for one in first["entries"] + second["entries"]]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), len(set(ids)), first["total"], second["next"]) == (60, 60, 60, None)
