"""A sweep over platforms: each source's state is told, and a wall stops that source alone."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from crawler.canon import canonical
from crawler.readers import Readers
from door.sources import all_sources
from storage.records import MANY_SITES, Target, TargetKind
from storage.sessions import Session, SessionStore
from tests.loopback import Answer, Site
from tests.makers import NOON
from tests.source_sweep import swept, target

ROBOTS = Answer(b"User-agent: *\nAllow: /\n", headers={"Content-Type": "text/plain"})
DAY = 86_400
NEW = 1_763_900_000  # epoch seconds of the newest post


def page(*posts: dict, links=(), state="alive", reason="") -> Answer:
    told = {"posts": list(posts), "links": list(links), "state": state, "reason": reason}
    return Answer(json.dumps(told).encode(), headers={"Content-Type": "application/json"})


def post(number: int, text: str = "今天食堂换了师傅，大家都说好。", **more) -> dict:
    return {"id": number, "text": text, "at": NEW - number * DAY, **more}


def list_page(first: int, *, onward: str = "") -> Answer:
    posts = [post(first + step) for step in range(4)]
    return page(*posts, links=[onward] if onward else [])


PAGES = {
    "luntan.test/list/canary": page(post(900)),
    "luntan.test/list/yuesao": list_page(0, onward="http://luntan.test/list/yuesao?page=2"),
    "luntan.test/list/yuesao?page=2": list_page(4, onward="http://luntan.test/list/yuesao?page=3"),
    "luntan.test/list/yuesao?page=3": list_page(8),
    "wall.test/list/canary": page(state="blocked", reason="captcha"),
    "wall.test/list/yuesao": page(post(1)),
    "new.test/list/canary": page(state="error", reason="layout_changed"),
    "new.test/list/yuesao": page(post(2)),
    "quiet.test/list/canary": page(),
    "quiet.test/list/yuesao": page(),
}
PAGES |= {f"{host}/robots.txt": ROBOTS for host in {key.partition("/")[0] for key in PAGES}}
NAMES = ("forum", "wall", "changed", "quiet")


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    home = tmp_path_factory.mktemp("platforms")
    targets = [target("yuesao", name) for name in NAMES]
    with Site(dict(PAGES)) as site:
        first = swept(home, targets, site.port)
        asked_first = Counter(site.asked)
        site.asked.clear()
        second = swept(home, targets, site.port)
        yield first, second, asked_first, Counter(site.asked)


def rows(said: dict) -> dict[str, dict]:
    return {row["source"]: row for row in said["summary"]["sources"]}


def test_every_source_has_its_row_with_its_state(day):
    told = {name: (row["state"], row["reason"]) for name, row in rows(day[0]).items()}
    assert told == {
        "forum": ("good", ""),
        "wall": ("blocked", "captcha"),
        "changed": ("changed", "layout_changed"),
        "quiet": ("changed", "canary_empty"),
    }


def test_a_wall_stops_its_source_and_no_other(day):
    _, _, asked, _ = day
    assert asked["wall.test/list/canary"] == 1
    assert asked["wall.test/list/yuesao"] == 0
    assert asked["luntan.test/list/yuesao"] == 1
    unread = {row["url"]: row["reason"] for row in day[0]["summary"]["unreadable"]}
    assert unread["http://wall.test/list/yuesao"] == "source_paused"


def test_nothing_new_is_told_from_no_longer_readable(day):
    _, second, _, _ = day
    assert rows(second)["forum"]["state"] == "good"
    assert rows(second)["forum"]["posts"] == rows(second)["forum"]["unchanged"] > 0
    assert day[0]["health"]["quiet"]["state"] == "changed"


def test_what_to_do_is_said_where_something_is_wrong(day):
    told = rows(day[0])
    assert told["forum"]["what_to_do"] == ""
    assert all(told[name]["what_to_do"] for name in ("wall", "changed", "quiet"))


def test_the_daily_look_is_taken_once_a_day(day):
    _, _, first, second = day
    assert first["luntan.test/list/canary"] == 1
    assert second["luntan.test/list/canary"] == 0
    assert second["wall.test/list/canary"] == 0


def test_a_list_in_order_of_time_is_left_where_the_last_sweep_began(day):
    first, _, asked, again = day
    assert asked["luntan.test/list/yuesao?page=3"] == 1
    assert again["luntan.test/list/yuesao"] == 1
    assert again["luntan.test/list/yuesao?page=2"] == 0
    assert [spans for spans in first["covered"].values() if spans]


def test_what_is_new_since_then_is_read_on(tmp_path):
    pages = dict(PAGES)
    with Site(pages) as site:
        swept(tmp_path, [target("yuesao", "forum")], site.port)
        fresh = [post(number) for number in range(-6, -2)]
        older = [post(number) for number in range(-2, 2)]
        pages["luntan.test/list/yuesao"] = page(
            *fresh, links=["http://luntan.test/list/yuesao?p=2"]
        )
        pages["luntan.test/list/yuesao?p=2"] = page(
            *older, links=["http://luntan.test/list/yuesao?p=3"]
        )
        site.asked.clear()
        site.pages = pages
        said = swept(tmp_path, [target("yuesao", "forum")], site.port)
    assert "luntan.test/list/yuesao?p=2" in site.asked
    assert rows(said)["forum"]["posts"] == 8


def test_an_account_is_read_like_a_keyword(tmp_path):
    pages = PAGES | {"luntan.test/list/u77": page(post(1), links=["http://luntan.test/t/1"])}
    pages["luntan.test/t/1"] = page(post(1, text="全文"))
    with Site(pages) as site:
        said = swept(tmp_path, [target("u77", "forum", kind="account")], site.port)
    assert rows(said)["forum"]["pages"] == 3  # its list, its thread, the daily look


def test_a_login_that_ended_pauses_its_source_until_somebody_logs_in_again(tmp_path):
    secret = "langes Geheimnis des Amtes"
    cookie = {"name": "sid", "value": "x", "domain": "login.test", "path": "/", "expires": -1}
    kept = Session(
        source="login", saved_at=NOON, saved_by="操作员", state={"cookies": [cookie], "origins": []}
    )
    SessionStore(tmp_path / "logins", secret.encode()).save(kept)
    wall = page(state="blocked", reason="login")
    pages = {"login.test/robots.txt": ROBOTS, "login.test/list/canary": wall}
    targets = [target("yuesao", "login"), target("canshui", "login")]
    with Site(pages) as site:
        first = swept(tmp_path, targets, site.port, env={"CERTSWEEP_SECRET": secret})
        asked = list(site.asked)
        second = swept(tmp_path, targets, site.port, env={"CERTSWEEP_SECRET": secret})
        assert site.asked == asked  # nothing is asked of a source that rests
    for said in (first, second):
        row = rows(said)["login"]
        assert (row["state"], row["reason"]) == ("expired", "session_expired")
        assert "certsweep login login" in row["what_to_do"]


def test_sources_of_many_sites_are_marked_so_in_both_places():
    marked = {name for name, source in all_sources().items() if source.many_sites}
    assert marked == MANY_SITES


def test_a_source_that_can_be_searched_says_where_and_the_rest_say_that_they_cannot():
    words = Target(
        kind=TargetKind.KEYWORD, value="月嫂证 包过", source="", reason="检查", added_by="检查"
    )
    for name, source in all_sources().items():
        for url in source.seeds(words):
            assert canonical(url), name
            assert Readers(all_sources()).of(url) in {name, ""}, name


def test_a_page_that_could_not_be_read_is_kept_for_a_person(day, tmp_path_factory):
    kept = {row["url"]: row["kept"] for row in day[0]["summary"]["unreadable"]}
    sha256 = kept["http://new.test/list/canary"]
    [found] = tmp_path_factory.getbasetemp().glob(f"platforms0/snapshots/??/??/{sha256}")
    assert json.loads(found.read_bytes())["reason"] == "layout_changed"
    assert kept["http://wall.test/list/canary"] == ""
