"""How much one page may cost: whoever writes it may want the machine to choke on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Of one capture. Seconds are for a busy machine: an ordinary page takes two or three."""

    total_seconds: float = 120.0
    open_seconds: float = 30.0  # until the document begins to come, and again until it is there
    load_seconds: float = 15.0  # for its parts, afterwards
    quiet_seconds: float = 2.0  # for the network to fall silent once it is loaded
    wake_seconds: float = 5.0  # for a busy page to answer before its script is ended
    pace_seconds: float = 120.0  # more than all of these, while our own pace holds parts up
    scroll_seconds: float = 8.0
    picture_seconds: float = 20.0  # for each rung of the ladder
    part_seconds: float = 20.0  # for each other part
    requests: int = 2_000
    documents: int = 40  # of the page itself; one that goes on and on from page to page is left
    wire_bytes: int = 100_000_000  # of everything that comes, as it is sent
    answer_bytes: int = 40_000_000  # of one answer, as it is sent
    body_bytes: int = 20_000_000  # of one answer, decoded
    bodies_bytes: int = 80_000_000  # of all answers, decoded
    text_chars: int = 4_000_000
    dom_chars: int = 20_000_000
    mhtml_chars: int = 100_000_000
    decoded_bytes: int = 70_000_000  # of all that came, beyond which no MHTML is asked for
    tallest: int = 16_384  # px: Chromium's raster ends there, a taller picture repeats itself
    widest: int = 2_560  # px
