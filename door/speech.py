"""How the command line speaks: Chinese first, English with CERTSWEEP_LANG=en."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console

from door.settings import SETTINGS
from storage.bilingual import Bilingual

# Results go to standard output, everything said about the work to standard error, so that
# `certsweep … --json | tail -1` is always one JSON object. Soft wrap: a pipe gets whole lines.
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
ASKED: ContextVar[str] = ContextVar("asked", default="")


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak this language while the block runs: the desk has readers of both."""
    token = ASKED.set(lang)
    try:
        yield
    finally:
        ASKED.reset(token)


def t(zh: str, en: str) -> str:
    """The sentence in the reader's language."""
    return Bilingual(zh, en).said(ASKED.get() or SETTINGS.lang)


def say(zh: str, en: str) -> None:
    """Tell the person something about the work; never part of a result."""
    err.print(t(zh, en), markup=False)
