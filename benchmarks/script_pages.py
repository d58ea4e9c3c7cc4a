"""Pages that show nothing before their script has fetched it, as the platforms' pages do.

python -m benchmarks.script_pages PORT
"""

from __future__ import annotations

import json
import sys

from aiohttp import web

CARDS = 20  # posts in one answer
PICTURES = 12
SHELL = """<!doctype html><html><head><meta charset=utf-8><title>搜索</title>
<style>{css}</style></head><body><div id=app></div><script>{library}</script><script>
fetch('/api/search?page=' + location.pathname.slice(3)).then(r => r.json()).then(d => {{
  document.getElementById('app').innerHTML = d.cards.map(c =>
    '<div class=card><h3>' + c.title + '</h3><p>' + c.text + '</p><img src="' + c.image + '"></div>'
  ).join('');
}});
</script></body></html>"""
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00"
    b"\x00IEND\xaeB`\x82"
)


def card(page: str, number: int) -> dict[str, str]:
    return {
        "title": f"第 {page} 页第 {number} 条",
        "text": "这是为测速写的一段话，讲一门手艺怎样练熟，没有别的意思。" * 3,
        "image": f"/img/{page}-{number % PICTURES}.png",
    }


def application() -> web.Application:
    shell = SHELL.format(css=".card{color:#333}" * 400, library="window.a=1;" * 6000)

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=shell, content_type="text/html", charset="utf-8")

    async def found(request: web.Request) -> web.Response:
        number = request.query.get("page", "0")
        cards = [card(number, each) for each in range(CARDS)]
        told = json.dumps({"cards": cards}, ensure_ascii=False)
        return web.Response(text=told, content_type="application/json", charset="utf-8")

    async def picture(_request: web.Request) -> web.Response:
        return web.Response(body=PIXEL, content_type="image/png")

    async def robots(_request: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nAllow: /\n")

    app = web.Application()
    app.router.add_get("/p/{number}", page)
    app.router.add_get("/api/search", found)
    app.router.add_get("/img/{name}", picture)
    app.router.add_get("/robots.txt", robots)
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
