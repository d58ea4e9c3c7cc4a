"""What a sweep says of the pictures it looked at for QR codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from door.outcomes import reason_words
from door.settings import SETTINGS
from door.speech import t
from pipelines.codes import STATS
from storage.bilingual import Bilingual

UNREAD = f"{STATS}/unread/"
# What may be wrong with a picture alone; all else is said as of a page.
PICTURES = {
    "bomb": Bilingual("图片像素过多，未打开", "a picture of too many pixels, not opened"),
    "too_slow": Bilingual("图片过于费时，已中止", "a picture that took too long, given up"),
    "reader_died": Bilingual("看图程序中断", "the program that looks at pictures ended"),
    "broken_picture": Bilingual("图片已损坏，打不开", "a broken picture"),
    "no_picture": Bilingual("不是能识别的图片", "no picture of a known kind"),
    "memory": Bilingual("内存不足，图片未打开", "not enough memory for the picture"),
    "over_budget": Bilingual("超出看图数量上限，未看", "beyond the budget of pictures, not seen"),
}


def codes_json(stats: Mapping[str, int]) -> dict[str, Any]:
    return {
        "pictures": stats.get(f"{STATS}/pictures", 0),
        "found": stats.get(f"{STATS}/found", 0),
        "unread": unread(stats),
    }


def unread(stats: Mapping[str, int]) -> dict[str, int]:
    """Machine word of the reason to how many pictures could not be looked at for it."""
    rows = sorted(stats.items())
    return {name.removeprefix(UNREAD): n for name, n in rows if name.startswith(UNREAD)}


def words(reason: str) -> str:
    return (PICTURES.get(reason) or reason_words(reason)).said(SETTINGS.lang)


def codes_line(stats: Mapping[str, int]) -> str:
    """One sentence; "" where no picture was to be looked at."""
    told = codes_json(stats)
    if not told["pictures"] and not told["unread"]:
        return ""
    not_seen = told["unread"]
    why = "、".join(f"{words(one)} {n}" for one, n in not_seen.items())
    rest_zh = f"；其中未能看的：{why}" if why else ""
    rest_en = f"; not seen: {why}" if why else ""
    return t(
        f"看了涉嫌内容的图片 {told['pictures']} 张，识别出二维码 {told['found']} 个{rest_zh}。",
        f"{told['pictures']} pictures of flagged posts looked at, {told['found']} QR codes"
        f"{rest_en}.",
    )
