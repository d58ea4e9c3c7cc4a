"""What the sample web answers: pages, errors, redirects and traps, as aiohttp responses."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import hashlib
import itertools
import json
from collections.abc import Mapping
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from aiohttp import web

from sampleweb.site import Site, SitePage, document, fragment

_UNDATED = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)
_SESSIONS = itertools.count(1)


def page_answer(request: web.BaseRequest, site: Site, page: SitePage) -> web.Response:
    """A page in its site's bytes, with validators; 304 where the client has it already."""
    body = document(site, page).encode(site.charset, "xmlcharrefreplace")
    claimed = site.charset_header if page.charset_header is None else page.charset_header
    kind = f"text/html; charset={claimed}" if claimed else "text/html"
    headers = {"Content-Type": kind, **page.headers}
    if page.status != 200:
        return web.Response(status=page.status, body=body, headers=headers)
    return _validated(request, body, headers, _changed(page))


def text_answer(text: str, *, kind: str = "text/plain", status: int = 200) -> web.Response:
    return web.Response(
        status=status,
        body=text.encode(),
        headers={"Content-Type": f"{kind}; charset=utf-8"},
    )


def picture_answer(png: bytes | None) -> web.Response:
    if png is None:
        return missing()
    return web.Response(body=png, headers={"Content-Type": "image/png"})


def missing() -> web.Response:
    return text_answer(_bare("404", "<p>您访问的页面不存在。</p>"), kind="text/html", status=404)


def sitemap(site: Site) -> web.Response:
    rows = "".join(
        f"<url><loc>http://{site.host}{page.path}</loc>"
        f"<lastmod>{page.date or '2026-01-05'}</lastmod></url>"
        for page in site.linked()
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return text_answer(f"{head}<urlset {space}>{rows}</urlset>", kind="application/xml")


def redirect(route: Mapping[str, Any]) -> web.Response:
    return web.Response(
        status=int(route.get("status", 302)), headers={"Location": str(route["to"])}
    )


def error(route: Mapping[str, Any]) -> web.Response:
    status = int(route["status"])
    text = str(route.get("text", "服务异常"))
    html = _bare(str(status), f"<p>{text}</p>")
    return text_answer(html, kind="text/html", status=status)


def busy() -> web.Response:
    answer = text_answer("请求过于频繁，请稍后再试。", status=429)
    answer.headers["Retry-After"] = "1"
    return answer


def page_json(request: web.BaseRequest, site: Site) -> web.Response:
    """What the script of a scripted site fetches: one page, or the list of links."""
    wanted = request.query.get("path")
    if wanted is None:
        links = [{"href": one.path, "title": one.title, "date": one.date} for one in site.linked()]
        return json_answer({"links": links})
    page = site.pages.get(wanted)
    if page is None or not page.rendered_only:
        return missing()
    return json_answer({"title": page.title, "date": page.date, "html": fragment(site, page)})


def calendar(request: web.BaseRequest) -> web.Response:
    """A month of a calendar that never ends; every link has a session id nobody had before."""
    month = _number(request.query.get("m", ""), 202601)
    following = month + 1 if month % 100 < 12 else month + 89
    session = f"{next(_SESSIONS):08x}"
    again = f"{request.rel_url.raw_query_string}&v={session}".lstrip("&")
    days = "".join(f'<a href="?m={month}&d={day}&sid={session}">{day}</a> ' for day in range(1, 29))
    links = (
        f'<a href="?m={following}&sid={session}">下个月</a> '
        f'<a href=";jsessionid={session}?m={following}">列表</a> <a href="?{again}">换个样式</a>'
    )
    html = _bare(f"培训日历 {month}", f"<p>{days}</p><p>{links}</p><p>本月暂无课程安排。</p>")
    return text_answer(html, kind="text/html")


async def endless(request: web.BaseRequest) -> web.StreamResponse:
    """A body that goes on until the client has had enough."""
    answer = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
    await answer.prepare(request)
    for line in itertools.count(1):
        await answer.write(f"<p>第 {line} 行：本栏目内容持续更新中。</p>\n".encode() * 50)
        await asyncio.sleep(0.01)
    return answer


def json_answer(told: Mapping[str, Any]) -> web.Response:
    return text_answer(json.dumps(told, ensure_ascii=False), kind="application/json")


def _bare(title: str, inner: str) -> str:
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head>"
        f"<body><h1>{title}</h1>{inner}</body></html>"
    )


def _changed(page: SitePage) -> dt.datetime:
    if not page.date:
        return _UNDATED
    return dt.datetime.fromisoformat(page.date).replace(hour=8, tzinfo=dt.UTC)


def _validated(
    request: web.BaseRequest, body: bytes, headers: dict[str, str], changed: dt.datetime
) -> web.Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {
        **headers,
        "ETag": tag,
        "Last-Modified": format_datetime(changed, usegmt=True),
        "Vary": "Accept-Encoding",
    }
    if _has_it(request, tag, changed):
        return web.Response(status=304, headers=headers)
    if len(body) > 1000 and "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, mtime=0)
    return web.Response(body=body, headers=headers)


def _has_it(request: web.BaseRequest, tag: str, changed: dt.datetime) -> bool:
    """RFC 9110 §13.2.2: If-None-Match rules; If-Modified-Since only where it is absent."""
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        return tag in (one.strip().removeprefix("W/") for one in tags.split(",")) or tags == "*"
    since = request.headers.get("If-Modified-Since")
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return moment.tzinfo is not None and changed <= moment


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 6 else default
