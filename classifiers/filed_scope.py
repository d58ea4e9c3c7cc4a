"""Whether what a text offers lies within a body's filing: occupation, level, audience."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from classifiers.body_names import key
from classifiers.catalogue import skill_level
from classifiers.directory import Directory
from storage.records import FiledKind, Filing

_LEVEL = re.compile(
    r"[一二三四五](?:级(?!甲|医|建)|(?=[、至到-][一二三四五]级))|高级技师|(?<!高级)技师|高级工|中级工|初级工"
)
_PUBLIC = re.compile(
    r"社会(?:人员|考生|人士)|面向社会|个人(?:均|都|也)?(?:可|能)|不限(?:单位|户籍|社保)|无需单位|非本单位|全国学员|外单位"
)


# A title nobody lists, where it stands before what is offered: 茶艺师四级认定.
_TITLE = re.compile(
    r"([\u4e00-\u9fff]{2,8}?[师员工])(?=\(?"
    r"(?:职业)?(?:技能)?(?:[一二三四五]级|高级工?|中级工?|初级工?|技师|等级|认定|鉴定|考评|培训班|证书?))"
)
_NO_TITLE = re.compile(
    r"(?:学|人|职|雇|会|成|队|党|团|官|教|讲|导|老|律|督导|考评|管理|工作|业务|技|员|用|招|务|民|开|完|复|施|社|"
    r"[高中初]级)[师员工]$|农民工|毕业生"
)
_LEAD = re.compile(
    r"^.*(?:开展|招收|招|组织|报名|报考|学习|参加|考|和|与|及|的|是|为|有|现|新|另|设|开|办|收)"
)


def offered(text: str, directory: Directory) -> list[str]:
    """Occupations named in a folded text, without repeats."""
    known = directory.jobs(text)
    taken = {at for start, end, _ in known for at in range(start, end)}
    others = [
        _LEAD.sub("", found[1])
        for found in _TITLE.finditer(text)
        if taken.isdisjoint(range(*found.span())) and not _NO_TITLE.search(found[1])
    ]
    return list(dict.fromkeys([*(job for *_, job in known), *(one for one in others if one[2:])]))


def is_job(row: Filing, job: str) -> bool:
    """Whether a row's occupation or trade is what the text calls by this name."""
    names = [key(name) for name in (row.occupation, row.trade) if name]
    return any(
        name == job or stem(name) == stem(job) or job in name or name in job for name in names
    )


def stem(job: str) -> str:
    """育婴 for 育婴师 and 育婴员; 电工 for 高级电工."""
    return re.sub(r"^(?:高级|中级|初级|注册)|[师员]$", "", job)


def beyond(rows: Iterable[Filing], text: str, *, one_job: bool) -> str:
    """What of level or audience the rows do not hold; "" for nothing."""
    rows = list(rows)
    levels = {row.level for row in rows}
    if one_job and "" not in levels:
        asked = dict.fromkeys(map(level_of, _LEVEL.findall(text)))
        for level in asked:
            if level not in levels:
                return f"没有备案{level}"
    if not _PUBLIC.search(text):
        return ""
    audiences = {row.audience for row in rows}
    if audiences <= {"本单位", "学生"}:
        return f"只面向{'、'.join(sorted(audiences))}"
    own = all(row.kind is FiledKind.EMPLOYER and row.audience != "社会" for row in rows)
    return "属用人单位评价，不面向社会" if own else ""


def level_of(word: str) -> str:
    return skill_level(word) or (word if word.endswith("级") else f"{word}级")


def unsettled(rows: Sequence[Filing], jobs: Sequence[str], text: str) -> str:
    """Why rows that hold every occupation on offer do not bear the offer out yet; "" if they do."""
    if not rows:
        return "目录没有载明该机构备案的职业，无法核对范围"
    if not jobs:
        return "文中没有认出职业，无法与目录核对范围"
    if _LEVEL.search(text) and (len(jobs) > 1 or any(not row.level for row in rows)):
        return "职业在备案范围内，级别无法逐一核对"
    if _PUBLIC.search(text) and any(
        not row.audience and row.kind is not FiledKind.SOCIAL for row in rows
    ):
        return "职业在备案范围内，目录没有载明对象，无法核对"
    return ""
