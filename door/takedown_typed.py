"""What people type after `certsweep takedown …` turned into what the rooms want, and back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from door.casework import open_queue, word_of
from door.misuse import WrongUse
from door.moments import moment_of, now
from door.speech import err, out, t
from door.takedown_report import json_word, request_json, words
from storage.database import file_problem
from storage.takedown_acts import Word
from storage.takedown_states import ANSWER_WORDS, Answer
from storage.takedown_verdict import Seen
from storage.takedown_withdrawn import Withdrawn
from storage.takedowns import get_request


def told(zh: str, en: str, as_json: bool, number: int) -> None:
    """The sentence, or the request as it stands now."""
    if as_json:
        print_json(request_json(get_request(open_queue(), number)))
    else:
        out.print(t(zh, en), markup=False)


def tell_withdrawn(done: Withdrawn, as_json: bool) -> int:
    """Each request by itself; the exit code is 1 where one was left as it is."""
    if as_json:
        kept = [{"number": one.number, "why": words(one.why)} for one in done.kept]
        print_json({"withdrawn": [asdict(one) for one in done.back], "kept": kept})
    else:
        for one in done.back:
            zh = f"已撤回请求 {one.number}（{one.request_no}），{one.items} 条。"
            en = f"Request {one.number} ({one.request_no}) is withdrawn: {one.items} items."
            out.print(t(zh, en), markup=False)
        for left in done.kept:
            err.print(t(f"没有撤回：{left.why.zh}", f"Left as it is: {left.why.en}"), markup=False)
    return 1 if done.kept else 0


def told_count(count: int, as_json: bool) -> None:
    """How many items were withdrawn."""
    if as_json:
        print_json({"withdrawn": count})
    else:
        out.print(t(f"已撤回 {count} 条。", f"{count} items are withdrawn."), markup=False)


def print_json(value: object) -> None:
    out.print(json.dumps(value, ensure_ascii=False, default=json_word), markup=False)


def sha256_of(file: Path) -> str:
    found = hashlib.sha256()
    try:
        with file.open("rb") as opened:
            while part := opened.read(1 << 20):
                found.update(part)
    except OSError as error:
        raise file_problem(error) from error
    return found.hexdigest()


def word(by: str, at: str, note: str) -> Word:
    present = now()
    return Word(by=by, at=moment_of(at, "--at", present), now=present, note=note)


def seen_of(typed: str) -> Seen:
    known = {
        "已删除": Seen.GONE,
        "gone": Seen.GONE,
        "已改": Seen.CHANGED,
        "changed": Seen.CHANGED,
        "仍在": Seen.OFFENDING,
        "there": Seen.OFFENDING,
    }
    if typed.strip().lower() not in known:
        raise WrongUse(
            f"不认识“{typed}”；可用：已删除、已改、仍在。",
            f"{typed!r} is not known: gone, changed or there.",
        )
    return known[typed.strip().lower()]


def answer_of(typed: str) -> Answer:
    """By what the pages call it, or shortly: 是, 否, 部分."""
    short = {"是": Answer.YES, "否": Answer.NO, "部分": Answer.PARTIAL}
    return short.get(typed.strip()) or word_of(typed, ANSWER_WORDS, "答复", "answer")
