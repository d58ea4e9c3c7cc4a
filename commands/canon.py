"""`certsweep canon URL`: the one spelling under which a page is known."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.canon import canonical
from door.speech import out, t

HELP = t("把网址归一为程序识别网页所用的写法。", "The one spelling under which a page is known.")


def command(
    url: Annotated[
        str, typer.Argument(metavar=t("网址", "URL"), help=t("要归一的网址", "the URL to spell"))
    ],
) -> None:
    """Write the canonical form of a URL."""
    out.print(canonical(url), markup=False)
