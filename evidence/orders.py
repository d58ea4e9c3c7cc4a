"""What is asked of the camera, and what it gives back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from evidence.parts import PARTS
from storage.records import Capture


def new_id() -> str:
    """32 hex digits that nobody else has."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be taken, for whom and why."""

    url: str
    asked_by: str
    reason: str  # "flagged", "requested", "revisit", …
    case_id: int | None = None
    again_of: str = ""  # the capture whose failed parts these are
    parts: tuple[str, ...] = PARTS
    tried: int = 0  # times before, without success
    alone: bool = False  # taken with no other page beside it: what ends the browser is its doing
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A capture that is not kept yet; see evidence/keeping.py."""

    capture: Capture
    files: Mapping[str, bytes]  # by SHA-256, one for each artefact
    outcome: str  # how opening the page ended: "ok" or one word
    state: str = ""  # a PageState as the page itself tells it; "" where nothing tells
    state_reason: str = ""
    disturbed: bool = False  # the browser went down under it: worth another try
