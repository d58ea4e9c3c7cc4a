"""From records to rows and back."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import asdict
from typing import Any

from storage.columns import AnyRow, storable
from storage.records import Clause, Contacts, Evidence, Finding, Post, Sighting, Snapshot

PLAIN = (  # fields of Post that are columns of the same name and type
    "platform",
    "post_id",
    "url",
    "url_found",
    "title",
    "text",
    "author",
    "author_id",
    "author_url",
    "verified",
    "published_at",
    "published_raw",
    "region",
    "video_cover",
    "icp",
    "is_ad",
)
LONGEST_HEADING = 120  # signs


def identity(platform: str, post_id: str) -> bytes:
    """The key of a post of any version: 16 bytes, however long the platform's own id is."""
    return hashlib.sha256(storable(f"{platform}\n{post_id}").encode()).digest()[:16]


def content_hash(sighting: Sighting) -> str:
    """The hash that dedupe took, else one of title and text as they stand."""
    post = sighting.post
    return (
        sighting.content_sha256
        or hashlib.sha256(storable(f"{post.title}\n{post.text}").encode()).hexdigest()
    )


def post_values(post: Post) -> dict[str, Any]:
    """Columns of a post that is kept whole."""
    return {
        **{name: getattr(post, name) for name in PLAIN},
        "images": list(post.images),
        "contacts": asdict(post.contacts),
        "counts": {name: list(pair) for name, pair in post.counts.items()},
    }


def post_of(row: AnyRow) -> Post:
    contacts = row.contacts or {}
    return Post(
        **{name: getattr(row, name) for name in PLAIN},
        images=tuple(row.images or ()),
        contacts=Contacts(**{name: tuple(values) for name, values in contacts.items()}),
        counts={name: (pair[0], pair[1]) for name, pair in (row.counts or {}).items()},
    )


def heading_of(post: Any) -> str:  # noqa: ANN401 (a Post, or a row of posts)
    """What a list calls it: its title, or else how its text begins."""
    return str(post.title or post.text or post.url).strip()[:LONGEST_HEADING]


def finding_values(post_row: int, finding: Finding) -> dict[str, Any]:
    return {
        "post_row": post_row,
        "rule": finding.rule,
        "rule_version": finding.version,
        "code": finding.code,
        "clause": finding.clause.value,
        "score": finding.score,
        "severity": finding.severity,
        "proves": finding.proves,
        "why": finding.why,
        "evidence": [asdict(evidence) for evidence in finding.evidence],
        "legal_basis": list(finding.legal_basis),
    }


def finding_of(row: AnyRow) -> Finding:
    return Finding(
        rule=row.rule,
        version=row.rule_version,
        code=row.code,
        clause=Clause(row.clause),
        score=row.score,
        severity=row.severity,
        proves=row.proves,
        why=row.why,
        evidence=tuple(Evidence(**item) for item in row.evidence),
        legal_basis=tuple(row.legal_basis),
    )


def snapshot_values(post_row: int, snapshot: Snapshot) -> dict[str, Any]:
    return {"post_row": post_row, **asdict(snapshot)}


def snapshot_of(row: AnyRow) -> Snapshot:
    return Snapshot(
        sha256=row.sha256,
        kind=row.kind,
        size=row.size,
        captured_at=row.captured_at,
        url=row.url,
    )


def pack(signature: tuple[int, ...]) -> bytes:
    return struct.pack(f"<{len(signature)}Q", *signature)


def unpack(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 8}Q", data)
