from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.hosts import (
    GOVERNMENT,
    HOW,
    is_query_channel,
    lookalike,
    official,
    one_apart,
    site,
    whitelist,
)


def test_an_official_host_says_whose_it_is() -> None:
    assert official("mohrss.gov.cn") == "人力资源和社会保障部"
    assert official("WWW.CPTA.COM.CN.") == "中国人事考试网"
    assert official("zscx.osta.org.cn:443") == official("zscx.osta.org.cn")


def test_any_gov_cn_host_is_official_but_no_query_channel() -> None:
    assert official("rsj.example.gov.cn") == GOVERNMENT
    assert not is_query_channel("rsj.example.gov.cn")
    assert is_query_channel("zscx.osta.org.cn")
    assert not is_query_channel("mohrss.gov.cn")


@pytest.mark.parametrize(
    "host", ["examplegov.cn", "gov.cn.example", "osta.org.cn.example", "notosta.org.cn", "", "."]
)
def test_an_ending_that_only_looks_official_is_not(host: str) -> None:
    assert official(host) is None


@pytest.mark.parametrize(
    ("host", "imitated", "how"),
    [
        ("osta.org.cn.invented.example", "osta.org.cn", "embedded"),
        ("osta-org-cn.top", "osta.org.cn", "embedded"),
        ("zscx.osta.org.cn-query.top", "osta.org.cn", "embedded"),
        ("0sta.org.cn", "osta.org.cn", "homoglyph"),
        ("оsta.org.cn", "osta.org.cn", "homoglyph"),
        ("xn--sta-red.org.cn", "osta.org.cn", "homoglyph"),
        ("rnohrss.com", "mohrss.gov.cn", "homoglyph"),
        ("osta.net.cn", "osta.org.cn", "wrong_tld"),
        ("www.cpta.top", "cpta.com.cn", "wrong_tld"),
        ("osta-cx.cn", "osta.org.cn", "added_token"),
        ("cxosta.com", "osta.org.cn", "added_token"),
        ("zs.cpta-query.vip", "cpta.com.cn", "added_token"),
        ("hrss-henan-gov.com", "hrss.henan.gov.cn", "added_token"),
        ("zhengzhou-gov.cn", "gov.cn", "added_token"),
        ("renshikaoshi-wang.cn", "cpta.com.cn", "pinyin"),
        ("zscx.osla.org.cn", "osta.org.cn", "edit_distance"),
        ("mohrrs.com", "mohrss.gov.cn", "edit_distance"),
    ],
)
def test_imitations_are_told_with_how_they_imitate(host: str, imitated: str, how: str) -> None:
    found = lookalike(host)
    assert found is not None
    assert found[1] == how
    assert found[0].endswith(imitated)
    assert how in HOW


@pytest.mark.parametrize(
    "host",
    [
        "abc.cn",
        "ost.cn",
        "asta.org.cn",
        "csta.org.cn",
        "costa.com",
        "coast.org.cn",
        "osta.ee",
        "hrss.com",
        "gsxt.net",
        "data.gov.uk",
        "peixun.example",
        "school.example.edu.cn",
        "invented-training.com",
        "cx.top",
        "12378.cn",
        "localhost",
        "",
        "10.0.0.1",
    ],
)
def test_strangers_are_not_accused(host: str) -> None:
    assert lookalike(host) is None


def test_official_hosts_are_never_called_imitations() -> None:
    for row in whitelist().rows:
        assert lookalike(row.host) is None, row.host
        assert lookalike(f"www.{row.host}") is None, row.host


LETTERS = "abcdefghijklmnopqrstuvwxyz"


@given(st.text(LETTERS, min_size=1, max_size=4), st.sampled_from(["cn", "com", "org.cn", "com.cn"]))
def test_short_random_hosts_are_not_near_misses_of_each_other(label: str, ending: str) -> None:
    found = lookalike(f"{label}.{ending}")
    assert found is None or found[1] in {"wrong_tld", "homoglyph"}


@given(st.text(max_size=80) | st.text(max_size=20).map(lambda tail: f"xn--{tail}.cn"))
def test_any_text_as_a_host_is_answered_without_raising(host: str) -> None:
    found = lookalike(host)
    assert found is None or official(host) is None


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_one_apart_is_symmetric(one: str, other: str) -> None:
    assert one_apart(one, other) == one_apart(other, one)


@given(st.text(LETTERS, min_size=1, max_size=9), st.data())
def test_one_edit_is_one_apart(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    assert one_apart(word, word[:at] + word[at + 1 :])
    assert one_apart(word, word[:at] + "0" + word[at:])
    assert one_apart(word, word[:at] + "0" + word[at + 1 :])
    assert not one_apart(word, word)
    assert not one_apart(word, f"00{word}")


def test_the_registered_label_is_found_under_second_level_endings() -> None:
    assert site("zscx.osta.org.cn") == ("osta", "org.cn")
    assert site("osta-cx.cn") == ("osta-cx", "cn")
    assert site("www.invented.com") == ("invented", "com")
