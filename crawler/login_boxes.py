"""A box to log in at a page's edge is no wall: most forums have one above what anybody may read."""

from __future__ import annotations

import re

from crawler.nodes import parsed
from crawler.visible import cut_unseen

EDGES = (
    "header",
    "footer",
    "nav",
    "aside",
    "form",
    "a",
    "button",
    "select",
    "label",
    "title",
    "[class*=head]",
    "[id*=head]",
    "[class*=top]",
    "[id*=top]",
    "[class*=nav]",
    "[id*=nav]",
    "[class*=login]",
    "[id*=login]",
    "[class*=user]",
    "[id=um]",
    "[id=hd]",
)
# What needs a login there is only to answer or to call; the rest may be read.
TO_ACT = re.compile(
    r"(?:登录|登陆)[^。\n]{0,8}?(?:回帖|回复|评论|发表|留言|点赞|收藏|发言|发帖|购买|下单|"
    r"查看(?:联系|电话|号码|手机))"
)
LEAST = 40  # characters that stand for a page of its own


def middle_of(html: str) -> str:
    """What stands between a page's edges, without what only an answer needs a login for."""
    tree = parsed(html)
    cut_unseen(tree)
    for node in tree.css(",".join(EDGES)):
        node.decompose()
    text = tree.body.text(separator="\n") if tree.body is not None else ""
    return "\n".join(line for line in text.split("\n") if not TO_ACT.search(line))


def shows_page(html: str, login: re.Pattern[str], furniture: re.Pattern[str]) -> bool:
    """Whether the words of a login stand only at the edges, around a text of the page's own."""
    middle = middle_of(html)
    if login.search(middle):
        return False
    lines = (line.strip() for line in middle.split("\n"))
    return sum(len(line) for line in lines if not furniture.search(line)) >= LEAST
