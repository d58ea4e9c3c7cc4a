"""微信公众号: an article, picture or video post, an album, an account's own page.

No list of an account is public; articles are found through searches and links. Identity is
(biz, mid, idx) as the page tells it, for the short and the long URL of an article share nothing.
"""

from __future__ import annotations

import html as entities
import re
from typing import Any
from urllib.parse import quote, urlsplit

from crawler.embedded import assigned, strings_after
from crawler.markers import State, markers_of
from crawler.nodes import attribute, block_text, images_of, line, links_of, parsed, pick, pick_all
from crawler.posting import canonical_or, finished, post_id_of, same_post, urls
from crawler.reading import Reading
from crawler.relative_dates import first_moment
from crawler.shapes import first, objects, words
from crawler.sheet import Sheet
from crawler.source_spider import SourceSpider
from crawler.verdicts import LAYOUT_CHANGED, SHELL, notice, state_of, unread
from crawler.visible import cut_unseen
from storage.records import Page, PageState, Post

MARKERS = markers_of("wechat_mp")
CSS = MARKERS.selectors
STATES = ("window.cgiDataNew", "cgiDataNew", "window.cgiData", "cgiData")
NAMES = (
    "biz bizuin mid appmsgid idx itemidx sn ct ori_create_time create_time publish_time nickname "
    "oriCreateTime createTime nick_name user_name msg_title msg_desc msg_link msg_source_url "
    "msg_cdn_url item_show_type title "
    "transferTargetLink transfer_target_link"
)
# var biz = "" || "…";  window.biz = '…';  d.biz = xml ? getXmlValue('biz.DATA') : '…';
VARIABLES = re.compile(
    rf"\b(?:var\s+|window\.|d\.)({'|'.join(NAMES.split())})\s*=\s*"
    r"(?:xml\s*\?[^:;\n]{0,80}:\s*)?(?=[\"'\d]|htmlDecode)"
)
MEDIA = "img,iframe,video,audio,mpvoice,mp-common-mpaudio,mpvideosnap,mp-common-videosnap,svg"
MORE = re.compile(r"[，,。]?\s*查看(?:对应规则|详细内容)\s*\Z")  # the words of a link
MOST_TEXT = 5_000
MOST_LINES = 40
# A line of the platform's own, of whatever wording, where the body of an article should stand.
NOTICE_LIKE = re.compile(
    r"(?:[此该本]|您访问的)?(?:内容|文章|视频|图文|作品|[帐账]号|公众号)[^。！!？?\n]{0,16}"
    r"(?:移除|删除|下架|屏蔽|不存在|失效|无法(?:查看|访问|播放|观看))[。！!]?"
)
NAME_RECORD = re.compile(r"(?:改名|注册)[“\"]([^”\"\n]{1,40})[”\"]")


class WechatMpSpider(SourceSpider):
    name = "wechat_mp"
    zh = "微信公众号"
    hosts = ("mp.weixin.qq.com",)

    def read(self, page: Page) -> Reading:
        sheet = Sheet(page)
        sent = MARKERS.address(sheet.url, page.url)
        shown = page.status == 200 and sent is None
        facts = account_facts(sheet) if shown else {}
        if facts:
            closed = told_beside_facts(sheet)
            if closed is not None:
                return unread(closed, sheet)
            return Reading(state=PageState.ALIVE, posts=(account(sheet, facts),))
        listed = history(sheet) if shown else ()
        wall = notice(MARKERS, sheet) if listed else None
        if wall is not None and wall[0] is PageState.BLOCKED:
            return unread(wall, sheet)
        if listed:
            links = urls(sheet.url, [post.url_found for post in listed])
            return Reading(state=PageState.ALIVE, posts=listed, links=links)
        told = Article(sheet)
        state = state_of(MARKERS, sheet, found=told.there)
        if state[0] is PageState.ALIVE:
            return alive(sheet, told)
        return gone(sheet, told, state)


class Article:
    """What the page tells of an article: the state in its script first, then its elements."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.state: dict[str, Any] = {}
        for value in assigned(sheet.html, *STATES):
            self.state |= value if isinstance(value, dict) else {}
        self.variables = strings_after(sheet.html, VARIABLES)
        tree = sheet.tree
        node = pick(tree, CSS["article"])
        self.title = line(tree, CSS["title"]) or meta(sheet, "og:title") or self.said("title")
        self.title = " ".join((self.title or self.var("msg_title", "title")).split())
        self.text = self.body()
        removed = self.said("del_reason_id") not in {"", "0"} or self.notice_alone()
        told = bool(self.said("title", "content_noencode"))
        known = bool(self.title or self.text) and (node is not None or told)
        self.there = not removed and known and self.has_body()

    def has_body(self) -> bool:
        """Whether something of the article itself is there: a title alone also stands in the head
        of a page that tells of a removal in words not known yet."""
        for node in map(self.sheet.tree.css_first, CSS["body"]):
            if node is None:
                continue
            text = block_text(node)
            if node.css_first(MEDIA) is not None or (text and not NOTICE_LIKE.fullmatch(text)):
                return True
        if told_instead(self.sheet):
            return False
        written = ("content_noencode", "text_page_info.content_noencode")
        if self.said(*written) or objects(self.state, "picture_page_info_list"):
            return True
        return (self.said("item_show_type") or self.var("item_show_type")) == "5"

    def notice_alone(self) -> bool:
        """Whether a notice stands where the body of an article should."""
        body = block_text(self.sheet.tree.css_first("#js_content"))
        return not body and MARKERS.told(line(self.sheet.tree, CSS["notice"])) is not None

    def said(self, *paths: str) -> str:
        return entities.unescape(words(self.state, *paths))

    def var(self, *names: str) -> str:
        found = next((self.variables[name] for name in names if name in self.variables), "")
        return entities.unescape(found)

    def body(self) -> str:
        """Text of the article; of picture, text and video posts the words beside them."""
        shown = (block_text(node) for node in map(self.sheet.tree.css_first, CSS["body"]))
        text = next((one for one in shown if one), "")
        written = self.said("content_noencode", "text_page_info.content_noencode", "desc")
        if text and len(text) >= len(written) // 2:
            return text
        return clean(written or meta(self.sheet, "og:description") or self.var("msg_desc")) or text

    def key(self) -> tuple[str, str, str, str]:
        """(biz, mid, idx, sn), "" each where the page does not tell it."""
        biz = self.said("bizuin", "biz") or self.var("biz", "bizuin")
        mid = self.said("mid", "appmsgid") or self.var("mid", "appmsgid")
        return biz, mid, self.said("idx") or self.var("idx", "itemidx"), self.sn()

    def sn(self) -> str:
        return self.said("sn") or self.var("sn")

    def account(self) -> tuple[str, str, str]:
        """(name as shown, gh_ id, URL of the account)."""
        name = line(self.sheet.tree, CSS["name"]) or self.said("nick_name")
        biz = self.key()[0]
        home = f"https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz={quote(biz, safe='=')}"
        found = self.said("user_name") or self.var("user_name")
        name = " ".join((name or self.var("nickname", "nick_name")).split())
        return name, found, home if biz else ""

    def region(self) -> str:
        spoken = next(iter(assigned(self.sheet.html, "window.ip_wording")), None)
        told = self.state.get("ip_wording") or spoken
        place = words(told, "province_name", "provinceName", "country_name", "countryName")
        return place or line(self.sheet.tree, CSS["region"])

    def pictures(self) -> tuple[str, ...]:
        listed = [words(one, "cdn_url") for one in objects(self.state, "picture_page_info_list")]
        shown = images_of(pick(self.sheet.tree, ["#js_content", *CSS["body"]]), self.sheet.url)
        return urls(self.sheet.url, [*map(entities.unescape, listed), *shown])


def told_instead(sheet: Sheet) -> bool:
    """Whether the page shows a notice, also in words or a place not known yet: what its script
    still has of an article is then older."""
    lines = (one.strip() for one in sheet.seen.text.splitlines()[:MOST_LINES])
    return bool(line(sheet.shown, CSS["notice"])) or any(map(NOTICE_LIKE.fullmatch, lines))


def alive(sheet: Sheet, told: Article) -> Reading:
    biz, mid, idx, sn = told.key()
    asked = post_id_of(sheet.page.url)
    key = f"{biz}:{mid}:{idx or 1}" if biz and mid else ""
    if ":" in asked and not same_post(asked, key):
        return unread((PageState.SWAPPED, "other_post"), sheet)
    shared = told.said("link") or told.var("msg_link") or meta(sheet, "og:url")
    long = f"https://mp.weixin.qq.com/s?__biz={biz}&mid={mid}&idx={idx or 1}&sn={sn}"
    url = canonical_or(long if key and sn else shared or sheet.url, sheet.url)
    name, account_id, home = told.account()
    shown = line(sheet.tree, CSS["shown_time"])
    times: list[object] = [
        told.said("ori_create_time"),
        told.var("ct", "ori_create_time", "oriCreateTime"),
    ]
    times += [
        told.said("create_time"),
        told.var("create_time", "createTime"),
        shown,
        told.var("publish_time"),
    ]
    moment, raw = first_moment(times, sheet.page.fetched_at)
    post = Post(
        platform="wechat_mp",
        post_id=key or post_id_of(shared) or asked or url,
        url=url,
        url_found=sheet.page.url,
        title=told.title,
        text=told.text,
        author=name,
        author_id=account_id or biz,
        author_url=home,
        published_at=moment,
        published_raw=raw,
        region=told.region(),
        images=told.pictures(),
        video_cover=cover(sheet, told),
    )
    onward = told.said("source_url", "msg_source_url") or told.var("msg_source_url")
    inside = links_of(pick(sheet.tree, ["#js_content"]), sheet.url)
    links = urls(sheet.url, [onward, *inside, *album_links(sheet)])
    return Reading(state=PageState.ALIVE, posts=(finished(post),), links=links)


def cover(sheet: Sheet, told: Article) -> str:
    """The picture of a video post (item_show_type 5); others have none."""
    if (told.said("item_show_type") or told.var("item_show_type")) != "5":
        return ""
    return told.said("cdn_url") or told.var("msg_cdn_url") or meta(sheet, "og:image")


def gone(sheet: Sheet, told: Article, state: State) -> Reading:
    """A page without an article; what it tells of the account and the reason is kept."""
    items = album_links(sheet)
    if items and state[1] in {"layout_changed", "shell"}:
        return Reading(state=PageState.ALIVE, links=items)
    if state == SHELL and told_instead(sheet):
        state = LAYOUT_CHANGED  # it tells something, in words that are not known yet
    if state[1] in {"layout_changed", "shell"} and "page_rumor" in sheet.html:
        state = (PageState.REMOVED, "rumor")
    links = new_home(sheet, told) if state[0] is PageState.MOVED else ()
    reading = unread(state, sheet, links)
    if state[0] in {PageState.BLOCKED, PageState.ERROR}:
        return reading
    name, account_id, home = told.account()
    reason = MORE.sub("", line(sheet.tree, CSS["notice_reason"]))
    notice = Post(
        platform="wechat_mp",
        post_id=post_id_of(sheet.page.url) or canonical_or(sheet.url, sheet.url),
        url=canonical_or(sheet.url, sheet.url),
        url_found=sheet.page.url,
        title=line(sheet.tree, CSS["notice"]) or sheet.seen.title,
        text=reason or clean(told.said("del_reason")),
        author=name,
        author_id=account_id,
        author_url=home,
    )
    return Reading(state=state[0], reason=state[1], links=links, notice=notice)


def new_home(sheet: Sheet, told: Article) -> tuple[str, ...]:
    """Where a moved article is public now; only another article of this host is believed."""
    href = attribute(sheet.tree, CSS["new_home"], "href")
    found = [href, told.var("transferTargetLink", "transfer_target_link")]
    joined = urls(sheet.url, map(entities.unescape, found))
    return tuple(one for one in joined if is_article(one))


def is_article(url: str) -> bool:
    parts = urlsplit(url)
    return parts.hostname == "mp.weixin.qq.com" and re.match(r"/s(?:/|\Z)", parts.path) is not None


def album_links(sheet: Sheet) -> tuple[str, ...]:
    nodes = pick_all(sheet.tree, CSS["album_items"])
    return urls(sheet.url, [node.attributes.get("data-link") for node in nodes])


def history(sheet: Sheet) -> tuple[Post, ...]:
    """What an account's list of articles shows; only pages of a client or of a search have one."""
    name = line(sheet.tree, CSS["name"])
    posts = []
    for value in assigned(sheet.html, "msgList"):
        for message in objects(value, "list"):
            head = first(message, "app_msg_ext_info") or {}
            when = first(message, "comm_msg_info.datetime")
            several = [head, *objects(head, "multi_app_msg_item_list")]
            posts += [listed_post(sheet, one, when, name) for one in several]
    return tuple(finished(post) for post in posts if post.title)


def listed_post(sheet: Sheet, one: object, when: object, name: str) -> Post:
    address = entities.unescape(words(one, "content_url"))
    url = next(iter(urls(sheet.url, [address])), sheet.url)
    moment, raw = first_moment([when], sheet.page.fetched_at)
    return Post(
        platform="wechat_mp",
        post_id=post_id_of(url) or canonical_or(url, url),
        url=canonical_or(url, url),
        url_found=url,
        title=entities.unescape(words(one, "title")),
        text=clean(entities.unescape(words(one, "digest"))),
        author=name,
        published_at=moment,
        published_raw=raw,
        images=urls(sheet.url, [entities.unescape(words(one, "cover"))]),
    )


def account_facts(sheet: Sheet) -> dict[str, str]:
    """The facts of an account's own page by their labels; {} on every other page."""
    known = set(MARKERS.words["account_facts"])
    facts: dict[str, str] = {}
    for node in pick_all(sheet.tree, CSS["facts"]):
        name = line(node, CSS["fact_name"])
        facts.setdefault(name, line(node, CSS["fact_value"]))
    return facts if len(known & set(facts)) >= 2 else {}


def told_beside_facts(sheet: Sheet) -> State | None:
    """What the platform says of an account on its page; its facts are the account's own words."""
    tree = parsed(sheet.html)
    cut_unseen(tree)
    for node in pick_all(tree, CSS["facts"]):
        node.decompose()
    return MARKERS.told(tree.body.text(separator="\n")[:MOST_TEXT]) if tree.body else None


def account(sheet: Sheet, facts: dict[str, str]) -> Post:
    """The account as a post of its own: its description is where some advertise."""
    found = re.search(r"gh_[0-9a-z]{8,16}", sheet.html)
    biz = re.search(r"__biz=([A-Za-z0-9+/]{8,24}={0,2})", sheet.html)
    name = NAME_RECORD.search(sheet.seen.text)
    code = biz[1] if biz else ""
    owner = next((facts[key] for key in MARKERS.words["principal"] if facts.get(key)), "")
    verified = next((facts[key] for key in MARKERS.words["verified"] if facts.get(key)), "")
    told = Article(sheet)
    account_id = found.group() if found else facts.get("微信号", "") or code
    post = Post(
        platform="wechat_mp",
        post_id=f"user:{account_id}",
        url=canonical_or(sheet.url, sheet.url),
        url_found=sheet.page.url,
        title=(name[1] if name else "") or told.account()[0],
        text=sheet.seen.text,
        author=owner or told.account()[0],
        author_id=account_id,
        author_url=f"https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz={code}"
        if code
        else "",
        verified=verified,
        region=told.region(),
    )
    return finished(post)


def meta(sheet: Sheet, name: str) -> str:
    return entities.unescape(attribute(sheet.tree, [f'meta[property="{name}"]'], "content"))


def clean(text: str) -> str:
    """Text out of a script: its own line breaks, no tags, no hard spaces."""
    lines = text.replace("\\x0a", "\n").replace("\\n", "\n").replace("\xa0", " ").split("\n")
    return "\n".join(" ".join(one.split()) for one in lines if one.strip())
