"""What endpoints of the API share: shapes filled from the desk's records, moments, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, Field

from console.forms import moment_of
from console.numbers import LARGEST_ID
from console.people import Missing
from storage.bilingual import Problem

Shape = TypeVar("Shape", bound=BaseModel)
Found = TypeVar("Found")
Number = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="`next` of the page before")]
WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}")
Hash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
# A file, whatever it is: the answer's content-type says it.
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/zip",
                "application/octet-stream",
                "text/csv; charset=utf-8",
            )
        }
    }
}
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {}, "image/jpeg": {}, "image/gif": {}}}
}


def written_out(typed: object) -> object:
    """ValueError for a bare figure, which would else be read as seconds since 1970."""
    if isinstance(typed, str) and not WRITTEN.fullmatch(typed):
        raise ValueError("a day is written 2026-03-01")
    if isinstance(typed, int | float):
        raise ValueError("a day is written 2026-03-01")  # noqa: TRY004 (pydantic's convention)
    return typed


Day = Annotated[date, BeforeValidator(written_out)]


def shaped(model: type[Shape], thing: object, **changes: object) -> Shape:
    """The record's fields by their names, but for `changes`: what is masked or said otherwise."""
    values = {
        name: getattr(thing, name) for name in model.model_fields if name not in changes
    } | changes
    return model.model_validate(values, from_attributes=True)


def when(said: datetime | None, present: datetime) -> datetime:
    """When somebody says it was; by the office's clock where no zone is named."""
    return moment_of("" if said is None else said.isoformat(), present)


def or_missing(find: Callable[..., Found], *arguments: object) -> Found:
    """What is found; Missing (404) instead of a Problem where it is not there."""
    try:
        return find(*arguments)
    except Problem as problem:
        if problem.__cause__ is not None:
            raise
        raise Missing(problem.text.zh, problem.text.en) from None
