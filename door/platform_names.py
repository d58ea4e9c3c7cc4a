"""Platforms as people name them: by their key or their Chinese name."""

from __future__ import annotations

from door.speech import t
from storage.bilingual import Problem
from storage.platform_words import PLATFORMS, platform_of

HELP = t(
    f"只要这个平台：{'、'.join(PLATFORMS.values())}",
    f"only this platform: {', '.join(PLATFORMS)}",
)


def platform_key(name: str) -> str:
    """The key of a platform, "" for all. Raises Problem: a misspelt one would find nothing."""
    key, asked = platform_of(name), name.strip()
    if key is not None:
        return key
    known = "、".join(f"{chinese}（{key}）" for key, chinese in PLATFORMS.items())
    site = "." in asked
    raise Problem(
        f"没有“{asked}”这个平台，什么也没有做。可用：{known}。"
        + ("只要一个网站的，请用 certsweep export --site。" if site else ""),
        f"There is no platform “{asked}”; nothing was done. Known are: {', '.join(PLATFORMS)}."
        + (" One site alone: certsweep export --site." if site else ""),
    )
