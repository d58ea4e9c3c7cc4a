"""Words a person reads, kept in both languages from the line they are written on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One message in Chinese and English; `lang` is "zh" or "en", Chinese for anything else."""

    zh: str
    en: str

    def said(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


class Problem(Exception):
    """Something a person must hear about: what happened, what was kept, what to do.

    Every error that can reach a user is one of these or a subclass, so that the door (the command
    line, the desk) can print it in the reader's language and never shows a traceback for it.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Bilingual(zh, en)
