"""取证 as a job of the desk: every flagged page of one case that no capture has brought yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from urllib.parse import urlsplit

from sqlalchemy import Engine

from door.capture_report import sort_of
from door.capture_run import Outside, flagged_orders, run_captures, sample_outside
from door.settings import Settings
from door.sweep_run import holder
from evidence.orders import Order, Taken
from storage.bilingual import Bilingual
from storage.locks import hold

SAMPLE_NAMES = (".test", ".example")  # reserved (RFC 6761): the sample web's, nowhere else
NOTHING = Bilingual(
    "本案没有还要取证的涉嫌网页（已经取证、判为不违规，或多次都没有取到）",
    "no flagged page of the case is left to capture (captured already, found clean, or tried in "
    "vain)",
)


def capture_case(
    engine: Engine, settings: Settings, case_id: int, by: str, after_each: Callable[[int], None]
) -> Bilingual:
    """What came of it. Raises Problem where no browser starts or another capture is running.

    `after_each` hears how many pages are done; what it raises ends the run, and what was kept
    stays.
    """
    with hold(engine, settings.home, "capture", holder()):
        orders = [one for one in flagged_orders(engine, by)[0] if one.case_id == case_id]
        kept: Counter[str] = Counter()

        def keep(taken: Taken) -> None:
            kept[sort_of(taken.capture)] += 1
            after_each(kept.total())

        for inside in (False, True):
            chosen = [one for one in orders if of_sample(one.url) is inside]
            capture_some(engine, settings, chosen, keep, sample=inside)
    return told(kept)


def of_sample(url: str) -> bool:
    return (urlsplit(url).hostname or "").endswith(SAMPLE_NAMES)


def capture_some(
    engine: Engine,
    settings: Settings,
    orders: Sequence[Order],
    keep: Callable[[Taken], None],
    *,
    sample: bool,
) -> None:
    if not orders:
        return
    with sample_outside() if sample else nullcontext(Outside()) as outside:
        run_captures(engine, settings, orders, keep, outside)


def told(kept: Counter[str]) -> Bilingual:
    if not kept:
        return NOTHING
    pages = "page" if kept.total() == 1 else "pages"
    whole, partial, wall, failed = (kept[sort] for sort in ("whole", "partial", "wall", "failed"))
    return Bilingual(
        f"取证 {kept.total()} 页：完整 {whole}，不完整 {partial}，被验证码、登录等挡住 {wall}，"
        f"没有取到 {failed}",
        f"{kept.total()} {pages} captured: {whole} complete, {partial} in part, {wall} behind a "
        f"wall, {failed} not captured",
    )
