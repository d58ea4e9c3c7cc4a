"""Draw the pictures of docs/ from a real sweep of the sample, and from the desk opened over it.

    .venv/bin/python docs/make_pictures.py

The sweep runs on a terminal of its own (a pty) and the desk is `certsweep serve`, so the pictures
show what a person sees: sweep.png, desk-queue.png, desk-case.png, desk-statistics.png.
"""

from __future__ import annotations

import fcntl
import os
import pty
import secrets
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from rich.cells import cell_len
from rich.text import Text

from crawler.chromium import find_chromium
from storage.database import open_database
from storage.users import Role, add_user, first_admin

DOCS = Path(__file__).parent
COLUMNS = 96
PORT = 8350
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
        with browser() as opened:
            draw(opened, PAGE.format(lines=lines), DOCS / "sweep.png")
            with desk(Path(home)) as (address, password):
                draw_desk(opened, address, password)


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


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=find_chromium(os.environ.get("CERTSWEEP_CHROMIUM", "")),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        yield opened
        opened.close()


def draw(opened: Browser, html: str, path: Path) -> None:
    page = opened.new_page(device_scale_factor=1.5)
    page.set_content(html)
    page.locator("body").screenshot(path=path)
    page.close()


# ---- the desk -----------------------------------------------------------------------------------


@contextmanager
def desk(home: Path) -> Iterator[tuple[str, str]]:
    """The desk over what the sweep found: its address, and wang's password for one use."""
    engine = open_database("", home)
    first_admin(engine)  # or the desk would make one and print its password
    password = add_user(engine, "wang", "王审核", [Role.REVIEWER], "docs")
    engine.dispose()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--port", str(PORT)],
        cwd=DOCS.parent,
        env=os.environ | ENVIRONMENT | {"CERTSWEEP_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(PORT)
        yield f"http://127.0.0.1:{PORT}", password
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(port)


def draw_desk(opened: Browser, address: str, password: str) -> None:
    context = opened.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    page.fill("#login", "wang")
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_url("**/password")
    chosen = secrets.token_urlsafe(16)
    for name, value in (("old", password), ("new", chosen), ("again", chosen)):
        page.fill(f"[name={name}]", value)
    page.press("[name=again]", "Enter")
    page.wait_for_url("**/queue*")
    page.goto(f"{address}/queue")  # without the word that the password was changed
    page.keyboard.press("j")
    page.wait_for_selector("#brief mark")
    page.screenshot(path=DOCS / "desk-queue.png")
    page.keyboard.press("o")
    page.wait_for_url("**/cases/*")
    page.keyboard.press("n")
    page.keyboard.press("1")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=DOCS / "desk-case.png")
    page.goto(f"{address}/statistics?period=today")
    page.screenshot(path=DOCS / "desk-statistics.png")


if __name__ == "__main__":
    main()
