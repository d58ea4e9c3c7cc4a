"""Draw docs/sweep.png from a real sweep of the sample: `.venv/bin/python docs/make_pictures.py`.

The command runs on a terminal of its own (a pty), so the picture shows what a person sees.
"""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
from html import escape
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.cells import cell_len
from rich.text import Text

from crawler.chromium import find_chromium

DOCS = Path(__file__).parent
COLUMNS = 96
ENVIRONMENT = {"TERM": "xterm-256color", "CERTSWEEP_LANG": "zh", "COLUMNS": str(COLUMNS)}
LINE_UP, ERASED = "\x1b[1A", "\x1b[2K"
# A cell is 9 px wide and a wide sign two of them, whatever the font thinks.
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #1d1f24; display: inline-block; }}
pre {{ margin: 16px 20px; color: #e6e6e6; font: 15px/21px 'DejaVu Sans Mono', monospace; }}
pre, b, i {{ font-family: 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', 'Noto Sans CJK SC',
  monospace; }}
div {{ height: 21px; white-space: pre; }}
b, i {{ display: inline-block; width: 9px; height: 21px; font-style: normal; font-weight: inherit;
  vertical-align: top; overflow: visible; }}
i {{ width: 18px; font-size: 17px; }}
</style><pre>{lines}</pre>"""


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        said = on_a_terminal(["sweep", "--sample"], Path(home)).replace(home, "var")
    lines = "".join(f"<div>{line_html(line)}</div>" for line in finished(said))
    draw(PAGE.format(lines=lines), DOCS / "sweep.png")


def on_a_terminal(arguments: list[str], home: Path) -> str:
    """What the command wrote to a terminal COLUMNS wide; raises CalledProcessError."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    command = [sys.executable, "-m", "cli", *arguments]
    process = subprocess.Popen(
        command,
        cwd=DOCS.parent,
        env=os.environ | ENVIRONMENT | {"CERTSWEEP_HOME": str(home)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = read_until_closed(ours)
    if process.wait() != 0:
        raise subprocess.CalledProcessError(process.returncode, command, said)
    return said


def read_until_closed(terminal: int) -> str:
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError:  # Linux says EIO where the other side has gone
        pass
    os.close(terminal)
    return b"".join(parts).decode("utf-8", "replace")


def finished(said: str) -> list[str]:
    """The lines that stay: what the progress line wrote over itself is gone."""
    lines = ["$ certsweep sweep --sample"]
    for line in said.replace("\r\n", "\n").split("\n"):
        if LINE_UP in line:
            lines.pop()
        lines.append(line.rpartition(ERASED)[2])
    return lines


def line_html(line: str) -> str:
    """One line, each sign in a box of its own width, with the terminal's bold and colours."""
    text = Text.from_ansi(line)
    return "".join(sign_html(sign, text, place) for place, sign in enumerate(text.plain))


def sign_html(sign: str, text: Text, place: int) -> str:
    spans = [span.style for span in text.spans if span.start <= place < span.end]
    bold = any("bold" in str(style) for style in spans)
    box = "i" if cell_len(sign) == 2 else "b"
    return f"<{box}{' style=font-weight:bold' if bold else ''}>{escape(sign)}</{box}>"


def draw(html: str, path: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(os.environ.get("CERTSWEEP_CHROMIUM", "")),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        page = browser.new_page(device_scale_factor=1.5)
        page.set_content(html)
        page.locator("body").screenshot(path=path)
        browser.close()


if __name__ == "__main__":
    main()
