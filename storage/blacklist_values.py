"""Who can be on the blacklist: kinds of subjects, and how their values are compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from storage.bilingual import Bilingual, Problem
from storage.clusters import digits, filing, folded
from storage.common_keys import known_common
from storage.platform_words import PLATFORMS, platform_of

KINDS: Mapping[str, Bilingual] = {
    "name": Bilingual("名称", "name"),
    "host": Bilingual("网站", "host"),
    "account": Bilingual("账号", "account"),
    "phone": Bilingual("电话", "phone"),
    "wechat": Bilingual("微信", "wechat"),
    "qq": Bilingual("QQ", "qq"),
    "icp": Bilingual("备案号", "icp"),
    "qr": Bilingual("二维码", "qr"),
}
LONG_PHONE = 15  # digits of a mobile number behind 0086
LONGEST = 200  # characters, as of the keys they are compared with


def plain_name(value: str) -> str:
    """A body's name without space, width and brackets' shape."""
    text = unicodedata.normalize("NFKC", value)
    return "".join(sign for sign in text if not sign.isspace()).lower()


def host(value: str) -> str:
    """Out of an address as well."""
    text = unicodedata.normalize("NFKC", value).replace("。", ".").strip().lower()
    name = text.rpartition("://")[2].partition("/")[0].partition("?")[0]
    return name.rpartition("@")[2].partition(":")[0].strip(".")


def number(value: str) -> str:
    """Without blanks and dashes, and without China's own prefix in either spelling."""
    found = digits(value)
    return found.removeprefix("0086") if len(found) == LONG_PHONE else found


def account(value: str) -> str:
    """weibo:123 for 微博:123 too. What follows the colon is the platform's own and stays."""
    name, colon, own = value.strip().replace("：", ":", 1).partition(":")
    return f"{platform_of(name) or name.strip()}{colon}{own.strip()}"


NORMAL: Mapping[str, Callable[[str], str]] = {
    "name": plain_name,
    "host": host,
    "account": account,
    "phone": number,
    "wechat": folded,
    "qq": digits,
    "icp": filing,
    "qr": str.strip,
}
# Shorter values name everybody.
LEAST: Mapping[str, int] = {"name": 4, "host": 4, "phone": 7, "wechat": 5, "qq": 5, "icp": 6}


def hidden(kind: str, value: str) -> bool:
    """Whether signs of a value were put out, as in 138****0000 and 138xxxx0000."""
    plain = unicodedata.normalize("NFKC", value).lower()
    if kind in {"phone", "qq"}:
        return any(sign in plain for sign in "*x×●■")
    return kind != "name" and "**" in plain


def normal(kind: str, value: str) -> str:
    """The value as it is compared. Raises Problem for an unknown kind, a value that can name
    nobody, and one that everybody shares."""
    if kind not in NORMAL:
        known = "、".join(words.zh for words in KINDS.values())
        raise Problem(
            f"不认识的类别“{kind}”，没有写入；可用：{known}。",
            f"no kind {kind!r}; nothing was written. There are: {', '.join(KINDS)}.",
        )
    if hidden(kind, value):
        raise Problem(
            f"“{value}”是遮盖过的，不知道是谁，不能列入；没有写入。请填完整的{KINDS[kind].zh}。",
            f"{value!r} is masked: it names nobody; nothing was written. Give the whole {kind}.",
        )
    found = NORMAL[kind](value)
    if not LEAST.get(kind, 2) <= len(found) <= LONGEST:
        raise Problem(
            f"“{value}”不能作为{KINDS[kind].zh}列入（太短、太长或没有内容），没有写入。",
            f"{value!r} cannot be listed as a {kind}: too short, too long or empty; nothing was "
            "written.",
        )
    comparable(kind, found, value)
    common = known_common(kind, found)
    if common is not None:
        raise Problem(
            f"“{value}”是{common.zh}，不能列入，没有写入。",
            f"{value!r} is {common.en} and cannot be listed; nothing was written.",
        )
    return found


def comparable(kind: str, found: str, value: str) -> None:
    """Raise Problem for a value no post could ever be found by."""
    platform, _, own = found.partition(":")
    if kind == "account" and not own:
        raise Problem(
            f"账号请写成“平台:账号ID”，如 微博:1234567890 或 weibo:1234567890；“{value}”没有写入。",
            f"Write an account as platform:id, as weibo:1234567890; {value!r} was not written.",
        )
    if kind == "account" and platform not in PLATFORMS:
        raise Problem(
            f"没有叫“{platform}”的平台，“{value}”没有写入。可用：{'、'.join(PLATFORMS.values())}。",
            f"There is no platform {platform!r}; {value!r} was not written. Known are: "
            f"{', '.join(PLATFORMS)}.",
        )
    if kind == "host" and ("." not in found or any(sign.isspace() for sign in found)):
        raise Problem(
            f"网站请填域名，如 school.example（整个网址也可以）；“{value}”没有写入。",
            f"Give a site's host, as school.example, or an address; {value!r} was not written.",
        )
