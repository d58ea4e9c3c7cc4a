"""前次处置: one sentence of what was taken down before, where an annex speaks of 边清理边继续.

It names no other platform or site, nor what that one answered, and no advertiser's contact: that
two posts are one advertiser's is only suspected.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime

from exports.takedown_rows import CHINA
from storage.earlier_takedowns import Earlier
from storage.exports import DecidedRow

AGAIN = "E4-01"  # 边清理边继续违规
NOT_FOUND = "认定边清理边继续，没有查到核实删除过的前次处置，请补写"


def earlier_sentence(case: DecidedRow, codes: Container[str]) -> str:
    """ "" where nothing is known, or where neither the post itself came back nor anybody, a person
    or a rule, speaks of 边清理边继续."""
    before = case.earlier
    if before is None or not (before.same_post or AGAIN in codes):
        return ""
    whose = "该内容" if before.same_post else whose_words(before)
    again = "后再次出现" if before.same_post else ""
    more = f"（此外另有 {before.others} 条）" if before.others else ""
    return (
        f"前次处置：{whose}曾经请求处置（{request_words(before)}），"
        f"{day(before.verified_at)}核实删除{again}{more}。"
    )


def whose_words(before: Earlier) -> str:
    return f"疑为同一发布者{'' if before.same_place else '在其他平台或者网站'}的内容"


def request_words(before: Earlier) -> str:
    told = [f"请求 {before.request_no}"]
    if before.same_place:
        told += [f"文号 {before.letter_no}"] if before.letter_no else []
        told += [f"回执 {before.receipt_no}"] if before.receipt_no else []
    return "，".join([*told, f"{day(before.sent_at)}发出"])


def day(moment: datetime) -> str:
    at = moment.astimezone(CHINA)
    return f"{at.year}年{at.month}月{at.day}日"
