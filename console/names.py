"""Chinese names of what the database keeps in a word."""

from __future__ import annotations

from storage.bilingual import Bilingual, Problem
from storage.platform_words import PLATFORMS, platform_of, platform_said
from storage.records import CaseStatus

STATUSES = {
    CaseStatus.WAITING: Bilingual("待审", "waiting"),
    CaseStatus.CLAIMED: Bilingual("在审", "claimed"),
    CaseStatus.DECIDED: Bilingual("已定", "decided"),
    CaseStatus.APPROVED: Bilingual("已复核", "confirmed"),
}
AWAITS = Bilingual("待复核", "waits for a second person")
KEYS = {
    "host": Bilingual("网站", "site"),
    "account": Bilingual("账号", "account"),
    "phone": Bilingual("电话", "phone"),
    "wechat": Bilingual("微信", "WeChat"),
    "qq": Bilingual("QQ", "QQ"),
    "icp": Bilingual("ICP 备案", "ICP filing"),
}
CLAUSES = {  # of the notice, by their signs
    "一": Bilingual("违规使用字样、标识", "words and marks misused"),
    "二": Bilingual("虚假、夸大宣传", "false or exaggerated promotion"),
    "三": Bilingual("违规培训、收费、发证", "unlawful training, fees, issuing"),
    "四": Bilingual("混淆、炒作、欺诈、假冒", "confusion, hype, fraud, forgery"),
}
SNAPSHOTS = {
    "screenshot": Bilingual("截图", "picture"),
    "raw": Bilingual("网页原文", "page as sent"),
    "dom": Bilingual("渲染后网页", "page as rendered"),
    "headers": Bilingual("服务器答复的说明", "headers of the answer"),
    "answers": Bilingual("脚本取得的数据", "what its script fetched"),
}


def platform_name(platform: str) -> Bilingual:
    return platform_said(platform)


def platform_code(typed: str) -> str:
    """The platform that somebody typed by its Chinese name or its word; "" for nothing typed."""
    found, named = platform_of(typed), typed.strip()
    if found is None:
        raise Problem(
            f"没有叫“{named[:40]}”的平台，没有写入。可填：{'、'.join(PLATFORMS.values())}。",
            f"There is no platform {named[:40]!r}; nothing was written. Known are: "
            f"{', '.join(PLATFORMS)}.",
        )
    return found


def state_name(status: CaseStatus, awaits: bool) -> Bilingual:
    return AWAITS if awaits else STATUSES[status]


def key_name(kind: str) -> Bilingual:
    return KEYS.get(kind, Bilingual(kind, kind))


def key_value(kind: str, value: str) -> Bilingual:
    """As people write it: 微博 1234567890 for weibo:1234567890, 豫ICP备 for 豫icp备."""
    if kind == "icp":
        return Bilingual(value.upper(), value.upper())
    platform, colon, rest = value.partition(":")
    if kind == "account" and colon and platform in PLATFORMS:
        word = platform_name(platform)
        return Bilingual(f"{word.zh} {rest}", f"{word.en} {rest}")
    return Bilingual(value, value)


def snapshot_name(kind: str) -> Bilingual:
    return SNAPSHOTS.get(kind, Bilingual(kind, kind))


def clause_name(sign: str) -> Bilingual:
    words = CLAUSES.get(sign)
    return Bilingual(f"{sign} {words.zh}", f"{sign} {words.en}") if words else Bilingual(sign, sign)
