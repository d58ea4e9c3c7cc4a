"""What the cells of a directory say: levels, kinds, audiences, days, occupations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from storage.bilingual import Problem
from storage.records import FiledKind

LEVELS = ("学徒工", "五级", "四级", "三级", "二级", "一级", "特级技师", "首席技师")
LEVEL_WORDS: Mapping[str, str] = MappingProxyType(
    {
        **{level: level for level in LEVELS},
        "高级技师": "一级",
        "技师": "二级",
        **dict.fromkeys(("高级工", "高级"), "三级"),
        **dict.fromkeys(("中级工", "中级"), "四级"),
        **dict.fromkeys(("初级工", "初级"), "五级"),
        **{f"{sign}级": f"{level}级" for sign, level in zip("12345", "一二三四五", strict=True)},
    }
)
BARE = MappingProxyType(dict(zip("一二三四五12345", "一二三四五一二三四五", strict=True)))
LEVEL_TOKEN = re.compile(
    "|".join([*sorted(LEVEL_WORDS, key=len, reverse=True), "[一二三四五1-5]", "至|到|[~—–－─―-]+"])
)
RANGE = re.compile(r"至|到|[~—–－─―-]+")
BELOW = re.compile(r"及?以下(?:等级|级别)?$")
LEVEL_FILLER = re.compile(r"[\s、,;/()及与和。.]+|职业|技能|等级|国家|含")
NO_LEVEL = re.compile(r"(?:不分|无|未分|不设)(?:级|等级|级别)|[-—/]+|无|单项|专项|合格")
EMPTY = re.compile(r"[-—/\\\s]*|无|暂无|n/?a|null|none", re.IGNORECASE)

KIND_WORDS: Mapping[FiledKind, tuple[str, ...]] = MappingProxyType(
    {
        FiledKind.SOCIAL: (
            *(
                "s",
                "社会培训评价组织",
                "社会培训评价机构",
                "社会评价组织",
                "第三方评价",
                "社评组织",
            ),
        ),
        FiledKind.EMPLOYER: ("y", "用人单位", "企业自主评价", "自主评价", "企业评价"),
        FiledKind.ASSESSMENT: ("鉴定",),
        FiledKind.SPECIAL: ("专项",),
        FiledKind.EXAMINATION: ("考务", "考试机构"),
        FiledKind.TRAINING: ("培训机构", "培训学校", "办学许可", "民办培训", "培训"),
    }
)
AUDIENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "社会": ("社会", "公众", "不限", "所有人", "全体劳动者", "各类人员"),
        "本单位": ("本单位", "本企业", "本公司", "内部", "职工", "员工", "集团"),
        "学生": ("学生", "在校", "毕业生", "学员"),
    }
)
SPLIT = re.compile(r"[、,;\n\r/]+")
DAY = re.compile(r"((?:19|20)\d\d)[-./年]?(\d{1,2})(?:[-./月]?(\d{1,2})(?!\d)日?)?月?")
FOREVER = re.compile(r"长期|永久|无期限|不限")
NUMBERED = re.compile(r"^(?:\(?\d{1,3}[.、)]\s*)?(?:\d-\d\d-\d\d-\d\d\s*)?")
BRACKET = re.compile(r"^(.*?)\(([^()]*)\)\s*([^()]*)$", re.DOTALL)


def bad(zh: str, en: str) -> Problem:
    return Problem(zh, en)


def clean(text: str) -> str:
    """NFKC without blanks around; "" for a dash and other ways to say nothing."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return "" if EMPTY.fullmatch(plain) else plain


def levels_of(text: str) -> tuple[str, ...] | None:
    """Levels named in a cell, ranges spelt out; () where it says there are none, None if unread."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    below = BELOW.search(plain)  # 三级及以下
    plain = BELOW.sub("", plain)
    if not plain or NO_LEVEL.fullmatch(plain):
        return ()
    if LEVEL_FILLER.sub("", LEVEL_TOKEN.sub("", plain)):
        return None
    found: list[str] = []
    since: str | None = None  # a range sign was read after this level
    for token in LEVEL_TOKEN.findall(plain):
        if RANGE.fullmatch(token):
            since = found[-1] if found else None
            continue
        level = LEVEL_WORDS.get(token) or f"{BARE[token]}级"
        found.extend(between(since, level) if since else (level,))
        since = None
    if below and found:
        found = list(between("五级", found[0]))
    return tuple(level for level in LEVELS if level in found) or None


def between(one: str, other: str) -> tuple[str, ...]:
    low, high = sorted((LEVELS.index(one), LEVELS.index(other)))
    return LEVELS[low : high + 1]


@lru_cache(4096)
def read_levels(text: str) -> tuple[str, ...]:
    """As `levels_of`, () for an empty cell; raises Problem for what is no level."""
    levels = levels_of(clean(text))
    if levels is None:
        raise bad(f"看不懂等级“{text}”", f"no level can be read in {text!r}")
    return levels


@lru_cache(4096)
def read_kind(text: str) -> FiledKind | None:
    """None for an empty cell; raises Problem for a word that is no kind."""
    plain = clean(text).lower()
    if not plain:
        return None
    for kind, words in KIND_WORDS.items():
        if plain in words or any(len(word) > 1 and word in plain for word in words):
            return kind
    known = "、".join(FiledKind)
    raise bad(f"不认识的类别“{text}”（可用：{known}）", f"no kind {text!r} (there are: {known})")


@lru_cache(4096)
def read_audiences(text: str) -> tuple[str, ...]:
    """Whom a body may assess; a word not known stays as it is, () for an empty cell."""
    found = [audience(part) for part in SPLIT.split(clean(text)) if part.strip()]
    return tuple(dict.fromkeys(found))


def audience(part: str) -> str:
    return next(
        (name for name, words in AUDIENCES.items() if any(word in part for word in words)),
        part.strip(),
    )


@lru_cache(4096)
def read_days(text: str) -> tuple[date, ...]:
    """Each day written in a cell, a month alone as its first; raises Problem where there is none.

    () for an empty cell and for 长期.
    """
    plain = re.sub(r"\s+", "", clean(text).removesuffix("00:00:00"))
    if not plain or FOREVER.search(plain):
        return ()
    try:
        days = tuple(date(int(y), int(m), int(d or 1)) for y, m, d in DAY.findall(plain))
    except ValueError:
        days = ()
    if not days:
        raise bad(f"看不懂日期“{text}”（如 2026-03-01）", f"no day in {text!r} (as 2026-03-01)")
    return days


@lru_cache(4096)
def read_last_day(text: str) -> date | None:
    """The last day of validity; of a month alone its last."""
    days = read_days(text)
    if not days:
        return None
    found = list(DAY.finditer(re.sub(r"\s+", "", clean(text))))[-1]
    return days[-1] if found[3] else month_end(days[-1])


def month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def parts(text: str) -> Iterator[str]:
    """A cell cut at its list signs, but not inside brackets."""
    depth, start = 0, 0
    for at, sign in enumerate(text):
        depth = max(0, depth + (sign == "(") - (sign == ")"))
        if sign in "、,;\n\r" and (depth == 0 or sign in "\n\r"):
            yield text[start:at]
            start, depth = at + 1, 0
    yield text[start:]


@lru_cache(4096)
def read_occupations(text: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Occupation, trade and levels of each in a cell: 电工(五级、四级)、起重工(叉车司机)."""
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for part in parts(clean(text)):
        name = NUMBERED.sub("", part.strip()).strip()
        bracket = BRACKET.match(name)
        if not name:
            continue
        if bracket is None or not bracket[1].strip():
            found.append((name, "", ()))
            continue
        inside = levels_of(bracket[2])
        outer = (bracket[1] + bracket[3]).strip()
        if inside is not None:
            found.append((outer, "", inside))
        else:
            found += [(outer, trade.strip(), ()) for trade in parts(bracket[2]) if trade.strip()]
    return tuple(dict.fromkeys(found))
