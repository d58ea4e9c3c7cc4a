"""Column types that keep hostile text and moments in time whole on SQLite and PostgreSQL alike."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Row, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.records import aware

# PostgreSQL refuses U+0000 in text, and no database can encode a lone surrogate. Either on one
# hostile page would undo a whole batch. One sign replaces one sign, so that evidence spans hold.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def utc_now() -> datetime:
    return datetime.now(UTC)


def storable(text: str) -> str:
    """The same text, every sign that no database keeps replaced by U+FFFD; the length stays."""
    return text if text.isascii() and "\x00" not in text else UNSTORABLE.sub(REPLACEMENT, text)


def storable_tree(value: object) -> object:
    """`storable` for every string in what json would write: mappings, sequences, scalars."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): storable_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable_tree(item) for item in value]
    return value


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in, UTC out. SQLite keeps UTC without a zone, PostgreSQL `timestamp with time zone`."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = aware(value).astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class SafeText(TypeDecorator[str]):
    """Text from strangers."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else storable(value)


class SafeJson(TypeDecorator[object]):
    """JSON with text from strangers; None is SQL NULL. JSONB on PostgreSQL."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = JSONB(none_as_null=True) if dialect.name == "postgresql" else self.impl
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: object, dialect: Dialect) -> object:  # noqa: ARG002
        return storable_tree(value)


# SQLite numbers rows by itself only for the type INTEGER.
BIG_ID = BigInteger().with_variant(Integer(), "sqlite")

AnyRow = Row[*tuple[Any, ...]]  # a result row whose columns are known to its query only
