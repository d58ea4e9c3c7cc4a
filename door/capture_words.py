"""What a capture brought, in a person's words."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from door.outcomes import reason_words, state_words
from evidence.orders import Taken
from storage.bilingual import Bilingual
from storage.captures import WALL, whole_parts
from storage.records import Capture, PageState

PART_WORDS = {
    "page": Bilingual("网页本身", "the page itself"),
    "warc": Bilingual("网络往来（WARC）", "requests and responses (WARC)"),
    "dom": Bilingual("渲染后网页", "page as rendered"),
    "mhtml": Bilingual("单文件网页（MHTML）", "page in one file (MHTML)"),
    "full_page": Bilingual("全页截图", "full-page picture"),
    "first_screen": Bilingual("首屏截图", "first screen"),
    "text": Bilingual("页面文字", "text"),
    "facts": Bilingual("取证记录", "facts"),
}
# Words of a part that is there, and of one that is not.
WORDS = {
    "ok": Bilingual("已取", "taken"),
    "cut": Bilingual("已取，过长或过大的部分截去", "taken; what was too long or large is cut off"),
    "unfinished": Bilingual(
        "已取，页面当时仍有内容没有传到", "taken while something of the page had not come"
    ),
    "half_scale": Bilingual("已取，缩小一半", "taken at half scale"),
    "tiles": Bilingual("已取，由分屏拼成", "taken, put together from screens"),
    "made_by_script": Bilingual(
        "已取，显示的是网页脚本自己生成的文档（blob），不是服务器发来的",
        "taken of a document that a script of the page made (blob), not one a server sent",
    ),
    "closed_trees": Bilingual(
        "已取，缺封闭组件里的内容（见截图和 MHTML）",
        "taken without what stands in closed shadow trees; see the pictures and the MHTML",
    ),
    "ended_browser": Bilingual(
        "单独打开也使浏览器崩溃，没有取", "it ended the browser, also when opened alone; not taken"
    ),
    "timeout": Bilingual("超时未取到", "not taken in time"),
    "too_large": Bilingual("过大，没有取", "too large, not taken"),
    "no_picture": Bilingual("截图失败", "no picture could be taken"),
    "crashed": Bilingual("网页使浏览器标签崩溃", "the page crashed its tab"),
    "browser": Bilingual("浏览器中途关闭", "the browser went down"),
    "download": Bilingual("是下载文件，不是网页", "a file to download, no page"),
    "too_much": Bilingual("超过数据量上限", "over the limit of bytes"),
    "busy": Bilingual(
        "同一时间请求过多，有内容没有取", "too many requests at once, something was left out"
    ),
    "aborted": Bilingual("服务器没有给出网页", "the server gave no page"),
    "tls": Bilingual("加密连接建立不了", "no encrypted connection could be made"),
    "bad_answer": Bilingual("服务器的回答读不懂", "the server's answer cannot be read"),
    "bad_request": Bilingual("请求没有发出", "the request was not sent"),
    "redirect_loop": Bilingual("无限跳转", "redirects in a circle"),
}


def part_word(word: str) -> Bilingual:
    return WORDS.get(word) or reason_words(word)


def headline(taken: Taken) -> Bilingual:
    """What came, in a few words; of a page that is not the post, that first."""
    capture = taken.capture
    if WALL in capture.parts:
        why = reason_words(capture.parts[WALL])
        return Bilingual(f"没有取到原内容：{why.zh}", f"not the page itself: {why.en}")
    if not capture.final_url:
        why = part_word(taken.outcome)
        return Bilingual(f"没有取到网页：{why.zh}", f"the page was not captured: {why.en}")
    whole = is_whole(capture)
    came = Bilingual("完整", "complete") if whole else Bilingual("不完整", "in part")
    if taken.state in {"", PageState.ALIVE.value}:
        return came
    state, why = state_words(taken.state), reason_words(taken.state_reason)
    return Bilingual(
        f"不像原内容，{state.zh}：{why.zh}；取证{came.zh}",
        f"not like the post, {state.en}: {why.en}; capture {came.en}",
    )


def lacking(capture: Capture) -> Bilingual:
    """The parts that were tried and are not there, or not all of them, each with its reason."""
    brought = whole_parts(capture)
    words = [
        (PART_WORDS[kind], part_word(word))
        for kind, word in capture.parts.items()
        if kind not in brought
    ]
    return Bilingual(
        "、".join(f"{part.zh}（{why.zh}）" for part, why in words),
        ", ".join(f"{part.en} ({why.en})" for part, why in words),
    )


def warning(taken: Taken) -> Bilingual | None:
    """What a person must know who takes the capture for one of the post; None where nothing."""
    if taken.state in {"", PageState.ALIVE.value}:
        return None
    state, why = state_words(taken.state), reason_words(taken.state_reason)
    return Bilingual(
        f"注意：取到的页面不像原内容（{state.zh}：{why.zh}），请看截图。",
        f"Note: what was captured does not look like the post ({state.en}: {why.en}); see the "
        "pictures.",
    )


def is_whole(capture: Capture) -> bool:
    """Whether every part that was tried is there, with nothing left open."""
    return whole_parts(capture) >= set(capture.parts)


def capture_json(taken: Taken) -> dict[str, Any]:
    capture = taken.capture
    return {
        "id": capture.id,
        "again_of": capture.again_of,
        "case": capture.case_id,
        "url": capture.url,
        "final_url": capture.final_url,
        "outcome": taken.outcome,
        "state": taken.state,
        "state_reason": taken.state_reason,
        "complete": is_whole(capture),
        "asked_by": capture.asked_by,
        "reason": capture.reason,
        "started_at": capture.started_at.isoformat(),
        "ended_at": capture.ended_at.isoformat(),
        "parts": dict(capture.parts),
        "artefacts": [
            asdict(one) | {"captured_at": one.captured_at.isoformat()} for one in capture.artefacts
        ],
    }
