"""What the desk is handed: everything a page needs that is not in its request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from starlette.requests import HTTPConnection

from console.tools import Tools
from storage.bilingual import Problem
from storage.exports import DecidedRow
from storage.presence import Late, none_late
from storage.snapshots import SnapshotStore
from storage.takedown_drafting import RecipientOf


def nobody() -> None:
    """No clerk waits: jobs stay in line until `certsweep jobs` is run."""


def platform_of(row: DecidedRow) -> str:
    return row.platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    engine: Engine
    store: SnapshotStore
    origin: str  # as the browser sees it: "http://127.0.0.1:8300"
    replay_origin: str  # where hostile pages are replayed; another host or port than `origin`
    secret: bytes = field(repr=False)  # signs tickets for the replay; of this process only
    lang: str = "zh"  # for whoever has not chosen
    tools: Tools | None = field(default=None, repr=False)  # judge, spiders, sheets, sweeps
    # After the decision: where finished exports lie, who makes them, who takes a page down.
    exports: Path = Path("exports")
    wake: Callable[[], None] = nobody
    recipient_of: RecipientOf = platform_of
    late: Late = field(default_factory=none_late, repr=False)  # reads not yet in the audit
    home: Path | None = None  # where they are kept when the desk ends before they are

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https://")


def desk_of(request: HTTPConnection) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def tools_of(request: HTTPConnection) -> Tools:
    tools = desk_of(request).tools
    if tools is None:
        raise Problem(
            "这个审核台没有接上研判和巡查，此页不能用。请管理员运行 certsweep serve 启动。",
            "This desk was given neither judge nor sweeps; an administrator starts it with "
            "certsweep serve.",
        )
    return tools
