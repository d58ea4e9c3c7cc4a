"""`certsweep db`: the database's schema."""

from __future__ import annotations

import typer

from door.settings import SETTINGS
from door.speech import out, t
from storage.database import open_database, upgrade

app = typer.Typer(help=t("数据库 / the database", "the database"), no_args_is_help=True)


@app.callback()
def group() -> None:
    """数据库维护 / keep the database."""


@app.command("upgrade")
def upgrade_command() -> None:
    """升级数据库结构到本程序的版本 / bring the schema to this program's version."""
    upgrade(open_database(SETTINGS.database_url, SETTINGS.home))
    out.print(t("数据库结构已是最新。", "The database schema is current."), markup=False)
