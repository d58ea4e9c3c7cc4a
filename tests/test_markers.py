"""What platforms say of a post that is not shown, as data: read strictly, matched leniently."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.markers import FOLDER, BadMarkers, fold, markers_of, read_markers
from storage.records import PageState

SOURCES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
GOOD = """
version: 3
as_of: 2026-11-25
signs:
  removed:author_deleted: [该内容已被作者删除]
  removed:infringement:
    - [投诉类型, 冒名侵权]
  ambiguous:private: [该内容已被作者删除或设为私密]
  blocked:captcha: [环境异常]
titles:
  removed:unspecified: [视频去哪了]
addresses:
  blocked:login: [passport.example/login]
codes:
  blocked:rate_limit: [-412]
nodes: [.tip]
selectors:
  title: [h1]
"""


@pytest.fixture
def markers(tmp_path: Path):
    path = tmp_path / "sample.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return read_markers(path)


@pytest.mark.parametrize(
    ("text", "state", "reason"),
    [
        ("该内容已被作者删除", PageState.REMOVED, "author_deleted"),
        ("该内容，已被作者 删除。", PageState.REMOVED, "author_deleted"),
        ("该内容已被作者删除或设为私密", PageState.AMBIGUOUS, "private"),
        ("投诉类型：冒名侵权", PageState.REMOVED, "infringement"),
        ("该内容已被作者删除 环境异常", PageState.BLOCKED, "captcha"),
    ],
)
def test_a_sentence_of_the_platform_means_what_is_written_down(markers, text, state, reason):
    assert markers.told(text) == (state, reason)


def test_a_phrase_of_two_parts_needs_both(markers):
    assert markers.told("投诉类型：其他") is None


def test_a_title_s_phrase_counts_in_titles_alone(markers):
    assert markers.told("视频去哪了呢？") is None
    assert markers.titled("视频去哪了呢？_样例") == (PageState.REMOVED, "unspecified")
    assert markers.titled("环境异常") == (PageState.BLOCKED, "captcha")


def test_a_code_is_known_as_number_and_as_text(markers):
    limit = (PageState.BLOCKED, "rate_limit")
    assert markers.code(-412) == markers.code("-412") == limit
    assert markers.code(0) is None
    assert markers.code(None) is None
    assert markers.code([412]) is None


def test_an_address_one_is_sent_to_is_known(markers):
    assert markers.address("https://passport.example/login?next=1") == (PageState.BLOCKED, "login")
    assert markers.address("https://a.example/") is None


@given(st.text())
def test_folding_is_its_own_fixed_point(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=" ,，。·\n\t“”!！", max_size=6))
def test_spaces_and_punctuation_never_hide_a_notice(noise):
    sentence = noise.join("此帐号已被屏蔽")
    assert fold(sentence) == fold("此账号已被屏蔽")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("- a", "version"),
        ("version: one", "version"),
        ("version: 1\nsignz: {}", "signz"),
        ("version: 1\nsigns: [a]", "signs"),
        ("version: 1\nsigns: {gone: [已删除]}", "gone"),
        ("version: 1\nsigns: {'removed:Bad Word': [已删除]}", "Bad Word"),
        ("version: 1\nsigns: {'removed:x': 已删除}", "removed:x"),
        ("version: 1\nsigns: {'removed:x': [删]}", "删"),
        ("version: 1\nsigns: {'removed:x': ['！！！']}", "！！！"),
        ("version: 1\nselectors: {a: h1}", "selectors.a"),
        ("version: 1\nnodes: [1]", "nodes"),
        ("version: [", "YAML"),
    ],
)
def test_a_file_that_says_something_wrong_is_refused_by_its_name(tmp_path, text, part):
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadMarkers) as told:
        read_markers(path)
    assert "broken.yaml" in told.value.text.zh
    assert "broken.yaml" in told.value.text.en
    assert part in told.value.text.zh


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(BadMarkers) as told:
        read_markers(tmp_path / "none.yaml")
    assert "none.yaml" in told.value.text.en


@pytest.mark.parametrize("source", SOURCES)
def test_the_markers_that_ship_can_be_read_and_are_dated(source):
    markers = markers_of(source)
    assert markers.version >= 1
    assert markers.as_of
    assert markers.signs or markers.titles


@pytest.mark.parametrize("source", SOURCES)
def test_every_notice_that_ships_is_recognised_as_itself(source):
    markers = markers_of(source)
    for sign in markers.signs:
        assert markers.told(" ".join(sign.parts)) == sign.state


ADDRESSES = """
version: 1
as_of: 2026-11-25
signs:
  removed:unspecified: [内容已删除]
addresses:
  blocked:login: [platform.example/signin, passport.platform.example]
  blocked:captcha: [/captcha, verifycenter]
  blocked:rate_limit: [error_code=300013]
"""


@pytest.fixture
def places(tmp_path: Path):
    path = tmp_path / "places.yaml"
    path.write_text(ADDRESSES, encoding="utf-8")
    return read_markers(path)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.platform.example/post/1?x=platform.example/signin",
        "https://www.platform.example/post/1?u=/captcha#/captcha",
        "https://www.platform.example/post/platform.example/signin",
        "https://signin.example/?next=passport.platform.example",
        "https://passport.platform.example.attack.test/",
        "https://www.platform.example/post/1?error_code=300013",
        "https://[",
    ],
)
def test_what_somebody_wrote_into_a_link_is_no_wall(places, url):
    assert places.address(url) is None
    assert places.address(url, url) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://www.platform.example/signin?next=1", "login"),
        ("https://passport.platform.example/", "login"),
        ("https://www.platform.example/web/captcha?x=1", "captcha"),
        ("https://www.platform.example/a/verifycenter/b", "captcha"),
        ("https://www.platform.example/404?a=1&error_code=300013", "rate_limit"),
    ],
)
def test_where_a_platform_leads_is_known_by_host_path_and_parameter(places, url, reason):
    asked = "https://www.platform.example/post/1"
    assert places.address(url, asked) == (PageState.BLOCKED, reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("此內容因違規無法查看", "platform_violation"), ("該內容已被發佈者刪除", "author_deleted")],
)
def test_a_notice_in_traditional_characters_is_the_same_notice(text, reason):
    assert markers_of("wechat_mp").told(text) == (PageState.REMOVED, reason)
