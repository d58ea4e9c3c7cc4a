"""`certsweep openapi`: the description of the desk's API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from fastapi import FastAPI

from console.app import include_routers
from console.openapi import printed
from door.speech import say, t
from storage.database import explained

HELP = t("写出接口说明（OpenAPI）。", "Write the description of the API (OpenAPI).")


def command(
    path: Annotated[
        Path, typer.Argument(metavar=t("文件", "FILE"), help=t("写到哪里", "where it goes"))
    ] = Path("docs/openapi.json"),
) -> None:
    """Write it anew."""
    app = FastAPI()
    include_routers(app)
    with explained():
        path.write_text(printed(app), encoding="utf-8")
    say(f"已写出 {path}。", f"Written to {path}.")
