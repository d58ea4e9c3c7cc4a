"""A receipt number that was written down wrong: corrected by a further line, never rewritten."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.bilingual import Problem
from storage.database import write
from storage.persons import named_person
from storage.takedown_acts import Word
from storage.takedown_history import Step, audited, note_down
from storage.takedowns import RECEIPT_CORRECTED, items_of, receipts_corrected, request_row


def correct_receipt(engine: Engine, number: int, word: Word, receipt_no: str) -> None:
    """The right number ("" where there is none after all), with the reason in `word.note`.

    Raises Problem for a request that nobody acknowledged, without a reason, or for the number that
    stands. The first number and every later one stay in the history of its items.
    """
    person, right = named_person(word.by), " ".join(receipt_no.split())
    if not word.note.strip():
        raise Problem(
            "更正回执编号须写明原因（命令行：--reason），没有写入。",
            "A correction needs its reason (at the command line: --reason); nothing was written.",
        )
    with write(engine) as connection:
        request = request_row(connection, number)
        if request.acknowledged_at is None:
            raise Problem(
                f"请求 {request.request_no} 还没有登记受理，没有可以更正的回执编号；没有写入。",
                f"Request {request.request_no} is not acknowledged yet: there is no receipt to "
                "correct; nothing was written.",
            )
        before = receipts_corrected(connection, [number]).get(number, request.receipt_no)
        if right == before:
            raise Problem(
                f"回执编号现在就是“{before or '无'}”，没有写入。",
                f"The receipt number is {before or 'none'} already; nothing was written.",
            )
        step = Step(
            who=person,
            act=RECEIPT_CORRECTED,
            at=word.at,
            note=f"{right}\n{word.note.strip()}",
            recorded=word.now,
        )
        items = items_of(connection, [number]).get(number, [])
        for item in items:
            note_down(connection, item.id, item.state, item.state, step)
        told = {"note": word.note.strip(), "receipt": right or "无", "before": before or "无"}
        audited(connection, step, request, items, **told)
