"""`certsweep db`: the database's schema."""

from __future__ import annotations

import typer

from door.manual import HouseCommand
from door.settings import SETTINGS
from door.speech import out, t
from storage.database import open_database, upgrade

HELP = t("维护数据库。", "Keep the database.")
app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """A group, so that one command more needs no other name."""


@app.command(
    "upgrade",
    cls=HouseCommand,
    help=t(
        "把数据库结构升级到本程序的版本；已是最新则不作改动。",
        "Bring the database's schema to this program's version; change nothing where it is.",
    ),
)
def upgrade_command() -> None:
    upgrade(open_database(SETTINGS.database_url, SETTINGS.home))
    out.print(t("数据库结构已是最新。", "The database schema is current."), markup=False)
