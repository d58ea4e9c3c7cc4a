"""A box to log in at a page's edge is no wall: most forums have one above what anybody may read."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from crawler.nodes import parsed
from crawler.visible import cut_unseen

HEAD_TAGS = ("header", "footer", "nav", "title")
EDGE_TAGS = (*HEAD_TAGS, "aside", "form", "a", "button", "select", "label")
# Words of which classes and ids of a page's head are made.
HEADS = frozenset({"head", "header", "hd", "top", "topbar", "toolbar", "nav", "navbar", "um"})
EDGES = HEADS | {"login", "user", "signin"}
# What needs a login there is only to answer or to call; the rest may be read.
TO_ACT = re.compile(
    r"(?:登录|登陆)[^。\n]{0,8}?(?:回帖|回复|评论|发表|留言|点赞|收藏|发言|发帖|购买|下单|"
    r"查看(?:联系|电话|号码|手机))"
)
LEAST = 40  # characters that stand for a page of its own
LEAST_OPEN = 12  # where it says that a login is needed only to answer


def middle_of(html: str) -> str:
    """What stands between a page's edges, without what only an answer needs a login for."""
    text = without(html, EDGE_TAGS, EDGES)
    return "\n".join(line for line in text.split("\n") if not TO_ACT.search(line))


def below_head(html: str) -> str:
    """The text without the head that all pages of a site have in common."""
    return without(html, HEAD_TAGS, HEADS)


def without(html: str, tags: tuple[str, ...], names: frozenset[str]) -> str:
    """The text without these tags and elements of these names; one that holds most of what the
    page says is no edge, whatever its name."""
    tree = parsed(html)
    cut_unseen(tree)
    if tree.body is None:
        return ""
    whole = len(tree.body.text())
    named = [node for node in tree.body.css("[class],[id]") if names & words_of(node)]
    edges = [node for node in named if 2 * len(node.text()) <= whole]
    # The inner ones first: of a node that is gone nothing can be taken out.
    for node in reversed(edges):
        node.decompose()
    for node in reversed(tree.body.css(",".join(tags))):
        node.decompose()
    return tree.body.text(separator="\n")


def words_of(node: LexborNode) -> set[str]:
    told = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
    return set(re.split(r"[^a-z]+", told.lower()))


def shows_page(html: str, login: re.Pattern[str], furniture: re.Pattern[str]) -> bool:
    """Whether the words of a login stand only at the edges, around a text of the page's own."""
    middle = middle_of(html)
    if login.search(middle):
        return False
    lines = (line.strip() for line in middle.split("\n"))
    least = LEAST_OPEN if TO_ACT.search(without(html, ("title",), frozenset())) else LEAST
    return sum(len(line) for line in lines if not furniture.search(line)) >= least
