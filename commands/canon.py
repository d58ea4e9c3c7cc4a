"""`certsweep canon URL`: the one spelling under which a page is known."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.canon import canonical
from door.speech import out


def command(url: Annotated[str, typer.Argument(help="网址 / the URL")]) -> None:
    """网址归一 / the canonical form of a URL."""
    out.print(canonical(url), markup=False)
