"""Words of a takedown as anybody may see them: contacts of each item's post are starred."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from exports.masking import masked
from storage.contacts import contacts_of_posts, together
from storage.takedowns import Item

Hider = Callable[[Item | None, str], str]


def hider(engine: Engine, items: Sequence[Item]) -> Hider:
    """For words about one of these items, or about all of them where none is named."""
    contacts = contacts_of_posts(engine, [item.post_row for item in items])
    every = together(contacts.values())

    def hide(item: Item | None, text: str) -> str:
        return masked(text, every if item is None else contacts.get(item.post_row, every))

    return hide
