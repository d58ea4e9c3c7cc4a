"""A replica of platforms that remove, pretend to, swap, wall off and re-post, day by day.

`Replica` is a real HTTP server on 127.0.0.1 for every host. What a path answers is a story: the
behaviour from a day on, perhaps another for the browser. `Visitor` asks it both ways and reads the
answers with the sources' own readers, as the look spider does; its days are simulated.
"""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from crawler.look_spider import Ask, Looked, shown
from crawler.readers import ANY_SITE, Readers
from crawler.reading import Reading
from crawler.source_spider import SourceSpider
from crawler.sweep_spider import read_safely
from storage.records import Page, PageState

PAGES = Path(__file__).parent / "pages" / "wechat_mp"
OFFER = (
    "月嫂证、育婴师证免考包过，七天拿证，国家认可，全国通用，"
    "报名加微信 yuesao_demo01 或致电 13800000000。"
)


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    broken: bool = False  # the connection is cut without a word


def page(title: str, *blocks: str) -> bytes:
    inner = "".join(f"<p>{block}</p>" for block in blocks)
    head = f"<head><meta charset='utf-8'><title>{title}</title></head>"
    return f"<html>{head}<body>{inner}</body></html>".encode()


MENU = (
    "首页 课程 关于我们",
    "本站只提供一般信息，具体以当地部门公布的内容为准，欢迎来电咨询课程安排。",
)
OFFERS = page("月嫂证免考包过报名", OFFER, *MENU)
REPOSTED = page(
    "育婴师证快速办理",
    "育婴师证不用考试，包过，三天出证，国家认可，报名加微信 yuesao_demo01。",
    *MENU,
)
HONEST = page(
    "家政服务课程介绍",
    "本校开设家政服务和母婴护理课程，学员须参加培训并通过当地备案机构组织的考试，是否合格以考试成绩为准。",
    "学费、课时和考试时间请到校了解，本校不承诺考试结果，也不代办任何证书。",
    *MENU,
)
FRONT_PAGE = page(
    "某校首页",
    "本校位于某市某区，常年开设家政、烹饪、电工等课程，课程时间和学费请到校咨询，欢迎参观。",
    "课程结束后学员可自愿报名参加当地备案机构组织的考试，考试成绩以机构公布为准。",
    *MENU,
)
FOR_SALE = page(
    "域名转让",
    "本域名正在转让，有意者请发送邮件到转让平台联系，报价以平台页面显示为准，谢谢关注与支持。",
    "平台支持多种付款方式，过户一般在三个工作日内完成，期间如有问题请联系平台工作人员处理。",
)
NOTICE = page("提示", "您访问的内容已被删除")
WEB = {
    "offer": Answer(OFFERS),
    "404": Answer(page("404", "页面不存在"), 404),
    "410": Answer(page("410", "已永久删除"), 410),
    "403": Answer(page("403 Forbidden", "访问被拒绝"), 403),
    "429": Answer(page("429", "请求过于频繁"), 429),
    "500": Answer(page("500", "服务器内部错误"), 500),
    "503": Answer(page("503", "维护中"), 503),
    "dropped": Answer(broken=True),
    "notice": Answer(NOTICE),
    "soft": Answer(page("月嫂证免考包过报名", "页面不存在", OFFER, *MENU)),  # says gone, shows it
    "false404": Answer(OFFERS, 404),  # the status lies: the offer is there
    "home": Answer(b"", 302, (("Location", "/"),)),
    "front": Answer(FRONT_PAGE),
    "upkeep": Answer(page("系统维护", "系统正在升级维护，给您带来不便敬请谅解，请稍后再访问。")),
    "for_sale": Answer(FOR_SALE),
    "elsewhere": Answer(b"", 302, (("Location", "http://parked.example/gone"),)),
    "captcha": Answer(page("安全验证", "请完成安全验证", "请拖动滑块完成拼图验证")),
    "captcha404": Answer(page("安全验证", "请完成安全验证", "请拖动滑块完成拼图验证"), 404),
    "login": Answer(page("登录", "请先登录后查看", "<form><input type='password'></form>")),
    "empty": Answer(b""),
    "shell": Answer(b"<html><body><div id='app'></div><script src='/a.js'></script></body></html>"),
    "reposted": Answer(REPOSTED),
    "honest": Answer(HONEST),
    "pictures": Answer(
        page("课程介绍", "欢迎来电咨询课程安排，详情见下图。", "<img src='/new.png'>")
    ),
}


def weixin(name: str) -> Answer:
    return Answer((PAGES / f"{name}.html").read_bytes())


WECHAT = {
    "offer": weixin("article"),
    "removed": weixin("removed_violation"),
    "author": weixin("removed_author"),
    "captcha": weixin("captcha"),
    "unavailable": weixin("unavailable"),
    "swapped": weixin("other_article"),
    "moved": weixin("moved"),
    "blocked": weixin("account_closed"),
    "404": Answer(b"", 404),
    "403": Answer(page("403", "Forbidden"), 403),
}
WECHAT_AD = (
    "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMQ==&mid=2650000001&idx=1"
    "&sn=0123456789abcdef0123456789abcdef"
)
# From a day on: a behaviour, or two, for plain HTTP and for the browser.
Story = Mapping[int, str | tuple[str, str]]


class Replica:
    """Serves every host; `stories` by URL, `day` is today."""

    def __init__(self, stories: Mapping[str, Story]) -> None:
        self.stories = stories
        self.day = 0
        self.asked: list[str] = []
        replica = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                replica.serve(self)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a client that went away

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def answer(self, host: str, path: str, *, browser: bool) -> Answer:
        story = next((one for url, one in self.stories.items() if place(url) == (host, path)), None)
        if story is None:
            return WEB["front"] if path == "/" else WEB["404"]
        behaviour = story[max(day for day in story if day <= self.day)]
        name = behaviour if isinstance(behaviour, str) else behaviour[browser]
        return (WECHAT if host == "mp.weixin.qq.com" else WEB)[name]

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        host = handler.headers["Host"].partition(":")[0]
        self.asked.append(host + handler.path)
        browser = "Upgrade-Insecure-Requests" in handler.headers
        told = self.answer(host, handler.path, browser=browser)
        handler.close_connection = True
        if told.broken:
            return
        handler.send_response(told.status)
        for name, value in told.headers:
            handler.send_header(name, value)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", str(len(told.body)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(told.body)

    def __enter__(self) -> Replica:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.path + (f"?{parts.query}" if parts.query else "")


class Visitor:
    """Asks the replica for both ways; the browser is one by its headers and its document alone."""

    def __init__(
        self, replica: Replica, sources: Mapping[str, type[SourceSpider]], start: datetime
    ) -> None:
        self._replica = replica
        self._readers = {name: source() for name, source in sources.items()}
        self._hosts = Readers(self._readers)
        self._start = start

    @property
    def now(self) -> datetime:
        return self._start + timedelta(days=self._replica.day)

    def fetch(self, asks: Sequence[Ask], hand: Callable[[Looked], None]) -> None:
        for ask in asks:
            hand(self.look(ask))

    def look(self, ask: Ask) -> Looked:
        name = self._hosts.of(ask.url) or ANY_SITE
        try:
            came = self.get(ask.url, browser=ask.browser)
        except (OSError, http.client.HTTPException):
            lost = Reading(state=PageState.ERROR, reason="timeout")
            return Looked(ask=ask, source=name, reading=lost)
        reader = self._hosts.landed(name, came.final_url)
        reading = shown(read_safely(self._readers[reader], came))
        home = reader == name != ANY_SITE
        return Looked(ask=ask, source=reader, reading=reading, at_home=home, page=came)

    def get(self, url: str, *, browser: bool) -> Page:
        here, way = url, []
        for _ in range(4):
            status, headers, body = self.once(here, browser=browser)
            if not 300 <= status < 400:
                break
            way.append(here)
            here = urljoin(here, dict(headers)["Location"])
        return Page(
            url=url,
            final_url=here,
            status=status,
            headers=headers,
            body=body,
            fetched_at=self.now,
            sha256=hashlib.sha256(body).hexdigest(),
            rendered_by="chromium (replica)" if browser else "",
            redirects=tuple(way),
            dom=body.decode() if browser else "",
        )

    def once(self, url: str, *, browser: bool) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        host, path = place(url)
        connection = http.client.HTTPConnection("127.0.0.1", self._replica.port, timeout=60)
        headers = {"Host": host, "Connection": "close"}
        if browser:
            headers["Upgrade-Insecure-Requests"] = "1"
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, tuple(answer.getheaders()), answer.read()
        finally:
            connection.close()
