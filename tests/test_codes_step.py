"""Which pictures of a post are looked at first, and what counts towards the budget."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from crawler.picture_scan import MOST_BYTES as MOST_OF_ONE
from crawler.picture_scan import Scan
from pipelines import codes
from pipelines.codes import ReadCodes, in_order, likely


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/qr.png",
        "http://a.example/img/my-qr_2.png",
        "http://a.example/myqrcode.jpg",
        "http://a.example/images/weixin.jpg",
        "http://a.example/wx_2.png",
        "http://a.example/wx.png",
        "http://a.example/code.png",
        "http://a.example/get?file=ewm.png",
    ],
)
def test_a_picture_named_like_a_code_is_likely_one(url):
    assert likely(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://mmbiz.qpic.example/mmbiz_png/AbCdEf/640?wx_fmt=png&wxfrom=5&wx_lazy=1",
        "https://wx1.sinaimg.example/large/abc.jpg",
        "http://a.example/decode/encoder.png",
        "http://weixin.example/header.png",
        "http://[broken/qr.png",
    ],
)
def test_what_a_platform_writes_behind_every_picture_says_nothing(url):
    assert not likely(url)


def test_the_last_pictures_are_looked_at_as_early_as_the_first():
    pictures = [f"https://p.example/{n}/640?wx_fmt=png" for n in range(40)]
    first = in_order([*pictures, "https://p.example/ewm.png", pictures[39]])[:8]
    assert first[0] == "https://p.example/ewm.png"
    assert pictures[39] in first[:3]
    assert pictures[0] in first[:3]
    assert {pictures[37], pictures[38]} <= set(first)


def test_no_picture_is_lost_or_looked_at_twice():
    pictures = [f"http://p.example/{n}.png" for n in range(7)]
    assert sorted(in_order([*pictures, *pictures])) == pictures


BUDGET = 10_000


class Scanner:
    def __init__(self, scan: Scan) -> None:
        self.asked = 0
        self._scan = scan

    async def scan(self, url: str, page_url: str, data: bytes = b"") -> Scan:
        self.asked += 1
        return self._scan


@pytest.mark.parametrize(
    ("scan", "most"),
    [
        (Scan(body=b"x" * 4_000, reason="no_picture"), 3),
        (Scan(body=b"x" * 4_000, reason="too_slow"), 3),
        (Scan(body=b"x" * 4_000, reason="http_403"), 3),
        (Scan(reason="too_large"), 1),
    ],
)
def test_what_could_not_be_read_counts_towards_the_budget_of_bytes(scan, most, monkeypatch):
    assert BUDGET < MOST_OF_ONE
    monkeypatch.setattr(codes, "MOST_BYTES", BUDGET)
    scanner = Scanner(scan)
    crawler = SimpleNamespace(spider=scanner, stats=None)
    step = ReadCodes(SimpleNamespace(store=None, unseen=[]), crawler)

    async def all_of_them() -> None:
        for number in range(8):
            await step._picture(f"http://p.example/{number}.png", "http://p.example/")

    asyncio.run(all_of_them())
    assert scanner.asked == most
