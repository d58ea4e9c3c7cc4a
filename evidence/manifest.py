"""The manifest: everything a package holds and lacks, in one row of bytes that is signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evidence.pieces import Lack, Piece
from evidence.plain_tree import clean
from storage.canonical import canonical, canonical_sha256
from storage.custody import Line, stamp_of
from storage.records import Capture

FORMAT = "certsweep-evidence/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who makes the manifest, when, with what, and whose timestamps it asks for."""

    case_id: int
    made_at: datetime
    made_by: str
    software: str  # as "certsweep 0.1.0"
    key_id: str
    authorities: Sequence[str]  # URLs


def artefact_rows(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    """The rows of the manifest's list, by path."""
    return sorted((piece.row() for piece in pieces), key=lambda row: str(row["path"]))


def capture_record(capture: Capture) -> dict[str, Any]:
    """A capture as the manifest tells it; custody's line "captured" is over its hash."""
    record = {
        "id": capture.id,
        "url": capture.url,
        "final_url": capture.final_url,
        "asked_by": capture.asked_by,
        "reason": capture.reason,
        "started_at": stamp_of(capture.started_at),
        "ended_at": stamp_of(capture.ended_at),
        "parts": dict(capture.parts),
        "case": capture.case_id,
        "again_of": capture.again_of,
        "artefacts": [
            {"kind": one.kind, "sha256": one.sha256, "sm3": one.sm3, "size": one.size}
            for one in capture.artefacts
        ],
    }
    cleaned = clean(record)
    assert isinstance(cleaned, dict)
    return cleaned


def capture_sha256(capture: Capture) -> str:
    return canonical_sha256(capture_record(capture))


def manifest_of(
    origin: Origin,
    artefacts: Sequence[dict[str, Any]],
    lacks: Iterable[Lack],
    captures: Iterable[Capture],
    anchor: Line,
    before: Iterable[Line] = (),
) -> bytes:
    """The canonical bytes. `anchor`: the line of custody that says the artefacts were gathered;
    `before`: those about the case before it, named so that none can be left out or put in.
    """
    told = {
        "format": FORMAT,
        "case": origin.case_id,
        "made_at": stamp_of(origin.made_at),
        "made_by": origin.made_by,
        "software": origin.software,
        "key": origin.key_id,
        "authorities": list(origin.authorities),
        "custody": {
            "seq": anchor.seq,
            "hash": anchor.hash,
            "lines": [[line.seq, line.hash] for line in before],
        },
        "captures": [capture_record(one) for one in captures],
        "artefacts": list(artefacts),
        "missing": [lack.row() for lack in lacks],
    }
    return canonical(clean(told))


def roll_of(captures: Iterable[str]) -> bytes:
    """A roll: hashes of captures' records and nothing else, so that any package may show it."""
    return canonical({"format": "certsweep-roll/1", "captures": sorted(captures)})


def package_name(case_id: int, sha256: str) -> str:
    """`EV-<case>-<first 12 hex of the manifest's SHA-256>.wacz`."""
    return f"EV-{case_id}-{sha256[:12]}.wacz"
