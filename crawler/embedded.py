"""Data inside a page's scripts, read without running them.

Platforms put the state of a page into `window.__INITIAL_STATE__ = {…}` and the like. Much of it is
JSON with bare `undefined`; 微信 writes plain JavaScript (single quotes, bare keys, `JsDecode('…')`,
`'0' * 1`). JSON is tried first, the slower reader of JavaScript literals after it. Nothing here
raises for what stands in a page: what cannot be read is None.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import unquote

from crawler.js_literal import COMMENT, read_literal, unescaped

__all__ = [
    "after",
    "assigned",
    "comments",
    "json_text",
    "linked_data",
    "object_at",
    "script_by_id",
    "streamed",
    "strings_after",
    "unescaped",
]

LARGEST = 40_000_000  # characters of one answer or state
MOST_STRINGS = 2_000
LONGEST_STRING = 20_000  # characters of one variable with what follows it
MOST = 40  # places looked at for one name; bounds what a hostile page can cost
# Possessive, and a string without an end is one all the same: no quote is begun at twice.
NOT_JSON = re.compile(r'"(?:[^"\\]|(?s:\\.))*+"?|\b(?:undefined|NaN|-?Infinity)\b|,(?=\s*[}\]])')
CALLBACK = re.compile(r"\s*(?:/\*\*/)?\s*[A-Za-z_$][\w$.]{0,80}\s*\(\s*")
OPENING = ("{", "[")
INSIDE_NAME = re.compile(r"[\w$.]")
GUARDS = re.compile(r"\s*(?:\)\]\}',?|for\s*\(;;\);|while\s*\(1\);|\ufeff)\s*")
SCRIPT = r"<script\b[^<>]{0,400}?%s[^<>]{0,400}>"
LINKED_DATA = re.compile(SCRIPT % r"ld\+json", re.IGNORECASE)
SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
DECODER = json.JSONDecoder()
# Half of a surrogate pair: JSON may hold one, a file, a URL and a database cannot.
LONE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)
HALVES = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


class Room:
    """How many characters may still be read for one question: places can lie in each other, and
    each that is never closed is read to the end of the page."""

    def __init__(self) -> None:
        self.fast = LARGEST  # by the decoder of JSON, 10 ns each
        self.slow = 4_000_000  # piece by piece, 1 µs each; a real page's largest was 1.2 million


def json_text(text: str, room: Room | None = None) -> Any:  # noqa: ANN401
    """A JSON answer, also one wrapped as JSONP or behind a guard; None for anything else."""
    if len(text) > LARGEST:
        return None
    start = GUARDS.match(text)
    bare = text[start.end() :] if start else text.lstrip()
    if bare[:1] not in {"{", "["}:
        wrapped = CALLBACK.match(bare)
        bare = bare[wrapped.end() :] if wrapped else ""
    return object_at(bare, 0, room) if bare.startswith(OPENING) else None


def assigned(html: str, *names: str) -> Iterator[Any]:
    """Every object or list that the page's scripts assign to a name ("window.cgiData", "biz"), all
    of the first name first."""
    room = Room()
    for name in names:
        # Begins with plain characters, which the engine finds at speed; what stands before is
        # looked at afterwards (a look-behind in front made it twenty times slower, 2026-11).
        place = re.compile(rf"{re.escape(name)}\s*=\s*(?=[{{\[])")
        ends = (one.end() for one in place.finditer(html) if stands_alone(html, one.start()))
        yield from values_at(html, ends, room)


def stands_alone(html: str, start: int) -> bool:
    """Whether a name that begins here is not the tail of a longer one."""
    return not INSIDE_NAME.match(html[max(start - 1, 0) : start])


def after(html: str, pattern: re.Pattern[str]) -> Iterator[Any]:
    """Every object or list that begins where a match of the pattern ends."""
    places = islice(pattern.finditer(html), MOST)
    return values_at(html, (one.end() for one in places if html.startswith(OPENING, one.end())))


def values_at(html: str, places: Iterable[int], room: Room | None = None) -> Iterator[Any]:
    """What begins at the first places; those are left that would be read beyond the room."""
    room = room or Room()
    for start in islice(places, MOST):
        value = object_at(html, start, room)
        if value is not None:
            yield value


def strings_after(html: str, pattern: re.Pattern[str]) -> dict[str, str]:
    """For each name that the pattern's group 1 gives, the first string or number behind it."""
    found: dict[str, str] = {}
    room = Room()
    for match in islice(pattern.finditer(html), MOST_STRINGS):
        if match[1] not in found and room.slow > 0:
            piece = html[match.end() : match.end() + LONGEST_STRING]
            value = read_literal(piece, 0)
            room.slow -= len(piece)
            if isinstance(value, int | str) and not isinstance(value, bool) and value != "":
                found[match[1]] = str(value)
    return found


def script_by_id(html: str, name: str) -> Any:  # noqa: ANN401
    """JSON in <script id=name>, also one that is URL-encoded as 抖音 does; None where none is."""
    mark = SCRIPT % rf"\bid\s*=\s*[\"']?{re.escape(name)}\b"
    found = re.search(mark, html, re.IGNORECASE)
    if found is None:
        return None
    text = body_of(html, found.end())
    if text.startswith(("%7B", "%7b", "%5B", "%5b")):
        text = unquote(text)
    value = json_text(text)
    return value if value is not None else json_text(entities.unescape(text))


PUSHED = re.compile(r"\.push\(\s*\[\s*1\s*,\s*(?=\")")
ROW = re.compile(r"^[0-9a-z]{1,8}:(?=[\[{])", re.MULTILINE)


def streamed(html: str, name: str) -> Iterator[Any]:
    """What a page's server writes piece by piece into `name.push([1, "…"])`: rows of "7:[…]"."""
    mark = re.compile(re.escape(name) + PUSHED.pattern)
    pieces = (
        object_of_text(html, found.end()) for found in islice(mark.finditer(html), MOST_STRINGS)
    )
    text = "".join(piece for piece in pieces if piece)
    room = Room()
    for row in islice(ROW.finditer(text), MOST_STRINGS):
        value = object_at(text, row.end(), room)
        if value is not None:
            yield value


def decoded(text: str, start: int) -> tuple[Any, int]:
    """JSON's value that begins here and where it ends; half of a pair is U+FFFD. ValueError."""
    value, end = DECODER.raw_decode(text, start)
    if LONE.search(text, start, end):
        value = DECODER.raw_decode(HALVES.sub(without_half, text[start:end]))[0]
    return value, end


def without_half(found: re.Match[str]) -> str:
    return "\\ufffd" if found[1] else found[0]


def object_of_text(html: str, start: int) -> str:
    try:
        value = decoded(html, start)[0]
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""


def comments(html: str) -> Iterator[str]:
    """The insides of the page's comments; some old pages keep their lists there."""
    start = html.find("<!--")
    while start >= 0 and (end := html.find("-->", start + 4)) >= 0:
        yield html[start + 4 : end]
        start = html.find("<!--", end)


def body_of(html: str, start: int) -> str:
    """What stands from here to the end of the script; "" where it never ends."""
    end = SCRIPT_END.search(html, start)
    return html[start : end.start()].strip() if end else ""


def linked_data(html: str) -> Iterator[dict[str, Any]]:
    """Objects of schema.org that the page describes itself with, those in @graph too."""
    room = Room()
    for found in islice(LINKED_DATA.finditer(html), MOST):
        value = json_text(body_of(html, found.end()), room)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield one
                graph = one.get("@graph")
                yield from (part for part in graph or () if isinstance(part, dict))


def object_at(text: str, start: int, room: Room | None = None) -> Any:  # noqa: ANN401
    """The object or list that begins at `start`: as JSON, else as a JavaScript literal.

    None also where it would be read beyond the room.
    """
    room = room or Room()
    if room.fast <= 0:
        return None
    try:
        value, end = decoded(text, start)
    except json.JSONDecodeError as error:
        room.fast -= error.pos - start
    except (ValueError, RecursionError):  # a number, or a depth, that Python refuses
        room.fast -= LARGEST // MOST
    else:
        room.fast -= end - start
        return value
    return literal_at(text, start, room)


def literal_at(text: str, start: int, room: Room) -> Any:  # noqa: ANN401
    before = room.slow
    end = closing(text, start, start + before) if before > 0 else 0
    room.slow -= (end or min(len(text), start + before)) - start
    if not end:
        return None
    piece = text[start:end]
    try:
        return decoded(NOT_JSON.sub(as_json, piece), 0)[0]
    except (ValueError, RecursionError):
        return read_literal(piece, 0)


def as_json(found: re.Match[str]) -> str:
    """A string as it stands; `undefined` and its like as null; a comma too many as nothing."""
    word = found.group()
    return word if word[0] == '"' else "" if word == "," else "null"


STRUCTURE = re.compile(rf"""["'`{{}}\[\]]|//[^\n]*|{COMMENT}""", re.DOTALL)
STRINGS = {
    '"': re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL),
    "'": re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL),
    "`": re.compile(r"`(?:[^`\\]|\\.)*`", re.DOTALL),
}


def closing(text: str, start: int, limit: int) -> int:
    """Where the bracket that opens at `start` is closed, behind it; 0 where it never is, or only
    after `limit`."""
    depth, at = 0, start
    while found := STRUCTURE.search(text, at, limit):
        sign, at = found.group(), found.end()
        if sign in STRINGS:
            string = STRINGS[sign].match(text, found.start(), limit)
            if string is None:
                return 0
            at = string.end()
        elif sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
            if depth == 0:
                return at
    return 0
