"""Which browser somebody uses, in a word, of the long line in which it names itself."""

from __future__ import annotations

import re

from storage.bilingual import Bilingual

# What says so first: most of them name Chrome and Safari as well.
NAMES = (
    ("MicroMessenger/", Bilingual("微信", "WeChat")),
    ("QQBrowser/", Bilingual("QQ 浏览器", "QQ Browser")),
    ("Edg/", Bilingual("Edge", "Edge")),
    ("OPR/", Bilingual("Opera", "Opera")),
    ("Firefox/", Bilingual("Firefox", "Firefox")),
    ("Chrome/", Bilingual("Chrome", "Chrome")),
    ("Version/", Bilingual("Safari", "Safari")),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
OTHER = Bilingual("其他浏览器", "another browser")


def browser_name(agent: str) -> Bilingual:
    """Chrome 141（Windows）. Whoever sends it may lie: a help to recognise oneself, no proof."""
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    for sign, word in NAMES:
        found = re.search(rf"{sign}(\d{{1,4}})", agent)
        if found:
            return on(Bilingual(f"{word.zh} {found[1]}", f"{word.en} {found[1]}"), system)
    return on(OTHER, system)


def on(browser: Bilingual, system: str) -> Bilingual:
    if not system:
        return browser
    return Bilingual(f"{browser.zh}（{system}）", f"{browser.en} ({system})")
