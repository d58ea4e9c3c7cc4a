"""Several drafts taken back in one act, each by itself: what has to stay stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from storage.bilingual import Bilingual, Problem
from storage.database import write
from storage.persons import named_person
from storage.takedown_acts import Word
from storage.takedown_history import Step, audited, move
from storage.takedown_states import STATE_WORDS, ItemState
from storage.takedowns import Item, items_of, request_row

MOST = 200  # requests in one act


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """One draft that was taken back."""

    number: int
    request_no: str
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One request that was left as it is, and why."""

    number: int
    why: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    back: tuple[Back, ...] = ()
    kept: tuple[Kept, ...] = ()

    @property
    def items(self) -> int:
        return sum(one.items for one in self.back)


def withdraw_drafts(engine: Engine, numbers: Sequence[int], word: Word) -> Withdrawn:
    """Take whole drafts back with one reason, `word.note`.

    Each is written by itself, with lines of its own in history and audit. A request that is no
    draft any more, or none at all, is told in `kept`. Raises Problem before anything is written
    where the reason is missing or no request is named, and where the database fails.
    """
    chosen = tuple(dict.fromkeys(numbers))
    step = step_of(word)
    refuse(chosen)
    back: list[Back] = []
    kept: list[Kept] = []
    for number in chosen:
        try:
            back.append(withdraw_draft(engine, number, step))
        except Problem as problem:
            if problem.__cause__ is not None:  # the database's trouble is none of the request's
                raise
            kept.append(Kept(number=number, why=problem.text))
    return Withdrawn(back=tuple(back), kept=tuple(kept))


def step_of(word: Word) -> Step:
    if not word.note.strip():
        raise Problem(
            "撤回须写明原因（命令行：--reason），没有写入。",
            "A withdrawal needs its reason (at the command line: --reason); nothing was written.",
        )
    person = named_person(word.by)
    return Step(who=person, act="withdrawn", at=word.at, note=word.note, recorded=word.now)


def refuse(chosen: Sequence[int]) -> None:
    if not chosen:
        raise Problem(
            "没有选定请求，没有写入。请先勾选要撤回的草稿。",
            "No request is chosen; nothing was written. Tick the drafts to withdraw first.",
        )
    if len(chosen) > MOST:
        raise Problem(
            f"一次最多撤回 {MOST} 份，没有写入。请分几次。",
            f"At most {MOST} at a time; nothing was written. Do it in parts.",
        )


def withdraw_draft(engine: Engine, number: int, step: Step) -> Back:
    """Every item of one draft; Problem for a request that is no draft, or not whole any more."""
    with write(engine) as connection:
        request = request_row(connection, number)
        every = items_of(connection, [number]).get(number, [])
        left = [item for item in every if item.state is not ItemState.WITHDRAWN]
        if not left or any(item.state is not ItemState.DRAFT for item in left):
            raise no_draft(request.request_no, left)
        for item in left:
            move(connection, item, ItemState.WITHDRAWN, step, next_look=None)
        audited(connection, step, request, left)
    return Back(number=number, request_no=request.request_no, items=len(left))


def no_draft(request_no: str, left: Sequence[Item]) -> Problem:
    if not left:
        return Problem(
            f"请求 {request_no} 此前已撤回。", f"Request {request_no} was withdrawn before."
        )
    states = sorted({item.state for item in left})
    zh = "、".join(STATE_WORDS[state].zh for state in states)
    en = ", ".join(STATE_WORDS[state].en for state in states)
    return Problem(
        f"请求 {request_no} 现为“{zh}”，不再是草稿；确要撤回的，请单独撤回这一份。",
        f"Request {request_no} is {en} now, no draft any more; to withdraw it all the same, do so "
        "by itself.",
    )
