"""`python -m benchmarks.desk_server PORT URL HOME`: the desk as it is served, with a clock on it.

Each answer says in `x-server-ms` how long it took from the request's arrival to its first byte,
in `x-peak-mb` the most memory the process has held, in `x-spent-s` its processor time so far.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.app import create_app
from door.desk_run import bound, desk_of_settings
from door.many_threads import share_arenas, take_short_turns
from door.settings import read_settings
from storage.database import open_database


def peak_mb() -> float:
    """Of this process since its program began; `ru_maxrss` would count what its parent held."""
    told = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"^VmHWM:\s+(\d+) kB", told, re.MULTILINE)
    return int(found[1]) / 1_024 if found else float("nan")


class Clock:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-server-ms"] = f"{(time.perf_counter() - began) * 1_000:.2f}"
                headers["x-spent-s"] = f"{time.process_time():.4f}"
                headers["x-peak-mb"] = f"{peak_mb():.0f}"
            await send(message)

        await self.app(scope, receive, timed)


def main() -> None:
    port, url, home = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    share_arenas()
    take_short_turns()
    engine = open_database(url, home)
    settings = read_settings({"CERTSWEEP_HOME": str(home)})
    desk = desk_of_settings(settings, engine, "127.0.0.1", port)
    app = create_app(desk)
    app.add_middleware(Clock)
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    with bound("127.0.0.1", port) as front:
        uvicorn.Server(config).run(sockets=[front])


if __name__ == "__main__":
    main()
