"""A desk with its tools for tests: the judge and the readers of sheets answer in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from door import desk_answers
from door.desk_helper import answer, unwrapped
from door.desk_run import ANSWERS
from door.desk_tools import DeskTools
from door.settings import Settings, read_settings
from storage.directory import Edition, Source, add_edition
from storage.records import FiledKind, Filing
from tests.desk_site import make_desk


class Here:
    """As the helper process, without one: on the test's own engine, which the test closes."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings = settings
        desk_answers.KEPT["engine"] = ((settings.database_url, settings.home), engine)

    def ask(self, function: str, *arguments: Any) -> Any:
        return unwrapped(answer(ANSWERS, function, self.settings, arguments))

    def close(self) -> None:
        pass


def settings_for(engine: Engine, home: Path) -> Settings:
    url = engine.url.render_as_string(hide_password=False)
    return replace(read_settings({}), home=home, database_url=url)


def tools_for(engine: Engine, home: Path, sweep: Sequence[str] = ()) -> DeskTools:
    settings = settings_for(engine, home)
    return DeskTools(engine, settings, Here(settings, engine), sweep)


def tooled_desk(engine: Engine, home: Path, sweep: Sequence[str] = (), **changes: Any):
    return make_desk(engine, home, tools=tools_for(engine, home, sweep), **changes)


def filing(body: str, **changes: Any) -> Filing:
    values = {
        "body": body,
        "kind": FiledKind.SOCIAL,
        "occupation": "电工",
        "trade": "",
        "level": "五级",
        "audience": "",
        "region": "郑州市",
        "filing_no": "",
        "valid_from": None,
        "valid_to": None,
    }
    return Filing(**values | changes)


def some_edition(
    engine: Engine, filings: Sequence[Filing], name: str = "郑州", as_of: date = date(2026, 3, 1)
) -> Edition:
    source = Source(name=name, as_of=as_of, file="郑州.csv", sha256=f"{as_of}{name}", by="test")
    return add_edition(engine, source, filings)
