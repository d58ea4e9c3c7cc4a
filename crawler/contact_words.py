"""Phone numbers, WeChat and QQ ids in a page's text, however they are disguised."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storage.digits import ANY_DIGIT, folded, plain_digits
from storage.records import Contacts

GAP = r"[ \t\-—–_.·•*★☆~～/|()（）]{0,3}"
MOBILE = re.compile(
    rf"(?<![{ANY_DIGIT}])(?:(?:\+|00)?86{GAP})?([1一壹幺么]{GAP}[{ANY_DIGIT}](?:{GAP}[{ANY_DIGIT}]){{9}})"
    rf"(?![{ANY_DIGIT}]|{GAP}[0-9]|[Xx])"
)
MOBILE_DIGITS = re.compile(r"1[3-9]\d{9}\Z")
FIXED = re.compile(
    r"(?<![\dA-Za-z])[(（]?(010|02\d|0[3-9]\d{2})([)） \-—–]{1,3}|(?=\d{7}))(\d{7,8})(?!\d)"
)
SERVICE = re.compile(
    r"(?<![\dA-Za-z])([48]00)[ \-—–]?(\d{3})[ \-—–]?(\d{4})(?!\d|[ ]?(?:元|万|人))"
)
CALLED = re.compile(r"(?:电\s*话|热\s*线|座机|固话|传真|tel|phone)[^\d\n]{0,8}\Z", re.IGNORECASE)
# Words before a number that make it no phone.
NUMBERED = re.compile(
    r"(?:编号|证号|备案号?|许可证|身份证号?|订单号?|单号|信用代码|统一代码|账号|帐号|卡号|ISBN|流水号|"
    r"[Qq]{2}群?号?|扣扣|企鹅)[:号码\s]{0,4}\Z"
)
BEFORE = 14  # characters looked at before a number

# What must stand in a text for a pattern to match at all. Each begins with a plain character or a
# class, which the engine finds at speed; the patterns themselves begin with look-behinds.
ROUGH_MOBILE = re.compile(rf"[1一壹幺么](?:{GAP}[{ANY_DIGIT}]){{10}}")
ROUGH_FIXED = re.compile(r"0[1-9]\d{1,2}[)） \-—–]{0,3}\d{7}")
ROUGH_SERVICE = re.compile(r"[48]00[ \-—–]?\d{3}")
ROUGH_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5}")
ROUGH_QQ = re.compile("[Qq扣企🐧球]")

LABEL = (
    r"(?:微\s*信|薇\s*信?|威\s*信|徽信|维信|[微威]❤|绿泡泡|[微薇威徽](?=[\s:号A-Za-z])|[加+➕]\s*[微薇威]|💬|"
    r"(?<![A-Za-z])(?:V\s*信|v\s*x|w\s*x|we\s?chat|weixin|[加+➕]\s*v)(?![A-Za-z]))"
)
LINK = r"(?:公众号|客服|同号|号码|账号|帐号|咨询|联系|号|群|id)?"
WECHAT = re.compile(
    rf"{LABEL}{LINK}([\s:=为是➕→()（）【】\[\]“”\"]{{0,5}})([A-Za-z][A-Za-z0-9_-]{{5,19}})(?![A-Za-z0-9_@]|\.[a-z])",
    re.IGNORECASE,
)
WECHAT_PHONE = re.compile(rf"{LABEL}{LINK}[\s:=为是➕→()（）]{{0,5}}\Z", re.IGNORECASE)
SAME = re.compile(
    r"\s*[(（\[【]?\s*(?:微信|薇信?|V信?|vx|wx)?\s*同\s*(?:号|步|微信|微|V)", re.IGNORECASE
)
AND_WECHAT = re.compile(
    r"(?:电话|手机)号?[/／、和及&+]?(?:微信|V信|vx)号?[:\s]{0,4}\Z", re.IGNORECASE
)
QQ = re.compile(
    rf"(?:(?<![A-Za-z])(?:Q\s*Q|[加+➕]\s*Q)(?![A-Za-z])|扣\s*扣|企鹅|🐧|球球)(?:交流|咨询|客服)?(?:号码|群号|群|号)?"
    rf"[\s:=为是➕→()（）]{{0,5}}([1-9一壹幺二贰三四五六七八九](?:{GAP}[{ANY_DIGIT}]){{4,10}})(?![{ANY_DIGIT}])",
    re.IGNORECASE,
)


def contacts(text: str) -> Contacts:
    """How the page wants to be reached, in plain characters, in order, without repeats.

    Phones: 11 digits, "0371-12345678" or "400-000-0000". A phone that the page calls a WeChat id
    too is in both. Numbers of filings, orders, identity cards and the like are left out.
    """
    plain = folded(text)
    phones: dict[str, None] = {}
    wechat: dict[str, None] = {}
    for phone, start, end in sorted(numbers(plain), key=lambda found: found[1]):
        before = plain[max(start - BEFORE, 0) : start]
        labelled = WECHAT_PHONE.search(before) is not None
        if NUMBERED.search(before) and not labelled:
            continue
        if labelled or SAME.match(plain, end) or AND_WECHAT.search(before):
            wechat[phone] = None
        phones[phone] = None
    wechat |= dict.fromkeys(wechat_ids(plain))
    return Contacts(
        phones=tuple(phones), wechat=tuple(wechat), qq=tuple(dict.fromkeys(qq_numbers(plain)))
    )


def found(rough: re.Pattern[str], whole: re.Pattern[str], plain: str) -> Iterator[re.Match[str]]:
    """Matches of the whole pattern, looked for only where the rough one says there may be any."""
    return whole.finditer(plain) if rough.search(plain) else iter(())


def numbers(plain: str) -> Iterator[tuple[str, int, int]]:
    """(number, start, end) of everything that is shaped like a phone."""
    for match in found(ROUGH_MOBILE, MOBILE, plain):
        digits = plain_digits(match[1])
        if MOBILE_DIGITS.match(digits):
            yield digits, match.start(), match.end()
    for match in found(ROUGH_FIXED, FIXED, plain):
        before = plain[max(match.start() - BEFORE, 0) : match.start()]
        if match[2] or CALLED.search(before):
            yield f"{match[1]}-{match[3]}", match.start(), match.end()
    for match in found(ROUGH_SERVICE, SERVICE, plain):
        yield "-".join(match.groups()), match.start(), match.end()


def wechat_ids(plain: str) -> Iterator[str]:
    for match in found(ROUGH_ID, WECHAT, plain):
        told = any(sign in match[1] for sign in ":=为是➕→(（【[")
        if told or re.search(r"[\d_-]", match[2]):
            yield match[2].rstrip("-_")


def qq_numbers(plain: str) -> Iterator[str]:
    for match in found(ROUGH_QQ, QQ, plain):
        digits = plain_digits(match[1])
        if 5 <= len(digits) <= 11 and not MOBILE_DIGITS.match(digits):
            yield digits
