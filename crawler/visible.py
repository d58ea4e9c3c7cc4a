"""The text a reader sees, from a parsed document.

The document is serialised once by the C parser after the unseen parts were cut out. That spelling
is regular (HTML standard §13.3: every "<" begins a tag or a comment, neither "<" nor ">" stands in
an attribute), so linear patterns finish the work; walking the nodes from Python costs several
times as much (2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

UNSEEN = ["script", "style", "noscript", "template", "svg", "iframe", "object", "noembed"]
RAW = "xmp,plaintext,noframes"  # their text is not escaped when serialised
LINE = frozenset(
    """address article aside blockquote body br button caption center dd details dialog dir div dl
    dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hr legend li main
    marquee menu nav ol optgroup option p pre section select summary table tbody textarea tfoot
    thead title tr ul""".split()  # noqa: SIM905 (fifty quoted words are no easier to read)
)
# What stands in the place of a tag; every other one leaves no trace, so 包<b>过</b> stays 包过.
MARK = {mark + name: "\n" for name in LINE for mark in ("", "/")} | {"/td": "\t", "/th": "\t"}
TAG = re.compile(r"<(/?[A-Za-z][^ >]*)[^>]*>")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SEEN_VALUE = re.compile(r"<(?:img|input) [^>]*>")
ALT = re.compile(r' alt="([^"]*)"')
VALUE = re.compile(r' value="([^"]*)"')
BUTTON = re.compile(r' type="(?:button|submit|reset)"')
# A line break in the source between two Chinese characters is no space (CSS Text 3 §4.1.3).
HAN = "\u3400-\u9fff\u3000-\u303f\uff00-\uffef"
SOFT_BREAK = re.compile(rf"\n(?<=[{HAN}]\n)[ \t\r\n]*(?=[{HAN}])")
PRE = re.compile(r"<(pre|textarea)[ >].*?</\1>", re.DOTALL)
ENTITIES = (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))

HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
DOUBTFUL = '[hidden],[style*="none" i],[style*="hidden" i],[style*="collapse" i]'
MENUS = 'nav,[role="navigation"],[class*="crumb" i],[id*="crumb" i]'
MOST_MENUS = 40  # looked at; further ones stay in the text
PROSE = 60  # characters outside links, or in one link: more is no menu and stays


def cut_unseen(tree: LexborHTMLParser) -> None:
    """Take out of the tree what no reader sees, and the menus."""
    tree.strip_tags(UNSEEN)
    drop(tree.css(DOUBTFUL), is_hidden)
    drop(tree.css(MENUS)[:MOST_MENUS], is_menu)
    for node in outward(tree.css(RAW)):
        node.replace_with(node.text())


def drop(nodes: list[LexborNode], unwanted: Callable[[LexborNode], bool]) -> None:
    for node in outward(nodes):
        if node.tag not in {"html", "body"} and unwanted(node):
            node.decompose()


def outward(nodes: list[LexborNode]) -> list[LexborNode]:
    """Nodes once each, inner before outer: what lies in a freed node must not be touched again."""
    once = {node.mem_id: node for node in nodes}
    return list(once.values())[::-1]


def is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    # 微信 hides the body until its script ran: visibility alone does not hide an article there.
    if attributes.get("id") == "js_content":
        return False
    return "hidden" in attributes or HIDING.search(attributes.get("style") or "") is not None


def is_menu(node: LexborNode) -> bool:
    """Whether a navigation element holds only links; prose inside one is somebody's content."""
    linked = [len(link.text().strip()) for link in node.css("a")]
    words = len("".join(node.text().split()))
    return words - sum(linked) <= PROSE and max(linked, default=0) <= PROSE


def text_of(tree: LexborHTMLParser) -> str:
    """Lines of the document: a block or <br> ends one, cells of a table are parted by tabs."""
    root = tree.body or tree.root
    html = (root.html or "") if root is not None else ""
    if "<!--" in html:
        html = COMMENT.sub("", html)
    if "<pre" in html or "<textarea" in html:
        html = PRE.sub(lambda match: match.group().replace("\n", "<br>"), html)
    html = " ".join(SOFT_BREAK.sub("", html).split())
    pieces = TAG.split(SEEN_VALUE.sub(seen_value, html))  # text, tag, text, tag, …, text
    pieces[1::2] = [MARK.get(tag, "") for tag in pieces[1::2]]
    return "\n".join(tidy(unescaped("".join(pieces))))


def seen_value(match: re.Match[str]) -> str:
    """The words of a picture's alt text or a button; they stand where the element stood."""
    tag = match.group()
    found = ALT.search(tag) if tag[2] == "m" else BUTTON.search(tag) and VALUE.search(tag)
    return found[1] if found else ""


def unescaped(text: str) -> str:
    """The five entities that a serialiser writes; "&amp;" last, so that nothing is read twice."""
    if "&" in text:
        for entity, char in ENTITIES:
            text = text.replace(entity, char)
    return text


def tidy(text: str) -> Iterable[str]:
    """Lines without empty ones, runs of spaces or empty cells at the ends."""
    for line in text.split("\n"):
        words = cells(line) if "\t" in line else line.strip(" ")
        if "  " in words:
            words = SPACES.sub(" ", words)
        if words:
            yield words


SPACES = re.compile(" {2,}")


def cells(line: str) -> str:
    return "\t".join(" ".join(cell.split()) for cell in line.split("\t")).strip()


def main_of(text: str) -> str:
    """The run of lines with the most prose: each counts its length less a menu entry's.

    The whole text where no line is long enough to be prose. Linear (Kadane's maximum subarray).
    """
    lines = text.split("\n")
    best = total = 0
    begin = first = last = 0
    for at, line in enumerate(lines):
        if total <= 0:
            total, begin = 0, at
        total += len(line) - MENU_ENTRY
        if total > best:
            best, first, last = total, begin, at + 1
    return "\n".join(lines[first:last]) if best >= LEAST_MAIN else text


MENU_ENTRY = 14  # characters
LEAST_MAIN = 40
