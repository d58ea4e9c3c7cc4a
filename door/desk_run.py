"""The desk as a process: its two servers, the one for people and the one for hostile pages."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import uvicorn
from sqlalchemy import Engine

from console.app import create_app
from console.desk import Desk
from console.replay import create_replay
from door.desk_helper import Helper
from door.desk_tools import DeskTools
from door.ending import Ending
from door.export_jobs import exports_folder
from door.export_runner import Clerk
from door.many_threads import share_arenas, spare_the_lasting, take_short_turns
from door.settings import Settings
from door.takedown_drafting import recipient_of
from storage.bilingual import Problem
from storage.late_reads import catch_up, keep
from storage.machine_words import os_words
from storage.snapshots import SnapshotStore

LOOPBACK = "127.0.0.1"
GRACE = 5  # seconds for requests that are open when the desk is asked to end
ANSWERS = "door.desk_answers"  # by name: the desk's own process never loads the judge
# It goes into headers as it stands: a sign more could open the policy.
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?")


def desk_of_settings(
    settings: Settings, engine: Engine, host: str, port: int, sweep: Sequence[str] = ()
) -> Desk:
    """What the desk is handed; raises Problem where it would speak plain http to a network.

    `sweep` is what follows `certsweep sweep` where somebody starts one at the desk.
    """
    origin = settings.desk_url or f"http://{LOOPBACK}:{port}"
    if not settings.desk_url and host not in {LOOPBACK, "localhost", "::1"}:
        raise Problem(
            f"不能在 {host} 上用不加密的 http 提供审核台：密码会被人看到。请只用 {LOOPBACK}，"
            "或在前面放一个 https 反向代理，并把 CERTSWEEP_DESK_URL 设为它的 https 网址。",
            f"The desk is not served on {host} by plain http: passwords could be read. Use "
            f"{LOOPBACK}, or put an https proxy before it and set CERTSWEEP_DESK_URL to its "
            "address.",
        )
    # Another name on the same machine: cookies know hosts, not ports.
    replay = settings.replay_url or f"http://localhost:{port + 1}"
    check_origins(origin, replay)
    return Desk(
        engine=engine,
        store=SnapshotStore(settings.snapshot_url, settings.home),
        origin=origin,
        replay_origin=replay,
        secret=secrets.token_bytes(32),
        lang=settings.lang,
        tools=DeskTools(engine, settings, Helper(settings, ANSWERS), sweep),
        exports=exports_folder(settings),
        home=settings.home,
        recipient_of=recipient_of,
    )


def check_origins(origin: str, replay: str) -> None:
    for url in (origin, replay):
        parts = urlsplit(url)
        local = parts.hostname in {LOOPBACK, "localhost"}
        if not ORIGIN.fullmatch(url) or not (parts.scheme == "https" or local):
            raise Problem(
                f"“{url}”不能用作审核台的网址：须为 https://主机名，不带路径；"
                "本机可用 http://127.0.0.1:端口。",
                f"{url!r} cannot be an address of the desk: https://HOST without a path, or "
                "http://127.0.0.1:PORT on this machine.",
            )
    if origin == replay:
        raise Problem(
            "CERTSWEEP_REPLAY_URL 不能与审核台同源：回放的网页不可信。请用另一个主机名或端口。",
            "CERTSWEEP_REPLAY_URL must be another origin than the desk: what it shows is hostile.",
        )


class QuietServer(uvicorn.Server):
    """Leaves signals alone: `Ending` hears them for all servers of a process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve_desk(desk: Desk, host: str, port: int, ending: Ending) -> None:
    """Serve until Ctrl-C or SIGTERM; Problem where a port is taken."""
    share_arenas()
    take_short_turns()
    try:
        with (
            bound(host, port) as front,
            bound(host, port + 1) as back,
            Clerk(desk.engine, lambda: caught_up(desk)) as clerk,
        ):
            asyncio.run(serve_both(replace(desk, wake=clerk.wake), front, back, ending))
    finally:
        leave(desk)


def leave(desk: Desk) -> None:
    """Whatever fails on the way out, what still waits is kept and the tools are closed."""
    try:
        caught_up(desk)
    finally:
        keep(desk.late, desk.home)
        if desk.tools is not None:
            desk.tools.close()


def caught_up(desk: Desk) -> bool:
    return catch_up(desk.engine, desk.late, desk.home)


def bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Problem(
            f"端口 {port} 用不了（{os_words(error).zh}）。请用 --port 换一个，"
            "审核台要用它和后一个端口。",
            f"Port {port} cannot be used ({error.strerror}). Choose another with --port; the desk "
            "takes it and the one after it.",
        ) from None
    return listener


async def serve_both(desk: Desk, front: socket.socket, back: socket.socket, ending: Ending) -> None:
    proxied = desk.secure
    people = QuietServer(
        uvicorn.Config(
            create_app(desk),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=proxied,
            timeout_graceful_shutdown=GRACE,
            lifespan="off",
        )
    )
    replay = QuietServer(
        uvicorn.Config(
            create_replay(desk),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
            lifespan="off",
        )
    )
    ending.ends(people)
    spare_the_lasting()
    behind = asyncio.create_task(replay.serve(sockets=[back]))
    try:
        await people.serve(sockets=[front])
    finally:
        replay.should_exit = True
        await behind
