"""Classifieds: facts behind labels, links that make a list, and which page is an offer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.labelled import Fact, facts_of
from crawler.repeated_links import FEWEST, entries
from spiders.classifieds import ClassifiedsSpider
from storage.records import Page, PageState

LABELS = {"person": ("联系人",), "phone": ("电话", "联系电话"), "price": ("价格",)}
BASE = "https://zz.fenlei.example/peixun/"


def facts(text: str) -> dict[str, tuple[str, str]]:
    return {name: (fact.label, fact.value) for name, fact in facts_of(text, LABELS).items()}


@pytest.mark.parametrize(
    "text",
    [
        "联系人：王老师",
        "联 系 人: 王老师",
        "联系人：\n王老师",
        "联系人\t王老师",
        "联系人：\t王老师",
        "标题\n价格：面议 联系人：王老师 电话：0371-00000000",
        "联系人：王老师\n联系人：另一位",
    ],
)
def test_a_fact_is_found_behind_its_label_however_it_is_set(text):
    assert facts(text)["person"][1] == "王老师"


@pytest.mark.parametrize(
    "text",
    ["联系人", "联系人：", "请联系人事部", "联系人：\n电话：13800000000", "联系人：" + "长" * 500],
)
def test_a_label_without_its_value_is_no_fact(text):
    assert "person" not in facts(text)


def test_the_label_is_kept_as_the_page_writes_it():
    assert facts("联系电话：0371-00000000")["phone"] == ("联系电话", "0371-00000000")


@given(st.text("联系人电话价格：: \t\n王138", max_size=200))
def test_no_text_breaks_the_reading_of_facts(text):
    for fact in facts_of(text, LABELS).values():
        assert isinstance(fact, Fact)
        assert fact.value.strip()
        assert fact.value in text


def listed(count: int, host: str = "zz.fenlei.example") -> list[tuple[str, str]]:
    urls = [f"https://{host}/peixun/{100 + n}.html" for n in range(count)]
    return [(url, f"职业证书培训招生{n}") for n, url in enumerate(urls)]


def test_links_of_one_shape_with_titles_are_a_list():
    assert len(entries(listed(FEWEST), BASE)) == FEWEST
    assert entries(listed(FEWEST - 1), BASE) == ()


def test_menus_and_pages_of_a_list_are_no_entries():
    menu = [(f"https://zz.fenlei.example/{name}/", "栏目名称很长很长") for name in "abcdefgh"]
    turns = [(f"https://zz.fenlei.example/peixun/pn{n}.html", str(n)) for n in range(1, 9)]
    assert entries([*menu, *turns], BASE) == ()


def test_another_site_s_links_are_no_entries_but_another_city_s_are():
    away, other = listed(6, "bj.fenlei.example"), listed(6, "www.other.example")
    assert entries([*away, *other], BASE) == tuple(url for url, _ in away)


def read(html: str, url: str = "https://zz.fenlei.example/peixun/100001.html"):
    return ClassifiedsSpider().read(
        Page(
            url=url,
            final_url=url,
            status=200,
            headers=(("content-type", "text/html"),),
            body=f"<html><body>{html}</body></html>".encode(),
            fetched_at=datetime(2026, 11, 25, 4, tzinfo=UTC),
            sha256="0" * 64,
        )
    )


OFFER = "<h1>电工证办理</h1><p>价格：{price}</p><p>联系人：王老师</p><p>电话：13800000000</p>"


@pytest.mark.parametrize(
    ("shown", "yuan"),
    [("680元/证", 680), ("￥1,280.00", 1280), ("1.5万元", 15_000), ("面议", None)],
)
def test_a_price_is_kept_as_shown_and_read_where_it_is_a_number(shown, yuan):
    (post,) = read(OFFER.format(price=shown)).posts
    assert post.counts["price"] == (shown, yuan)


def test_an_offer_beside_a_list_of_others_is_an_offer():
    more = "".join(f'<a href="/peixun/{200 + n}.html">同类职业证书培训{n}</a>' for n in range(9))
    reading = read(OFFER.format(price="面议") + more)
    assert [post.title for post in reading.posts] == ["电工证办理"]


def test_an_offer_that_speaks_of_deleted_ones_is_alive():
    reading = read(OFFER.format(price="面议") + "<p>该信息已被删除的同行请绕道。</p>")
    assert reading.state is PageState.ALIVE


def test_a_deleted_offer_with_a_list_of_others_is_deleted():
    more = "".join(f'<a href="/peixun/{200 + n}.html">同类职业证书培训{n}</a>' for n in range(9))
    reading = read(f"<p>该信息已被删除</p>{more}")
    assert (reading.state, reading.posts) == (PageState.REMOVED, ())


def test_a_number_behind_a_dialling_link_is_a_contact():
    (post,) = read(OFFER.format(price="面议") + '<a href="tel:0371-11111111">拨打</a>').posts
    assert post.contacts.phones == ("13800000000", "0371-11111111")
