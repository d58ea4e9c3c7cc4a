"""A local server of pages with 14 sub-resources each, as a training school's page has them.

python -m benchmarks.evidence_pages PORT
"""

from __future__ import annotations

import io
import random
import sys

from aiohttp import web
from PIL import Image

PICTURES = 10
SEED = 20261125
STYLE = b".card{color:#333;margin:8px auto;max-width:1100px}" * 300
SCRIPT = b"window.visits=(window.visits||0)+1;" * 400
SENTENCE = "学员完成规定学时并参加评价，合格后由备案的评价机构发证，学校不参与评分。"


def picture(chance: random.Random) -> bytes:
    """A JPEG of about 30 KB, smooth here and rough there as a photograph is."""
    rough = Image.frombytes("RGB", (100, 65), chance.randbytes(100 * 65 * 3))
    made = io.BytesIO()
    rough.resize((800, 520)).save(made, "JPEG", quality=70)
    return made.getvalue()


def page(number: int) -> bytes:
    parts = "".join(
        f"<div class=card><h2>课程 {number}-{part}</h2><p>{SENTENCE * 4}</p>"
        f"<img src=/i/{number}/{part}.jpg width=400 height=260></div>"
        for part in range(PICTURES)
    )
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>课程介绍 {number}</title>"
        f"<link rel=stylesheet href=/a{number}.css><link rel=stylesheet href=/b{number}.css>"
        f"<script src=/a{number}.js></script><script src=/b{number}.js defer></script></head>"
        f"<body>{parts}<footer>示例学校 豫ICP备00000000号-1</footer></body></html>"
    ).encode()


def application() -> web.Application:
    chance = random.Random(SEED)
    pictures = [picture(chance) for _ in range(PICTURES)]

    async def answer(request: web.Request) -> web.Response:
        path = request.path
        if path.startswith("/i/"):
            number = int(path.rpartition("/")[2].removesuffix(".jpg"))
            return web.Response(body=pictures[number % PICTURES], content_type="image/jpeg")
        if path.endswith(".css"):
            return web.Response(body=STYLE, content_type="text/css")
        if path.endswith(".js"):
            return web.Response(body=SCRIPT, content_type="text/javascript")
        if path.startswith("/p/"):
            body = page(int(path.removeprefix("/p/")))
            return web.Response(body=body, content_type="text/html", charset="utf-8")
        return web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
