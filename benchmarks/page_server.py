"""A fast local server of generated pages: the same bytes for every program that is measured.

python -m benchmarks.page_server PORT PAGES
"""

from __future__ import annotations

import sys

from aiohttp import web

LINKS = 31  # a page; what a school's site has in menu, lists and neighbours (measured 2026-11)
PARAGRAPHS = 26  # about 2,600 characters of text, as a long article has; the rest is markup
SENTENCES = (
    "上午的实操课在二楼车间进行，老师先演示了一遍接线的顺序，再让大家两人一组自己动手。",
    "食堂这个月换了师傅，早餐多了胡辣汤和油饼，价格没有变，走读的同学也可以办餐卡。",
    "报名材料请带身份证复印件和两张一寸照片，周一到周五都可以到校办公室办理。",
    "学员完成规定学时并参加评价，合格后由备案的评价机构发证，学校不参与评分。",
    "图书角新到了一批维修手册，借书请登记，看完放回原处，不要在书上写字。",
    "下周的参观安排在城东的一家机械厂，早上八点在校门口集合，请穿平底鞋。",
    "他说刚来的时候连万用表都不会用，现在能独立排查一整面配电柜的故障了。",
    "天气转凉，宿舍的热水改为晚上七点到十点供应，有变动会在公告栏另行通知。",
    "本校办学许可证和收费标准公示在一楼大厅，有疑问可以向教务处咨询。",
    "校运动会上，电工班和焊工班的拔河比赛打成了平手，裁判最后判双方并列。",
)


def page(number: int, pages: int) -> bytes:
    """Page `number` of `pages`: about 40 KB of UTF-8, LINKS links to other pages of the site."""
    links = "".join(
        f'<li class="menu-item menu-item-{step}"><a class="menu-link" data-id="{number}-{step}"'
        f' href="/p/{(number * LINKS + step + 1) % pages}.html"><span>课程 {step}</span></a></li>'
        for step in range(LINKS)
    )
    body = "".join(
        f'<div class="block block--text" data-index="{index}" style="margin:0 0 12px;padding:4px">'
        f'<p class="paragraph">{sentence(number, index)}{sentence(number, index * 3 + 1)}</p></div>'
        for index in range(PARAGRAPHS)
    )
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>课程介绍 {number}</title>"
        f"<style>{'.card{color:#333;margin:0 auto}' * 250}</style></head>"
        f"<body><ul>{links}</ul>{body}<footer>示例学校 豫ICP备00000000号-1</footer>"
        f"<script>{'window.a=1;' * 1000}</script></body></html>"
    ).encode()


def sentence(number: int, index: int) -> str:
    """No two pages say the same in the same order."""
    return f"{SENTENCES[(number * 7 + index) % len(SENTENCES)]}（{number * 31 + index}）"


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
