"""Which departments get a copy of what a post is suspected of.

Copies follow the joint duties of 豫人社函〔2022〕129号 part four (二) and who punishes what:
advertising 市场监管, private training 人社. It is a proposal; a person signs the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

FORGED: Final = frozenset({"C3-02", "C3-04", "C3-06", "C3-08", "E2-04"})

# Who is responsible for a kind of certificate, by the words an advertisement uses for it.
KINDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("应急管理", ("特种作业", "安全生产", "安全员", "消防", "电工证", "焊工证", "高处作业")),
    ("住房城乡建设", ("建造师", "施工员", "八大员", "造价", "监理", "建筑", "挂证", "资质挂靠")),
    ("市场监管", ("特种设备", "叉车", "电梯", "锅炉", "压力容器", "起重机")),
    ("教育", ("学历", "文凭", "毕业证", "学位", "教师资格")),
)
# Each department as lists write it, with what a person may choose in a decision 转办.
OFFICES: Final = {
    "市场监管": "市场监督管理部门",
    "人力资源社会保障": "人力资源和社会保障部门",
    "公安": "公安机关",
    "网信": "网信部门",
    "通信管理": "通信管理部门",
    "机构编制": "机构编制部门",
    "民政": "民政部门",
    "应急管理": "应急管理部门",
    "住房城乡建设": "住房和城乡建设部门",
    "教育": "教育部门",
    "卫生健康": "卫生健康部门",
}
# What people call them.
SHORT: Final = {
    "人社": "人力资源社会保障",
    "编办": "机构编制",
    "住建": "住房城乡建设",
    "卫健": "卫生健康",
    "应急": "应急管理",
    "市监": "市场监管",
    "通管": "通信管理",
    "网信办": "网信",
}


def office_of(typed: str) -> str:
    """The department that somebody named, by its short name too; what is none as it stands."""
    name = typed.strip()
    for ending in ("部门", "机关", "局", "厅"):
        name = name.removesuffix(ending)
    whole = {
        words.removesuffix("部门").removesuffix("机关"): name for name, words in OFFICES.items()
    }
    return SHORT.get(name) or whole.get(name) or (name if name in OFFICES else typed.strip())


CHOSEN: Final = {
    "HRSS": "人力资源社会保障",
    "MARKET": "市场监管",
    "POLICE": "公安",
    "CAC": "网信",
    "MIIT": "通信管理",
    "CIVIL": "民政",
    "EDUCATION": "教育",
    "HOUSING": "住房城乡建设",
    "EMERGENCY": "应急管理",
    "HEALTH": "卫生健康",
    "ORGANISATION": "机构编制",
}
STATE_NAME: Final = ("国家", "中国", "中华", "全国", "事业单位")
SOCIETY: Final = ("协会", "学会", "联合会", "促进会", "研究会", "基金会")


def departments(
    codes: Iterable[str], *, said: str, platform: str, author: str, words: str
) -> tuple[str, ...]:
    """Whom to copy, without repeats; `words` is what the findings quote and the title says.

    `said` is the code a person decided on: a machine's finding alone never proposes the police or
    the cutting off of a site.
    """
    found = tuple(codes)
    asked = [
        ("市场监管", any(code.startswith("B") for code in found)),
        ("人力资源社会保障", any(code[:1] in "ACDE" for code in found)),
        ("公安", said in FORGED),
        ("网信", platform != "web" and any(code.startswith("E2") for code in found)),
        ("通信管理", platform == "web" and said == "E2-04"),
        ("机构编制", mentions(author, STATE_NAME)),
        ("民政", mentions(author, SOCIETY) and any(code[:2] in {"B1", "E2"} for code in found)),
        *((office, mentions(words, kind)) for office, kind in KINDS),
    ]
    return tuple(dict.fromkeys(office for office, applies in asked if applies))


def mentions(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)
