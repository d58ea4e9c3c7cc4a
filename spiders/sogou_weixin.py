"""搜狗微信搜索: articles and accounts of 微信 for a keyword.

The links it gives are temporary; an article is identified only once 微信 itself has answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from selectolax.lexbor import LexborNode

from crawler.markers import fold, markers_of
from crawler.nodes import attribute, block_text, html_text, images_of, line, pick, pick_all
from crawler.posting import canonical_or, finished, next_page, plain_title, urls
from crawler.reading import Reading
from crawler.relative_dates import first_moment
from crawler.sheet import Sheet
from crawler.source_spider import SourceSpider
from crawler.verdicts import state_of, unread
from storage.records import Page, PageState, Post, Target, TargetKind

MARKERS = markers_of("sogou_weixin")
CSS = MARKERS.selectors
WRITTEN_TIME = re.compile(r"timeConvert\s*\(\s*['\"]?(\d{9,13})")
Reader = Callable[[Sheet, LexborNode], Post]
MOST_PAGES = 10  # what it shows without a login (2026)
SEARCH = "https://weixin.sogou.com/weixin?type={kind}&query={words}&ie=utf8&page=1"


class SogouWeixinSpider(SourceSpider):
    name = "sogou_weixin"
    zh = "搜狗微信搜索"
    hosts = ("weixin.sogou.com",)

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        kinds = {TargetKind.KEYWORD: 2, TargetKind.ACCOUNT: 1}
        if target.kind in kinds:
            words = quote(target.value, safe="")
            return (SEARCH.format(kind=kinds[target.kind], words=words),)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        sheet = Sheet(page)
        if pick(sheet.shown, CSS["wall"]) is not None:
            return unread((PageState.BLOCKED, "captcha"), sheet)
        accounts = posts_in(sheet, CSS["accounts"], account)
        posts = accounts or posts_in(sheet, CSS["articles"], article)
        state = state_of(MARKERS, sheet, found=bool(posts) or found_nothing(sheet))
        target = jump(sheet)
        if target and state[1] in {"shell", "layout_changed"}:
            return Reading(state=PageState.ALIVE, links=(target,))
        if state[0] is not PageState.ALIVE:
            return unread(state, sheet)
        return Reading(state=state[0], posts=posts, links=onward(sheet, posts))


def found_nothing(sheet: Sheet) -> bool:
    """Whether it says itself that there is no result."""
    if pick(sheet.shown, CSS["no_result"]) is not None:
        return True
    told = fold(sheet.seen.text[:2_000])
    return any(fold(word) in told for word in MARKERS.words["no_result"])


JUMP = re.compile(r"url\s*\+=\s*['\"]([^'\"]{0,500})['\"]")


def jump(sheet: Sheet) -> str:
    """Where /link?url= leads: its script puts the address together piece by piece."""
    if urlsplit(sheet.url).path != "/link":
        return ""
    whole = "".join(JUMP.findall(sheet.html)).replace("@", "")
    return (
        whole if whole.startswith(("http://mp.weixin.qq.com/", "https://mp.weixin.qq.com/")) else ""
    )


def onward(sheet: Sheet, posts: tuple[Post, ...]) -> tuple[str, ...]:
    following = attribute(sheet.tree, CSS["next"], "href")
    more = following or (
        next_page(sheet.url, "page", MOST_PAGES) if len(posts) >= MOST_PAGES else ""
    )
    return urls(sheet.url, [*(post.url_found for post in posts), more])


def posts_in(sheet: Sheet, selectors: tuple[str, ...], read: Reader) -> tuple[Post, ...]:
    found = (read(sheet, node) for node in pick_all(sheet.tree, selectors))
    return tuple(finished(post) for post in found if post.title)


def article(sheet: Sheet, node: LexborNode) -> Post:
    href = attribute(node, CSS["title"], "href")
    found = next(iter(urls(sheet.url, [href])), "") or sheet.url
    written = WRITTEN_TIME.search(node.html or "")
    told: list[object] = [attribute(node, CSS["when"], "t"), written[1] if written else ""]
    told += [attribute(node, ["[data-lastmodified]"], "data-lastmodified")]  # 热门, 2017
    shown = "" if pick(node, [".s2[data-sourcename]"]) is not None else line(node, [".s2"])
    moment, raw = first_moment([*told, shown], sheet.page.fetched_at)
    home = attribute(node, ["a.account"], "href")
    return Post(
        platform="sogou_weixin",
        post_id=node.attributes.get("d") or canonical_or(found, found),
        url=canonical_or(found, found),
        url_found=found,
        title=title_of(node),
        text=block_text(pick(node, CSS["summary"])),
        author=line(node, CSS["account"]),
        author_id=attribute(node, ["a.account"], "i")
        or attribute(node, [".s2[data-openid]"], "data-openid"),
        author_url=next(iter(urls(sheet.url, [home])), ""),
        verified="微信认证" if attribute(node, ["a.account"], "data-isv") == "1" else "",
        published_at=moment,
        published_raw=raw,
        images=images_of(node, sheet.url),
    )


def title_of(node: LexborNode) -> str:
    link = pick(node, CSS["title"])
    return plain_title(link.inner_html or "") if link is not None else ""


def account(sheet: Sheet, node: LexborNode) -> Post:
    href = attribute(node, CSS["name"], "href")
    found = next(iter(urls(sheet.url, [href])), "") or sheet.url
    code = line(node, CSS["code"])
    name = pick(node, CSS["name"])
    title = plain_title(name.inner_html or "") if name is not None else ""
    return Post(
        platform="sogou_weixin",
        post_id=f"user:{code or title}",
        url=canonical_or(found, found),
        url_found=found,
        title=title,
        text="\n".join(html_text(fact.html or "") for fact in node.css("dl")),
        author=title,
        author_id=code,
        author_url=canonical_or(found, found),
        verified=certified(node),
        images=images_of(node, sheet.url),
    )


def certified(node: LexborNode) -> str:
    """What stands behind 认证: whose account it is, as 微信 has checked it."""
    for fact in node.css("dl"):
        text = " ".join(html_text(fact.html or "").split())
        found = re.match(r"(?:微信)?认证[:：]?\s*(.+)", text)
        if found:
            return found[1]
    return ""
