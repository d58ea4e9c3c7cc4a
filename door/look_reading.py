"""What one look says of an offence: a pure function of the page, what was decided, and the judge.

Gone counts only by 404, 410, or the platform's own removal, and only where nothing of the offence
still stands on the page (`door/look_signs.py`). A page whose words have changed is judged again.
Everything that stopped us, and every page of another id, says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from classifiers.judge import Judge
from crawler.look_spider import Looked
from crawler.readers import host_of
from crawler.reading import Reading
from crawler.registrable import registrable
from crawler.sheet import Sheet
from crawler.states import wall_of
from door.look_signs import sentences, signs_left, still_there
from pipelines.classify import subject_of
from pipelines.clean import cleaned
from pipelines.dedupe import content_hash
from pipelines.sketch import sketched
from storage.records import Page, PageState, Post, Sighting
from storage.takedown_known import Known
from storage.takedown_verdict import Seen

SAYS_NOTHING = {
    PageState.BLOCKED: "受阻，什么也没看到",
    PageState.ERROR: "没有读到",
    PageState.SWAPPED: "给的是别的页面",
    PageState.AMBIGUOUS: "平台没有说清是否删除",
}
LEAST_TEXT = 60  # characters of a page that says anything at all: notices of upkeep are shorter
SHRUNK = 0.5  # of the old text: with new pictures, the offer may have moved into them


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    seen: Seen
    why: str  # one Chinese sentence
    sighting: Sighting | None = None  # where a post was read and judged anew


def told_by(looked: Looked, known: Known, judge: Judge, front: str = "") -> Told:
    """What this look says of the post that was decided about.

    `front` is the content hash of the site's front page, "" where it is not known: a site that
    answers every lost URL with it has not changed the page.
    """
    reading, page = looked.reading, looked.page
    if reading.state in SAYS_NOTHING or page is None:
        return Told(seen=Seen.NOTHING, why=SAYS_NOTHING.get(reading.state, "没有读到"))
    if reading.state is PageState.MOVED:
        return Told(seen=Seen.UNCLEAR, why="平台说内容已迁移，可能在别处仍在")
    if reading.state is PageState.REMOVED:
        if not looked.at_home and left_home(page, known):
            return Told(seen=Seen.NOTHING, why="转到了别的网站")
        return removal(page, known, judge)
    return shown_by(reading, known, judge, front)


def shown_by(reading: Reading, known: Known, judge: Judge, front: str) -> Told:
    post = same_post(reading, known)
    if post is None:
        return elsewhere(reading, known)
    found = there(post, known, judge)
    if found.seen is Seen.CHANGED and front and content_of(found) == front:
        return Told(seen=Seen.NOTHING, why="给的是网站首页的内容，不能说明原内容已删除")
    return found


def content_of(told: Told) -> str:
    return told.sighting.content_sha256 if told.sighting is not None else ""


def front_hash(reading: Reading) -> str:
    """The content hash of a front page, "" where none was read."""
    if reading.state is not PageState.ALIVE or len(reading.posts) != 1:
        return ""
    return content_hash(cleaned(Sighting(post=reading.posts[0])).post)


# ---- it says it is gone -------------------------------------------------------------------------


def removal(page: Page, known: Known, judge: Judge) -> Told:
    sheet = Sheet(page)
    wall = wall_of(sheet.seen, sheet.html)
    if wall:
        return Told(seen=Seen.NOTHING, why="说已删除的页面其实是验证或登录页")
    doubtful = still_there(sheet, known, judge)
    if doubtful:
        return Told(seen=Seen.UNCLEAR, why=doubtful)
    return Told(seen=Seen.GONE, why="页面不存在，或平台说明内容已删除")


def left_home(page: Page, known: Known) -> bool:
    """Whether a redirect led to a name of somebody else; what that one says is not the post's."""
    asked = {registrable(host_of(url)) for url in (page.url, known.post.url)}
    return registrable(host_of(page.final_url)) not in asked


# ---- something is there -------------------------------------------------------------------------


def same_post(reading: Reading, known: Known) -> Post | None:
    wanted = (known.post.platform, known.post.post_id)
    return next((one for one in reading.posts if (one.platform, one.post_id) == wanted), None)


def elsewhere(reading: Reading, known: Known) -> Told:
    """Other posts than the one asked for: a swap, unless the very same words stand in one."""
    for post in reading.posts:
        if content_hash(cleaned(Sighting(post=post)).post) in known.hashes:
            return Told(seen=Seen.UNCLEAR, why="同样的内容换了编号或网址仍在")
    return Told(seen=Seen.NOTHING, why="给的是别的内容，不能说明原内容已删除")


def there(post: Post, known: Known, judge: Judge) -> Told:
    plain = cleaned(Sighting(post=post)).post
    sighting = judged(plain, judge)
    if sighting.content_sha256 in known.hashes:
        return Told(seen=Seen.OFFENDING, why="内容没有变", sighting=sighting)
    assert sighting.judgement is not None  # judged a line above
    if sighting.judgement.flagged:
        return Told(seen=Seen.OFFENDING, why="内容有改动，重新研判仍涉嫌违规", sighting=sighting)
    return Told(seen=clean_or_unclear(plain, known), why=why_clean(plain, known), sighting=sighting)


def judged(post: Post, judge: Judge) -> Sighting:
    sighting = Sighting(post=post, content_sha256=content_hash(post))
    return sketched(replace(sighting, judgement=judge.judge(subject_of(post))))


def clean_or_unclear(post: Post, known: Known) -> Seen:
    return Seen.UNCLEAR if doubt(post, known) else Seen.CHANGED


def why_clean(post: Post, known: Known) -> str:
    return doubt(post, known) or "内容已改，重新研判不再违规"


def doubt(post: Post, known: Known) -> str:
    """Why a page that is no longer flagged is a person's to look at; "" where it is not."""
    text = "".join(f"{post.title}{post.text}".split())
    left = signs_left(text, known)
    if left:
        return f"程序不再提示，但原违规字句仍在：{left[:20]}"
    if len(text) < LEAST_TEXT:
        return "内容读得太少，不能断定"
    if not kindred(post, known.post):
        return "整页换成了不相干的内容，不能断定是整改还是出错"
    fresh = set(post.images) - set(known.post.images)
    if fresh and len(post.text) < SHRUNK * len(known.post.text):
        return "文字少了一半以上而有新图片，内容可能移进了图片"
    return ""


def kindred(post: Post, before: Post) -> bool:
    """Whether two readings are of one page that was changed: a title, a name or a sentence stays.

    An error page, a page of upkeep, a name put up for sale share nothing with what stood there.
    """
    if post.title and post.title == before.title:
        return True
    if post.author and post.author == before.author:
        return True
    return bool(sentences(post.text) & sentences(before.text))
