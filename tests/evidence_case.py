"""A decided case with a full capture, all invented, and what proof needs to pack it."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from door.evidence_parts import Proof
from door.evidence_run import Packed, package_case
from evidence.custody import captured
from evidence.digests import digests_of
from evidence.signing import KeyRing
from evidence.timestamps import read_roots
from evidence.trial_authority import TrialAuthority
from storage.captures import keep
from storage.cases import decide
from storage.database import write
from storage.records import Artefact, Capture
from storage.snapshots import SnapshotStore
from tests.makers import NOON, decision, flagged, sight

URL = "http://school.example/a?b=2&a=1"
HTML = "<!doctype html><title>月嫂证报名</title><p>月嫂证免考包过，电话 13800000000。".encode()
TEXT = "月嫂证免考包过，电话 13800000000。"
FILES = {
    "dom": ("text/html", HTML),
    "mhtml": ("multipart/related", b"MIME-Version: 1.0\r\n\r\n"),
    "full_page": ("image/png", b"\x89PNG full"),
    "first_screen": ("image/png", b"\x89PNG first"),
    "text": ("text/plain; charset=utf-8", TEXT.encode()),
    "facts": (
        "application/json",
        b'{"documents":[{"status":200}],"page":{"state":"alive"},"protocol":"http/1.1"}',
    ),
}
CASE = 1
BY = "赵封存"


class Moody(TrialAuthority):
    """An authority that is down for maintenance as long as a test says."""

    down = False

    def respond(self, query: bytes) -> tuple[int, bytes]:
        return (503, b"down for maintenance") if self.down else super().respond(query)


def warc(url: str = URL, body: bytes = HTML) -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    dated = {"WARC-Date": "2026-11-23T04:00:00Z"}
    http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    response = writer.create_warc_record(
        url, "response", BytesIO(body), http_headers=http, warc_headers_dict=dated
    )
    writer.write_record(response)
    response.raw_stream.close()
    picture = writer.create_warc_record(
        f"urn:view:{url}",
        "resource",
        BytesIO(b"\x89PNG first"),
        warc_content_type="image/png",
        warc_headers_dict=dated,
    )
    writer.write_record(picture)
    picture.raw_stream.close()
    return out.getvalue()


def capture(store: SnapshotStore, number: int = 1, **changes: object) -> Capture:
    """A capture whose files lie in the store."""
    artefacts = []
    for kind, (media, data) in {"warc": ("application/warc", warc()), **FILES}.items():
        kept = store.put(data, kind, URL, NOON)
        digests = digests_of(data)
        artefacts.append(
            Artefact(
                kind=kind,
                media_type=media,
                sha256=kept.sha256,
                sm3=digests.sm3,
                size=len(data),
                captured_at=NOON,
            )
        )
    made = Capture(
        id=hashlib.md5(str(number).encode()).hexdigest(),
        url=URL,
        final_url=URL,
        asked_by="王取证",
        reason="flagged",
        started_at=NOON,
        ended_at=NOON + timedelta(seconds=3),
        artefacts=tuple(artefacts),
        parts=dict.fromkeys(("warc", *FILES), "ok"),
        case_id=CASE,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def told(store: SnapshotStore, made: Capture, facts: Any) -> Capture:
    """The capture with other facts."""
    data = json.dumps(facts).encode()
    sha256, digests = store.put(data, "facts", "", NOON).sha256, digests_of(data)
    artefacts = [
        replace(one, sha256=sha256, sm3=digests.sm3, size=len(data)) if one.kind == "facts" else one
        for one in made.artefacts
    ]
    return replace(made, artefacts=tuple(artefacts))


def a_case(engine: Engine) -> None:
    """Case 1, decided as a violation."""
    sight(engine, flagged())
    decide(engine, decision(CASE))


def a_captured_case(engine: Engine, store: SnapshotStore) -> Capture:
    a_case(engine)
    made = capture(store)
    with write(engine) as connection:
        keep(connection, made)
        captured(connection, made, NOON)
    return made


def proof(engine: Engine, home: Path, authority: TrialAuthority | None = None, *urls: str) -> Proof:
    """The parts as the door puts them together; authorities answer under `urls`."""
    return Proof(
        engine=engine,
        store=SnapshotStore("", home),
        ring=KeyRing(home / "keys"),
        authorities=urls,
        roots=read_roots(str(authority.roots)) if authority else (),
        roots_pem=authority.roots.read_bytes() if authority else b"",
        software="certsweep test",
    )


def unsealed(engine: Engine, home: Path, case: int = CASE) -> Packed:
    """The package of a case, no authority asked."""
    return package_case(proof(engine, home), case, home / "out", BY)


def opened(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
