"""How far this machine's clock is off, asked of a time server (SNTP, RFC 4330); or: unknown.

Never corrected here: the system's time is what everything is stamped with, the offset beside it.
"""

from __future__ import annotations

import asyncio
import secrets
import struct
import time
from dataclasses import dataclass
from datetime import UTC, datetime

PORT = 123
SECONDS = 3.0
TRIES = 3
EPOCH = 2_208_988_800  # seconds from 1900 to 1970
PACKET = struct.Struct("!BBbb11I")
CLIENT = 0x23  # version 4, mode 3
SERVER_MODES = frozenset({4, 5})
UNSYNCHRONISED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """`offset_us`: microseconds to add to our clock to get the server's; None: unknown, see why."""

    source: str = ""  # host or host:port as configured, "" where none is
    offset_us: int | None = None
    round_trip_us: int | None = None  # the offset is right to half of it
    stratum: int | None = None
    asked_at: datetime | None = None
    why: str = "no_source"  # "" where the offset is known; "no_answer", "unsynchronised", …


class NoTime(Exception):
    """An answer that tells no time; `args[0]` is one word."""


class Question(asyncio.DatagramProtocol):
    """Sends one request and waits for the answer that repeats its nonce."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[tuple[bytes, int]] = asyncio.get_running_loop().create_future()
        self._nonce = secrets.token_bytes(8)
        self.sent_ns = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        packet = PACKET.pack(CLIENT, 0, 0, 0, *([0] * 11))[:40] + self._nonce
        self.sent_ns = time.time_ns()
        transport.sendto(packet)  # type: ignore[attr-defined]

    def datagram_received(self, data: bytes, _addr: object) -> None:
        # A forger who does not see our packet cannot know the nonce.
        if len(data) >= 48 and data[24:32] == self._nonce and not self.answer.done():
            self.answer.set_result((data, time.time_ns()))

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)


async def read_clock(source: str, seconds: float = SECONDS) -> Clock:
    """The best of a few questions, that with the shortest way; never raises for a bad server."""
    if not source:
        return Clock()
    asked_at = datetime.now(UTC)
    best: Clock | None = None
    why = "no_answer"
    for _ in range(TRIES):
        try:
            told = await ask(source, seconds)
        except NoTime as error:
            why = str(error)
        except (ValueError, OverflowError):
            why = "bad_setting"
        except (OSError, TimeoutError):
            why = "no_answer"
        else:
            shorter = best is None or (told.round_trip_us or 0) < (best.round_trip_us or 0)
            best = told if shorter else best
    return best or Clock(source=source, asked_at=asked_at, why=why)


async def ask(source: str, seconds: float) -> Clock:
    host, port = place(source)
    loop = asyncio.get_running_loop()
    asked_at = datetime.now(UTC)
    opening = loop.create_datagram_endpoint(Question, remote_addr=(host, port))
    transport, question = await asyncio.wait_for(opening, seconds)
    try:
        data, came_ns = await asyncio.wait_for(question.answer, seconds)
    finally:
        transport.close()
    return understood(source, data, (question.sent_ns, came_ns), asked_at)


def place(source: str) -> tuple[str, int]:
    """Host and port of "host", "host:port" or "[address]:port"; ValueError for a wordy port."""
    host, mark, port = source.rpartition(":")
    if not mark or (":" in host and not host.endswith("]")):
        return source.strip("[]"), PORT
    return host.strip("[]"), int(port)


def understood(source: str, data: bytes, ours_ns: tuple[int, int], asked_at: datetime) -> Clock:
    """`ours_ns`: our clock when we asked and when the answer came."""
    first, stratum, *_ = PACKET.unpack(data[:48])
    leap, mode = first >> 6, first & 7
    if leap == UNSYNCHRONISED or stratum == 0 or stratum > 15:
        raise NoTime("unsynchronised")
    received, sent = to_ns(data[32:40]), to_ns(data[40:48])
    if mode not in SERVER_MODES or received <= 0 or sent < received:
        raise NoTime("bad")
    asked, came = ours_ns
    return Clock(
        source=source,
        offset_us=((received - asked) + (sent - came)) // 2000,
        round_trip_us=max(0, ((came - asked) - (sent - received)) // 1000),
        stratum=stratum,
        asked_at=asked_at,
        why="",
    )


def to_ns(stamp: bytes) -> int:
    """Nanoseconds since 1970 of an NTP timestamp; its era ends in 2036 and begins anew."""
    seconds, fraction = struct.unpack("!II", stamp)
    if seconds < 0x80000000:
        seconds += 1 << 32
    return int((seconds - EPOCH) * 1_000_000_000 + (fraction * 1_000_000_000 >> 32))
