"""抖音: search, videos and picture posts, profiles, from the page's own answers and its state.

The site may put another video in the place of a dead one: ids are compared. Whether an account is
banned stands in its profile; the list of its posts looks the same for banned and private ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from crawler.answer_source import AnswerSource, Record
from crawler.counts import counts_of
from crawler.markers import State, markers_of
from crawler.nodes import attribute, block_text, line, pick
from crawler.posting import plain_title, region_of, urls
from crawler.reading import Reading
from crawler.relative_dates import first_moment
from crawler.shapes import dig, every_object, first, items, length_but, words
from crawler.sheet import Sheet
from crawler.verdicts import unread
from storage.records import Page, PageState, Post, Target, TargetKind

HOME = "https://www.douyin.com"
VIDEO_ID = re.compile(r"\d{15,20}\Z")
MARKERS = markers_of("douyin")
CSS = MARKERS.selectors
COVERS = ("video.cover", "video.origin_cover", "video.originCover")
PICTURES = frozenset({"68", "150"})  # aweme_type of 图文 [?]


class DouyinSpider(AnswerSource):
    name = "douyin"
    zh = "抖音"
    rendered = True
    awaits = (
        "/aweme/v1/web/general/search/single/",
        "/aweme/v1/web/search/item/",
        "/aweme/v1/web/aweme/detail/",
        "/aweme/v1/web/aweme/post/",
    )
    hosts = ("douyin.com", "www.douyin.com", "m.douyin.com", "iesdouyin.com", "www.iesdouyin.com")
    markers = MARKERS
    states = ("window._ROUTER_DATA", "window._SSR_DATA", "window.__INITIAL_STATE__")
    scripts = ("RENDER_DATA",)
    streams = ("self.__pace_f",)

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        words = quote(target.value, safe="")
        if target.kind is TargetKind.KEYWORD:
            return (f"{HOME}/search/{words}?type=general",)
        if target.kind is TargetKind.ACCOUNT:
            return (f"{HOME}/user/{words}",)
        return super().seeds(target)

    def read(self, page: Page) -> Reading:
        sheet = Sheet(page)
        bare = page.body.strip()
        if page.status == 200 and bare in {b"", b"blocked"} and not page.dom and not page.answers:
            return unread((PageState.BLOCKED, "risk"), sheet)
        reading = super().read(page)
        walled = not reading.posts and pick(sheet.tree, CSS["wall"]) is not None
        return unread((PageState.BLOCKED, "captcha"), sheet) if walled else reading

    def asked_of_api(self, url: str) -> str:
        query = parse_qs(urlsplit(url).query)
        user = query.get("sec_user_id", query.get("sec_uid", [""]))[0]
        video = query.get("aweme_id", query.get("item_ids", [""]))[0]
        return video or (f"user:{user}" if user else "")

    def records(self, value: object) -> Iterator[tuple[str, Record]]:
        for one in every_object(value):
            found = words(one, "aweme_id", "awemeId")
            told = any(
                key in one for key in ("desc", "create_time", "createTime", "author", "authorInfo")
            )
            if VIDEO_ID.match(found) and told and "filter_reason" not in one:
                yield found, one

    def main(self, value: object) -> str:
        paths = ("aweme_detail.aweme_id", "aweme.detail.awemeId", "app.videoDetail.awemeId")
        found = words(value, *paths, "videoDetail.awemeId")
        if isinstance(value, list):  # a row of a streamed state
            parts = (one for one in every_object(value) if isinstance(one.get("aweme"), dict))
            return next((id_ for one in parts if (id_ := words(one, paths[1]))), "")
        if found or not isinstance(value, dict) or "loaderData" not in value:
            return found
        shared = (
            dig(one, "videoInfoRes.item_list.0.aweme_id") for one in items(value, "loaderData")
        )
        return next((str(one) for one in shared if one), "")

    def gone(self, record: Record) -> State | None:
        status = first(record, "status") or {}
        if first(status, "is_delete", "isDelete"):
            return PageState.REMOVED, "unspecified"
        if first(status, "is_prohibited", "isProhibited"):
            return PageState.REMOVED, "platform_violation"
        if first(status, "in_reviewing", "inReviewing"):
            return PageState.AMBIGUOUS, "reviewing"
        if first(status, "private_status", "privateStatus") or first(status, "part_see", "partSee"):
            return PageState.AMBIGUOUS, "private"
        return None

    def post(self, sheet: Sheet, post_id: str, record: Record) -> Post:
        author = first(record, "author", "authorInfo") or {}
        uid = words(author, "sec_uid", "secUid", "uid")
        moment, raw = first_moment(
            [first(record, "create_time", "createTime")], sheet.page.fetched_at
        )
        pictures = [address(one) for one in items(record, "images", "image_infos", "imageInfos")]
        told = words(record, "desc", "item_title")
        is_note = bool(pictures) or words(record, "aweme_type", "awemeType") in PICTURES
        url = f"{HOME}/{'note' if is_note else 'video'}/{post_id}"
        return Post(
            platform="douyin",
            post_id=post_id,
            url=url,
            url_found=sheet.page.url if post_id in sheet.page.url else url,
            title=plain_title(words(record, "item_title", "desc")),
            text=told,
            author=words(author, "nickname"),
            author_id=uid,
            author_url=f"{HOME}/user/{uid}" if uid else "",
            verified=verified(author),
            published_at=moment,
            published_raw=raw,
            region=region_of(
                words(record, "ip_label", "ip_attribution", "ipLabel", "ipAttribution")
            ),
            images=urls(HOME, pictures),
            video_cover="" if is_note else address(first(record, *COVERS)),
            counts=statistics(first(record, "statistics", "stats")),
            is_ad=is_ad(record),
        )

    def accounts(self, value: object) -> Iterator[tuple[str, Record]]:
        for path in ("user", "userInfo", "user.user", "data.user", "user_info"):
            told = dig(value, path)
            found = words(told, "sec_uid", "secUid")
            profile = words(told, "signature", "aweme_count", "awemeCount", "unique_id", "desc")
            if found and profile and isinstance(told, dict):
                yield f"user:{found}", told

    def account(self, sheet: Sheet, account_id: str, record: Record) -> Post:
        uid = account_id.removeprefix("user:")
        number = words(record, "unique_id", "uniqueId", "short_id", "shortId")
        told = [words(record, "signature", "desc"), number and f"抖音号：{number}"]
        return Post(
            platform="douyin",
            post_id=account_id,
            url=f"{HOME}/user/{uid}",
            url_found=sheet.page.url,
            title=words(record, "nickname"),
            text="\n".join(part for part in told if part),
            author=words(record, "nickname"),
            author_id=uid,
            author_url=f"{HOME}/user/{uid}",
            verified=verified(record),
            region=region_of(words(record, "ip_location", "ipLocation")),
            images=urls(HOME, [address(first(record, "avatar_larger", "avatar_thumb"))]),
            counts=counts_of(
                {
                    "follower": first(
                        record, "max_follower_count", "follower_count", "followerCount"
                    ),
                    "following": first(record, "following_count", "followingCount"),
                    "like": first(record, "total_favorited", "totalFavorited"),
                    "work": first(record, "aweme_count", "awemeCount"),
                }
            ),
        )

    def listed(self, value: object) -> int | None:
        nothing = words(value, "search_nil_info.search_nil_type", "search_nil_info.search_nil_item")
        if not isinstance(value, dict) or MARKERS.code(nothing) is not None:
            return None
        lists = [dig(value, key) for key in ("data", "aweme_list", "business_data")]
        return length_but(lists, is_other_card)

    def shown(self, sheet: Sheet, asked: str) -> Post | None:
        """The finished document; only with a sign of its author, for every page has some <h1>."""
        text = block_text(pick(sheet.shown, CSS["text"]))
        home = attribute(sheet.shown, CSS["author_link"], "href")
        author = line(sheet.shown, CSS["author"])
        if not text or not (home or author) or not asked.isdigit():
            return None
        uid = home.partition("?")[0].rpartition("/user/")[2].strip("/")
        moment, raw = first_moment([line(sheet.shown, CSS["when"])[-40:]], sheet.page.fetched_at)
        named = {"like": "likes", "comment": "comments", "collect": "collects", "share": "shares"}
        return Post(
            platform="douyin",
            post_id=asked,
            url=f"{HOME}/video/{asked}",
            url_found=sheet.page.url,
            title=plain_title(text),
            text=text,
            author=author,
            author_id=uid,
            author_url=f"{HOME}/user/{uid}" if uid else "",
            published_at=moment,
            published_raw=raw,
            counts=counts_of({name: line(sheet.shown, CSS[key]) for name, key in named.items()}),
        )


def is_other_card(one: object) -> bool:
    """Whether an entry of a search shows accounts, music or the like and no post."""
    if not isinstance(one, dict) or {"aweme_info", "aweme_mix_info"} & set(one):
        return False
    return bool(set(MARKERS.words["other_kinds"]) & set(one))


def address(told: Any) -> str:  # noqa: ANN401
    """The first URL of a picture, given as a list of URLs, an object or a text."""
    if isinstance(told, str):
        return f"https:{told}" if told.startswith("//") else told
    listed = items(told, "url_list", "urlList") if isinstance(told, dict) else items(told)
    texts = [one for one in listed if isinstance(one, str) and one]
    return texts[0] if texts else words(told, "url", "uri_url", "download_url")


def statistics(told: Any) -> dict[str, tuple[str, int | None]]:  # noqa: ANN401
    return counts_of(
        {
            "like": first_number(told, "digg_count", "diggCount"),
            "comment": first_number(told, "comment_count", "commentCount"),
            "collect": first_number(told, "collect_count", "collectCount"),
            "share": first_number(told, "share_count", "shareCount"),
            # Visitors are told 0 where plays are hidden.
            "view": first(told, "play_count", "playCount") or None,
        }
    )


def first_number(told: Any, *names: str) -> object:  # noqa: ANN401
    return (
        next((told[name] for name in names if name in told), None)
        if isinstance(told, dict)
        else None
    )


def verified(author: Any) -> str:  # noqa: ANN401
    return words(
        author,
        "enterprise_verify_reason",
        "enterpriseVerifyReason",
        "custom_verify",
        "customVerify",
    )


def is_ad(record: Record) -> bool | None:
    told = first_number(record, "is_ads", "isAds", "is_ad")
    return bool(told) if isinstance(told, bool | int) else None
