"""What the office and each person have set: who needs a second person, and one's own keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, Field

from console.bearer import Anyone, Given, Houses, api_router, by_hand
from console.desk import desk_of
from storage.keymap import USUAL, keep_keys, keymap_of
from storage.records import Verdict
from storage.second import confirmed_codes, set_confirmed_codes

router = api_router("settings")


class Confirmed(BaseModel):
    """A verdict for a reason that takes effect only with a second person."""

    verdict: Verdict
    reason: str


class Code(Given):
    verdict: Verdict
    reason: str = Field(min_length=1, max_length=20, description="a code of GET /reasons")


Codes = Annotated[list[Code], Field(max_length=500)]


class SecondPolicy(Given):
    codes: Codes
    seen: Codes = Field(description="as GET told them: 409 where somebody has changed them since")


class Keys(BaseModel):
    keys: dict[str, str] = Field(description="the key of every act")
    usual: dict[str, str] = Field(description="where each is to begin with")


class OwnKeys(Given):
    keys: dict[str, Annotated[str, Field(max_length=10)]] = Field(
        max_length=50, description="by act; one that is missing is put back where it was"
    )


@router.get("/policy")
def second_policy(request: Request, _one: Houses) -> list[Confirmed]:
    codes = confirmed_codes(desk_of(request).engine)
    return [Confirmed(verdict=verdict, reason=reason) for verdict, reason in codes]


@router.post("/policy")
def change_second_policy(request: Request, one: Houses, said: SecondPolicy) -> list[Confirmed]:
    """These and no others; what was decided before stays as it is."""
    codes, seen = ([(c.verdict, c.reason) for c in some] for some in (said.codes, said.seen))
    set_confirmed_codes(desk_of(request).engine, codes, one.user.login, seen)
    return second_policy(request, one)


@router.get("/keys")
def own_keys(request: Request, one: Anyone) -> Keys:
    return Keys(keys=keymap_of(desk_of(request).engine, one.user), usual=dict(USUAL))


@router.post("/keys")
def change_own_keys(request: Request, one: Anyone, said: OwnKeys) -> Keys:
    """409 for a key that two acts would share, or that is none on every keyboard. Not by a token:
    whose fingers know a key for 不违规 must not find another act behind it."""
    by_hand(one)
    keep_keys(desk_of(request).engine, one.user, said.keys)
    return own_keys(request, one)
