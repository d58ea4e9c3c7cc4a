"""A morning's work over the sample sweep: from login to the exported list, by keyboard alone.

The desk is `certsweep serve` itself, with its clerk and the process that makes the list.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from storage.audit import lines, verify
from storage.bulk_shown import get_bulk
from storage.cases import OPEN, list_cases
from storage.database import open_database
from tests.desk_server import CHROMIUM, PATIENCE, chromium
from tests.desk_site import PASSWORD, staff
from tests.source_tree import ROOT

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.timeout(600),
]
MOST_TABS = 40


def certsweep(home: Path, *words: str) -> list[Any]:
    environment = os.environ | {"CERTSWEEP_HOME": str(home), "CERTSWEEP_LANG": "zh"}
    return [[sys.executable, "-m", "cli", *words], environment]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a sweep over the sample web has found."""
    folder = tmp_path_factory.mktemp("morning")
    command, environment = certsweep(folder, "sweep", "--sample")
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return folder


def two_free_ports() -> int:
    """The first of two neighbours."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                other.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


@pytest.fixture
def desk(home: Path) -> Iterator[SimpleNamespace]:
    engine = open_database("", home)
    staff(engine)
    port = two_free_ports()
    command, environment = certsweep(home, "serve", "--port", str(port))
    with (home / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield SimpleNamespace(engine=engine, origin=f"http://127.0.0.1:{port}", home=home)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
            engine.dispose()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the desk did not start")


def tab_to(page: Any, what: str) -> None:
    """As a person without a mouse gets there."""
    for _ in range(MOST_TABS):
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{what} is not reached by {MOST_TABS} tabs")


def log_in(page: Any, origin: str) -> None:
    page.goto(origin)
    assert page.evaluate("document.activeElement.id") == "login"
    page.keyboard.type("wang")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")


def decide_on(page: Any) -> None:
    """违规, for the proposed reason or else a typed one; a grave one that the machine proposed is
    confirmed by a second Enter."""
    page.keyboard.press("1")
    if not page.input_value("#reason"):
        assert page.evaluate("document.activeElement.id") == "reason"
        page.keyboard.type("B4-02")
    grave = page.locator("#proposed:visible").count() and page.evaluate(
        "'grave' in document.querySelector('#reason').selectedOptions[0].dataset"
    )
    page.keyboard.press("Enter")
    if grave:
        page.wait_for_selector("#grave", state="visible")
        page.keyboard.press("Enter")


def decide_all(page: Any) -> int:
    """Every waiting case, one after the other, without going back to the queue; how many."""
    count = 0
    while "/cases/" in page.url:
        before = page.url
        decide_on(page)
        page.wait_for_url(lambda url, before=before: url != before)
        count += 1
    return count


def two_at_once_and_undone(page: Any, engine: Engine) -> None:
    for key in "xjxb":
        page.keyboard.press(key)
    page.wait_for_url("**/bulk/1")
    decide_on(page)
    page.wait_for_selector("form[data-undo]")
    page.wait_for_load_state()  # the same address as before; keys work when the script has run
    assert len(get_bulk(engine, 1).outcomes) == 2
    page.keyboard.press("z")
    page.wait_for_selector("text=已撤销")
    page.wait_for_load_state()
    page.keyboard.press("u")
    page.wait_for_url("**/queue")


def list_of_everything(page: Any, path: Path) -> tuple[str, str]:
    """Ordered, watched to its end and fetched to `path`; its name and what the page says of it."""
    keys = page.keyboard
    keys.press("e")
    page.wait_for_url("**/exports")
    assert page.evaluate("document.activeElement.id") == "form", "the work begins at once"
    keys.press("Tab")
    keys.press("ArrowDown")  # all platforms in one
    tab_to(page, "form[action='/exports'] button")
    keys.press("Enter")
    page.wait_for_url("**/exports/1")
    page.wait_for_selector("[data-file]", timeout=4 * PATIENCE)
    tab_to(page, "[data-file]")
    with page.expect_download() as fetched:
        keys.press("Enter")
    fetched.value.save_as(path)
    return fetched.value.suggested_filename, page.inner_text("#job")


def test_from_login_to_the_exported_list_by_keyboard_alone(desk) -> None:
    waiting = [row.id for row in list_cases(desk.engine) if row.status.value in OPEN]
    assert len(waiting) > 5
    path = desk.home / "fetched.xlsx"
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        log_in(page, desk.origin)
        two_at_once_and_undone(page, desk.engine)
        page.keyboard.press("o")
        page.wait_for_url("**/cases/*")
        assert decide_all(page) == len(waiting)
        assert "没有待审案件" in page.inner_text("main")
        name, told = list_of_everything(page, path)
    assert re.fullmatch(r"处置清单_全部_CS-\d{8}-\d{3}\.xlsx", name)
    assert hashlib.sha256(path.read_bytes()).hexdigest() in told
    assert openpyxl.load_workbook(path).worksheets[0].max_row > len(waiting)
    assert [line.act for line in lines(desk.engine)].count("export.download") == 1
    assert verify(desk.engine).broken is None
