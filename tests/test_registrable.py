"""The name somebody registered, of a host."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.registrable import registrable


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("mp.weixin.qq.com", "qq.com"),
        ("edith.xiaohongshu.com", "xiaohongshu.com"),
        ("weibo.com", "weibo.com"),
        ("a.school.com.cn", "school.com.cn"),
        ("school.com.cn", "school.com.cn"),
        ("www.renshi.gov.cn", "renshi.gov.cn"),
        ("com.example.net", "example.net"),
        ("10.0.0.7", "10.0.0.7"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_the_registered_name(host, name):
    assert registrable(host) == name


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=6))
def test_it_is_an_ending_of_the_host_and_its_own_registered_name(labels):
    host = ".".join(labels)
    name = registrable(host)
    assert host == name or host.endswith("." + name)
    assert registrable(name) == name
