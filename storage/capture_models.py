"""The tables of full captures: one row a taking of evidence, one a file of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BIG_ID
from storage.models import Base, core


class CaptureModel(Base):
    """One capture of one URL. Rows are only ever added; a failed part is tried in a further one."""

    __tablename__ = "captures"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)  # Capture.id, made before anything is fetched
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    again_of: Mapped[int | None] = mapped_column(
        BIG_ID, ForeignKey("captures.id"), index=True
    )  # the first one's row
    url: Mapped[str]
    final_url: Mapped[str]
    asked_by: Mapped[str]
    reason: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    parts: Mapped[dict[str, Any]]


class ArtefactModel(Base):
    """One file of a capture; its bytes lie in the snapshot store under their SHA-256."""

    __tablename__ = "capture_artefacts"
    __table_args__ = (UniqueConstraint("capture_id", "kind"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    capture_id: Mapped[int] = mapped_column(BIG_ID, ForeignKey("captures.id"))
    kind: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    sm3: Mapped[str]
    size: Mapped[int] = mapped_column(BIG_ID)
    captured_at: Mapped[datetime]


captures = core(CaptureModel)
capture_artefacts = core(ArtefactModel)
