"""What was told of the thing asked for: one decision for every source that reads answers.

A page's scripts ask for much besides. An answer counts only where its URL has one of the pieces
that the markers name for it: `details` of a post, `profiles` of an account, `lists` of posts, as a
piece of the path, with "?name=start" where a parameter tells one list from another. So a feed of
recommendations is no search's result, and its being empty says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from crawler.markers import Markers, State, fold
from crawler.nodes import attribute
from crawler.own_text import TITLE_PARTS
from crawler.posting import canonical_or, post_id_of
from crawler.shapes import dig, first, has, words
from crawler.sheet import Sheet, Told
from crawler.tied import ACCOUNT, LIST, POST, Asked, Tie
from crawler.verdicts import (
    LAYOUT_CHANGED,
    LONGEST_LINE,
    SHELL,
    begins_as_notice,
    in_elements,
    in_few_words,
    led_elsewhere,
    notice,
    of_answers,
    state_of,
    unechoed,
)
from storage.records import PageState, Post

BLOCKED = PageState.BLOCKED
UNCLEAR: State = (PageState.AMBIGUOUS, "unavailable")
EMPTY_ACCOUNT: State = (PageState.AMBIGUOUS, "empty_account")
PLATFORM_SPEAKS = re.compile(
    "[该此您你因]|由于|(?:很)?抱歉|账号不存在|用户不存在"
)  # of itself nobody does
MOST_TEXT = 20_000  # characters looked through for a wall around an empty list


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """`own`: answers about what was asked for, the page itself where it is one. `around`: data
    that the document carries. `refused`: what both say against it. `denied`: what the newest of
    `own` says that is more than a wall, or that it holds nothing. `silent`: one of `own` does.
    `walled`: a wall that any other answer met."""

    kind: str
    markers: Markers
    own: tuple[Told, ...]
    around: tuple[Told, ...]
    other: tuple[Told, ...]
    refused: State | None
    denied: State | None
    silent: bool
    walled: State | None

    @property
    def failed(self) -> bool:
        """Whether one of `own` tells of an error; what the page shows as empty is then none."""
        return any(has_failed(self.markers, one.value) for one in self.own)


def kind_of(asked: str) -> str:
    """ "post", "account" or "list" by the id that a URL asks for."""
    if not asked:
        return LIST
    return ACCOUNT if asked.startswith("user:") else POST


def hear(markers: Markers, sheet: Sheet, told: Iterable[Told], asked: Asked) -> Heard:
    """Sort what was told by what was asked for. `told`: answers, then the document's own data."""
    kind = asked.kind
    paths = markers.paths["messages"]
    pieces = [markers.words.get(name, ()) for name in PIECES[kind]]
    ranks: dict[int, list[Told]] = {}
    for one in told:
        at = next((at for at, some in enumerate(pieces) if is_of(one.url, some)), len(pieces))
        if at == len(pieces) and one.url == sheet.url:
            at = 0 if sheet.whole is not None else AROUND
        elif one.url != sheet.url and at < len(pieces) and asked.tie(one) is not Tie.OURS:
            at = len(pieces)
        ranks.setdefault(at, []).append(one)
    own = tuple(one for at in range(len(pieces)) for one in ranks.get(at, ()))
    around, other = tuple(ranks.get(AROUND, ())), tuple(ranks.get(len(pieces), ()))
    walled = of_answers(markers, other, *paths)
    return Heard(
        kind=kind,
        markers=markers,
        own=own,
        around=around,
        other=other,
        refused=gravest_wall_last(of_answers(markers, [one], *paths) for one in (*own, *around)),
        denied=denied(markers, own, asked),
        silent=any(is_silent(markers, one) for one in own),
        walled=walled if walled is not None and walled[0] is BLOCKED else None,
    )


PIECES = {POST: ("details",), ACCOUNT: ("profiles", "lists"), LIST: ("lists",)}
AROUND = -1


def is_of(url: str, pieces: Iterable[str]) -> bool:
    """Whether an answer's URL has one of the pieces."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    pairs = [f"{name}={value}" for name, value in parse_qsl(parts.query)]
    for piece in pieces:
        path, _, start = piece.partition("?")
        if path in parts.path and (not start or any(pair.startswith(start) for pair in pairs)):
            return True
    return False


def gravest_wall_last(told: Iterable[State | None]) -> State | None:
    """The first that tells more than a wall, else the first wall: a second look got further."""
    states = [one for one in told if one is not None]
    return next((one for one in states if one[0] is not BLOCKED), next(iter(states), None))


def denied(markers: Markers, own: Iterable[Told], asked: Asked) -> State | None:
    """What a post's newest answer says against it, also beside its record: it may have been taken
    down between two asks. Walls are passed over, and answers that tell nothing of the post."""
    for one in reversed([*own]):
        state = of_answers(markers, [one], *markers.paths["messages"])
        if state is not None and state[0] is not BLOCKED:
            return state
        if is_silent(markers, one):
            return LAYOUT_CHANGED
        if asked.post_id in set(asked.about(one.value)):
            return None
    return None


def is_silent(markers: Markers, one: Told) -> bool:
    """Whether an answer that met no wall has its place for a post, and nothing stands there."""
    if of_answers(markers, [one], *markers.paths["messages"]) is not None:
        return False
    paths = markers.paths.get("post", ())
    return any(has(one.value, path) and first(one.value, path) is None for path in paths)


def has_failed(markers: Markers, value: object) -> bool:
    """Whether an answer tells that it is none, in whatever code: at a place where its platform
    tells of success, something else stands."""
    spoken = fold(" ".join(words(value, path) for path in markers.paths["messages"]))
    if any(fold(word) in spoken for word in markers.words.get("empty", ())):
        return False  # 微博 tells of an empty list so
    told = (dig(value, path) for path in markers.paths.get("success", ()))
    good = markers.words.get("success", ())
    return any(
        one is False or (isinstance(one, str | int) and one is not True and str(one) not in good)
        for one in told
    )


def answers_of(markers: Markers, sheet: Sheet) -> list[Told]:
    """Answers without those that hold other people's comments."""
    skipped = markers.words.get("not_posts", ())
    return [one for one in sheet.answers if not any(piece in one.url for piece in skipped)]


def items_of(heard: Heard, listed: Callable[[object], int | None]) -> int | None:
    """How many entries the lists asked for have, of whatever shape; None where none came. Of an
    answer that tells of an error, in a code not known yet too, an empty list is none."""
    counted = ((one, listed(one.value)) for one in heard.own)
    found = [
        number
        for one, number in counted
        if number is not None and (number or not has_failed(heard.markers, one.value))
    ]
    return sum(found) if found else None


def against_post(markers: Markers, sheet: Sheet, heard: Heard, *, told_by: str) -> State | None:
    """What speaks against a post; None where it may be read.

    `told_by`: where its record stands: "own", "around", "other", "" where there is none. Data that
    came with the document is older than the answer about the post itself, and than the notice that
    the platform shows in its place. A card in a list of
    something else's is no post: what it shows may be long gone.
    """
    if told_by == "own":
        return heard.denied
    if told_by == "around":
        shown = in_elements(markers, sheet) if sheet.whole is None else None
        told = (one for one in (heard.refused, shown) if one is not None and one[0] is not BLOCKED)
        return next(told, LAYOUT_CHANGED if heard.silent else None)
    state = missing(markers, sheet, heard)
    # Scripts that were told of it, or of posts beside it, did run: this is no empty shell.
    return LAYOUT_CHANGED if state == SHELL and (told_by or heard.own) else state


def against_shown(markers: Markers, sheet: Sheet, shown: Post) -> State | None:
    """What speaks against a post that the finished document alone shows; None where it may be
    read. Recommendations stand beside a notice, and another post in a dead one's place."""
    state = state_of(markers, sheet, found=True)
    if state[0] is not PageState.ALIVE:
        return state
    spoken = in_elements(markers, sheet) or led_elsewhere(sheet.page.url, sheet.url)
    if spoken is not None:
        return spoken
    if (doubt := doubted(markers, sheet, shown)) is not None:
        return doubt
    named = attribute(
        sheet.tree, ["link[rel=canonical]", "meta[property='og:url']"], "href", "content"
    )
    got = post_id_of(canonical_or(named))
    swapped = bool(got) and not got.startswith("user:") and got != shown.post_id
    return (PageState.SWAPPED, "other_post") if swapped else None


def doubted(markers: Markers, sheet: Sheet, shown: Post) -> State | None:
    """What the finished page says above a post or in its title against its being there."""
    if sheet.whole is not None:
        return None
    gone = told_above(markers, sheet, shown) or titled_gone(markers, sheet, shown)
    return UNCLEAR if gone else None


def told_above(markers: Markers, sheet: Sheet, shown: Post) -> bool:
    """Whether a line above the post says nothing but that it is gone. Classes change with every
    build of a site, so that its notice may stand in an element not known; who says it stays
    unclear. Below stand comments, and anybody may write such a line there."""
    first = next(iter(shown.text.strip().splitlines()), "").strip()
    lines = [line.strip() for line in sheet.seen.text[:MOST_TEXT].splitlines()]
    end = next((at for at, line in enumerate(lines) if first and first in line), 0)
    own = {shown.title, shown.author}
    return any(begins_as_notice(markers, line) for line in lines[:end] if line not in own)


def titled_gone(markers: Markers, sheet: Sheet, shown: Post) -> bool:
    """Whether the page's title says nothing but that it is gone, and the post's own does not."""
    parts = [part.strip() for part in TITLE_PARTS.split(sheet.seen.title.strip())]
    told = [markers.titled(one) for one in parts if one not in {shown.title, shown.author}]
    return any(state is not None and state[0] is not BLOCKED for state in told) and all(
        len(one) <= LONGEST_LINE for one in parts
    )


def against_account(
    markers: Markers, sheet: Sheet, heard: Heard, *, known: bool, posts: bool, items: int | None
) -> State | None:
    """What speaks against an account; None where it may be read.

    `known`: its profile was read; `posts`: some of its own posts were. Only the platform writes in
    its answers and in elements for notices; the rest of a page with posts is the account's own.
    """
    if heard.refused is not None and heard.refused[0] is not BLOCKED:
        return heard.refused
    if known or posts:
        return None if sheet.whole is not None else against_known(markers, sheet, posts=posts)
    look = in_elements if items else notice  # beside a list the title is the account's name
    spoken = look(markers, sheet) if sheet.whole is None else None
    if spoken is not None:
        return spoken
    if items:
        return heard.refused or LAYOUT_CHANGED
    state = missing(markers, sheet, heard, items=items)
    if state == SHELL and heard.own:
        return LAYOUT_CHANGED
    return EMPTY_ACCOUNT if state is None else state


def against_known(markers: Markers, sheet: Sheet, *, posts: bool) -> State | None:
    """What the page tells against an account whose profile or posts were read.

    Its name stands in the title and its bio in the text: what reads like a notice there may be its
    own words, so a wall is not believed, and anything but a sentence of the platform's own is no
    more than unclear.
    """
    spoken = in_elements(markers, sheet)
    if spoken is not None and not (posts and spoken[0] is BLOCKED):
        return spoken
    told = None if posts else in_few_words(markers, sheet)
    if told is None or told[0] is BLOCKED:
        return None
    lines = (line.strip() for line in sheet.seen.text.splitlines())
    alone = any(PLATFORM_SPEAKS.match(line) and markers.told(line) == told for line in lines)
    return told if alone else UNCLEAR


def against_list(
    markers: Markers, sheet: Sheet, heard: Heard, *, found: bool, items: int | None
) -> State | None:
    """What speaks against a list or a search; None where it may be read, also as empty."""
    return None if found else missing(markers, sheet, heard, items=items)


def missing(
    markers: Markers, sheet: Sheet, heard: Heard, *, items: int | None = None
) -> State | None:
    """Why nothing of what was asked for could be read; None for a list that is truly empty.

    Answers tell more exactly than the page around them, unless the page is a wall.
    """
    refused = heard.refused or heard.walled
    around = state_of(markers, sheet, found=False) if sheet.whole is None else LAYOUT_CHANGED
    if around[0] is BLOCKED and around != SHELL:
        return around
    if refused is not None or items is None:
        untold = heard.failed and (heard.kind == LIST or around == SHELL)
        return refused or (LAYOUT_CHANGED if untold else around)
    if items:
        return LAYOUT_CHANGED
    if sheet.whole is not None:
        return None
    if around not in {LAYOUT_CHANGED, SHELL}:
        return around
    told = markers.told(unechoed(markers, sheet, sheet.seen.text[:MOST_TEXT]))
    return told if told is not None and told[0] is BLOCKED else None


def is_of_account(post: Post, asked: str) -> bool:
    """Whether a post may stand on the page asked for: on an account's page only its own."""
    return not asked or not post.author_id or f"user:{post.author_id}" == asked


def against_posts(
    markers: Markers,
    sheet: Sheet,
    heard: Heard,
    posts: Mapping[str, Iterable[Post]],
    items: int | None,
) -> State | None:
    """What speaks against posts found at "own", "around" and "other" places; the same decision for
    sources that make posts first and ask then which of them was asked for."""
    places = {place: list(found) for place, found in posts.items()}
    if heard.kind == POST:
        told_by = next((place for place, found in places.items() if found), "")
        return against_post(markers, sheet, heard, told_by=told_by)
    here = [*places.get("own", ()), *places.get("around", ())]
    known = any(post.post_id.startswith("user:") for post in here)
    if heard.kind == LIST:
        return against_list(markers, sheet, heard, found=bool(here), items=items)
    own = any(not post.post_id.startswith("user:") for post in here)
    return against_account(markers, sheet, heard, known=known, posts=own, items=items)
