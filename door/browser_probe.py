"""Start the browser once, headless, and write its version: `python -m door.browser_probe PATH`.

A process of its own, so that a browser or a driver that hangs or dies takes nothing with it.
"""

from __future__ import annotations

import os
import sys

from playwright.sync_api import sync_playwright

SECONDS = 20


def main() -> None:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=sys.argv[1],
            args=[*sandbox, "--disable-dev-shm-usage", "--disable-gpu"],
            timeout=SECONDS * 1000,
        )
        page = browser.new_page()
        page.set_content("<p>证书</p>", timeout=SECONDS * 1000)
        size = len(page.screenshot(timeout=SECONDS * 1000))
        sys.stdout.write(f"{browser.version}\n" if size else "")
        browser.close()


if __name__ == "__main__":
    main()
