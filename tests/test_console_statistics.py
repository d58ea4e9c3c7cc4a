"""The statistics page: every figure with its table, every period told or refused."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from console import charts
from console.pages.statistics import long
from storage.cases import decide
from storage.columns import utc_now
from storage.records import Verdict
from tests.desk_site import Browser, make_desk, staff
from tests.makers import decision, flagged, post, sight
from tests.takedown_makers import sent


@pytest.fixture
def kind() -> str:
    """The figures are storage's, whose own tests run on both databases."""
    return "sqlite"


@pytest.fixture
def desk(engine: Engine, tmp_path: Path):
    staff(engine)
    return make_desk(engine, tmp_path)


def test_the_page_tells_what_was_found_and_decided_with_a_table_behind_each_chart(desk) -> None:
    now = utc_now() - timedelta(minutes=1)
    for n in range(1, 4):
        place = post(f"http://school{n}.example/", region="河南", author=f"培训{n} 13800000009")
        sight(desk.engine, flagged(place, seed=n), now=now)
    decide(desk.engine, decision(1, at=now))
    decide(desk.engine, decision(2, Verdict.CLEAN, at=now))
    page = Browser(desk).log_in("wang").get("/statistics?period=today").text
    assert re.search(r"<b>3</b>\s*发现案件", page)
    assert re.search(r"<b>2</b>\s*判定", page)
    assert page.count("<svg") == 8
    assert page.count("数据表") >= 5
    assert "河南" in page
    assert "13800000009" not in page, "a contact in a name is masked"


@pytest.mark.parametrize("period", ["", "today", "week", "month"])
def test_an_empty_period_is_a_page_too(desk, period: str) -> None:
    answer = Browser(desk).log_in("sun").get(f"/statistics?period={period}")
    assert answer.status_code == 200
    assert "这一时段没有" in answer.text


def test_a_period_of_ones_own_and_what_is_none(desk) -> None:
    sent(desk.engine)
    browser = Browser(desk).log_in("wang")
    assert (
        browser.get("/statistics?period=custom&first=2026-01-01&last=2026-11-24").status_code == 200
    )
    for query in (
        "period=year",
        "period=custom&first=2026-02-30",
        "period=custom&first=2026-03-02&last=2026-03-01",
        "period=custom&first=2020-01-01&last=2026-01-01",
        "period=custom&first=2026-01-01&last=2999-01-01",
        "period=custom&first=0001-01-01&last=0001-01-02",
    ):
        answer = browser.get(f"/statistics?{query}")
        assert (answer.status_code, "请" in answer.text) == (409, True), query


def test_the_brief_of_the_period_is_one_click_away(desk) -> None:
    browser = Browser(desk).log_in("wang")
    browser.get("/statistics?period=week")
    form = {"kind": "brief", "day": "2026-11-24", "days": "7"}
    assert browser.post("/exports", form).headers["location"] == "/exports/1"


def test_lengths_of_time_are_said_in_one_unit() -> None:
    assert [long(n, "zh") for n in (None, 5, 90, 5400, 200_000)] == [
        "—",
        "5 秒",
        "1.5 分钟",
        "1.5 小时",
        "2.3 天",
    ]


@given(st.lists(st.integers(0, 10**7), max_size=400))
def test_columns_stay_on_the_paper_and_stand_on_the_axis(values) -> None:
    chart = charts.by_day([(f"2026-01-{n:02d}", value) for n, value in enumerate(values)])
    for one in chart.columns:
        assert one.y >= 0
        assert one.y + one.height == pytest.approx(chart.base, abs=0.02)
        assert one.x >= charts.ROOM
        assert one.x + one.width <= charts.WIDTH + 0.6
    assert chart.total == sum(values)


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), max_size=40))
def test_bars_are_as_long_as_their_values_are_large(pairs) -> None:
    chart = charts.rows([charts.Bar(name="甲" * 20, value=a, inner=b) for a, b in pairs])
    for row, (a, b) in zip(chart.rows, pairs, strict=True):
        assert 0 <= row.inner <= row.width <= charts.LONGEST
        most = max(value for value, _ in pairs) or 1
        assert row.width == pytest.approx(charts.LONGEST * a / most, abs=0.01)
        assert row.inner == pytest.approx(charts.LONGEST * min(a, b) / most, abs=0.01)


@given(st.integers(0, 10**9))
def test_a_scale_ends_at_or_above_what_it_shows(value: int) -> None:
    top = charts.rounded_up(value)
    assert value <= top <= max(10 * value, 1)
