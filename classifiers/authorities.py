"""Authorities named in a text: ministries, departments and bureaus, present and former.

Names are a gazetteer (tables/authorities.yaml), never the bare ending 部/厅/局, which would fire on
俱乐部, 餐厅 and 格局. All steps look at a window of fixed size: linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick

from classifiers.tables_file import Row, automaton, read_table, searchable

CENTRAL, PROVINCE, CITY = "central", "province", "city"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """One naming of an authority: `text[start:end] == name`, with its 原/place before it."""

    start: int
    end: int
    name: str
    canonical: str  # full official name, with the place where one is given
    former: bool  # abolished or renamed, or called 原/前/老/旧
    level: str  # "central", "province" or "city"
    successor: str  # of an abolished one, "" if none or unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    name: str
    level: str
    former: bool
    successor: str
    bare: bool  # counts without any context
    alone: str  # the central organ meant where no place stands before the word, "" for none


@dataclass(frozen=True, slots=True)
class Gazetteer:
    words: tuple[str, ...]
    organs: dict[str, Organ]  # by each of its forms; a stop word is in words only
    finder: AhoCorasick
    place: re.Pattern[str]  # a place that ends a window


# 原劳动部, （原）劳动部, (原劳动部), 原（劳动部）, 老劳动部 …; never 目前, 中原, 依旧, 古老.
FORMER = re.compile(
    r"(?:(?<![中太草平高还])原|(?<![目以之此先日年月提前向生眼当])前|(?<![古父长])老|(?<![依仍陈])旧)"
    r"[)）〕\]】]?[(（〔\[【“\"]?$"
)
OPENING = re.compile(r"[(（〔\[【]$")
CLOSING = re.compile(r"[)）〕\]】]")
STATE = re.compile(r"(?:中华人民共和国|国家|中国)$")
GENERIC_PLACE = (
    r"[×xX某*]{1,3}(?:省|市|县|区)?|(?:本|我|全|各)?(?:省|市|县|区)|[一-鿿]{2}(?:市|县|区)"
)
UNNAMED = re.compile(r"[本我全各]?[省市县区]?")  # a place that says no name
# What turns 教育部 + the next character into another word: 教育部门, 公安部署, 教育局面.
OTHER_WORD = re.compile(
    r"(?<=部)(?:门|分(?![别享管批工])|署(?!名)|队|件|位|长(?![期远]))|(?<=局)[面势限长]"
)
CERTIFICATE = re.compile(r"证|印制|鉴定|认可|颁|盖章|批准|备案|文件|主管|直属|钢印|补录|职称|考试")
NOT_AN_ORGAN = re.compile(r"经理|主管|主任|专员|文员|同事|招聘|电话|老师|负责|助理|总监|干事|部长")
BEFORE, AFTER = 16, 10  # characters looked at around a name


def find_authorities(text: str) -> list[Authority]:
    """All authorities named, in order, the longest name at each place."""
    book = gazetteer()
    clean = searchable(text)
    found: list[Authority] = []
    for word, start, end in book.finder.find_matches_as_indexes(clean):
        organ = book.organs.get(book.words[word])
        if organ:
            floor = found[-1].end if found else 0
            found.extend(authority(clean, text, (start, end, floor), organ))
    return found


def authority(
    clean: str, text: str, where: tuple[int, int, int], organ: Organ
) -> Iterator[Authority]:
    """The organ with what stands before it, unless the context says it is none."""
    start, end, floor = where
    window = clean[max(floor, start - BEFORE) : start]
    old, place, head = prefixes(window, organ)
    if not counts(organ, clean[start:end], clean[end : end + AFTER], (old, window)):
        return
    first = start - (len(window) - head)
    end = last(clean, window[head:], end, old=old)
    yield Authority(
        start=first,
        end=end,
        name=text[first:end],
        canonical=full_name(organ, place),
        former=organ.former or old,
        level=level_of(organ, place),
        successor=organ.successor,
    )


def prefixes(window: str, organ: Organ) -> tuple[bool, str, int]:
    """Called former?, the place named, and where in the window the whole name begins."""
    head, old, place = len(window), False, ""
    for _ in range(2):  # 原河南省建设厅 and 河南省原建设厅
        if not old and (found := FORMER.search(window, 0, head)):
            old, head = True, found.start()
            # （原）劳动部: the bracket before 原 belongs to the name if it closes before it.
            head -= bool(OPENING.search(window, 0, head) and CLOSING.search(window, head))
        pattern = STATE if organ.level == CENTRAL else gazetteer().place
        if not place and (found := pattern.search(window, 0, head)):
            place, head = found.group(), found.start()
    return old, place, head


def last(clean: str, before: str, end: int, *, old: bool) -> int:
    """Where the whole name ends: with the bracket of 原（劳动部）, with the 门 of 原劳动部门."""
    if OPENING.search(before) and CLOSING.match(clean, end):
        return end + 1
    return end + int(old and clean[end - 1] == "部" and clean.startswith("门", end))


def counts(organ: Organ, name: str, after: str, before: tuple[bool, str]) -> bool:
    """Whether the words really name the organ here."""
    old, window = before
    if OTHER_WORD.match(name[-1] + after, 1):
        return old and after.startswith("门")
    if organ.bare or len(name) > 4 or old or STATE.search(window):
        return True
    return bool(CERTIFICATE.search(after)) and not NOT_AN_ORGAN.match(after)


def full_name(organ: Organ, place: str) -> str:
    if organ.alone and not place:
        return organ.alone
    if organ.level == CENTRAL or UNNAMED.fullmatch(place):
        return organ.name
    known = gazetteer_places()
    return known.get(place, place) + organ.name


def level_of(organ: Organ, place: str) -> str:
    if organ.alone and not place:
        return CENTRAL
    if organ.level == CITY and (place.endswith(("省", "自治区")) or place in gazetteer_provinces()):
        return PROVINCE
    return organ.level


@cache
def gazetteer_provinces() -> frozenset[str]:
    return frozenset(read_table("authorities")["provinces"].split())


@cache
def gazetteer_places() -> dict[str, str]:
    """Short place names to full ones: 河南 to 河南省, 郑州 to 郑州市."""
    table = read_table("authorities")
    full = [name for name in table["provinces"].split() if name.endswith(("省", "市", "区"))]
    places = {re.sub(r"(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$", "", n): n for n in full}
    return places | {city: f"{city}市" for city in table["cities"].split()}


@cache
def gazetteer() -> Gazetteer:
    """The table, read once."""
    table = read_table("authorities")
    organs: dict[str, Organ] = {}
    for group, level, former in (
        ("former_bureaus", CITY, True),
        ("bureaus", CITY, False),
        ("former_departments", PROVINCE, True),
        ("departments", PROVINCE, False),
        ("former", CENTRAL, True),
        ("central", CENTRAL, False),
    ):
        for row in table[group]:
            organs |= forms(row, level, former=former)
    words = tuple(dict.fromkeys([*organs, *table["stop"].split()]))
    places = sorted([*table["provinces"].split(), *table["cities"].split()], key=len, reverse=True)
    named = "|".join(map(re.escape, places))
    # 郑州市金水区 as well as 郑州, 郑州市; a longer alternative first.
    place = rf"(?:(?:{named})(?:省|市)?)?(?:{GENERIC_PLACE})$|(?:{named})(?:省|市)?$"
    return Gazetteer(words, organs, automaton(list(words)), re.compile(place))


def forms(row: Row, level: str, *, former: bool) -> dict[str, Organ]:
    organ = Organ(
        name=row["name"],
        level=level,
        former=former,
        successor=row.get("now", ""),
        bare=row.get("bare", True),
        alone=row.get("alone", ""),
    )
    return dict.fromkeys([row["name"], *row.get("short", ())], organ)
