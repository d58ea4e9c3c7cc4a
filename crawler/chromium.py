"""Find a browser to render pages with."""

from __future__ import annotations

import shutil
from pathlib import Path

# The headless shell first: it starts in a third of the time and has no profile to leak into.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
DOWNLOADED = (
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium-*/*/chrome",
)


def find_chromium(configured: str, cache: Path | None = None) -> str | None:
    """Path of a browser, None if there is none.

    A configured path or name is used or nothing: falling back to another browser than the one the
    office chose would change the evidence without a word. `cache` is where Playwright keeps the
    browsers it downloaded (default `~/.cache/ms-playwright`); the newest there is taken.
    """
    if configured:
        return shutil.which(configured)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or downloaded(cache or Path.home() / ".cache" / "ms-playwright")


def downloaded(cache: Path) -> str | None:
    for pattern in DOWNLOADED:
        usable = [path for path in cache.glob(pattern) if shutil.which(path)]
        if usable:
            return str(max(usable, key=revision))
    return None


def revision(path: Path) -> int:
    """The number in `chromium-1234/…`; 0 where the folder has none."""
    number = path.parents[1].name.rpartition("-")[2]
    return int(number) if number.isdigit() else 0
