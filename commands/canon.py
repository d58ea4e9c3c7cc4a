"""`certsweep canon URL`: the one spelling under which a page is known."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.canon import canonical, is_short_link
from door.speech import out, say, t

HELP = t("把网址归一为程序识别网页所用的写法。", "The one spelling under which a page is known.")


def command(
    url: Annotated[
        str, typer.Argument(metavar=t("网址", "URL"), help=t("要归一的网址", "the URL to spell"))
    ],
) -> None:
    """Write the canonical form of a URL; standard error says where it is none yet."""
    out.print(canonical(url), markup=False)
    if is_short_link(url):
        say(
            "这是短链接或跳转链接，只有访问后才知道指向哪里；在此之前它只代表自己，不代表任何帖子。",
            "This is a short link: only a request tells where it leads; until then it is itself.",
        )
