"""The child that looks at strangers' pictures: `python -m crawler.picture_worker SECONDS`.

A picture is a length of four bytes and the bytes; the answer is framed alike, as JSON of `codes`,
`look` and `reason`. A picture made for it keeps the decoder busy for a minute in one call that no
thread can end, so the system's own timer ends the whole process. Its parent's end is the end of
its input, and so its own.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import struct
import sys
import threading
from typing import IO

from crawler.picture_hash import hash_of
from crawler.qr_codes import Unreadable, contents_of, opened

SIZE = struct.Struct(">I")


def main(seconds: float) -> None:
    """`seconds` of processor time, not of the clock: a busy machine makes no picture slow."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=listen, args=(sys.stdin.buffer, waiting), daemon=True).start()
    while True:
        data = waiting.get()
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer = json.dumps(looked_at(data)).encode()
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.buffer.write(SIZE.pack(len(answer)) + answer)
        sys.stdout.buffer.flush()


def listen(source: IO[bytes], waiting: queue.SimpleQueue[bytes]) -> None:
    """Beside the decoder, so that the parent's end is heard in the middle of a picture too."""
    while (data := framed(source)) is not None:
        waiting.put(data)
    os._exit(0)


def framed(source: IO[bytes]) -> bytes | None:
    """The next piece; None where the other side is gone."""
    head = source.read(SIZE.size)
    if len(head) < SIZE.size:
        return None
    length = SIZE.unpack(head)[0]
    data = source.read(length)
    return data if len(data) == length else None


def looked_at(data: bytes) -> dict[str, object]:
    """Decoded once for both: the codes in it, and what it looks like."""
    try:
        gray = opened(data)
        codes = contents_of(gray)
        return {"codes": codes, "look": hash_of(gray), "reason": ""}
    except Unreadable as unreadable:
        return {"codes": (), "look": "", "reason": unreadable.reason}


if __name__ == "__main__":
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    main(float(sys.argv[1]))
