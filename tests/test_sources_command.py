"""`certsweep sources` and `certsweep login`, as a person calls them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from commands.login import place_of
from door.source_words import STATES, what_to_do
from door.sources import all_sources, source_of
from storage.bilingual import Problem
from storage.database import open_database, ready
from storage.sources import SourceRun, remember
from tests.test_sweep import last_json, run


@pytest.fixture
def home(tmp_path):
    engine = open_database("", tmp_path)
    ready(engine)
    runs = [
        SourceRun(name="weibo", pages=2, alive=2, posts=7, flagged=1),
        SourceRun(name="douyin", pages=1, blocked=1, reasons=("captcha",)),
        SourceRun(name="zhihu", pages=1, errors=1, reasons=("layout_changed",)),
    ]
    remember(engine, runs, datetime(2026, 11, 24, 18, 0, tzinfo=UTC))
    engine.dispose()
    return tmp_path


def test_every_source_is_listed_with_its_state(home):
    rows = {row["source"]: row for row in last_json(run(home, "sources", "--json"))["sources"]}
    assert set(rows) == set(all_sources())
    assert (rows["weibo"]["state"], rows["weibo"]["posts"]) == ("good", 7)
    assert (rows["douyin"]["state"], rows["douyin"]["reason"]) == ("blocked", "captcha")
    assert rows["zhihu"]["state"] == "changed"
    assert rows["bing"]["state"] == "unknown"
    assert rows["weibo"]["what_to_do"] == ""
    assert rows["douyin"]["last_good"] is None


def test_the_table_says_in_chinese_what_to_do(home):
    said = run(home, "sources").stdout
    assert "2026-11-25" in said  # Beijing's day
    assert "抖音（douyin）：平台要求验证码" in said
    assert "知乎（zhihu）：页面与已知样式不符" in said
    assert "微博（weibo）：" not in said


def test_english_is_spoken_on_demand(home):
    said = run(home, "sources", CERTSWEEP_LANG="en").stdout
    assert "Its pages no longer look as known" in said
    assert "It wants a captcha" in said


@pytest.mark.parametrize("state", [state for state in STATES if state != "good"])
def test_every_state_but_good_has_something_to_do(state):
    told = what_to_do("weibo", state, "captcha")
    assert told.zh
    assert told.en.isascii()
    assert "{" not in told.zh + told.en


def test_a_source_that_needs_no_login_says_so(tmp_path):
    done = run(tmp_path, "login", "institution")
    assert done.returncode == 1
    assert "weibo" in done.stderr
    assert "Traceback" not in done.stderr


def test_throwing_away_a_login_that_is_not_there_is_no_error(tmp_path):
    done = run(tmp_path, "login", "weibo", "--forget")
    assert done.returncode == 0
    assert "没有保存的登录" in done.stdout


def test_a_login_that_could_not_begin_leaves_no_key(tmp_path):
    done = run(tmp_path, "login", "weibo", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode != 0
    assert not (tmp_path / "secret.key").exists()


def test_no_such_source_and_no_login_needed_are_told_apart():
    with pytest.raises(Problem) as unknown:
        source_of("微搏")
    assert "没有名为“微搏”的来源" in unknown.value.text.zh
    assert "登录" not in unknown.value.text.zh
    with pytest.raises(Problem) as needless:
        place_of("institution")
    assert "“网站（institution）”不用登录" in needless.value.text.zh
    assert "没有这个来源" not in needless.value.text.zh
    assert "微博（weibo）" in needless.value.text.zh


@pytest.mark.parametrize("called", ["微博", "weibo"])
def test_one_source_can_be_asked_for_by_either_name(home, called):
    (row,) = last_json(run(home, "sources", called, "--json"))["sources"]
    assert row["source"] == "weibo"
