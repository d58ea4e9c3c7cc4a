"""A fast local server of generated pages: the same bytes for every program that is measured.

python -m benchmarks.page_server PORT PAGES
"""

from __future__ import annotations

import sys

from aiohttp import web

LINKS = 31  # a page; what a school's site has in menu, lists and neighbours (measured 2026-11)
WORDS = (
    "本校面向在职人员开设电工、焊工和养老护理课程，课程按国家职业技能标准安排学时，"
    "学员完成学习并参加评价后，由备案的评价机构依法发证，学校不承诺考试结果。"
)
PARAGRAPHS = 110  # gives a page of about 40 KB


def page(number: int, pages: int) -> bytes:
    """Page `number` of `pages`: about 40 KB of UTF-8, LINKS links to other pages of the site."""
    links = "".join(
        f'<li><a href="/p/{(number * LINKS + step + 1) % pages}.html">课程 {step}</a></li>'
        for step in range(LINKS)
    )
    body = "".join(
        f'<div class="block"><p>第{number}页第{index}段。{WORDS}</p></div>'
        for index in range(PARAGRAPHS)
    )
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>课程介绍 {number}</title>"
        f"<style>{'.a{color:#333}' * 300}</style><script>{'var a=1;' * 400}</script></head>"
        f"<body><ul>{links}</ul>{body}<footer>示例学校 豫ICP备00000000号-1</footer></body></html>"
    ).encode()


def sitemap(pages: int) -> bytes:
    rows = "".join(f"<url><loc>http://bench.test/p/{n}.html</loc></url>" for n in range(pages))
    return f'<?xml version="1.0"?><urlset>{rows}</urlset>'.encode()


def application(pages: int) -> web.Application:
    bodies = {f"/p/{n}.html": page(n, pages) for n in range(pages)}
    bodies["/"] = bodies["/p/0.html"]

    async def answer(request: web.Request) -> web.Response:
        body = bodies.get(request.path)
        if body is None:
            return web.Response(status=404)
        return web.Response(body=body, content_type="text/html", charset="utf-8")

    async def mapped(_request: web.Request) -> web.Response:
        return web.Response(body=sitemap(pages), content_type="application/xml")

    app = web.Application()
    app.router.add_get("/mapped-sitemap.xml", mapped)
    app.router.add_get("/{path:.*}", answer)
    return app


if __name__ == "__main__":
    web.run_app(
        application(int(sys.argv[2])),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=None,
        print=None,
    )
