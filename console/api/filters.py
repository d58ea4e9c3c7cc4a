"""Filters of the queue kept under a name."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel, Field

from console.api.queue import Wanted
from console.bearer import Given, Reads, api_router
from console.desk import desk_of
from console.filters import query_string
from console.numbers import LARGEST_ID
from console.sharing import refuse_contact, to_be_seen
from storage.saved_filters import LONGEST, forget_filter, save_filter, saved_for

router = api_router("filters")


class Saved(BaseModel):
    id: int
    owner: str
    name: str
    query: str = Field(description="as the queue page's address has it")
    shared: bool


class Save(Given):
    name: str = Field(min_length=1, max_length=LONGEST)
    filters: Wanted = Wanted()
    shared: bool = False


@router.get("/filters")
def saved_filters(request: Request, one: Reads) -> list[Saved]:
    """One's own, and those that others share and that name no contact one may not see."""
    found = to_be_seen(saved_for(desk_of(request).engine, one.user.login), one)
    return [Saved(**{name: getattr(kept, name) for name in Saved.model_fields}) for kept in found]


@router.post("/filters")
def keep_filter(request: Request, one: Reads, said: Save) -> list[Saved]:
    """Keep it; one of the same name is replaced. None that names a contact is shared."""
    query = query_string(said.filters.filters(one))
    engine = desk_of(request).engine
    if said.shared:
        refuse_contact(said.name, query)
    save_filter(engine, one.user.login, said.name, query, shared=said.shared)
    return saved_filters(request, one)


@router.delete("/filters/{number}")
def drop_filter(
    request: Request, one: Reads, number: Annotated[int, Path(ge=1, le=LARGEST_ID)]
) -> list[Saved]:
    """One's own; what is not there is forgotten already."""
    forget_filter(desk_of(request).engine, one.user.login, number)
    return saved_filters(request, one)
