"""Strangers' pictures are decoded in a child that can be killed; the sweep goes on without it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from crawler.picture_worker import SIZE, framed
from crawler.qr_codes import Unreadable

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 3.0  # of processor time; an honest picture of the largest size takes under one
LONGEST = 60.0  # seconds by the clock, for a child that is stuck without working
GOODBYE = 5.0


@dataclass(frozen=True, slots=True)
class Look:
    codes: tuple[str, ...]  # as `crawler.qr_codes.qr_contents` gives them
    look: str  # as `crawler.picture_hash.picture_hash`


class PictureEye:
    """One child for all pictures of a sweep, one after the other, begun with the first.

    At the limit the child ends, and the next picture gets a new one. Where this process dies,
    however it does, the child ends too.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        # A queue of its own: the loop's common threads are not to wait here for each other.
        self._line = ThreadPoolExecutor(1, thread_name_prefix="picture-eye")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Of the child; None before the first picture and after the end."""
        return self._child.pid if self._child is not None else None

    async def see(self, data: bytes) -> Look:
        """Raises Unreadable: "too_slow", "reader_died", and the words of the decoder."""
        try:
            looking = asyncio.get_running_loop().run_in_executor(self._line, self.look, data)
        except RuntimeError as error:  # closed: the sweep is ending
            raise Unreadable("reader_died") from error
        return await looking

    def look(self, data: bytes) -> Look:
        """The same, at once and blocking; one caller at a time."""
        try:
            child = self._running()
            told = answer_of(child, data)
        except OSError as error:
            self._end()
            raise Unreadable("reader_died") from error
        if told is None:
            raise Unreadable("too_slow" if self._end() in TIMED_OUT else "reader_died")
        if told["reason"]:
            raise Unreadable(told["reason"])
        return Look(tuple(told["codes"]), told["look"])

    def close(self) -> None:
        """End the child, in the middle of a picture too; blocks for a moment at most."""
        child = self._child
        if child is not None:
            child.kill()
        self._line.shutdown(wait=True, cancel_futures=True)
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = started(self._seconds)
        return self._child

    def _end(self) -> int:
        """How the child ended: the signal as a negative number, as `subprocess` says it."""
        child, self._child = self._child, None
        if child is None:
            return 0
        for pipe in (child.stdin, child.stdout):
            close(pipe)
        try:
            return child.wait(GOODBYE)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


# Its own timer, and ours where it did not even work.
TIMED_OUT = (-signal.SIGPROF, -signal.SIGALRM)


def started(seconds: float) -> subprocess.Popen[bytes]:
    """A new interpreter, never a copy of this process; it is told nothing of the office's."""
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.picture_worker", str(seconds)],
        cwd=ROOT,
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the decoders of formats talk there of what they are given
        start_new_session=True,  # Ctrl-C is for the sweep, which ends its child itself
    )


def answer_of(child: subprocess.Popen[bytes], data: bytes) -> dict[str, Any] | None:
    """None where the child ended instead of answering."""
    assert child.stdin is not None
    assert child.stdout is not None
    overdue = threading.Timer(LONGEST, child.send_signal, [signal.SIGALRM])
    overdue.daemon = True
    overdue.start()
    try:
        child.stdin.write(SIZE.pack(len(data)) + data)
        child.stdin.flush()
        answer = framed(child.stdout)
    finally:
        overdue.cancel()
    if answer is None:
        return None
    told: dict[str, Any] = json.loads(answer)
    return told


def close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except OSError:  # what was still to be written goes nowhere
        return
