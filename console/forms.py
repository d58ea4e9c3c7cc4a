"""What people type into forms, read the same way everywhere."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.datastructures import FormData

from console.numbers import LARGEST_ID, digits, narrow, written
from console.people import allowed
from console.roles import Act
from console.words import OFFICE_TIME
from storage.bilingual import Problem
from storage.users import User

EARLIEST, LATEST = date(1900, 1, 1), date(9998, 12, 31)
NOT_A_LIST = re.compile(r"[^\d\s,，、;；#]+", re.ASCII)
Number = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Exporter = Annotated[User, Depends(allowed(Act.EXPORT))]
Signer = Annotated[User, Depends(allowed(Act.SIGN))]


async def form_of(request: Request) -> FormData:
    """The form whole, fields of the same name and all; read before the page's thread runs."""
    return await request.form()


Whole = Annotated[FormData, Depends(form_of)]


def moment_of(typed: str, present: datetime) -> datetime:
    """As `<input type="datetime-local">` sends it, by the office's clock; "" is now."""
    if not typed.strip():
        return present
    try:
        found = datetime.fromisoformat(narrow(typed).strip())
        known_day(found.date())
        aware = found if found.tzinfo is not None else found.replace(tzinfo=OFFICE_TIME)
        return aware.astimezone(UTC)
    except ValueError:
        raise Problem(
            f"“{typed[:40]}”不是时间，没有写入。请写成 2026-11-25 16:30（北京时间）。",
            f"{typed[:40]!r} is no time; nothing was written. Write it as 2026-11-25 16:30.",
        ) from None


def day_of(typed: str, zh: str = "日期", en: str = "The day") -> date | None:
    """As `<input type="date">` sends it; None for "". The Problem names the field."""
    if not typed.strip():
        return None
    try:
        return known_day(date.fromisoformat(narrow(typed).strip()))
    except ValueError:
        raise Problem(
            f"“{zh}”的“{typed.strip()[:20]}”不是日期，没有写入。请写成 2026-03-01。",
            f"{en}: {typed.strip()[:20]!r} is no day (as 2026-03-01, from {EARLIEST.year} on); "
            "nothing was written.",
        ) from None


def known_day(day: date) -> date:
    """ValueError for a day near the ends of the calendar: in another zone it would have none."""
    if not EARLIEST <= day <= LATEST:
        raise ValueError(day)
    return day


def whole_number(typed: str, least: int, most: int, what: tuple[str, str]) -> int:
    """A number somebody typed; Problem, naming the field, for one that is none or out of bounds."""
    found = written(typed, most, least)
    if found is not None:
        return found
    if most == LARGEST_ID:  # a number out of a list, which has no end worth naming
        raise Problem(
            f"“{what[0]}”须填一个编号，只填数字（如 12），没有写入。",
            f"{what[1]} must be one number, in figures (as 12); nothing was written.",
        )
    raise Problem(
        f"“{what[0]}”须为 {least} 到 {most} 的整数，没有写入。",
        f"{what[1]} must be a whole number from {least} to {most}; nothing was written.",
    )


def numbers_in(typed: str) -> frozenset[int]:
    """Case numbers as people list them: 12 13，15、20. Anything else raises: a list misread as
    empty would stand for every case."""
    typed = narrow(typed)
    strange = NOT_A_LIST.search(typed)
    if strange is not None:
        raise Problem(
            f"案件编号里有“{strange[0][:20]}”，没有写入。只填数字，用空格或逗号隔开。",
            f"The case numbers contain {strange[0][:20]!r}; nothing was written. Write digits "
            "only, with blanks or commas between.",
        )
    words = "".join(sign if sign.isascii() and sign.isdigit() else " " for sign in typed).split()
    found = [digits(word) for word in words]
    if None in found:
        raise Problem(
            "案件编号太长，没有写入。请核对。", "A case number is too long; nothing was written."
        )
    return frozenset(number for number in found if number is not None)


def unreadable() -> Problem:
    return Problem(
        "提交的表单不完整或格式不对，没有写入。请刷新案件页后再提交。",
        "The form was incomplete or malformed; nothing was written. Reload the case and send "
        "again.",
    )


def page_number(typed: str) -> int:
    """Of a page's place; 0 for nothing or nonsense, which is the first page."""
    return written(typed) or 0


def today() -> date:
    """The office's day."""
    return datetime.now(OFFICE_TIME).date()
