"""Answers of a helper process that misbehaves."""

from __future__ import annotations

import os
import time
from pathlib import Path

from door.settings import Settings
from storage.bilingual import Problem


def pid(_settings: Settings) -> int:
    return os.getpid()


def refuse(_settings: Settings, word: str) -> None:
    raise Problem(f"不行：{word}", f"no: {word}")


def wait(_settings: Settings, note: str) -> None:
    Path(note).write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(600)


def die(_settings: Settings) -> None:
    os._exit(3)
