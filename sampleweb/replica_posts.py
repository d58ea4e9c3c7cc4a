"""The posts and traps of the replicas, as the replicas tell them."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sampleweb.pictures import picture_url
from sampleweb.site import clauses_of

FILE = Path(__file__).with_name("replica_posts.yaml")
ADDRESSES: Mapping[str, str] = {
    "wechat_mp": "https://mp.weixin.qq.com/s/{id}",
    "weibo": "https://m.weibo.cn/detail/{id}",
    "douyin": "https://www.douyin.com/video/{id}",
    "kuaishou": "https://www.kuaishou.com/short-video/{id}",
    "xiaohongshu": "https://www.xiaohongshu.com/explore/{id}",
    "bilibili": "https://www.bilibili.com/video/{id}",
    "tieba": "https://tieba.baidu.com/p/{id}",
    "zhihu": "https://zhuanlan.zhihu.com/p/{id}",
    "toutiao": "https://www.toutiao.com/article/{id}/",
    "classifieds": "https://zz.58.com/zhiyepeix/{id}x.shtml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaPost:
    platform: str
    id: str
    title: str
    text: str
    author: str
    offending: bool
    minutes: int  # ago
    kind: str  # as a page's of the sites
    why: str
    codes: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    picture: str = "plain"  # a name in sampleweb/pictures.py

    @property
    def image(self) -> str:
        return picture_url(self.picture)

    @property
    def url(self) -> str:
        return ADDRESSES[self.platform].format(id=self.id)

    @property
    def permanent(self) -> str:
        """The URL under which it is known once read: an article's short link is another form."""
        return self.long_link if self.platform == "wechat_mp" else self.url

    @property
    def long_link(self) -> str:
        biz = base64.b64encode(str(self.number).encode()).decode()
        mid = 2_650_000_000 + self.minutes
        return f"https://mp.weixin.qq.com/s?__biz={biz}&mid={mid}&idx=1&sn={'0a' * 16}"

    @property
    def clauses(self) -> tuple[str, ...]:
        return clauses_of(self.codes)

    @property
    def file(self) -> str:
        return f"{FILE.name}: {self.id}"

    @property
    def number(self) -> int:
        """A number of the account, the same at every start."""
        return 5_000_000_000 + sum(self.author.encode())

    @property
    def at(self) -> int:
        """Epoch seconds, to the day: a post does not grow younger while a sweep runs."""
        return int(time.time()) // 86_400 * 86_400 - self.minutes * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    platform: str
    url: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    platform: str
    url: str
    reason: str


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return table


@cache
def replica_posts() -> tuple[ReplicaPost, ...]:
    return tuple(
        ReplicaPost(**{**row, **{name: tuple(row.get(name, ())) for name in ("codes", "quotes")}})
        for row in _table()["posts"]
    )


@cache
def replica_traps() -> tuple[Trap, ...]:
    return tuple(Trap(**row) for row in _table()["traps"])


@cache
def replica_walls() -> tuple[Wall, ...]:
    return tuple(Wall(**row) for row in _table()["walls"])


def posts_of(platform: str) -> tuple[ReplicaPost, ...]:
    return tuple(post for post in replica_posts() if post.platform == platform)


def post_of(platform: str, post_id: str) -> ReplicaPost | None:
    return next((post for post in posts_of(platform) if post.id == post_id), None)
