"""The pieces of a package: each a file of the snapshot store with the path it gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evidence.layout import Entry
from evidence.measuring import measured
from storage.bilingual import Problem
from storage.custody import stamp_of
from storage.snapshots import SnapshotStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file that the manifest lists."""

    entry: Entry
    kind: str  # as "full_page", "post_text", "masked_text", "findings"
    media_type: str
    taken_at: datetime  # captured, or made
    of: str  # "capture:<id>", "post:<row>" or "case:<number>"
    derived_from: str = ""  # SHA-256 of what it was made from; "" for an original

    def row(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {
            "path": self.entry.path,
            "kind": self.kind,
            "media_type": self.media_type,
            "size": self.entry.size,
            "sha256": self.entry.sha256,
            "sm3": self.entry.sm3,
            "taken_at": stamp_of(self.taken_at),
            "of": self.of,
            "derived_from": self.derived_from,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something a whole package would hold and this one does not."""

    what: str  # a key of evidence.lacks.LACKS
    of: str
    why: str  # one word
    made_good_by: str = ""  # the later capture that has this part whole

    def row(self) -> dict[str, str]:
        row = {"what": self.what, "of": self.of, "why": self.why}
        return row | ({"made_good_by": self.made_good_by} if self.made_good_by else {})


class Basket:
    """Pieces and lacks as they are gathered."""

    def __init__(self, store: SnapshotStore, now: datetime) -> None:
        self.store, self.now = store, now
        self.pieces: list[Piece] = []
        self.lacks: list[Lack] = []

    def lack(self, what: str, of: str, why: str) -> None:
        self.lacks.append(Lack(what=what, of=of, why=why))

    def keep(self, sha256: str, path: str, facts: dict[str, Any]) -> Piece | None:
        """Take a file that is in the store; one that is gone or was changed is a lack.

        `facts`: the fields of Piece besides its entry.
        """
        try:
            entry = measured(self.store, sha256, path)
        except Problem:
            self.lack("file", f"{facts['of']} {facts['kind']}", "gone")
            return None
        if entry is None:
            self.lack("file", f"{facts['of']} {facts['kind']}", "changed")
            return None
        piece = Piece(entry=entry, **facts)
        self.pieces.append(piece)
        return piece

    def make(self, data: bytes, path: str, facts: dict[str, Any]) -> Piece | None:
        """Put bytes made now into the store and take them."""
        kept = self.store.put(data, str(facts["kind"]), "", self.now)
        return self.keep(kept.sha256, path, {"taken_at": self.now, **facts})
