"""Taking out of a hostile page what runs, loads, embeds or leads away. No step goes back.

Runs in a child (`console.replay_worker`): a parser of strangers' pages is made to work for hours.
"""

from __future__ import annotations

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.I)
# Labels of the Encoding Standard that pages bear. Not whatever Python knows: `undefined` raises
# something else, `idna` and `punycode` are no charsets and take minutes.
GB = dict.fromkeys(("gb2312", "gb_2312", "gb_2312-80", "gbk", "x-gbk", "gb18030"), "gb18030")
BIG5 = dict.fromkeys(("big5", "big5-hkscs", "cn-big5", "x-x-big5"), "big5hkscs")
LATIN = dict.fromkeys(("iso-8859-1", "latin1", "ascii", "us-ascii", "windows-1252"), "cp1252")
KNOWN = {
    **GB,
    **BIG5,
    **LATIN,
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "korean"), "cp949"),
    "euc-jp": "euc_jp",
}
# What runs, reaches out, navigates or embeds. A policy does not stop `preconnect`, so links go too.
REMOVED = (
    "script, noscript, link, base, meta, iframe, frame, frameset, object, embed, applet, portal, "
    "template, audio, video, source, track, animate, set, foreignObject"
)
KEPT_LINKS = ("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp")
# No repetition before a word that must follow it: every sign is looked at once.
REACHING = re.compile(r"@import[^;]*;?|(?:url|image-set|src)\s*\([^)]*\)?", re.I)
# In place of what was taken out: nothing would let the halves around it become a new `url(`.
NOTHING = "none"
POINTING = frozenset(
    {"src", "srcset", "href", "xlink:href", "action", "formaction", "poster", "background", "ping"}
    | {"data", "cite", "longdesc", "manifest", "srcdoc", "imagesrcset", "archive", "codebase"}
)


def decoded(data: bytes) -> str:
    """As the page says of itself, else UTF-8, else the Chinese standard."""
    named = CHARSET.search(data[:4096])
    label = named.group(1).decode("ascii").lower() if named else ""
    for name in (KNOWN.get(label, "utf-8"), "utf-8"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode("gb18030", errors="replace")


def harmless(html: str) -> str:
    """The same page with nothing in it that runs, loads, embeds or leads away."""
    tree = LexborHTMLParser(html)
    for node in tree.css(REMOVED):
        node.decompose()
    for node in tree.css("*"):
        disarm(node)
    for node in tree.css("style"):
        node.inner_html = plain_style(node.text())
    return tree.html or ""


def plain_style(style: str) -> str:
    """A style sheet that fetches nothing; "" for one with signs that no pattern reads."""
    # An escape could spell `url(` so that no pattern sees it; the policy would, but still.
    return "" if "\\" in style or "<" in style else REACHING.sub(NOTHING, style)


def disarm(node: Any) -> None:  # noqa: ANN401 (a node of selectolax)
    for name, value in list(node.attributes.items()):
        if dangerous(name.lower(), value or ""):
            del node.attrs[name]


def dangerous(name: str, value: str) -> bool:
    if name.startswith("on") or name in {"target", "download", "nonce", "http-equiv"}:
        return True
    if name in POINTING:
        return not value.strip().lower().startswith(KEPT_LINKS)
    return name == "style" and ("\\" in value or REACHING.search(value) is not None)
