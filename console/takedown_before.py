"""What a request's page says of addresses that showed nothing already before anything was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from console.desk import Desk
from storage.bilingual import Bilingual
from storage.columns import utc_now
from storage.takedown_acts import Sending
from storage.takedown_before import before_sending
from storage.takedown_marks import MARK_WORDS, mark_in
from storage.takedowns import Act, LookRow, Request, get_request


def noticed(desk: Desk, number: int, sending: Sending) -> Sending:
    """The sending with what is to be noted of the request's items."""
    items = get_request(desk.engine, number).items
    return replace(sending, before=before_sending(desk.engine, desk.store, items, sending.at))


def notices(
    desk: Desk,
    asked: Request,
    history: Mapping[int, Sequence[Act]],
    looks: Mapping[int, Sequence[LookRow]],
) -> dict[int, Bilingual]:
    """By item. Before it is sent as everything seen till now tells, afterwards as was noted."""
    if asked.sent_at is None:
        found = before_sending(desk.engine, desk.store, asked.items, utc_now())
        return {number: together(MARK_WORDS[one.mark], one.note) for number, one in found.items()}
    marks = {
        item.id: mark_in(item, history.get(item.id, ()), looks.get(item.id, ()))
        for item in asked.items
    }
    return {number: MARK_WORDS[mark] for number, mark in marks.items() if mark}


def together(words: Bilingual, note: Bilingual) -> Bilingual:
    return Bilingual(f"{words.zh}：{note.zh}", f"{words.en} ({note.en})")
