"""B站: search, videos, articles, dynamics and spaces, from its answers and embedded state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from selectolax.lexbor import LexborNode

from crawler.answer_source import AnswerSource, Record
from crawler.counts import counts_of
from crawler.markers import State, markers_of
from crawler.nodes import attribute, block_text, html_text, line, pick, pick_all
from crawler.platform_ids import av_to_bv
from crawler.posting import canonical_or, plain_title, post_id_of, region_of, urls
from crawler.relative_dates import first_moment
from crawler.shapes import dig, every_object, first, items, length, length_but, objects, words
from crawler.sheet import Sheet, Told
from storage.records import PageState, Post, Target, TargetKind

HOME = "https://www.bilibili.com"
BV = re.compile(r"BV1[0-9A-Za-z]{9}\Z")
DATED = re.compile(r"(?:\d{4}[-年])?\d{1,2}[-月]\d{1,2}日?|\d+\s?(?:分钟|小时|天)前|昨天")
SPACE = re.compile(r"space\.bilibili\.com/(\d+)")
MARKERS = markers_of("bilibili")
CSS = MARKERS.selectors


class BilibiliSpider(AnswerSource):
    name = "bilibili"
    zh = "哔哩哔哩"
    rendered = True
    awaits = (
        "/x/web-interface/wbi/search/",
        "/x/web-interface/view",
        "/x/space/wbi/arc/search",
        "/x/polymer/web-dynamic/v1/",
    )
    answer_hosts = ("api.bilibili.com",)
    hosts = (
        "bilibili.com",
        "www.bilibili.com",
        "m.bilibili.com",
        "t.bilibili.com",
        "space.bilibili.com",
        "search.bilibili.com",
    )
    markers = MARKERS
    states = ("window.__INITIAL_STATE__", "window.__INITIAL_DATA__")
    pages = ("search.bilibili.com", "page", 50)

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        words = quote(target.value, safe="")
        if target.kind is TargetKind.KEYWORD:
            return (f"https://search.bilibili.com/all?keyword={words}",)
        if target.kind is TargetKind.ACCOUNT:
            return (f"https://space.bilibili.com/{words}",)
        return super().seeds(target)

    def asked_of_api(self, url: str) -> str:
        parts = urlsplit(url)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if "/x/article/" in parts.path:
            return f"cv{query['id']}" if query.get("id", "").isdigit() else ""
        if parts.path.endswith("/detail") and "web-dynamic" in parts.path:
            return f"opus:{query.get('id', '')}"
        if "bvid" in query or "aid" in query:
            return query.get("bvid") or bv_of(query["aid"])
        user = query.get("mid", query.get("host_mid", ""))
        return f"user:{user}" if user.isdigit() else ""

    def told(self, sheet: Sheet) -> list[Told]:
        """An article's short answer leaves out which article it is about: the address tells it."""
        return [
            Told(one.url, one.status, numbered(one)) if "/x/article/" in one.url else one
            for one in super().told(sheet)
        ]

    def records(self, value: object) -> Iterator[tuple[str, Record]]:
        for one in every_object(value):
            key = key_of(one)
            if key:
                yield key, one

    def main(self, value: object) -> str:
        video = words(value, "data.bvid", "videoData.bvid", "data.View.bvid", "videoInfo.bvid")
        article = words(value, "readInfo.id")
        dynamic = words(value, "data.item.id_str", "detail.id_str")
        return video or (article and f"cv{article}") or (dynamic and f"opus:{dynamic}")

    def gone(self, record: Record) -> State | None:
        if first(record, "silence") in (1, "1") and "name" in record:
            return PageState.REMOVED, "account_blocked"
        return MARKERS.code(f"state:{record['state']}") if "state" in record else None

    def post(self, sheet: Sheet, post_id: str, record: Record) -> Post:
        if post_id.startswith("opus:"):
            return dynamic(sheet, post_id, record)
        author = first(record, "owner", "author") or {}
        uid = words(record, "owner.mid", "author.mid", "mid")
        times = [first(record, name) for name in ("pubdate", "publish_time", "pub_time", "created")]
        moment, raw = first_moment([*times, record.get("ctime")], sheet.page.fetched_at)
        is_video = post_id.startswith("BV")
        url = f"{HOME}/video/{post_id}" if is_video else f"{HOME}/read/{post_id}"
        pictures = [*items(record, "image_urls", "origin_image_urls"), words(record, "banner_url")]
        return Post(
            platform="bilibili",
            post_id=post_id,
            url=url,
            url_found=sheet.page.url if post_id in sheet.page.url else url,
            title=plain_title(words(record, "title")),
            text=body(record),
            author=author
            if isinstance(author, str)
            else words(record, "owner.name", "author.name")
            or words(record, "author_name", "up_name"),
            author_id=uid,
            author_url=f"https://space.bilibili.com/{uid}" if uid else "",
            verified=words(record, "owner.official.title", "author.official_verify.desc"),
            published_at=moment,
            published_raw=raw,
            images=() if is_video else urls(HOME, pictures),
            video_cover=secure(words(record, "pic", "cover")) if is_video else "",
            counts=numbers(record),
            is_ad=True if first(record, "is_ad", "ad_info") else None,
        )

    def accounts(self, value: object) -> Iterator[tuple[str, Record]]:
        """The account of a space, and those that a search for people gives."""
        told = [dig(value, path) for path in ("data.card", "data.Card.card", "data", "card")]
        listed = objects(value, "data.result")
        listed += [one for group in listed for one in objects(group, "data")]
        for one in [*told, *listed]:
            found, name = words(one, "mid"), words(one, "name", "uname")
            about = words(one, "sign", "usign", "fans", "level", "face")
            if isinstance(one, dict) and found and name and about and "bvid" not in one:
                yield f"user:{found}", one

    def account(self, sheet: Sheet, account_id: str, record: Record) -> Post:
        uid = account_id.removeprefix("user:")
        home = f"https://space.bilibili.com/{uid}"
        name = words(record, "name", "uname")
        return Post(
            platform="bilibili",
            post_id=account_id,
            url=home,
            url_found=sheet.page.url,
            title=name,
            text=words(record, "sign", "usign"),
            author=name,
            author_id=uid,
            author_url=home,
            verified=words(
                record,
                *("Official.title", "Official.desc", "official.title", "official.desc"),
                *("verify_info", "official_verify.desc"),
            ),
            images=urls(HOME, [secure(words(record, "face", "upic"))]),
            counts=counts_of(
                {
                    "follower": first(record, "fans", "follower"),
                    "following": first(record, "friend", "attention", "following"),
                    "work": first(record, "videos", "archive_count"),
                }
            ),
        )

    def listed(self, value: object) -> int | None:
        data = dig(value, "data")
        lists = [dig(data, path) for path in ("result", "list.vlist", "items")]
        found = length_but(lists, is_other_card)
        groups = [one for one in objects(data, "result") if "result_type" in one]
        if groups:  # a search of all kinds: a group a kind, most of them empty
            found = length([one.get("data") for one in groups if one["result_type"] == "video"])
        told = words(data, "numResults")
        return int(told) if told.isdecimal() and not found else found

    def shown(self, sheet: Sheet, asked: str) -> Post | None:
        title, author = line(sheet.shown, CSS["title"]), line(sheet.shown, CSS["author"])
        text = block_text(pick(sheet.shown, CSS["text"]))
        if not author or not (title or text):
            return None
        when = line(sheet.shown, CSS["when"])
        moment, raw = first_moment([when], sheet.page.fetched_at)
        uid = SPACE.search(attribute(sheet.shown, CSS["author_link"], "href"))
        place = re.search(r"IP属地[:：]\s*(\S+)", when)
        return Post(
            platform="bilibili",
            post_id=asked,
            url=canonical_or(sheet.page.url, sheet.page.url),
            url_found=sheet.page.url,
            title=title,
            text="" if text == "-" else text,
            author=author,
            author_id=uid[1] if uid else "",
            author_url=f"https://space.bilibili.com/{uid[1]}" if uid else "",
            published_at=moment,
            published_raw=raw,
            region=place[1] if place else "",
            counts=counts_of(
                {"like": line(sheet.shown, CSS["likes"]), "view": line(sheet.shown, CSS["views"])}
            ),
        )

    def shown_list(self, sheet: Sheet) -> tuple[Post, ...] | None:
        """Results that the server itself has put into the page."""
        cards = pick_all(sheet.tree, CSS["cards"])
        if not cards:
            return () if pick(sheet.shown, CSS["no_result"]) is not None else None
        posts = (card(sheet, node) for node in cards)
        return tuple(post for post in posts if post is not None)


def numbered(answer: Told) -> Any:  # noqa: ANN401
    number = parse_qs(urlsplit(answer.url).query).get("id", [""])[0]
    data = dig(answer.value, "data")
    if not isinstance(data, dict) or not isinstance(answer.value, dict) or "title" not in data:
        return answer.value
    return answer.value | {"data": {"id": number} | data}


def bv_of(number: str) -> str:
    try:
        return av_to_bv(int(number))
    except ValueError:
        return ""


def is_other_card(one: object) -> bool:
    return words(one, "type") in MARKERS.words["other_kinds"]


def key_of(one: dict[str, Any]) -> str:
    """Id of a video, an article or a dynamic; "" for everything else, also for a mere mention."""
    if "modules" in one and words(one, "id_str", "id"):
        return f"opus:{words(one, 'id_str', 'id')}"
    written = first(one, "owner", "author", "author_name", "mid", "up_name")
    if not written or not words(one, "title"):
        return ""
    if BV.match(words(one, "bvid")):
        return words(one, "bvid")
    if words(one, "aid").isdigit():
        return bv_of(words(one, "aid"))
    dated = {"publish_time", "pub_time", "author_name"} & set(one)
    number = words(one, "id", "cvid")
    return f"cv{number}" if dated and number.isdigit() else ""


def body(record: Record) -> str:
    """What the author wrote beside a video, or the article."""
    parts = [words(part, "raw_text") for part in objects(record, "desc_v2")]
    told = words(record, "content", "desc", "description", "summary") or "\n".join(parts)
    return "" if told.strip() == "-" else html_text(told)


def secure(address: str) -> str:
    return f"https:{address}" if address.startswith("//") else address


def numbers(record: Record) -> dict[str, tuple[str, int | None]]:
    stat = first(record, "stat", "stats") or {}
    return counts_of(
        {
            "view": first(stat, "view") if stat else first(record, "play", "view"),
            "danmaku": first(stat, "danmaku") if stat else first(record, "danmaku", "video_review"),
            "comment": first(stat, "reply")
            if stat
            else first(record, "review", "comment", "reply"),
            "collect": first(stat, "favorite") if stat else first(record, "favorites"),
            "coin": first(stat, "coin"),
            "share": first(stat, "share"),
            "like": first(stat, "like") if stat else first(record, "like"),
        }
    )


def dynamic(sheet: Sheet, post_id: str, record: Record) -> Post:
    told = record["modules"]
    modules = told if isinstance(told, dict) else {}
    for one in objects(told) if isinstance(told, list) else ():
        modules |= one
    author = first(modules, "module_author") or {}
    uid = words(author, "mid")
    title, parts, pictures = words_of(modules)
    times = [first(author, "pub_ts"), first(author, "pub_time")]
    moment, raw = first_moment(times, sheet.page.fetched_at)
    url = f"{HOME}/opus/{post_id.removeprefix('opus:')}"
    stat = first(modules, "module_stat") or {}
    return Post(
        platform="bilibili",
        post_id=post_id,
        url=url,
        url_found=sheet.page.url if post_id_of(sheet.page.url) == post_id else url,
        title=title,
        text="\n".join(part for part in parts if part),
        author=words(author, "name"),
        author_id=uid,
        author_url=f"https://space.bilibili.com/{uid}" if uid else "",
        verified=words(author, "official_verify.desc", "official.title"),
        published_at=moment,
        published_raw=raw,
        region=region_of(words(author, "pub_location_text")),
        images=urls(HOME, pictures),
        counts=counts_of(
            {
                "comment": first(stat, "comment.count"),
                "share": first(stat, "forward.count"),
                "like": first(stat, "like.count"),
            }
        ),
    )


def words_of(modules: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    """(title, pieces of text, pictures) of a dynamic in its old and its new shape."""
    major = first(modules, "module_dynamic.major") or {}
    title = words(modules, "module_title.text") or words(
        major, "opus.title", "archive.title", "article.title"
    )
    parts = [words(modules, "module_dynamic.desc.text"), words(major, "opus.summary.text")]
    parts += [words(major, "archive.desc", "article.desc", "common.desc")]
    pictures = [words(one, "url", "src") for one in objects(major, "opus.pics", "draw.items")]
    for paragraph in objects(modules, "module_content.paragraphs"):
        nodes = objects(paragraph, "text.nodes")
        parts.append("".join(words(one, "word.words", "rich.text") for one in nodes))
        pictures += [words(one, "url") for one in objects(paragraph, "pic.pics")]
    return plain_title(title), parts, [secure(one) for one in pictures]


def card(sheet: Sheet, node: LexborNode) -> Post | None:
    """One video of a result page; None for the cards that stand for live rooms and the like."""
    found = next(iter(urls(sheet.url, [attribute(node, CSS["card_link"], "href")])), "")
    key = post_id_of(found) if found else ""
    if not key.startswith("BV"):
        return None
    title = attribute(node, CSS["card_title"], "title") or line(node, CSS["card_title"])
    shown = DATED.search(line(node, CSS["card_when"]))
    moment, raw = first_moment([shown.group() if shown else ""], sheet.page.fetched_at)
    uid = SPACE.search(attribute(node, CSS["card_author_link"], "href"))
    return Post(
        platform="bilibili",
        post_id=key,
        url=canonical_or(found, found),
        url_found=found,
        title=plain_title(title),
        author=line(node, CSS["card_author"]),
        author_id=uid[1] if uid else "",
        author_url=f"https://space.bilibili.com/{uid[1]}" if uid else "",
        published_at=moment,
        published_raw=raw,
    )
