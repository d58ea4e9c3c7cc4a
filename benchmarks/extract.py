"""`python -m benchmarks.extract`: our extract() beside other ways to read a page, in one run.

Two generated pages of Chinese text with 51 links, about 40 KB and 400 KB of UTF-8. Every row reads
title, visible text and absolute links. Rounds are interleaved and the median of processor time is
shown, because a shared machine is never equally quiet. Compare the ratios, not the milliseconds.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from parsel import Selector
from selectolax.lexbor import LexborHTMLParser

from crawler.extract import extract

BASE = "http://www.school.example/news/1.html"
LINKS = 51
ROUNDS = 15
UNSEEN = ("script", "style", "noscript", "template")
WORDS = [
    "职业",
    "技能",
    "培训",
    "考试",
    "报名",
    "课程",
    "学员",
    "证书",
    "评价",
    "等级",
    "电工",
    "焊工",
    "老师",
    "教室",
    "通知",
    "安排",
    "时间",
    "地点",
    "费用",
    "材料",
]

Reader = Callable[[str], tuple[str, str, int]]  # title, text, number of links


def sentence(source: random.Random) -> str:
    return "".join(source.choice(WORDS) for _ in range(source.randint(6, 16))) + "。"


def paragraph(source: random.Random) -> str:
    words = [sentence(source) for _ in range(source.randint(1, 4))]
    words[0] = f"<b>{words[0][:4]}</b>{words[0][4:]}"
    return f'<p class="txt" style="margin:0">{"".join(words)}</p>\n'


def page(size: int) -> str:
    """A page of at least `size` bytes with a menu, a table, scripts, styles and 51 links."""
    source = random.Random(20261123)
    menu = "".join(f'<li><a href="/list/{n}.html">栏目{n}</a></li>' for n in range(12))
    side = "".join(
        f'<li><a href="{n}.html">{sentence(source)[:14]}</a></li>' for n in range(LINKS - 12)
    )
    rows = "".join(f"<tr><td>{n}</td><td>{sentence(source)}</td></tr>" for n in range(12))
    head = f"<title>通知 - 样例学校</title><style>{'.a{color:red}' * 60}</style>"
    parts = [f"<html lang=zh><head>{head}</head><body><nav><ul>{menu}</ul></nav><div class=main>"]
    length = len((head + menu + side + rows).encode())
    while length < size:
        parts.append(paragraph(source))
        length += len(parts[-1].encode())
    parts.append(
        f"<table>{rows}</table><ul>{side}</ul></div><script>{'var a=1;' * 80}</script></body>"
    )
    return "".join(parts)


def ours(html: str) -> tuple[str, str, int]:
    seen = extract(html, BASE)
    return seen.title, seen.text, len(seen.links)


def bare_selectolax(html: str) -> tuple[str, str, int]:
    tree = LexborHTMLParser(html)
    links = {urljoin(BASE, a.attributes["href"] or "") for a in tree.css("a[href]")}
    title = tree.css_first("title")
    tree.strip_tags(list(UNSEEN))
    return (
        title.text() if title else "",
        tree.body.text(separator="\n") if tree.body else "",
        len(links),
    )


def with_parsel(html: str) -> tuple[str, str, int]:
    tree = Selector(html)
    links = {urljoin(BASE, href) for href in tree.css("a::attr(href)").getall()}
    words = tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]").getall()
    return tree.css("title::text").get(""), "\n".join(words), len(links)


def with_soup(html: str) -> tuple[str, str, int]:
    tree = BeautifulSoup(html, "lxml")
    links = {urljoin(BASE, str(a["href"])) for a in tree.find_all("a", href=True)}
    for tag in tree(UNSEEN):
        tag.decompose()
    title = tree.title.get_text() if tree.title else ""
    return title, tree.body.get_text("\n") if tree.body else "", len(links)


READERS: dict[str, Reader] = {
    "certsweep extract()": ours,
    "selectolax, bare": bare_selectolax,
    "parsel": with_parsel,
    "BeautifulSoup (lxml)": with_soup,
}


def medians(html: str, rounds: int) -> dict[str, float]:
    """Median processor milliseconds of each reader; ValueError if one of them misses a link."""
    times: dict[str, list[float]] = {name: [] for name in READERS}
    for _ in range(rounds):
        for name, reader in READERS.items():
            started = time.thread_time()
            title, _text, links = reader(html)
            times[name].append((time.thread_time() - started) * 1_000)
            if links != LINKS or "样例学校" not in title:
                raise ValueError(f"{name} read {links} links under {title!r}")
    return {name: statistics.median(spent) for name, spent in times.items()}


def main() -> None:
    small, large = page(40_000), page(400_000)
    few, many = medians(small, ROUNDS * 4), medians(large, ROUNDS)
    print(f"{'':22} {len(small.encode()) / 1000:8.0f} KB {len(large.encode()) / 1000:8.0f} KB")
    for name in READERS:
        ratio = few[name] / few["certsweep extract()"]
        print(f"{name:22} {few[name]:8.2f} ms {many[name]:8.2f} ms  ×{ratio:.1f}")


if __name__ == "__main__":
    main()
