"""A form that met the end of a session travels through the login page and comes back after it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fastapi import Request

from console.desk import Desk, desk_of
from console.numbers import digits
from storage.columns import storable_tree
from storage.kept_forms import keep_form, kept_form
from storage.users import User

LONGEST = 200_000  # signs of JSON
FIELDS = 1_000


def packed(pairs: Sequence[tuple[str, str]]) -> str:
    """The fields as a hidden field of the login page holds them; "" for none."""
    text = json.dumps(list(pairs), ensure_ascii=False) if pairs else ""
    return text if len(text) <= LONGEST else ""


def unpacked(text: str) -> tuple[tuple[str, str], ...]:
    """The fields again; none for what was never packed by us."""
    if not text or len(text) > LONGEST:
        return ()
    try:
        found = json.loads(text)
        pairs = tuple((name, value) for name, value in storable_tree(found))  # type: ignore[attr-defined]
    except (ValueError, TypeError, RecursionError):
        return ()
    good = all(isinstance(word, str) for pair in pairs for word in pair)
    return pairs if good and len(pairs) <= FIELDS else ()


def kept_pairs(request: Request, user: User) -> tuple[tuple[str, str], ...]:
    """The fields that `?kept=` of this page's address names; none where it names none."""
    number = digits(request.query_params.get("kept", ""))
    if number is None:
        return ()
    return kept_form(desk_of(request).engine, number, user.login, request.url.path)


def way_back(desk: Desk, login: str, back: str, typed: str) -> str:
    """Where to go on after the login; the kept form is named in the address."""
    pairs = unpacked(typed)
    if not pairs:
        return back
    path = back.partition("?")[0]
    return f"{path}?kept={keep_form(desk.engine, login, path, pairs)}"
