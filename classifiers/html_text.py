"""Visible text of an HTML source, each character with its place in the source.

A finding in the text can so be shown as a slice of the very HTML somebody published. One pass,
linear in the source whatever is broken in it; never raises. Follows the HTML standard where markup
is broken (unclosed comment, raw text elements, `<` before no letter), without building a tree.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from html.entities import html5

# Elements whose content is no text of the page; the browser does not parse it either.
RAW = frozenset({"script", "style", "noscript", "iframe", "noembed", "noframes", "xmp"})
# Elements that begin and end a line.
BLOCK_NAMES = """
    address article aside blockquote body br button caption center dd details dialog dir div dl
    dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html
    legend li main menu nav ol optgroup option p pre search section select summary table tbody
    td textarea tfoot th thead title tr ul video audio
"""
BLOCK = frozenset(BLOCK_NAMES.split())
SPACE = " \t\n\r\f"
TAG = re.compile(r"</?([A-Za-z][^\s/>]{0,40})")
TAG_STOP = re.compile(r"[>\"']")
SPECIAL = re.compile(
    rf"[{SPACE}]+|&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]{{1,31}};?)"
)
COMMENT_END = re.compile(r"--!?>")


@dataclass(frozen=True, slots=True)
class HtmlText:
    """`html[starts[i]:ends[i]]` is what `text[i]` came from; so for the title."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    title: str
    title_starts: Sequence[int]
    title_ends: Sequence[int]


def visible_text(html: str) -> HtmlText:
    """Text a reader sees, entities decoded, white space folded, "\\n" at block tags and <br>.

    Comments, tags, script, style, noscript and template are left out; the first <title> comes
    separately. Text hidden by CSS is kept: search engines show it.
    """
    page = _Page(html)
    page.read()
    body, title = page.body, page.title
    return HtmlText(
        "".join(body.parts), body.starts, body.ends, "".join(title.parts), title.starts, title.ends
    )


class _Run:
    """Text being written down, with its two maps (8 bytes a character, not 80)."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.starts = array("q")
        self.ends = array("q")
        self.last = "\n"  # a gap at the very beginning is dropped

    def copy(self, html: str, start: int, end: int) -> None:
        """The source's own characters."""
        if start < end:
            self.parts.append(html[start:end])
            self.starts.extend(range(start, end))
            self.ends.extend(range(start + 1, end + 1))
            self.last = html[end - 1]

    def put(self, text: str, start: int, end: int) -> None:
        """Characters that the source spells as html[start:end]."""
        for char in text:
            self.parts.append(char)
            self.starts.append(start)
            self.ends.append(end)
            self.last = char

    def gap(self, char: str, start: int, end: int) -> None:
        """A space or a line break, unless one stands there already."""
        if self.last not in "\n " or (char == "\n" and self.last == " "):
            self.put(char, start, end)


class _Page:
    def __init__(self, html: str) -> None:
        self.html = html
        self.body = _Run()
        self.title = _Run()
        self.titles = 0
        self.hidden = 0  # depth of <template>
        self.unquoted: set[str] = set()  # quotes that no longer occur: looked for once, not often

    def read(self) -> None:
        html, at = self.html, 0
        while at < len(html):
            mark = html.find("<", at)
            if mark < 0:
                mark = len(html)
            self.write(self.body, at, mark)
            at = self.markup(mark) if mark < len(html) else mark

    def markup(self, at: int) -> int:
        """What begins with `<`; returns where it ends."""
        html = self.html
        tag = TAG.match(html, at)
        if tag:
            return self.tag(tag.group(1).lower(), at, closing=html[at + 1] == "/")
        if html.startswith("<!--", at):
            return self.comment(at)
        if html.startswith(("<!", "<?", "</"), at):
            end = html.find(">", at)
            return len(html) if end < 0 else end + 1
        self.write(self.body, at, at + 1)
        return at + 1

    def comment(self, at: int) -> int:
        """`<!-->` and `<!--->` close at once; an unclosed comment hides the rest of the page."""
        for short in ("<!-->", "<!--->"):
            if self.html.startswith(short, at):
                return at + len(short)
        end = COMMENT_END.search(self.html, at + 4)
        return end.end() if end else len(self.html)

    def tag(self, name: str, at: int, *, closing: bool) -> int:
        end = self.tag_end(at)
        if name == "template":
            self.hidden = max(0, self.hidden + (-1 if closing else 1))
        if name in BLOCK and not self.hidden:
            self.body.gap("\n", at, end)
        if closing:
            return end
        if name in RAW:
            return self.raw_end(name, end)
        if name in ("title", "textarea"):
            return self.plain_content(name, end)
        return end

    def tag_end(self, at: int) -> int:
        """Past the `>` of the tag; a quoted attribute may hold one, an unclosed quote does not
        swallow the page."""
        html = self.html
        while True:
            stop = TAG_STOP.search(html, at + 1)
            if stop is None:
                return len(html)
            at = stop.start()
            if html[at] == ">":
                return at + 1
            if html[at] not in self.unquoted and html[at - 1] in "= \t\n\r\f":
                closing = html.find(html[at], at + 1)
                if closing < 0:
                    self.unquoted.add(html[at])
                else:
                    at = closing

    def raw_end(self, name: str, at: int) -> int:
        """Where the content of a raw element ends: at its closing tag, else with the page."""
        end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self.html, at)
        return end.start() if end else len(self.html)

    def plain_content(self, name: str, at: int) -> int:
        """<title> and <textarea>: text and entities, no tags. Only the first title is one."""
        end = self.raw_end(name, at)
        if name == "textarea":
            self.write(self.body, at, end)
        else:
            self.titles += 1
            if self.titles == 1:
                self.write(self.title, at, end)
        return end

    def write(self, run: _Run, at: int, end: int) -> None:
        """Text between two tags."""
        if self.hidden:
            return
        for special in SPECIAL.finditer(self.html, at, end):
            run.copy(self.html, at, special.start())
            at = special.end()
            if self.html[special.start()] == "&":
                at = self.entity(run, special)
            else:
                run.gap(" ", special.start(), at)
        run.copy(self.html, at, end)

    def entity(self, run: _Run, found: re.Match[str]) -> int:
        """Write the character meant; returns where the entity ended (`&ampx` is & and x)."""
        text, start, end = decoded(found.group()), found.start(), found.end()
        if text is None:
            run.copy(self.html, start, end)
            return end
        char, length = text
        run.put(char, start, start + length)
        # What follows a name without its semicolon is text: SPECIAL took it along.
        run.copy(self.html, start + length, end)
        return end


def decoded(entity: str) -> tuple[str, int] | None:
    """The characters an entity stands for and how much of it was used; None if it is none."""
    if entity.startswith("&#"):
        return number(entity), len(entity)
    name = entity[1:]
    if name in html5:
        return html5[name], len(entity)
    # The old names need no semicolon: &ampx. The longest has six letters (yacute).
    for size in range(min(6, len(name)), 1, -1):
        if name[:size] in html5:
            return html5[name[:size]], size + 1
    return None


def number(entity: str) -> str:
    """&#20843; and &#x516b; as the standard decodes them; out of range is U+FFFD."""
    digits = entity[2:].rstrip(";")
    hexadecimal = digits[0] in "xX"
    digits = digits[hexadecimal:].lstrip("0") or "0"
    if len(digits) > 7:
        return "\ufffd"
    return unescape(f"&#{'x' if hexadecimal else ''}{digits};")
