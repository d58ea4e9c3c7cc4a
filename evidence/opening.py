"""Opening a page, and in one word why it would not open."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response
from playwright.async_api import TimeoutError as PlaywrightTimeout

from crawler.proxy_wire import FAILED, REFUSED
from evidence.browser import Tab
from evidence.exchanges import Recorder

NET_ERROR = re.compile(r"net::(ERR_[A-Z_0-9]+)")
BY_ERROR = {
    "ERR_TOO_MANY_REDIRECTS": "redirect_loop",
    "ERR_EMPTY_RESPONSE": "cut_off",
    "ERR_CONNECTION_RESET": "cut_off",
    "ERR_CONNECTION_CLOSED": "cut_off",
    "ERR_CONTENT_LENGTH_MISMATCH": "cut_off",
    "ERR_INCOMPLETE_CHUNKED_ENCODING": "cut_off",
    "ERR_TIMED_OUT": "timeout",
    "ERR_ABORTED": "aborted",  # an answer without a document, as 204
    "ERR_UNSAFE_PORT": "port",
    "ERR_UNKNOWN_URL_SCHEME": "scheme",
    "ERR_BLOCKED_BY_CLIENT": "browser",
}


async def open_page(tab: Tab, recorder: Recorder, url: str, seconds: float) -> tuple[str, str]:
    """How it ended ("ok" or one word), and why the certificate was not taken ("" if it was)."""
    try:
        response = await tab.page.goto(url, wait_until="commit", timeout=seconds * 1000)
    except PlaywrightError as error:
        found = NET_ERROR.search(error.message)
        name = found[1] if found else ""
        bad = name if name.startswith("ERR_CERT_") else ""
        return word_of_failure(tab, recorder, error, name), bad
    return said_by_proxy(response) or "ok", ""


def said_by_proxy(response: Response | None) -> str:
    """Why our own proxy answered in the server's place; "" where it did not."""
    if response is None or not response.url.startswith("http://"):
        return ""
    said = response.headers
    return said.get(REFUSED.lower()) or said.get(FAILED.lower()) or ""


def word_of_failure(tab: Tab, recorder: Recorder, error: PlaywrightError, net_error: str) -> str:
    if tab.doomed:
        return "browser"
    if "Download is starting" in error.message:
        return "download"
    if isinstance(error, PlaywrightTimeout):
        return "timeout"
    if net_error:
        return word_of_net_error(tab, recorder, net_error)
    return "crashed" if tab.crashed or "crash" in error.message.lower() else "browser"


def word_of_net_error(tab: Tab, recorder: Recorder, net_error: str) -> str:
    if net_error == "ERR_TUNNEL_CONNECTION_FAILED":
        last = recorder.navigations[-1].url if recorder.navigations else ""
        return tab.tally.failures.get(urlsplit(last).hostname or "", "unreachable")
    if net_error.startswith(("ERR_CERT_", "ERR_SSL_", "ERR_BAD_SSL")):
        return "tls"
    return BY_ERROR.get(net_error, "bad_answer")
