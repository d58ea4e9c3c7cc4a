"""What a page of the open web says for itself, beside links, furniture and the words of walls.

A page that offers something is a page, whatever else it says: a sign-up form asks for a captcha, an
advertiser writes 旧链接已失效 for a new address. The signs are coarse on purpose; what an offer is
worth is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple

from selectolax.lexbor import LexborNode

from crawler.contact_words import contacts
from crawler.markers import simplified
from crawler.nodes import parsed
from crawler.visible import cut_unseen

ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
FURNITURE = re.compile(
    r"ICP[备证]|公网安备|版权所有|copyright|隐私(?:政策|协议|条款)|用户(?:服务)?协议|举报(?:电话|邮箱)|"
    r"关于我们|联系我们|网站地图|友情链接|营业执照",
    re.IGNORECASE,
)
NOT_ITS_TEXT = ["a", "header", "footer", "nav", "button", "select", "title"]
TRADE = re.compile(
    r"代办|代考|替考|办证|包过|包拿证|包通过|包下证|保过|拿证|出证|下证|免考|不用考试|无需考试|挂靠|"
    r"联网可查|先学后付"
)
CONTACT = re.compile(
    r"(?<![\w.])1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\w)|"
    r"(?:微信|薇信|威信|加[vV]|[vV]信|(?<![a-z])(?:vx|wx|wechat|weixin)(?![a-z]))(?:号|同号)?\s*[:：]?\s*"
    r"[a-z][\w-]{4,19}(?!\w)",
    re.IGNORECASE | re.ASCII,
)
# Besides these a frame has a landline and a QQ number: they count where a notice says more.
REACHED = re.compile(
    r"扫(?:码|描)(?:下方|上方|左侧|右侧)?(?:二维码)?(?:咨询|添加|加|联系|报名)|扫描[^。\n]{0,4}二维码|企业?微信|"
    r"(?:联系人|咨询老师)\s*[:：]|(?:咨询|报名)(?:电话|热线|QQ|邮箱)|(?:电子)?邮箱\s*[:：]"
)
# Whom a wall names: its own people, not the page's.
STAFF = re.compile(
    r"站长|管理员|投诉|举报|误报|误拦|解封|技术支持|客服|人工|申诉|IP|ID", re.IGNORECASE
)
PRICE = re.compile(r"[¥￥]\s*\d|\d\s*(?:万|千|多)?元(?![素旦])")
TALK = re.compile(r"怎[么样]|如何|为什么|为何|网友|吗|么[？?]")
TITLE_TALK = re.compile(r"怎么|如何|什么|为何|教程|攻略|办法")
TOPIC = re.compile(
    r"验证|安全|防火墙|拦截|封禁|5秒盾|频繁|captcha|cloudflare|waf|turnstile", re.IGNORECASE
)
ARTICLE = re.compile(r"本文|教你|小编|网友|是一种|是常见|什么是|是什么|工作内容")
# 原链接已失效, 网传文章已被删除, 您查询的证书信息不存在: it is not this page that is gone.
OF_ANOTHER = re.compile(
    r"(?:原|旧|老|之前|以前|此前|其他|部分|网传|涉案|涉事|昨日)(?:的|有)?[^，。；\n]{0,6}"
    r"(?:链接|页面|网页|文章|内容|信息|视频|帖子|商品|网站|网址|号|作品|主题)|"
    r"证书(?:编号)?[^，。；\n]{0,4}(?:信息|内容)"
)
# 链接已失效，请以本页为准: whoever says so is there.
GOES_ON = re.compile(r"以本(?:页|站|文)为准|新(?:的)?(?:链接|网址|地址|页面|微信|账号|号)|认准")
SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;]?")
TITLE_PARTS = re.compile(r"\s*[-_|–—]\s*")
FILLER = re.compile(r"\W|页面?|中间页|提示|系统|中心")
# What a notice says besides: 抱歉，您访问的页面不存在或已被删除，3秒后自动返回首页。
POLITE_REST = re.compile(
    r"\W|很?抱歉|对不起|或者?|可能|已?经?被?(?:删除|移除|下架)|不存在|尚未发布|\d*秒后|自动|返回|跳转|首页"
)
MANY_CARDS = 5
PROSE = 12  # characters of a line that is more than a name or a motto
FRAME = 60  # characters of a motto, a name and a telephone around a notice
LITTLE = 4  # characters beside a notice that leave it one: 该…, 抱歉
TYPED = frozenset({"", "text", "tel", "number", "search", "email"})


def plain(text: str) -> str:
    """Without what nobody sees, in simplified characters: 該文章已被刪除 is said in Taiwan."""
    return ZERO_WIDTH.sub("", text).translate(simplified())


def linkless(html: str, *, cards: bool = True) -> str:
    """The lines a reader sees that lead nowhere and are no furniture.

    Without `cards`, a list of recommendations goes with its summaries, not with its links alone.
    """
    tree = parsed(html)
    cut_unseen(tree)
    entries = [] if cards else [one for one in tree.css("li") if is_card(one)]
    for node in reversed(entries if len(entries) >= MANY_CARDS else []):
        node.decompose()
    for node in reversed(tree.css(",".join(NOT_ITS_TEXT))):
        node.decompose()
    text = tree.body.text(separator="\n") if tree.body is not None else ""
    lines = plain(text).split("\n")
    return "\n".join(line for line in lines if not FURNITURE.search(line))


def is_card(entry: LexborNode) -> bool:
    """Whether an entry of a list begins with a link and says more below it."""
    link = entry.css_first("a[href]")
    said, linked = entry.text().strip(), link.text().strip() if link is not None else ""
    return bool(linked) and said.startswith(linked)


def offers(text: str) -> str:
    """The strongest sign that the text offers something: "trade" for words of the trade, "contact"
    for whom to ask, "price"; "" where it offers nothing."""
    if TRADE.search(text):
        return "trade"
    if has_contact(text):
        return "contact"
    return "price" if PRICE.search(text) else ""


def sells(text: str) -> bool:
    """Whether one line offers and says to whom or for how much; a site's motto and its telephone
    stand apart from each other, around its notices and walls as well."""
    lines = (one for one in text.split("\n") if TRADE.search(one))
    return any(has_contact(one) or PRICE.search(one) for one in lines)


def has_contact(text: str) -> bool:
    """Whether the text names whom to ask; a site's own staff are not meant."""
    return any(CONTACT.search(one) for one in text.split("\n") if not STAFF.search(one))


def is_reachable(text: str) -> bool:
    """Whether the text names any way to reach somebody who is no wall's own staff, a landline, a QQ
    number or a QR code as well."""
    lines = (one for one in text.split("\n") if not STAFF.search(one))
    return any(REACHED.search(one) or any(astuple(contacts(one))) for one in lines)


def told_in_earnest(pattern: re.Pattern[str], text: str, *, bare: bool = False) -> bool:
    """Whether some sentence says it as a fact; "帖子被删除了怎么恢复？" does not.

    `bare`: whether one says nothing else.
    """
    for sentence in SENTENCE.findall(plain(text)):
        match = pattern.search(sentence)
        if match is None or TALK.search(sentence) or sentence.endswith(("？", "?")):
            continue
        if OF_ANOTHER.search(sentence[: match.end()]) or GOES_ON.search(sentence):
            continue
        beside = POLITE_REST.sub("", pattern.sub("", sentence))
        if not bare or len(beside) < LITTLE:
            return True
    return False


def titled_alone(pattern: re.Pattern[str], title: str) -> bool:
    """Whether a title says it and nothing else beside the site's name."""
    first = TITLE_PARTS.split(plain(title).strip())[0]
    match = pattern.search(first)
    return match is not None and len(FILLER.sub("", first.replace(match[0], "", 1))) < LITTLE - 1


def says_little_else(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    """Whether hardly a line stands beside those with such words: a site's motto and telephone
    stand around its notices and walls as well as around its offers."""
    words = tuple(patterns)
    others = (line.strip() for line in text.split("\n") if not any(w.search(line) for w in words))
    return sum(map(len, others)) < FRAME


def has_prose(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    """Whether a line beside those says more than a site's name or how to reach its owner does."""
    words = tuple(patterns)
    others = (line.strip() for line in text.split("\n") if not any(w.search(line) for w in words))
    return any(len(line) >= PROSE and not is_reachable(line) for line in others)


def is_article(title: str, text: str) -> bool:
    """Whether the page speaks about walls: its title asks about them, or its text is a writer's."""
    asks = TITLE_TALK.search(title) and TOPIC.search(title)
    return bool(asks or ARTICLE.search(text))


def has_questions(html: str) -> bool:
    """Whether a form asks for more than a captcha's code, as 证书查询 and 在线报名 do."""
    tree = parsed(html)
    cut_unseen(tree)
    for form in tree.css("form"):
        inputs = form.css("input")
        kinds = [(one.attributes.get("type") or "").strip().lower() for one in inputs]
        if "password" not in kinds and sum(kind in TYPED for kind in kinds) > 1:
            return True
    return False
