"""What a page says about itself: contacts, filing number, date, organisation, counts."""

from __future__ import annotations

import html as entities
import re

from crawler.contact_words import contacts
from crawler.counts import parse_count
from crawler.dates import published
from crawler.extracted import Extracted
from storage.digits import folded

__all__ = ["contacts", "icp", "organisation", "parse_count", "published"]

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕秦甘陇青宁新"
FILED = re.compile(
    rf"([{PROVINCES}])\s?ICP\s?备\s?(\d{{6,10}})\s?号?(?:\s?-\s?(\d{{1,3}})(?!\d))?", re.IGNORECASE
)
ROUGH_ICP = re.compile("[IiＩｉ][CcＣｃ][PpＰｐ]")
LICENSED = re.compile(rf"([{PROVINCES}])\s?ICP\s?证\s?(\d{{6,10}})\s?号?", re.IGNORECASE)


def icp(text: str) -> str:
    """The filing number (ICP备案, 《非经营性互联网信息服务备案管理办法》) or the licence (ICP证).

    As "豫ICP备2022000001号-1"; "" where none is shown. 公网安备 numbers are of another register.
    """
    if ROUGH_ICP.search(text) is None:
        return ""
    plain = folded(text)
    filed = FILED.search(plain)
    if filed:
        return f"{filed[1]}ICP备{filed[2]}号" + (f"-{filed[3]}" if filed[3] else "")
    licensed = LICENSED.search(plain)
    return f"{licensed[1]}ICP证{licensed[2]}号" if licensed else ""


ENDING = (
    "(?:有限责任公司|股份有限公司|有限公司|集团公司|集团|公司|学校|学院|大学|中学|中心|协会|学会|研究院|研究所|"
    "促进会|联合会|基金会|工作室|事务所|网校|教育|培训部|管理局|委员会|人民政府)"
)
NAME = rf"[\u4e00-\u9fffA-Za-z0-9（）()·]{{1,28}}?{ENDING}(?![\u4e00-\u9fff]{{0,6}}{ENDING})"
OWNED = re.compile(
    r"(?:©|&copy;|\(c\)|copyright|版权所有|版权归|主办(?:单位|方)?|承办单位|运营(?:单位|方)|单位名称|公司名称)"
    rf"[^\n]{{0,40}}?({NAME})",
    re.IGNORECASE,
)
ALONE = re.compile(rf"(?:^|[\s　|｜])({NAME})(?=$|[\s　|｜,，。:：])")
NOISE = re.compile(
    r"^(?:版权所有|版权归|所有|归|主办单位|主办方|主办|承办单位|运营单位|单位名称|公司名称|本站由|由|技术支持|地址|"
    r"copyright|reserved|\d{4})+",
    re.IGNORECASE,
)
SHORTEST_NAME = 4  # 搜公司 is a menu entry
FOOTER = 15  # lines from the end
LINKED_DATA = re.compile(
    r"\"@type\"\s*:\s*\"(?:\w{0,30}Organization|LocalBusiness|School|Corporation)\"[^{}]{0,500}?"
    r"\"name\"\s*:\s*\"([^\"\\]{2,60})\""
)
TITLE_PARTS = re.compile(r"\s*[-_|｜—–]+\s*|\s+·\s+")
NAMED = re.compile(rf".{{1,28}}{ENDING}\Z")


def organisation(extracted: Extracted, html: str) -> str:
    """Who runs the site, as the page names it; "" where it does not.

    Order: the footer's copyright line, og:site_name, JSON-LD, a name alone in the footer, the end
    of the title.
    """
    footer = extracted.text.split("\n")[-FOOTER:]
    data = LINKED_DATA.search(html)
    return (
        last_match(OWNED, footer)
        or extracted.site_name
        or (entities.unescape(data[1]) if data else "")
        or last_match(ALONE, footer)
        or from_title(extracted.title)
    )


def last_match(pattern: re.Pattern[str], lines: list[str]) -> str:
    for line in reversed(lines):
        found = pattern.search(line[:300])
        name = NOISE.sub("", found[1]) if found else ""
        if len(name) >= SHORTEST_NAME and NAMED.match(name):
            return name
    return ""


def from_title(title: str) -> str:
    """The part of a title that ends like an organisation, else its last part."""
    parts = [part for part in TITLE_PARTS.split(title) if part]
    named = [part for part in parts if NAMED.match(part)]
    if named:
        return named[-1]
    return parts[-1] if len(parts) > 1 and len(parts[-1]) <= 30 else ""
