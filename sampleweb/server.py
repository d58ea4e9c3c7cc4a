"""A small HTTP server that answers for every host of the sample web on one port of 127.0.0.1."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sampleweb import answers, pictures, replicas
from sampleweb.site import SITES, Site, load_sites
from sampleweb.tls import Certificate, self_signed
from storage.bilingual import Problem
from storage.machine_words import os_words

CONTROL = "control.test"


@dataclass(frozen=True, slots=True)
class _Swap:
    status: int
    html: str


class SampleWeb:
    """The sample web in a thread of its own; a context manager.

    `port` 0 takes a free one. Entering raises Problem where the port is taken or a site file is
    wrong. All methods may be called from any thread while it runs.
    """

    def __init__(self, *, port: int = 0, folder: Path = SITES) -> None:
        self.sites: dict[str, Site] = load_sites(folder)
        self.port = port
        self._hits: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._switches: dict[str, float] = {"slow": 2.0}
        self._swaps: dict[tuple[str, str], _Swap] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="sampleweb", daemon=True
        )
        self._runner: web.ServerRunner | None = None
        self._certificate: Certificate = self_signed(replicas.HOSTS)
        self._tls_port = 0

    def __enter__(self) -> SampleWeb:
        self._thread.start()
        try:
            self.port = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(20)
        except OSError as error:
            self.close()
            raise Problem(
                f"样例网无法使用端口 {self.port}：{os_words(error).zh}。"
                "请换一个端口，或不写端口由系统选择。",
                f"The sample web cannot use port {self.port}: {error.strerror}. "
                "Take another port, or none to let the system choose.",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering; open connections are cut. A second call does nothing."""
        if self._loop.is_closed():
            return
        if self._runner is not None:
            asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    @property
    def routes(self) -> dict[str, str]:
        """Host pattern to `address:port`, as a fetcher's table of fixed addresses wants it."""
        plain = dict.fromkeys(("*.example", "*.test"), f"127.0.0.1:{self.port}")
        return plain | dict.fromkeys(replicas.HOSTS, f"127.0.0.1:{self._tls_port}")

    @property
    def pin(self) -> str:
        """The key of the replicas' certificate, for a browser that is to accept it."""
        return self._certificate.pin

    def hits(self, host: str, path: str = "*") -> int:
        """How often a path was asked for (query left out); a path ending in * counts its family."""
        with self._lock:
            if not path.endswith("*"):
                return self._hits[host, path]
            return sum(
                count
                for (one, asked), count in self._hits.items()
                if one == host and asked.startswith(path[:-1])
            )

    def reset(self) -> None:
        """Forget hits and swaps and put the switches back."""
        with self._lock:
            self._hits.clear()
        self._swaps.clear()
        self._switches = {"slow": 2.0}

    def set(self, name: str, value: float) -> None:
        """Turn a switch: `slow`, the seconds a slow page takes. KeyError for an unknown one."""
        if name not in self._switches:
            raise KeyError(name)
        self._switches[name] = value

    def swap(self, url: str, *, status: int, html: str) -> None:
        """From now on answer this URL so: what a takedown, or a return after one, looks like."""
        parts = urlsplit(url)
        self._swaps[str(parts.hostname), parts.path] = _Swap(status, html)

    def restore(self, url: str) -> None:
        """Take a swap back; nothing happens where there was none."""
        parts = urlsplit(url)
        self._swaps.pop((str(parts.hostname), parts.path), None)

    async def _open(self) -> int:
        runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.2)
        await runner.setup()
        self._runner = runner
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        port = int(runner.addresses[0][1])
        tls = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._certificate.context)
        await tls.start()
        self._tls_port = next(int(one[1]) for one in runner.addresses if one[1] != port)
        return port

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        host = str(urlsplit(f"//{request.host}").hostname)
        path = request.path
        with self._lock:
            self._hits[host, path] += 1
            first = self._hits[host, path] == 1
        if host == CONTROL:
            return self._control(request)
        if host in {pictures.HOST, *replicas.HOSTS}:
            return made_answer(request, host)
        site = self.sites.get(host)
        if site is None:
            return answers.text_answer(f"样例网没有主机 {host}。No such host here.\n", status=404)
        if request.method not in {"GET", "HEAD"}:
            return answers.text_answer("只接受 GET 与 HEAD。", status=405)
        swap = self._swaps.get((host, path))
        if swap is not None:
            return answers.text_answer(swap.html, kind="text/html", status=swap.status)
        return await self._route(request, site, first=first)

    async def _route(
        self, request: web.BaseRequest, site: Site, *, first: bool
    ) -> web.StreamResponse:
        path = request.path.partition(";")[0]  # a session id may hang on the path
        route = next((one for one in site.special if one["path"] == path), None)
        if route is not None:
            answer = await self._special(request, site, route, first=first)
            if answer is not None:
                return answer
        if request.path == "/robots.txt" and site.robots is not None:
            return answers.text_answer(site.robots)
        if request.path == "/sitemap.xml" and site.sitemap:
            return answers.sitemap(site)
        page = site.pages.get(request.path)
        return answers.missing() if page is None else answers.page_answer(request, site, page)

    async def _special(
        self, request: web.BaseRequest, site: Site, route: Mapping[str, Any], *, first: bool
    ) -> web.StreamResponse | None:
        """None: nothing more to do than to serve the page of this path."""
        kind = route["kind"]
        if kind == "slow":
            await asyncio.sleep(self._switches["slow"])
            return None
        if kind == "busy":
            return answers.busy() if first else None
        if kind == "endless":
            return await answers.endless(request)
        plain = {
            "redirect": lambda: answers.redirect(route),
            "status": lambda: answers.error(route),
            "calendar": lambda: answers.calendar(request),
            "json": lambda: answers.page_json(request, site),
        }
        return plain[kind]()

    def _control(self, request: web.BaseRequest) -> web.Response:
        query, asked = request.query, (request.method, request.path)
        if asked == ("GET", "/__sample__/hits"):
            return answers.json_answer(
                {"hits": self.hits(query.get("host", ""), query.get("path", "*"))}
            )
        if asked == ("POST", "/__sample__/reset"):
            self.reset()
            return answers.json_answer({"done": True})
        if asked == ("POST", "/__sample__/set"):
            return self._set_asked(query)
        return answers.missing()

    def _set_asked(self, query: Mapping[str, str]) -> web.Response:
        try:
            self.set(query.get("name", ""), float(query.get("value", "")))
        except (KeyError, ValueError):
            return answers.text_answer("没有这个开关，或数值有误。", status=400)
        return answers.json_answer({"done": True})


def made_answer(request: web.BaseRequest, host: str) -> web.Response:
    """Of the hosts that are no folder of files."""
    if host == pictures.HOST:
        return answers.picture_answer(pictures.picture_at(request.path))
    return replica_answer(request, host)


def replica_answer(request: web.BaseRequest, host: str) -> web.Response:
    """A platform's answer; its scripts ask across its own hosts, as the real ones do."""
    query = dict(request.query) | {"referer": request.headers.get("Referer", "")}
    told = replicas.answer(host, request.path, query)
    headers = {
        "Access-Control-Allow-Origin": request.headers.get("Origin", "*"),
        "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    }
    if told.location:
        headers["Location"] = told.location
    return web.Response(
        status=told.status,
        body=told.text.encode(),
        headers={**headers, "Content-Type": f"{told.kind}; charset=utf-8"},
    )
