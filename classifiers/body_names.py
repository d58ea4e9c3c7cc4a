"""Names of organisations: what two spellings of one have in common, and where one stands in a text.

No dictionary of names is complete, so a name is taken apart: place, own word (匠心), trade words
(职业技能培训), ending (学校, 有限公司). Texts here are folded and squeezed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from classifiers.folding import fold, squeeze
from classifiers.tables_file import read_table

_COMPANY = r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|公司|\(集团\))"
_KINDS = (
    "公司|学校|学院|大学|协会|学会|联合会|促进会|研究会|研究院|研究所|总会|商会|集团|委员会|基金会|"
    "中心|鉴定所|鉴定站|考评站|评价站|工作站|基地|人才网|医院|总厂|工厂|制造厂"
)
_LAST = re.compile(
    rf"(?:{_KINDS})(?!长|网|化|位|务|心|内|外|里|们|友|区)(?:\([\u4e00-\u9fff]{{1,8}}\))?"
)
_LONGEST = 32  # characters of a name
# What stands before a name and is no part of it.
_BEFORE = re.compile(
    r"[^\u4e00-\u9fff()]|由|经|是|为|系|在|向|被|请|找|的|了|与|和|及|或|跟|让|给|到|从|称|叫|即|选|来|"
    r"我们|本校|认准|加入|报考|通过|取得|获得|组织|单位|机构(?![\u4e00-\u9fff]{0,6}(?:中心|公司))|欢迎|咨询"
)
# Words that thousands of names share; the own word of a name is what is left.
_SHARED = re.compile(
    "职业|技能|技术|考证|取证|办证|报名|评价|技工|技师|培训|教育|学校|学院|大学|中等|专业|高等|专科|鉴定|指导|评价|考评|考核|认定|考试|"
    "认证|资格|等级|人才|人力资源|劳动|就业|创业|服务|咨询|管理|科技|文化|传媒|信息|网络|发展|产业|事业|"
    "协会|学会|联合会|促进会|研究会|研究院|研究所|总会|商会|集团|中心|基地|公司|有限|责任|股份|控股|委员会|基金会|"
    "社会|组织|机构|单位|民办|实验|继续|成人|远程|网|所|站|厂|省|市|县|区|第[一二三四五六七八九十]|国家|全国|"
    "中国|中华|国际|[()]"
)


@lru_cache(65_536)
def key(name: str) -> str:
    """A name as two spellings of it share it: folded, without blanks and marks."""
    text = squeeze(fold(name)).text
    return re.sub(r"[\s·“”\"'《》<>,、.。-]+", "", text)


@cache
def _places() -> re.Pattern[str]:
    table = read_table("authorities")
    named = sorted({*table["provinces"].split(), *table["cities"].split()}, key=len, reverse=True)
    return re.compile(
        rf"(?:{'|'.join(named)})(?:省|市|示范区)?|[\u4e00-\u9fff]{{2,3}}(?:省|市|县|区)(?!域)"
    )


def without_place(name: str) -> str:
    """河南省郑州市匠心学校 and 匠心学校(郑州) as 匠心学校."""
    rest = re.sub(r"\([^()]{1,8}\)", "", name)
    for _ in range(3):
        found = _places().match(rest)
        if found is None:
            break
        rest = rest[found.end() :]
    return rest


def short_forms(name: str) -> tuple[str, ...]:
    """Shorter ways to write a name (a `key`) that still say whose it is."""
    company = re.sub(rf"{_COMPANY}$", "", name)
    forms = (company, without_place(name), without_place(company), re.sub(r"[()]", "", name))
    kept = (form for form in forms if form != name and len(form) >= 5 and len(own_word(form)) >= 2)
    return tuple(dict.fromkeys(kept))


@lru_cache(65_536)
def _own(name: str) -> str:
    return _SHARED.sub("", without_place(name))


def own_word(name: str) -> str:
    """What tells a name from others of its kind; "" for 职业技能鉴定中心."""
    return _own(name) if len(name) <= 100 else ""


def names_in(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Places of what ends like an organisation's name, cut where something else begins it."""
    for last in _LAST.finditer(text, low, high):
        first = max(low, last.end() - _LONGEST)
        start = first
        for cut in _BEFORE.finditer(text, first, last.start()):
            start = cut.end()
        if last.start() - start >= 2:
            yield start, last.end()
