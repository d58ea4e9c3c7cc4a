"""What one look says: one page at a time, with a judge that flags 包过 and nothing else."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from classifiers.judge import Judge
from crawler.look_spider import Ask, Looked
from crawler.reading import Reading
from door.look_reading import told_by
from pipelines.dedupe import content_hash
from storage.records import Page, PageState, Post
from storage.takedown_known import Known
from storage.takedown_verdict import Seen
from tests.makers import NOON, judged, post

AD = "http://school.example/ad-1.html"
STAYS = "本校位于某市某区，常年开设家政课程，欢迎来电咨询。"
MENU = "首页 课程 关于我们 联系方式 招生简章 师资力量 校园环境 学员作品 常见问题 友情链接 网站地图"
TEXT = f"月嫂证免考包过，七天拿证。\n{STAYS}\n{MENU}\n{MENU * 2}"
HONEST = (
    "本校不代办任何证书，学员须参加当地备案机构组织的考试，"
    f"是否合格以考试成绩为准，学费请到校咨询。\n{STAYS}"
)
OLD = post(AD, text=TEXT, title="月嫂证免考包过报名")
KNOWN = Known(post=OLD, hashes=frozenset({content_hash(OLD)}), quotes=("免考包过",))


class FakeJudge:
    engine = "rules-1"

    def judge(self, subject: Any) -> Any:
        bad = "包过" in subject.text
        return judged(flagged=bad) if bad else judged(score=0.1, flagged=False, findings=())


JUDGE: Judge = FakeJudge()  # type: ignore[assignment]


def page(html: str = "", *, final: str = AD, status: int = 200) -> Page:
    return Page(
        url=AD,
        final_url=final,
        status=status,
        headers=(),
        body=html.encode(),
        fetched_at=NOON,
        sha256=hashlib.sha256(html.encode()).hexdigest(),
    )


def look(
    state: PageState, *posts: Post, came: Page | None = None, known: Known = KNOWN, **more: Any
) -> Seen:
    front = more.pop("front", "")
    reading = Reading(state=state, reason=more.pop("reason", ""), posts=posts)
    looked = Looked(
        ask=Ask(key=1, url=AD, browser=False),
        source="institution",
        reading=reading,
        page=came or page(),
        **more,
    )
    return told_by(looked, known, JUDGE, front).seen


def now(**changes: object) -> Post:
    values: dict[str, object] = {"text": TEXT, "title": OLD.title, **changes}
    return post(AD, **values)


@pytest.mark.parametrize(
    "state", [PageState.BLOCKED, PageState.ERROR, PageState.SWAPPED, PageState.AMBIGUOUS]
)
def test_what_stopped_us_says_nothing_whatever_it_shows(state):
    assert look(state, now(text=HONEST)) is Seen.NOTHING


def test_no_page_says_nothing():
    gone = Reading(state=PageState.REMOVED)
    looked = Looked(ask=Ask(key=1, url=AD, browser=False), source="x", reading=gone)
    assert told_by(looked, KNOWN, JUDGE).seen is Seen.NOTHING


def test_moved_content_is_a_persons_to_follow():
    assert look(PageState.MOVED) is Seen.UNCLEAR


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<p>页面不存在</p>", Seen.GONE),
        ("<p>页面不存在</p><p>免考 包过</p>", Seen.UNCLEAR),
        ("<title>月嫂证免考包过报名</title><p>页面不存在</p>", Seen.UNCLEAR),
        ("<p>请完成安全验证</p><p>请拖动滑块完成拼图验证</p>", Seen.NOTHING),
        ("<script>var a='免考包过'</script><p>页面不存在</p>", Seen.GONE),
    ],
)
def test_gone_counts_only_where_none_of_the_posts_words_are_seen(html, seen):
    assert look(PageState.REMOVED, came=page(html, status=404)) is seen


SHORT = post(AD, text="保安证包过，交钱拿证，联系王老师，本校常年开班。", title="保安证")
SHORT_KNOWN = Known(post=SHORT, hashes=frozenset({content_hash(SHORT)}), quotes=("包过",))
DRESSED = ["", "\u200b", "·", "\u00ad", "♂", " "]


@pytest.mark.parametrize("between", DRESSED)
@pytest.mark.parametrize("known", [KNOWN, SHORT_KNOWN])
def test_an_unchanged_advertisement_under_404_is_not_gone_however_it_is_dressed(known, between):
    words = between.join(known.post.text)
    html = f"<title>{known.post.title}</title><h1>{known.post.title}</h1><p>{words}</p>"
    assert look(PageState.REMOVED, came=page(html, status=404), known=known) is Seen.UNCLEAR


def test_the_old_text_under_404_is_not_gone_where_the_judge_has_changed_its_mind():
    old = post(AD, text="交钱拿证七天到手。联系王老师办理手续。", title="办理")
    known = Known(post=old, hashes=frozenset({content_hash(old)}), quotes=())
    html = f"<p>404</p><p>{old.text}</p>"
    assert look(PageState.REMOVED, came=page(html, status=404), known=known) is Seen.UNCLEAR


def test_other_words_that_offend_under_404_are_a_persons_to_look_at():
    came = page("<p>404</p><p>育婴师证包过</p>", status=404)
    assert look(PageState.REMOVED, came=came) is Seen.UNCLEAR


def test_others_posts_beside_a_platforms_notice_are_not_this_posts():
    old = post(AD, text=TEXT, title=OLD.title, platform="weibo")
    known = Known(post=old, hashes=frozenset({content_hash(old)}), quotes=("免考包过", "免考"))
    beside = page("<p>内容已删除</p><p>推荐：育婴师证包过</p>")
    assert look(PageState.REMOVED, came=beside, known=known, at_home=True) is Seen.GONE
    own = page("<p>内容已删除</p><p>推荐：免·考，包过</p>")
    assert look(PageState.REMOVED, came=own, known=known, at_home=True) is Seen.UNCLEAR


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ('<iframe src="/ad.html"></iframe>', Seen.UNCLEAR),
        ('<iframe src="/ad.html" width="100%" height="900"></iframe>', Seen.UNCLEAR),
        ('<iframe src="/count.html" width="1" height="1"></iframe>', Seen.GONE),
        ('<iframe src="/count.html" style="display:none"></iframe>', Seen.GONE),
        ('<img src="/ad.png" width="900" height="1200">', Seen.UNCLEAR),
        ('<img src="/ad.png" style="width:900px;height:1200px">', Seen.UNCLEAR),
        ('<img src="/logo.png" width="120" height="40">', Seen.GONE),
        ('<img src="/404.png">', Seen.GONE),
    ],
)
def test_a_picture_or_frame_the_size_of_a_page_under_404_is_a_persons_to_look_at(html, seen):
    came = page(f"<p>页面不存在</p>{html}", status=404)
    assert look(PageState.REMOVED, came=came) is seen


def test_a_picture_alone_under_404_is_a_persons_to_look_at():
    assert look(PageState.REMOVED, came=page('<img src="/a.png">', status=404)) is Seen.UNCLEAR
    old = post(AD, text=TEXT, images=("http://school.example/poster.jpg",))
    known = Known(post=old, hashes=frozenset(), quotes=())
    came = page('<p>404</p><img src="poster.jpg">', status=404)
    assert look(PageState.REMOVED, came=came, known=known) is Seen.UNCLEAR


def test_disguised_words_on_a_changed_page_are_still_the_decided_words():
    dressed = now(text=f"{HONEST}\n免\u200b考·包\u200b过", title="课程介绍")
    assert look(PageState.ALIVE, dressed) is Seen.UNCLEAR


def test_somebody_elses_404_says_nothing_and_the_platforms_other_host_does():
    away = page("<p>页面不存在</p>", final="http://parked.example/x", status=404)
    assert look(PageState.REMOVED, came=away) is Seen.NOTHING
    assert look(PageState.REMOVED, came=away, at_home=True) is Seen.GONE
    beside = page("<p>页面不存在</p>", final="http://www.school.example/404", status=404)
    assert look(PageState.REMOVED, came=beside) is Seen.GONE


def test_the_decided_words_offend_even_where_the_judge_has_changed_its_mind():
    old = now(text="一句没有提示词的话，审核人认定违规。")
    known = Known(post=old, hashes=frozenset({content_hash(old)}), quotes=())
    assert look(PageState.ALIVE, old, known=known) is Seen.OFFENDING


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({}, Seen.OFFENDING),
        ({"text": TEXT + "\n新增一行"}, Seen.OFFENDING),
        ({"text": HONEST, "title": "课程介绍"}, Seen.CHANGED),
        ({"text": "维护中", "title": "维护", "author": ""}, Seen.UNCLEAR),
        ({"text": "别的内容。" * 30, "title": "别的", "author": "别家"}, Seen.UNCLEAR),
        (
            {"text": HONEST, "title": "课程介绍", "images": ("http://school.example/new.png",)},
            Seen.UNCLEAR,
        ),
        ({"text": HONEST, "title": OLD.title}, Seen.UNCLEAR),  # the offending title still stands
    ],
)
def test_changed_words_are_judged_again_and_doubts_are_a_persons(changes, seen):
    assert look(PageState.ALIVE, now(**changes)) is seen


def test_another_id_says_nothing_unless_it_shows_the_very_words():
    other = post("http://school.example/ad-2.html", text=HONEST, title="别的")
    twin = post("http://school.example/ad-2.html", text=TEXT, title=OLD.title)
    assert look(PageState.ALIVE, other) is Seen.NOTHING
    assert look(PageState.ALIVE, twin) is Seen.UNCLEAR
    assert look(PageState.ALIVE) is Seen.NOTHING


def test_the_front_page_under_the_old_address_says_nothing():
    served = now(text=HONEST, title="课程介绍")
    assert look(PageState.ALIVE, served, front=content_hash(served)) is Seen.NOTHING
