"""Hits, links and contacts become targets: through the guard, on topic, within the budget."""

from __future__ import annotations

import sqlite3

import pytest

from classifiers.site_topic import on_topic
from tests.loopback import Answer, Site
from tests.source_sweep import swept, target
from tests.test_source_sweep import ROBOTS, page, post

HTML = {"Content-Type": "text/html; charset=utf-8"}
OFFER = (
    "月嫂证、育婴师证、电工证报名，免考包过，七天拿证，不过退款。零基础学员均可报名，"
    "电话 13800000000，证书全国通用，资格证、等级证都有。"
)
HARMLESS = "本店新到一批花盆，颜色很多，欢迎来看。下午三点以后老板在，周一休息。" * 3


def html(text: str, *links: str) -> Answer:
    anchors = "".join(f'<a href="{link}">看看</a>' for link in links)
    body = f"<!doctype html><html><head><title>页面</title></head><body><p>{text}</p>{anchors}"
    return Answer(f"{body}</body></html>".encode(), headers=HTML)


PAGES = {
    "so.test/list/canary": page(post(1)),
    "so.test/list/yuesao": page(
        post(2, text="月嫂证 包过"),
        links=["http://dealer.test/offer", "http://flowers.test/", "http://luntan.test/t/9"],
    ),
    "so.test/list/13800000000": page(post(3, text="同一电话")),
    "dealer.test/offer": html(OFFER, "http://dealer.test/more", "http://partner.test/x"),
    "dealer.test/": html(OFFER, "http://dealer.test/more"),
    "dealer.test/more": html(OFFER + "另有高级班。"),
    "partner.test/x": html(OFFER.replace("七天", "三天")),
    "partner.test/": html(OFFER),
    "flowers.test/": html(HARMLESS, "http://flowers.test/more"),
    "luntan.test/t/9": page(
        post(
            9,
            text=OFFER,
            url="http://luntan.test/t/9",
        ),
        links=["http://127.0.0.1/admin", "http://lured.test/x"],
    ),
    "lured.test/x": html(HARMLESS),
}
PAGES |= {f"{host}/robots.txt": ROBOTS for host in {key.partition("/")[0] for key in PAGES}}


def leads(home) -> dict[str, str]:
    with sqlite3.connect(home / "certsweep.db") as connection:
        found = connection.execute("select value, state from leads").fetchall()
    connection.close()
    return dict(found)


@pytest.fixture(scope="module")
def swept_twice(tmp_path_factory):
    home = tmp_path_factory.mktemp("discovery")
    wanted = [target("yuesao", "engine", depth=1)]
    with Site(dict(PAGES)) as site:
        said = swept(home, wanted, site.port, order={"discover": 20})
        first = list(site.asked)
        site.asked.clear()
        swept(home, wanted, site.port, order={"discover": 20})
        yield home, said, first, list(site.asked)


def test_the_site_of_a_hit_that_is_on_topic_is_walked(swept_twice):
    _, said, asked, _ = swept_twice
    assert {"dealer.test/offer", "dealer.test/", "dealer.test/more"} <= set(asked)
    sites = [one["value"] for one in said["targets"] if one["kind"] == "site"]
    assert "http://dealer.test/" in sites


def test_a_hit_about_something_else_is_looked_at_once_and_left(swept_twice):
    _, said, asked, _ = swept_twice
    assert "flowers.test/" in asked
    assert "flowers.test/more" not in asked
    assert "http://flowers.test/" not in [one["value"] for one in said["targets"]]


def test_links_of_a_flagged_post_are_looked_at_and_lead_on_where_they_are_on_topic(swept_twice):
    home, _, asked, _ = swept_twice
    assert {"partner.test/x", "partner.test/", "lured.test/x"} <= set(asked)
    assert "lured.test/" not in asked
    assert leads(home)["http://partner.test/"] == "taken"


def test_nothing_leads_inside(swept_twice):
    home, _, _, _ = swept_twice
    assert not [value for value in leads(home) if "127.0.0.1" in value]


def test_a_number_in_a_flagged_post_is_searched_for(swept_twice):
    _, said, asked, _ = swept_twice
    assert asked.count("so.test/list/13800000000") == 1
    contact = next(one for one in said["targets"] if one["value"] == "13800000000")
    assert "联系方式" in contact["reason"]


def test_the_next_sweep_watches_what_was_found_and_finds_it_not_again(swept_twice):
    _, _, _, again = swept_twice
    assert "dealer.test/more" in again
    assert "so.test/list/13800000000" not in again


def test_a_budget_of_new_targets_holds(tmp_path):
    with Site(dict(PAGES)) as site:
        said = swept(
            tmp_path, [target("yuesao", "engine", depth=1)], site.port, order={"discover": 2}
        )
    made = [one for one in said["targets"] if one["added_by"] == "certsweep"]
    assert len([one for one in made if one["reason"] != "canary"]) == 2


def test_without_a_budget_a_sweep_keeps_to_what_it_was_asked_for(tmp_path):
    with Site(dict(PAGES)) as site:
        swept(tmp_path, [target("yuesao", "engine", depth=1)], site.port)
        assert "dealer.test/more" not in site.asked
    assert leads(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "host", "said"),
    [
        (OFFER, "dealer.test", True),
        (OFFER, "www.osta.org.cn", False),
        (HARMLESS, "flowers.test", False),
        ("本报讯 昨日气温骤降，多地启动预案。" * 5, "news.test", False),
        (
            "焊工技能培训班招生，零基础可报名，学员结业后参加等级证评价，取得职业资格证书",
            "x.test",
            True,
        ),
        ("", "x.test", False),
    ],
)
def test_a_look_tells_a_school_or_dealer_from_anybody_else(text, host, said):
    assert on_topic(text, host) is said
