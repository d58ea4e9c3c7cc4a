"""Numbers of readers and likes, as platforms show them: raw kept, parsed where it is a number.

All sources name them alike: like, comment, share (转发), view, collect (收藏), danmaku, coin,
follower, following, work (作品数).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from storage.digits import folded

Count = tuple[str, int | None]

COUNT = re.compile(
    r"\s*(\d[\d,，]*(?:\.\d+)?)\s*([万wW亿kK千百mM])?\s*\+?\s*(?:次|人|个|赞|条)?"
    r"(?:播放|阅读|浏览|观看)?\s*\Z"
)
UNITS = {
    "万": 10_000, "w": 10_000, "亿": 100_000_000, "k": 1_000, "千": 1_000, "百": 100,
    "m": 1_000_000,
}  # fmt: skip
LABEL = re.compile(r"[^\d.,，]{0,12}?(?=\d)")
LONGEST = 40


def parse_count(shown: str) -> int | None:
    """A count as platforms show it ("1.5万", "100万+", "1,234"); None where it is none."""
    found = COUNT.match(folded(shown)) if len(shown) <= LONGEST else None
    if found is None:
        return None
    number = Decimal(re.sub("[,，]", "", found[1]))
    return int(number * UNITS.get((found[2] or "").lower(), 1))


def count_of(shown: object) -> Count | None:
    """(raw, parsed) of a number or of words such as "赞 1.5万"; None where nothing is shown.

    A word without a number ("赞", where nobody has liked yet) is kept and stays unparsed: the
    platforms write it for zero and for hidden alike. A negative number is a platform's "unknown".
    """
    if isinstance(shown, bool) or not isinstance(shown, int | float | str):
        return None
    raw = " ".join(str(shown).split())
    if not raw or len(raw) > LONGEST or raw.lower() in {"none", "null", "nan", "inf", "-inf"}:
        return None
    label = LABEL.match(raw)
    bare = raw[label.end() :] if label and "-" not in label.group() else raw
    return raw, parse_count(bare)


def counts_of(shown: Mapping[str, object]) -> dict[str, Count]:
    """Those of the named numbers that are shown at all."""
    counts = {name: count_of(value) for name, value in shown.items()}
    return {name: count for name, count in counts.items() if count is not None}
