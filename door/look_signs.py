"""What of an offence still stands on a page, however it is dressed up.

Both sides are folded as the rules fold text, and everything that is no letter or digit is dropped:
包\u00b7过, 包 过 and a sign of no width between the two are the same words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from classifiers.folding import fold
from classifiers.judge import Judge
from crawler.sheet import Sheet
from crawler.visible import is_hidden
from pipelines.classify import subject_of
from pipelines.clean import cleaned
from storage.records import Contacts, Sighting
from storage.takedown_known import Known

OPEN_WEB = "web"
PARTS = re.compile(r"[\n。！？!?；;，,、]")
LONG_QUOTE = 4  # letters of a quote that stands on no other page by chance
SHORT_QUOTE = 2  # … that says something where the judge flags the page as well
LONG_TITLE = 8  # letters of a title that no other page has by chance
SENTENCE = 8  # letters of a sentence that no two pages share by chance
STANDS = 0.5  # of the old text: it was not taken away
MOST_NODES = 200  # pictures and frames looked at
WIDE, HIGH = 400, 300  # pixels from which a picture can hold an advertisement
NARROW, LOW = 200, 100  # pixels below which a frame holds none
BIG_DATA = 40_000  # characters of a picture inside the page
FRAMES = "iframe[src],iframe[srcdoc],frame[src],embed[src],object[data]"
PIXELS = r"(?:^|;)\s*{name}\s*:\s*(\d{{1,5}})(?:\.\d+)?px"
NOTICE = re.compile(
    r"404|410|不存在|找不到|未找到|没有找到|删除|下线|失效|过期|移除|无法访问|not\s*found|removed"
    r"|deleted|gone|no longer|unavailable|does not exist",
    re.IGNORECASE,
)


def letters(text: str) -> str:
    return "".join(sign for sign in fold(text).text if sign.isalnum())


def sentences(text: str) -> set[str]:
    """Parts between stops that are long enough to be told again, folded."""
    return {part for part in map(letters, PARTS.split(text)) if len(part) >= SENTENCE}


def quotes(known: Known, least: int) -> list[str]:
    found = dict.fromkeys(map(letters, known.quotes))
    return [quote for quote in found if len(quote) >= least]


def signs_left(text: str, known: Known) -> str:
    """The first of the post's own long words that still stand in a text, "" where none does."""
    plain, title = letters(text), letters(known.post.title)
    words = quotes(known, LONG_QUOTE) + ([title] if len(title) >= LONG_TITLE else [])
    return next((one for one in words if one in plain), "")


def still_there(sheet: Sheet, known: Known, judge: Judge) -> str:
    """Why a page that says it is gone is not believed, in one Chinese sentence; "" where it is."""
    text = f"{sheet.seen.title}\n{sheet.seen.text}"
    left = signs_left(text, known)
    if left:
        return f"页面自称已删除，但原内容的字句仍在：{left[:20]}"
    if offends(sheet, known, judge):
        return "页面自称已删除，但页面上的文字经研判仍涉嫌违规"
    if stands(text, known):
        return "页面自称已删除，但原文大半仍在"
    if known.post.platform == OPEN_WEB and shows_more(sheet, known, text):
        return "页面自称已删除，但带有大幅图片或框架，内容可能在其中"
    return ""


def offends(sheet: Sheet, known: Known, judge: Judge) -> bool:
    """Whether the page's own words are flagged. On a platform others' posts may stand beside the
    notice, so there one of the post's quotes, however short, must stand in it too."""
    seen = sheet.seen
    alone = replace(
        known.post,
        title=seen.title,
        text=seen.text,
        author="",
        images=(),
        video_cover="",
        contacts=Contacts(),
    )
    if not judge.judge(subject_of(cleaned(Sighting(post=alone)).post)).flagged:
        return False
    plain = letters(f"{seen.title}\n{seen.text}")
    own = any(quote in plain for quote in quotes(known, SHORT_QUOTE))
    return own or known.post.platform == OPEN_WEB


def stands(text: str, known: Known) -> bool:
    """Whether half of the old text, or all of a short one, is still to be read."""
    plain = letters(text)
    parts = sentences(known.post.text)
    if not parts:
        short = letters(known.post.text)
        return len(short) >= LONG_QUOTE and short in plain
    left = sum(len(part) for part in parts if part in plain)
    return left >= STANDS * sum(map(len, parts))


# ---- pictures and frames ------------------------------------------------------------------------


def shows_more(sheet: Sheet, known: Known, text: str) -> bool:
    """Whether a picture or a frame can hold what the words no longer say.

    A picture whose size the page does not tell counts only where no word says that it is gone.
    """
    if any(is_wide(node) for node in sheet.tree.css(FRAMES)[:MOST_NODES] if not is_hidden(node)):
        return True
    told = NOTICE.search(text) is not None
    pictures = [node for node in sheet.tree.css("img[src]")[:MOST_NODES] if not is_hidden(node)]
    return any(is_telling(node, sheet.url, known, told=told) for node in pictures)


def is_wide(frame: LexborNode) -> bool:
    width, height = pixels(frame, "width"), pixels(frame, "height")
    return (width is None or width >= NARROW) and (height is None or height >= LOW)


def is_telling(picture: LexborNode, base: str, known: Known, *, told: bool) -> bool:
    source = picture.attributes.get("src") or ""
    if source.startswith("data:"):
        return len(source) >= BIG_DATA
    if joined(base, source) in known.post.images:
        return True
    width, height = pixels(picture, "width"), pixels(picture, "height")
    if width is None or height is None:
        return not told and (width or height or WIDE) >= LOW
    return width >= WIDE and height >= HIGH


def joined(base: str, source: str) -> str:
    try:
        return urljoin(base, source.strip())
    except ValueError:
        return ""


def pixels(node: LexborNode, name: str) -> int | None:
    """A side in pixels as the page tells it; None where it tells none, or a share of the window."""
    style = node.attributes.get("style") or ""
    found = re.search(PIXELS.format(name=name), style, re.IGNORECASE)
    text = found[1] if found else (node.attributes.get(name) or "").strip().removesuffix("px")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else None
