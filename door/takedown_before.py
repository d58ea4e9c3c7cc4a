"""What whoever drafts, approves and sends is told of addresses that showed nothing already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine

from door.moments import now
from door.printable import printable
from door.settings import SETTINGS
from door.speech import out, say, t
from door.takedown_drafting import elsewhere
from door.takedown_report import words
from storage.snapshots import SnapshotStore
from storage.takedown_before import before_sending
from storage.takedown_drafting import Drafted
from storage.takedown_marks import MARK_WORDS, Before
from storage.takedowns import Item, Request, get_request

SHOWN = 20


def before_of(engine: Engine, number: int, until: datetime) -> dict[int, Before]:
    """Of a request's items, by number: what is to be noted when it is sent at `until`."""
    return seen_before(engine, get_request(engine, number).items, until)


def seen_before(engine: Engine, items: Sequence[Item], until: datetime) -> dict[int, Before]:
    store = SnapshotStore(SETTINGS.snapshot_url, SETTINGS.home)
    return before_sending(engine, store, items, until)


def left_out(made: Drafted) -> None:
    if made.asked_already:
        say(
            f"另有 {made.asked_already} 条已在办理中的请求里，没有再列。",
            f"{made.asked_already} more stand in open requests already and were left out.",
        )
    if made.more:
        say("还有未列入的，请再起草一次。", "There is more: draft once again.")


def drafted_notes(engine: Engine, requests: Sequence[Request]) -> None:
    """What must be known of drafts before anybody approves them."""
    told = elsewhere(one.platform for one in requests)
    if told is not None:
        out.print(t(f"注意：{told.zh}", f"Note: {told.en}"), markup=False)
    warn(engine, [item for one in requests for item in one.items])


def approved_notes(engine: Engine, number: int, *, as_json: bool) -> None:
    """Nothing where a program reads."""
    if not as_json:
        warn(engine, get_request(engine, number).items)


def warn(engine: Engine, items: Sequence[Item]) -> None:
    found = seen_before(engine, items, now())
    if not found:
        return
    out.print(
        t(
            f"注意：{len(found)} 条在发出前已打不开，或者没有在该网址读到过原文。请打开核对："
            "确已删除的撤回该条，网址不对的请查明。其后看到的删除不计作处置成效。",
            f"Note: {len(found)} items were gone before anything is sent, or were never read at "
            "their address. Open them: withdraw what is really gone, find out where an address is "
            "wrong. A removal seen later is no success of the request.",
        ),
        markup=False,
    )
    for item in [one for one in items if one.id in found][:SHOWN]:
        out.print(printable(f"  {line(item, found)}"), markup=False)
    if len(found) > SHOWN:
        rest = len(found) - SHOWN
        out.print(t(f"  另有 {rest} 条。", f"  {rest} more."), markup=False)


def line(item: Item, found: Mapping[int, Before]) -> str:
    note = words(found[item.id].note)
    return t(f"条目 {item.id}　{item.url}　{note}", f"item {item.id}  {item.url}  {note}")


def marked_words(mark: str) -> str:
    """In brackets behind what is called removed; "" where there is no mark."""
    return f"（{words(MARK_WORDS[mark])}）" if mark else ""
