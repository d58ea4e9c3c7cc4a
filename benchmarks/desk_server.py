"""`python -m benchmarks.desk_server PORT URL HOME`: the desk as it is served, with a clock on it.

Each answer says in `x-server-ms` how long it took from the request's arrival to its first byte,
and in `x-peak-mb` the most memory the process has held.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import door.desk_run
from door.desk_run import bound, serve_both
from door.settings import read_settings
from storage.database import open_database


class Clock:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-server-ms"] = f"{(time.perf_counter() - began) * 1_000:.2f}"
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
                headers["x-peak-mb"] = f"{peak:.0f}"
            await send(message)

        await self.app(scope, receive, timed)


def main() -> None:
    port, url, home = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    engine = open_database(url, home)
    desk = door.desk_run.desk_of_settings(
        read_settings({"CERTSWEEP_HOME": str(home)}), engine, "127.0.0.1", port
    )
    make = door.desk_run.create_app

    def clocked(desk: door.desk_run.Desk) -> FastAPI:
        app = make(desk)
        app.add_middleware(Clock)
        return app

    door.desk_run.create_app = clocked
    with bound("127.0.0.1", port) as front, bound("127.0.0.1", 0) as back:
        asyncio.run(serve_both(desk, front, back))


if __name__ == "__main__":
    main()
