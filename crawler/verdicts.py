"""The state of a platform's page, the same way for every source (platforms.md §0.2).

Order: where one was sent, HTTP status, walls, the post itself, moved, removed, ambiguous. A phrase
counts only where the post is not there, and only in the title, in an element made for notices, at
the head of the visible text or on a short page: an article about deleted posts is alive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from crawler.extracted import Extracted
from crawler.markers import ORDER, Markers, State, fold
from crawler.nodes import pick
from crawler.own_text import linkless
from crawler.posting import post_id_of
from crawler.reading import Reading
from crawler.shapes import dig
from crawler.sheet import Sheet, Told
from crawler.states import (
    ALIVE,
    HEAD,
    OWN_WORDS,
    SHORT,
    STATUSES,
    needs_browser,
    notice_of,
    sent_home,
    state_of_status,
)
from storage.records import PageState

__all__ = ["LAYOUT_CHANGED", "State", "gravest", "of_answers", "other_post", "state_of", "unread"]

GONE = frozenset({404, 410})
FEW = 150  # visible characters of a page with scripts that shows nothing of what it should
LONGEST_LINE = 40  # characters of a line that is a notice
MORE = 3  # characters before its words
POLITE = re.compile(r"很?抱歉|对不起|您好|哎呀|啊叻")
WALL_ADDRESSES = (
    (re.compile(r"captcha|verif|antispider|secure?code|unhuman", re.IGNORECASE), "captcha"),
    (re.compile(r"login|passport|sign-?in\b|\bsso\b", re.IGNORECASE), "login"),
)
LAYOUT_CHANGED: State = (PageState.ERROR, "layout_changed")
SHELL: State = (PageState.BLOCKED, "shell")


def state_of(markers: Markers, sheet: Sheet, *, found: bool) -> State:
    """What this look at a URL of the platform showed.

    `found`: the source saw the post asked for, or the list's own container. Without it a page that
    tells nothing is an empty shell or a layout that is no longer known, never empty or removed.
    """
    sent = markers.address(sheet.url, sheet.page.url)
    if sent is not None and (sent[0] is PageState.BLOCKED or sheet.page.status not in STATUSES):
        return sent
    if not 200 <= sheet.page.status < 300:
        return of_status(markers, sheet)
    if found:
        return ALIVE
    told = notice(markers, sheet) or in_own_lines(markers, sheet)
    if told is not None:
        return told
    if pick(sheet.shown, markers.selectors.get("wall", ())) is not None:
        return PageState.BLOCKED, "captcha"
    return led_elsewhere(sheet.page.url, sheet.url) or unknown(sheet)


def led_elsewhere(asked: str, reached: str) -> State | None:
    """What a redirect means that no marker names: to a wall's address, or away from the post."""
    if asked == reached:
        return None
    for pattern, reason in WALL_ADDRESSES:
        if pattern.search(reached.partition("?")[0]) and not pattern.search(
            asked.partition("?")[0]
        ):
            return PageState.BLOCKED, reason
    wanted = post_id_of(asked)
    is_post = bool(wanted) and not wanted.startswith("user:")
    away = is_post and wanted not in reached and post_id_of(reached) != wanted
    if sent_home(asked, reached) or (away and not post_id_of(reached)):
        return PageState.SWAPPED, "home_page"
    return (PageState.SWAPPED, "other_post") if away else None


def of_status(markers: Markers, sheet: Sheet) -> State:
    """Meaning of a status that is no success; the platform's own words make it more exact."""
    status = sheet.page.status
    told = notice(markers, sheet)
    if status in GONE:
        wall = state_of_status(status, sheet.seen, sheet.html)
        if told is None and wall[0] is not PageState.REMOVED:
            return wall
        return told or (PageState.REMOVED, "unspecified")
    known = STATUSES.get(status)
    if known is not None and known[0] is PageState.BLOCKED:
        return told if told is not None and told[0] is PageState.BLOCKED else known
    return state_of_status(status, sheet.seen, sheet.html)


def notice(markers: Markers, sheet: Sheet) -> State | None:
    """What the platform tells in its title, in an element for notices, or in few words."""
    titled = markers.titled(unechoed(markers, sheet, sheet.seen.title))
    return gravest([titled, in_elements(markers, sheet), in_few_words(markers, sheet)])


def in_elements(markers: Markers, sheet: Sheet) -> State | None:
    """What stands in elements for notices: only the platform writes there."""
    nodes = (node for selector in markers.nodes for node in sheet.shown.css(selector)[:20])
    return markers.told(unechoed(markers, sheet, " ".join(node.text() for node in nodes)))


def in_few_words(markers: Markers, sheet: Sheet) -> State | None:
    """What the text tells, of a long one its beginning; an account's name and bio stand in it."""
    seen = sheet.seen
    text = seen.text if seen.visible < SHORT else seen.text[:HEAD]
    return markers.told(unechoed(markers, sheet, text))


def in_own_lines(markers: Markers, sheet: Sheet) -> State | None:
    """What a post's page tells that has nothing else to tell beside its menus and recommendations.
    On an account's page its name and bio stand in the place of a text."""
    wanted = post_id_of(sheet.page.url)
    if not wanted or wanted.startswith("user:"):
        return None
    said = linkless(sheet.html) if sheet.whole is None else ""
    if len(re.sub(r"\s", "", said)) >= OWN_WORDS:
        return None
    return markers.told(unechoed(markers, sheet, said))


def begins_as_notice(markers: Markers, line: str) -> bool:
    """Whether a line begins with one of the platform's notices, polite words aside, and no wall's.
    What comes after differs: 视频不存在，去看看其他作品吧."""
    told = markers.told(line)
    if told is None or told[0] is PageState.BLOCKED or len(line) > LONGEST_LINE:
        return False
    whole = fold(line)
    if whole.startswith(("若", "如")):
        return False
    notices = {"".join(sign.parts) for sign in (*markers.signs, *markers.titles)}
    said = (whole, POLITE.sub("", whole))
    return any(opens(text, one) for one in notices for text in said)


def opens(text: str, notice: str) -> bool:
    """Whether a notice opens the text; 该信息已被删除的同行 speaks of somebody's."""
    at = text.find(notice)
    return -1 < at < MORE and not text.startswith("的", at + len(notice))


def unechoed(markers: Markers, sheet: Sheet, text: str) -> str:
    """The text without the words searched for, where these alone read like a notice: every search
    page repeats them, and then nothing tells the platform's sentence from the searcher's."""
    word = sheet.searched
    return text.replace(word, " ") if word and markers.titled(word) is not None else text


def quiet(sheet: Sheet) -> Extracted:
    """What is seen, without words searched for that read like a wall of the open web."""
    seen, word = sheet.seen, sheet.searched
    if not word or notice_of(replace(seen, title=word, text=word, visible=len(word)), "") == ALIVE:
        return seen
    return replace(seen, title=seen.title.replace(word, ""), text=seen.text.replace(word, ""))


def other_post(markers: Markers, sheet: Sheet) -> State:
    """What a page means that shows other posts than the one asked for.

    The platform's own notice where it has one: beside it recommendations often stand.
    """
    return notice(markers, sheet) or (PageState.SWAPPED, "other_post")


def gravest(told: Iterable[State | None]) -> State | None:
    """The one that decides when several are told: a wall first, then what is most certain."""
    states = [state for state in told if state is not None]
    return min(states, key=lambda state: ORDER.index(state[0]), default=None)


def unknown(sheet: Sheet) -> State:
    """Nothing of the platform's is recognised: words of the open web, a shell, or a new layout."""
    if not sheet.html.strip():
        return PageState.ERROR, "empty"
    state, reason = notice_of(quiet(sheet), sheet.html)
    if state is PageState.REMOVED:
        return PageState.REMOVED, "unspecified"
    if state is not PageState.ALIVE:
        return state, reason
    seen = sheet.seen
    if needs_browser(seen, sheet.html) or (seen.scripts and seen.visible < FEW):
        return SHELL
    return LAYOUT_CHANGED


def of_answers(markers: Markers, answers: Iterable[Told], *paths: str) -> State | None:
    """What the codes and messages of the JSON answers tell, the first that tells something.

    `paths`: where in an answer codes and messages stand. A status that is a wall counts too.
    """
    for told in answers:
        for path in paths:
            value = dig(told.value, path)
            state = markers.code(value) if isinstance(value, int | str) else None
            if state is None and isinstance(value, str):
                state = markers.told(value)
            if state is not None:
                return state
        known = STATUSES.get(told.status)
        if known is not None and known[0] is PageState.BLOCKED:
            return known
    return None


def unread(state: State, sheet: Sheet, links: tuple[str, ...] = ()) -> Reading:
    """A reading without posts; an empty shell that plain HTTP gave is asked again by a browser.

    Whatever a page says, a status that is a wall makes it one: its words are then not the post's.
    """
    known = STATUSES.get(sheet.page.status)
    if known is not None and known[0] is PageState.BLOCKED and state[0] is not PageState.BLOCKED:
        state = known
    return Reading(
        state=state[0],
        reason=state[1],
        links=() if state[0] is PageState.BLOCKED else links,
        wants_browser=state[1] == "shell" and not sheet.page.dom,
    )
