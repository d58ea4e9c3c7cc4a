"""Platforms by the word the database keeps, and what people call them."""

from __future__ import annotations

import unicodedata
from typing import Final

from storage.bilingual import Bilingual

PLATFORMS: Final = {
    "web": "网站",
    "baidu_search": "百度搜索",
    "bilibili": "哔哩哔哩",
    "bing": "必应搜索",
    "classifieds": "分类信息网站",
    "douyin": "抖音",
    "kuaishou": "快手",
    "so360": "360搜索",
    "sogou_web": "搜狗搜索",
    "sogou_weixin": "搜狗微信搜索",
    "tieba": "百度贴吧",
    "toutiao": "今日头条",
    "wechat_mp": "微信公众号",
    "weibo": "微博",
    "xiaohongshu": "小红书",
    "zhihu": "知乎",
}
ENGLISH: Final = {
    "web": "site",
    "baidu_search": "Baidu search",
    "bilibili": "Bilibili",
    "bing": "Bing",
    "classifieds": "classifieds site",
    "douyin": "Douyin",
    "kuaishou": "Kuaishou",
    "so360": "360 search",
    "sogou_web": "Sogou",
    "sogou_weixin": "Sogou WeChat search",
    "tieba": "Baidu Tieba",
    "toutiao": "Toutiao",
    "wechat_mp": "WeChat official account",
    "weibo": "Weibo",
    "xiaohongshu": "Xiaohongshu",
    "zhihu": "Zhihu",
}
INSTITUTION: Final = "institution"  # the source that reads platform web
# What these show stands elsewhere: taking it out of their results leaves the page where it is.
SEARCHING: Final = frozenset({"baidu_search", "bing", "so360", "sogou_web", "sogou_weixin"})


def platform_name(code: str) -> str:
    """As people call it; an unknown word as it stands."""
    return PLATFORMS.get(code, code)


def platform_said(code: str) -> Bilingual:
    """In both languages, also of a source, which reads the platform of its name; else as it is."""
    platform = "web" if code == INSTITUTION else code
    return Bilingual(PLATFORMS.get(platform, code), ENGLISH.get(platform, code))


def platform_of(typed: str) -> str | None:
    """The word kept for a platform that somebody named by it or in Chinese; None for no platform.

    "" for nothing typed.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    codes = {name: code for code, name in PLATFORMS.items()}
    code = codes.get(text, text.lower())
    return code if code in PLATFORMS or not code else None
