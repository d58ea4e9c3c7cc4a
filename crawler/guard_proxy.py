"""The guard for the browser: a proxy on 127.0.0.1 through which every connection of it must go.

One request a connection: what a second one asks for is never sent on unvetted. TLS and WebSockets
come as CONNECT tunnels, vetted by host and port; what runs inside them is not read.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from crawler.burst import Burst
from crawler.guard import Guard, Refused, port_of
from crawler.proxy_wire import (
    FAILED,
    REFUSED,
    BadMessage,
    Head,
    answer,
    authority,
    body_length,
    origin_form,
    read_head,
    request_parts,
    status_of,
)
from crawler.resolve import Resolver, Unresolved
from crawler.tally import Tally, TooMuch

logger = logging.getLogger(__name__)

CHUNK = 65_536
MOST_INTERIM = 8  # 1xx heads before the answer
TURNS_OF_ACCEPTING = 4  # CPython 3.11 to 3.13 need three
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyLimits:
    head_bytes: int = 65_536
    head_seconds: float = 15.0  # for a request's head, and for a connection to be made
    idle_seconds: float = 30.0  # without a byte in either direction
    response_bytes: int = 60_000_000  # of one answer or one direction of a tunnel
    connections: int = 256


class NoTurn(Exception):
    """So much is asked of one address that this would wait too long."""


class GuardProxy:
    """`async with GuardProxy(guard) as proxy:` listens on 127.0.0.1:`proxy.port`.

    `refusals` holds the last (host, reason) pairs, for pages whose parts were refused: a browser
    shows no more than a failed tunnel. Give the sweep's `resolver` to share its memory of names,
    and a `tally` to know what went through. `burst` slows down what goes to one address again and
    again; without it nothing is slowed.
    """

    def __init__(
        self,
        guard: Guard,
        resolver: Resolver | None = None,
        limits: ProxyLimits | None = None,
        burst: Burst | None = None,
        tally: Tally | None = None,
    ) -> None:
        self._guard = guard
        self._resolver = resolver or Resolver(guard)
        self._limits = limits or ProxyLimits()
        self._burst = burst
        self._tally = tally or Tally()
        self._clients: set[asyncio.Task[None]] = set()
        self.refusals: deque[tuple[str, str]] = deque(maxlen=1000)

    async def __aenter__(self) -> GuardProxy:
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", 0, limit=self._limits.head_bytes
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._accept_no_more()
        self._server.close()
        for task in tuple(self._clients):
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept_no_more(self) -> None:
        """asyncio takes a connection over in a few turns of its loop, and one that comes when the
        server is closed within them is never closed."""
        for listening in self._server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        for _ in range(TURNS_OF_ACCEPTING):
            await asyncio.sleep(0)

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve((reader, writer)))
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)
        # Here too, not in the task alone: one that is cancelled before it began runs no `finally`.
        task.add_done_callback(lambda _: writer.close())

    async def _serve(self, client: Streams) -> None:
        try:
            said = await self._handle(client)
            if said:
                client[1].write(said)
                await asyncio.wait_for(client[1].drain(), self._limits.head_seconds)
        except (TooMuch, BadMessage, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            logger.debug("connection cut: %r", error)
            reset(client[1])
        finally:
            client[1].close()

    async def _handle(self, client: Streams) -> bytes:
        """Serve one request; what is returned is still to be said to the client."""
        if len(self._clients) > self._limits.connections or self._tally.closed:
            reason = "too_much" if self._tally.closed else "busy"
            return failed("502 Busy", reason, "连接或数据过多 too many connections or bytes")
        try:
            head = await asyncio.wait_for(read_head(client[0]), self._limits.head_seconds)
            method, target = request_parts(head)
            if method == "CONNECT":
                return await self._tunnel(client, target)
            return await self._forward(client, head, method, target)
        except Refused as refused:
            return answer("403 Refused", REFUSED, refused.reason, refused.text.zh)
        except (Unresolved, NoTurn) as error:
            return not_reached(error)
        except (BadMessage, asyncio.LimitOverrunError) as error:
            return failed("400 Bad Request", "bad_request", f"读不懂的请求 {error}")

    async def _vetted(self, host: str, port: int) -> list[tuple[str, int]]:
        try:
            places = await self._resolver.resolve(host, port)
        except Refused as refused:
            self.refusals.append((host, refused.reason))
            self._tally.failed(host, refused.reason)
            raise
        except Unresolved:
            self._tally.failed(host, "dns")
            raise
        self._tally.named(host, places)
        return places

    async def _connect(self, host: str, port: int) -> Streams | None:
        """A connection to a vetted address of the host; None if none answers."""
        places = await self._vetted(host, port)
        if not await self._turn(host, port, places):
            self._tally.failed(host, "busy")
            raise NoTurn
        for address, real_port in places:
            opening = asyncio.open_connection(address, real_port, limit=self._limits.head_bytes)
            try:
                streams = await asyncio.wait_for(opening, self._limits.head_seconds)
            except (OSError, TimeoutError) as error:
                logger.debug("%s at %s does not answer: %r", host, address, error)
                continue
            self._tally.connected(host, port, (address, real_port))
            return streams
        self._tally.failed(host, "unreachable")
        return None

    async def _turn(self, host: str, port: int, places: list[tuple[str, int]]) -> bool:
        """Wait for this address's turn; False where it would take too long."""
        if self._burst is None:
            return True
        routed = self._guard.route(host, port) is not None
        # As in crawler/pace_middleware.py: the lowest address, and routed hosts each by itself.
        seconds = self._burst.wait(host if routed else min(address for address, _ in places))
        if seconds:
            with self._tally.held():
                await asyncio.sleep(seconds)
        return seconds is not None

    async def _tunnel(self, client: Streams, target: str) -> bytes:
        host, port = authority(target)
        server = await self._connect(host, port)
        if server is None:
            return unreachable(host)
        try:
            client[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            async with asyncio.timeout(self._limits.idle_seconds) as idle:
                await together(
                    self._pump(client[0], server[1], idle), self._pump(server[0], client[1], idle)
                )
        finally:
            server[1].close()
        return b""

    async def _forward(self, client: Streams, head: Head, method: str, target: str) -> bytes:
        if not target.lower().startswith("http://"):
            raise BadMessage("not a request for a proxy")
        try:
            self._guard.vet_url(target)
        except Refused as refused:
            self.refusals.append((target[:200], refused.reason))
            self._tally.failed(host_in(target), refused.reason)
            raise
        split = urlsplit(target)
        request, length = origin_form(head, method, split), body_length(head)
        host = split.hostname or ""
        server = await self._connect(host, port_of(split))
        if server is None:
            return unreachable(host)
        try:
            server[1].write(request)
            async with asyncio.timeout(self._limits.idle_seconds) as idle:
                return await self._exchange(client, server, length, idle)
        finally:
            server[1].close()

    async def _exchange(
        self, client: Streams, server: Streams, length: int, idle: asyncio.Timeout
    ) -> bytes:
        """Body up, answer down, until the server is done or the client has gone."""
        down = asyncio.ensure_future(self._answer(client, server, idle))
        up = asyncio.ensure_future(self._upload(client, server, length, idle))
        try:
            await asyncio.wait({down, up}, return_when=asyncio.FIRST_COMPLETED)
            return down.result() if down.done() else b""
        finally:
            down.cancel()
            up.cancel()
            await asyncio.gather(down, up, return_exceptions=True)

    async def _upload(
        self, client: Streams, server: Streams, length: int, idle: asyncio.Timeout
    ) -> None:
        """Pass on exactly the body, then wait for the client to go."""
        with suppress(ConnectionError):  # a server may answer before it has heard us out
            while length and (data := await client[0].read(min(CHUNK, length))):
                length -= len(data)
                await self._pass(data, server[1], idle)
        while await client[0].read(CHUNK):
            continue

    async def _answer(self, client: Streams, server: Streams, idle: asyncio.Timeout) -> bytes:
        try:
            head = await final_head(server[0])
        except (BadMessage, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            return failed("502 Bad Gateway", "bad_answer", "网站的回答读不懂 unreadable answer")
        client[1].write(head.sent())
        await self._pump(server[0], client[1], idle)
        return b""

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, idle: asyncio.Timeout
    ) -> None:
        left = self._limits.response_bytes
        while data := await source.read(CHUNK):
            left -= len(data)
            if left < 0:
                raise TooMuch
            await self._pass(data, sink, idle)
        if sink.can_write_eof() and not sink.is_closing():
            sink.write_eof()

    async def _pass(self, data: bytes, sink: asyncio.StreamWriter, idle: asyncio.Timeout) -> None:
        self._tally.count(len(data))
        sink.write(data)
        await sink.drain()
        idle.reschedule(asyncio.get_running_loop().time() + self._limits.idle_seconds)


async def together(*work: Coroutine[None, None, None]) -> None:
    """All of it, or none: the first failure ends the others."""
    tasks = [asyncio.ensure_future(part) for part in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def final_head(reader: asyncio.StreamReader) -> Head:
    """The head of the real answer, after any 1xx; a switch of protocols was not asked for."""
    for _ in range(MOST_INTERIM):
        head = await read_head(reader)
        status = status_of(head)
        if status == 101:
            break
        if status >= 200:
            return head
    raise BadMessage("no final answer")


def host_in(target: str) -> str:
    """The host of a URL that may be unreadable, for a note of it."""
    place = target.partition("//")[2].partition("/")[0].rpartition("@")[2]
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place.rpartition(":")[0] or place


def failed(status: str, reason: str, text: str) -> bytes:
    return answer(status, FAILED, reason, text)


def not_reached(error: Unresolved | NoTurn) -> bytes:
    if isinstance(error, Unresolved):
        return failed("502 Bad Gateway", "dns", error.text.zh)
    return failed("503 Busy", "busy", "对同一地址的请求过多 too many requests to one address")


def unreachable(host: str) -> bytes:
    return failed("504 Unreachable", "unreachable", f"连接不上 no connection to {host}")


def reset(writer: asyncio.StreamWriter) -> None:
    """Cut the connection with a reset: an answer without a length that is merely closed would look
    complete to the browser."""
    raw = writer.get_extra_info("socket")
    if raw is not None and not writer.is_closing():
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
