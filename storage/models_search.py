"""The words of flagged posts as the search reads them; `storage/search.py` alone writes them.

Beside this table stand, made by the migration only: on SQLite `post_grams`, an FTS5 table without
content, on PostgreSQL the GIN index `ix_post_grams` over `grams`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG_ID
from storage.models import Base, core


class PostWordsModel(Base):
    __tablename__ = "post_words"

    post_row: Mapped[int] = mapped_column(
        BIG_ID, ForeignKey("posts.id"), primary_key=True, autoincrement=False
    )
    words: Mapped[str]  # folded, one field a line
    # Numbers of the grams; NULL on SQLite, whose index holds them alone.
    grams: Mapped[list[Any] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(ARRAY(Integer), "postgresql")
    )


post_words = core(PostWordsModel)
