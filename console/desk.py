"""What the desk is handed: everything a page needs that is not in its request."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Engine
from starlette.requests import HTTPConnection

from storage.snapshots import SnapshotStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    engine: Engine
    store: SnapshotStore
    origin: str  # as the browser sees it: "http://127.0.0.1:8300"
    replay_origin: str  # where hostile pages are replayed; another host or port than `origin`
    secret: bytes = field(repr=False)  # signs tickets for the replay; of this process only
    lang: str = "zh"  # for whoever has not chosen

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https://")


def desk_of(request: HTTPConnection) -> Desk:
    desk: Desk = request.app.state.desk
    return desk
