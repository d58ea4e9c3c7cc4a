"""Keys of the desk that a person has put elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine, delete, insert, select

from storage.bilingual import Problem
from storage.database import read, write
from storage.models_api import desk_keys
from storage.users import User

# What can be put elsewhere, and where it is to begin with. Enter and Esc stay what they are.
USUAL: Mapping[str, str] = {
    "down": "j",
    "up": "k",
    "open": "o",
    "search": "/",
    "next_quote": "n",
    "previous_quote": "p",
    "violation": "1",
    "clean": "2",
    "transfer": "3",
    "doubt": "4",
    "reason": "r",
    "note": "m",
    "undo": "z",
    "queue": "u",
    "tick": "x",
    "bulk": "b",
    "takedowns": "d",
    "exports": "e",
    "statistics": "s",
    "keys": "?",
}


def keymap(kept: Mapping[str, object] | None) -> dict[str, str]:
    """Every act's key, from what is kept of a person; a key of an older version is passed over."""
    own = {act: str(key) for act, key in (kept or {}).items() if act in USUAL}
    return {**USUAL, **own}


def keymap_of(engine: Engine, user: User) -> dict[str, str]:
    statement = select(desk_keys.c["keys"]).where(desk_keys.c.user_id == user.id)
    with read(engine) as connection:
        return keymap(connection.execute(statement).scalar_one_or_none())


def keep_keys(engine: Engine, user: User, keys: Mapping[str, str]) -> None:
    """Raises Problem, with nothing changed, for a key that is none on every keyboard, or that two
    acts would share.

    What is missing or empty stays where it always was.
    """
    whole = {act: keys.get(act, "").strip() or usual for act, usual in USUAL.items()}
    for key in whole.values():
        if len(key) != 1 or not "!" <= key <= "~":
            raise Problem(
                f"“{key[:10]}”不能作按键：每项只填一个不用输入法就能打出的字符"
                "（英文字母、数字、半角标点），没有改动。",
                f"{key[:10]!r} is no key: one character for each, and one that needs no input "
                "method (letters, digits, signs); nothing was changed.",
            )
    shared = sorted({key for key in whole.values() if list(whole.values()).count(key) > 1})
    if shared:
        raise Problem(
            f"键“{'、'.join(shared)}”给了两个动作，没有改动。请每个动作用不同的键。",
            f"The key {', '.join(shared)} was given to two acts; nothing was changed. Give each "
            "its own.",
        )
    own = {act: key for act, key in whole.items() if key != USUAL[act]}
    with write(engine) as connection:
        connection.execute(delete(desk_keys).where(desk_keys.c.user_id == user.id))
        if own:
            connection.execute(insert(desk_keys).values(user_id=user.id, keys=own))
