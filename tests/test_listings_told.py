"""What a classifieds site tells about a listing beside, or instead of, its facts."""

from __future__ import annotations

import pytest

from door.sources import all_sources
from tests.test_sources import page_of
from tests.test_walls_told import FACTS, LISTING, told


def led(asked: str, reached: str) -> str:
    html = (
        f"<html><head><title>育婴 - 58同城</title></head><body><h1>育婴</h1>{FACTS}</body></html>"
    )
    reading = all_sources()["classifieds"]().read(page_of(html.encode(), asked, final_url=reached))
    assert reading.state == "alive" or reading.posts == ()
    return f"{reading.state}:{reading.reason}"


@pytest.mark.parametrize(
    ("asked", "reached", "state"),
    [
        (LISTING, "https://bj.58.com/jiazheng/999999x.shtml", "swapped:other_post"),
        (LISTING, "https://bj.58.com/", "swapped:home_page"),
        (LISTING, "https://m.58.com/bj/jiazheng/123456x.shtml?from=pc", "alive:"),
        (LISTING, LISTING, "alive:"),
        (
            "https://bj.baixing.com/x/a4567.html",
            "https://bj.baixing.com/x/a9999.html",
            "swapped:other_post",
        ),
    ],
)
def test_a_listing_that_leads_to_another_page_is_swapped(asked, reached, state):
    assert led(asked, reached) == state


@pytest.mark.parametrize(
    "notice",
    ["该信息已被删除", "抱歉，该信息已过期", "该商品已下架。", "该信息已被删除，请浏览其他信息"],
)
def test_a_notice_in_an_element_that_is_not_known_leaves_the_listing_to_a_person(notice):
    body = f"<div class=zzz>{notice}</div><h1>月嫂证</h1><div class=description>包过</div>{FACTS}"
    assert told("classifieds", LISTING, "月嫂证 - 58同城", body) == "ambiguous:unavailable"


@pytest.mark.parametrize("said", ["该信息已被删除", "<p>包过</p><p>该信息已被删除</p>"])
def test_an_advertiser_s_description_does_not_take_his_listing_down(said):
    body = f"<h1>月嫂证</h1><div class=description>{said}</div>{FACTS}<p>请输入验证码</p>"
    assert told("classifieds", LISTING, "月嫂证 - 58同城", body) == "alive:"


@pytest.mark.parametrize(
    ("title", "state"),
    [("安全验证设备", "alive:"), ("访问验证门禁", "alive:"), ("安全验证", "blocked:captcha")],
)
def test_a_listing_is_a_wall_by_its_title_only_where_that_is_the_wall_s(title, state):
    assert told("classifieds", LISTING, f"{title} - 58同城", f"<h1>门禁</h1>{FACTS}") == state
