"""What people type into forms, read the same way everywhere."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.datastructures import FormData

from console.people import LARGEST_ID, allowed
from console.roles import Act
from console.words import OFFICE_TIME
from storage.bilingual import Problem
from storage.users import User

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
        found = datetime.fromisoformat(typed.strip())
        aware = found if found.tzinfo is not None else found.replace(tzinfo=OFFICE_TIME)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):  # of the year 1 in Asia there is no UTC
        raise Problem(
            f"“{typed[:40]}”不是时间，没有写入。请写成 2026-11-25 16:30（北京时间）。",
            f"{typed[:40]!r} is no time; nothing was written. Write it as 2026-11-25 16:30.",
        ) from None


def day_of(typed: str) -> date | None:
    """As `<input type="date">` sends it; None for ""."""
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Problem(
            f"“{typed[:40]}”不是日期。请写成 2026-11-25。",
            f"{typed[:40]!r} is no day. Write it as 2026-11-25.",
        ) from None


def whole_number(typed: str, least: int, most: int, what: tuple[str, str]) -> int:
    """A number somebody typed; Problem, naming the field, for one that is none or out of bounds."""
    if typed.isascii() and typed.isdigit() and len(typed) < 20 and least <= int(typed) <= most:
        return int(typed)
    raise Problem(
        f"“{what[0]}”须为 {least} 到 {most} 的整数，没有写入。",
        f"{what[1]} must be a whole number from {least} to {most}; nothing was written.",
    )


def numbers_in(typed: str) -> frozenset[int]:
    """Case numbers as people list them: 12 13，15、20. Anything else raises: a list misread as
    empty would stand for every case."""
    strange = NOT_A_LIST.search(typed)
    if strange is not None:
        raise Problem(
            f"案件编号里有“{strange[0][:20]}”，没有写入。只填数字，用空格或逗号隔开。",
            f"The case numbers contain {strange[0][:20]!r}; nothing was written. Write digits "
            "only, with blanks or commas between.",
        )
    words = "".join(sign if sign.isascii() and sign.isdigit() else " " for sign in typed).split()
    if any(len(word) > 9 for word in words):
        raise Problem(
            "案件编号太长，没有写入。请核对。", "A case number is too long; nothing was written."
        )
    return frozenset(map(int, words))


def today() -> date:
    """The office's day."""
    return datetime.now(OFFICE_TIME).date()
