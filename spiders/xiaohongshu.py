"""小红书: search, notes and profiles, from the page's own answers and its embedded state.

A note opens only with the xsec_token of the search that found it: it travels in the URL as found
and is no part of a note's identity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from crawler.answer_source import AnswerSource, Record
from crawler.counts import counts_of
from crawler.markers import State, markers_of
from crawler.nodes import attribute, block_text, images_of, line, pick
from crawler.posting import plain_title, region_of, urls
from crawler.relative_dates import first_moment
from crawler.shapes import dig, every_object, first, items, length_but, objects, words
from crawler.sheet import Sheet
from storage.records import Post, Target, TargetKind

HOME = "https://www.xiaohongshu.com"
NOTE_ID = re.compile(r"[0-9a-f]{24}\Z")
TOPIC = re.compile(r"\[话题\]#")
DATED = re.compile(
    r"^(?:编辑于|发布于)?\s*(.*?\d\S*(?:\s+\d{1,2}:\d{2})?|昨天|今天|前天|刚刚)\s+(\D+)$"
)
MARKERS = markers_of("xiaohongshu")
CSS = MARKERS.selectors


class XiaohongshuSpider(AnswerSource):
    name = "xiaohongshu"
    zh = "小红书"
    rendered = True
    awaits = ("/api/sns/web/v1/search/notes", "/api/sns/web/v1/feed", "/api/sns/web/v1/user_posted")
    answer_hosts = ("edith.xiaohongshu.com", "webapi.rednote.com")
    hosts = ("xiaohongshu.com", "www.xiaohongshu.com", "rednote.com", "www.rednote.com")
    markers = MARKERS
    states = ("window.__INITIAL_STATE__",)

    @classmethod
    def seeds(cls, target: Target) -> tuple[str, ...]:
        words = quote(target.value, safe="")
        if target.kind is TargetKind.KEYWORD:
            return (f"{HOME}/search_result?keyword={words}&source=web_search_result_notes",)
        if target.kind is TargetKind.ACCOUNT:
            return (f"{HOME}/user/profile/{words}",)
        return super().seeds(target)

    def asked_of_api(self, url: str) -> str:
        query = parse_qs(urlsplit(url).query)
        note = query.get("source_note_id", query.get("note_id", [""]))[0]
        user = query.get("target_user_id", query.get("user_id", [""]))[0]
        return note or (f"user:{user}" if user else "")

    def records(self, value: object) -> Iterator[tuple[str, Record]]:
        for key, one in mapped(first(value, "note.noteDetailMap")):
            note = one.get("note")
            if isinstance(note, dict) and is_note(note):
                yield words(note, "noteId", "note_id", "id") or key, note
        yield from (
            (found, one) for one in every_object(unmapped(value)) if (found := note_id(one))
        )

    def main(self, value: object) -> str:
        opened = words(value, "note.firstNoteId", "note.currentNoteId")
        shown = objects(value, "data.items")
        return opened or (note_id(shown[0]) if len(shown) == 1 and "note_card" in shown[0] else "")

    def post(self, sheet: Sheet, post_id: str, record: Record) -> Post:
        card = first(record, "note_card", "noteCard") or record
        user = first(card, "user") or {}
        uid = words(user, "user_id", "userId", "userid")
        told = [
            first(card, "time"),
            first(card, "last_update_time", "lastUpdateTime"),
            tagged(card),
        ]
        moment, raw = first_moment(told, sheet.page.fetched_at)
        is_video = words(card, "type") == "video"
        return Post(
            platform="xiaohongshu",
            post_id=post_id,
            url=f"{HOME}/explore/{post_id}",
            url_found=with_token(sheet, post_id, record, card),
            title=plain_title(words(card, "title", "display_title", "displayTitle")),
            text=TOPIC.sub("", words(card, "desc")),
            author=words(user, "nickname", "nick_name", "nickName"),
            author_id=uid,
            author_url=f"{HOME}/user/profile/{uid}" if uid else "",
            published_at=moment,
            published_raw=raw,
            region=region_of(words(card, "ip_location", "ipLocation")),
            images=() if is_video else pictures(card),
            video_cover=cover(card) if is_video else "",
            counts=interactions(first(card, "interact_info", "interactInfo")),
        )

    def accounts(self, value: object) -> Iterator[tuple[str, Record]]:
        for path in ("user.userPageData", "data"):
            told = first(value, path)
            if words(told, "basicInfo.nickname", "basic_info.nickname") and isinstance(told, dict):
                found = words(
                    value, "user.userPageData.basicInfo.userId", "data.basic_info.user_id"
                )
                yield f"user:{found}", told

    def account(self, sheet: Sheet, account_id: str, record: Record) -> Post:
        told = first(record, "basicInfo", "basic_info") or {}
        from_url = re.search(r"/user/profile/(\w+)", sheet.page.url)
        uid = account_id.removeprefix("user:") or (from_url[1] if from_url else "")
        number = words(told, "redId", "red_id")
        totals = {words(one, "type"): one.get("count") for one in objects(record, "interactions")}
        return Post(
            platform="xiaohongshu",
            post_id=f"user:{uid}",
            url=f"{HOME}/user/profile/{uid}",
            url_found=sheet.page.url,
            title=words(told, "nickname"),
            text="\n".join(
                part for part in (words(told, "desc"), number and f"小红书号：{number}") if part
            ),
            author=words(told, "nickname"),
            author_id=uid,
            author_url=f"{HOME}/user/profile/{uid}",
            verified=verified(record),
            region=region_of(words(told, "ipLocation", "ip_location")),
            images=urls(HOME, [words(told, "imageb", "images")]),
            counts=counts_of(
                {
                    "follower": totals.get("fans"),
                    "following": totals.get("follows"),
                    "like": totals.get("interaction"),
                }
            ),
        )

    def listed(self, value: object) -> int | None:
        lists = [dig(value, path) for path in ("data.items", "data.notes")]
        found = length_but(lists, is_other_card)
        # A search without a hit leaves the list out and says so: {"data": {"has_more": false}}.
        told = first(value, "data")
        done = isinstance(told, dict) and told.get("has_more") is False
        return 0 if found is None and done and first(value, "success") is True else found

    def shown(self, sheet: Sheet, asked: str) -> Post | None:
        text = block_text(pick(sheet.tree, CSS["text"]))
        title = line(sheet.tree, CSS["title"])
        if not (text or title):
            return None
        home = attribute(sheet.tree, CSS["author_link"], "href")
        uid = re.search(r"/user/profile/(\w+)", home)
        when = line(sheet.shown, CSS["when"])
        moment, raw = first_moment([when], sheet.page.fetched_at)
        place = DATED.match(when)
        return Post(
            platform="xiaohongshu",
            post_id=asked,
            url=f"{HOME}/explore/{asked}",
            url_found=sheet.page.url,
            title=title,
            text=" ".join(text.split(" ")).strip(),
            author=line(sheet.tree, CSS["author"]),
            author_id=uid[1] if uid else "",
            author_url=f"{HOME}/user/profile/{uid[1]}" if uid else "",
            published_at=moment,
            published_raw=raw,
            region=place[2].strip() if place else "",
            images=images_of(pick(sheet.tree, CSS["media"]), sheet.url),
            counts=shown_counts(sheet),
        )

    def link(self, post: Post) -> str:
        return post.url_found if post.post_id in post.url_found else post.url

    def gone(self, record: Record) -> State | None:
        return MARKERS.told(words(record, "note_card.illegal_info.desc", "illegalInfo.desc"))


def mapped(value: Any) -> list[tuple[str, dict[str, Any]]]:  # noqa: ANN401
    pairs = value.items() if isinstance(value, dict) else ()
    return [(key, one) for key, one in pairs if isinstance(one, dict)]


def unmapped(value: Any) -> Any:  # noqa: ANN401
    """A state without its map of opened notes, whose ids stand outside the notes."""
    if not isinstance(value, dict) or not isinstance(value.get("note"), dict):
        return value
    return value | {"note": {k: v for k, v in value["note"].items() if k != "noteDetailMap"}}


def is_note(one: Record) -> bool:
    return bool(words(one, "title", "desc", "display_title", "displayTitle")) or bool(
        items(one, "image_list", "imageList") or first(one, "video")
    )


def is_other_card(one: object) -> bool:
    return words(one, "model_type", "modelType") in MARKERS.words["other_kinds"]


def note_id(one: Record) -> str:
    """The id of a note's card in a list or an answer; "" for recommendations and other objects."""
    if words(one, "model_type", "modelType") not in {"", "note"}:
        return ""
    card = first(one, "note_card", "noteCard")
    found = words(one, "id", "note_id", "noteId")
    if isinstance(card, dict):
        found = found or words(card, "note_id", "noteId")
        return found if NOTE_ID.match(found) and is_note(card) else ""
    listed = "display_title" in one or "displayTitle" in one
    # On the pages for telephones the note itself, whole, stands by itself.
    whole = "desc" in one and "noteId" in one and ("imageList" in one or "interactInfo" in one)
    known = NOTE_ID.match(found) and isinstance(one.get("user"), dict)
    return found if known and (listed or whole) else ""


def tagged(card: Any) -> str:  # noqa: ANN401
    """The time that a search result carries in its corner ("3天前")."""
    tags = objects(card, "corner_tag_info", "cornerTagInfo")
    return next((words(one, "text") for one in tags if words(one, "type") == "publish_time"), "")


def with_token(sheet: Sheet, post_id: str, record: Record, card: Any) -> str:  # noqa: ANN401
    """The address that opens the note: with the token where there is one."""
    token = words(record, "xsec_token", "xsecToken") or words(card, "xsec_token", "xsecToken")
    if post_id in sheet.page.url:
        return sheet.page.url
    asked = f"?xsec_token={quote(token, safe='')}&xsec_source=pc_search" if token else ""
    return f"{HOME}/explore/{post_id}{asked}"


def picture(one: Any) -> str:  # noqa: ANN401
    if isinstance(one, str):
        return one
    listed = objects(one, "info_list", "infoList")
    found = words(one, "url_default", "urlDefault", "url", "url_pre", "urlPre")
    return found or next((words(each, "url") for each in listed if words(each, "url")), "")


def pictures(card: Any) -> tuple[str, ...]:  # noqa: ANN401
    """A note's pictures; of one that only a list shows, its first."""
    found = list(map(picture, items(card, "image_list", "imageList")))
    return urls(HOME, found or [cover(card)])


def cover(card: Any) -> str:  # noqa: ANN401
    told = first(card, "cover") or next(iter(items(card, "image_list", "imageList")), None)
    return picture(told)


def interactions(told: Any) -> dict[str, tuple[str, int | None]]:  # noqa: ANN401
    return counts_of(
        {
            "like": first(told, "liked_count", "likedCount"),
            "collect": first(told, "collected_count", "collectedCount"),
            "comment": first(told, "comment_count", "commentCount"),
            "share": first(told, "share_count", "shareCount", "shared_count"),
        }
    )


def shown_counts(sheet: Sheet) -> dict[str, tuple[str, int | None]]:
    named = {"like": "likes", "collect": "collects", "comment": "comments"}
    found: dict[str, object] = {}
    for name, selector in named.items():
        number = re.search(r"\d[\d,.]*\s*[万亿]?\+?", line(sheet.shown, CSS[selector]))
        if number:
            found[name] = number.group()
    return counts_of(found)


def verified(record: Record) -> str:
    told = words(
        record, "verifyInfo.content", "verify_info.content", "basicInfo.redOfficialVerifyContent"
    )
    kind = first(record, "verifyInfo.redOfficialVerifyType", "basicInfo.redOfficialVerifyType")
    return told or ("认证账号" if kind else "")
