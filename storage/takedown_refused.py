"""What the database said when it did not take a step of an item, in words a person can act on."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import IntegrityError

from storage.bilingual import Bilingual, Problem

# What the triggers of migrations 0011, 0013 and 0015 say, and what that means.
SAID: Final = {
    "no such step": "这一步不在处置状态的步骤之内",
    "no look bears this moment": "没有一次查看能说明所填的时刻",
    "not seen gone long enough": "看到删除的次数、方式或天数不够",
    "a state needs its date": "这一状态缺少它所依据的时刻或登记",
    "a look has its moments": "查看的时间晚于登记的时间",
}
# The one open item of a post: an index, and in SQLite a trigger that comes before it.
ONE_OPEN: Final = (
    "uq_takedown_items_open",
    "UNIQUE constraint failed: takedown_items.post_row",
    "a line that stands is not written again",
)


class Refused(Problem):
    """One item's step was not written; what other items get is not touched by it."""


def refused(item_id: int, error: IntegrityError) -> Refused:
    """The reason that the database itself gave, with its own words where it is a strange one."""
    said = str(error.orig).strip()
    if any(words in said for words in ONE_OPEN):
        return taken_over(item_id)
    meaning = meant(said)
    return Refused(
        f"条目 {item_id}：{meaning.zh}，数据库没有接受，没有写入。"
        "请查看该条目的经过；本机时钟若曾不准，请先校准。",
        f"Item {item_id}: the database refused it ({meaning.en}); nothing was written. See the "
        "item's history; if this machine's clock was wrong, set it right first.",
    )


def meant(said: str) -> Bilingual:
    first = next(iter(said.splitlines()), "")
    zh = next((zh for words, zh in SAID.items() if words in first), f"“{first}”")
    return Bilingual(zh, first)


def taken_over(item_id: int) -> Refused:
    return Refused(
        f"条目 {item_id} 的内容已由后一份请求接续，没有写入。请登记到后一条。",
        f"A later request has taken over the content of item {item_id}; nothing was written. "
        "Record it there.",
    )
