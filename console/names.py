"""Chinese names of what the database keeps in a word."""

from __future__ import annotations

from storage.bilingual import Bilingual, Problem
from storage.platform_words import PLATFORMS, platform_of
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
SNAPSHOTS = {
    "screenshot": Bilingual("截图", "picture"),
    "raw": Bilingual("网页原文", "page as sent"),
    "dom": Bilingual("渲染后网页", "page as rendered"),
    "headers": Bilingual("响应头", "headers"),
    "answers": Bilingual("脚本取得的数据", "what its script fetched"),
}


def platform_name(platform: str) -> Bilingual:
    return Bilingual(PLATFORMS.get(platform, platform), platform)


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
