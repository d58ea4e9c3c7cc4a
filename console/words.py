"""The desk's words: Chinese stands in the templates, English in a gettext catalogue beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.pofile import read_po

from storage.bilingual import Bilingual
from storage.columns import utc_now

LOCALE = Path(__file__).with_name("locale")
OFFICE_TIME = ZoneInfo("Asia/Shanghai")
LANGUAGES = ("zh", "en")
NOTHING = "—"
BESIDE = re.compile(r"（[^（）]*命令行[^（）]*）")
BESIDE_EN = re.compile(r"\s*\([^()]*(?:command line|--[a-z])[^()]*\)", re.IGNORECASE)
SETTING = re.compile(r"\s*(?:[（(]CERTSWEEP_[A-Z_]+[）)]|CERTSWEEP_[A-Z_]+)")
CONTEXT = "\x04"  # as gettext puts it between a context and a word


@cache
def catalogue(lang: str) -> dict[str, str]:
    """Chinese to `lang`. Read from the .po itself, so that a bare clone needs no build step.

    Several files a language, each under its own name: `en.po`, `en_lookups.po`, … A word with a
    context stands behind that and CONTEXT.
    """
    words: dict[str, str] = {}
    for path in sorted(LOCALE.glob(f"{lang}*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=lang):
                if message.id and message.string and not message.fuzzy:
                    words[in_context(str(message.id), message.context)] = str(message.string)
    return words


def in_context(text: str, context: str | None) -> str:
    return f"{context}{CONTEXT}{text}" if context else text


def translator(lang: str) -> Callable[..., str]:
    """`_(text)`, or `_(text, context)` where one Chinese word is two English ones."""
    words = catalogue(lang) if lang != "zh" else {}

    def said(text: str, context: str = "") -> str:
        return words.get(in_context(text, context), text)

    return said


def counting(lang: str) -> Callable[[int, str], str]:
    """`of(n, text)`: the word that goes with n; in English another for one than for many."""
    said = translator(lang)
    words = catalogue(lang) if lang != "zh" else {}

    def of(n: int, text: str) -> str:
        one = words.get(in_context(text, "one")) if n == 1 else None
        return one or said(text)

    return of


def sayer(lang: str) -> Callable[[Bilingual], str]:
    return lambda text: plainly(text.said(lang))


def plainly(text: str) -> str:
    """For a page: without what only somebody at a command line or the server's settings can use.

    The same sentences are said there, too, where they are wanted.
    """
    return SETTING.sub("", BESIDE.sub("", BESIDE_EN.sub("", text)))


def moment(value: datetime | None) -> str:
    """By the office's clock; the year only where it is another."""
    if value is None:
        return NOTHING
    local = value.astimezone(OFFICE_TIME)
    same = local.year == utc_now().astimezone(OFFICE_TIME).year
    return local.strftime("%m-%d %H:%M" if same else "%Y-%m-%d %H:%M")


def age(value: datetime | None, lang: str) -> str:
    """How long ago, in one unit."""
    if value is None:
        return NOTHING
    minutes = max(0, int((utc_now() - value).total_seconds() // 60))
    for size, zh, en in ((1440, "天", "d"), (60, "小时", "h"), (1, "分钟", "min")):
        if minutes >= size:
            n = minutes // size
            return f"{n} {en} ago" if lang == "en" else f"{n} {zh}前"
    return "<1 min" if lang == "en" else "刚刚"
