"""Writing an evidence package: a WACZ whose every byte follows from its seal and its contents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evidence.layout import (
    CUSTODY,
    MANIFEST,
    MANIFEST_SIGNATURE,
    PUBLIC_KEY,
    ROOTS,
    SEAL,
    SEAL_SIGNATURE,
    Entry,
    datapackage,
    entry_of,
    layout,
)
from evidence.measuring import BLOCK, measured
from evidence.seal import Roll, Sealed, Sealing, seal_of, tokens_of
from evidence.signing import SigningKey
from storage.bilingual import Problem
from storage.canonical import canonical
from storage.custody import Line
from storage.snapshots import SnapshotStore
from storage.whole_files import whole

WACZ_VERSION = "1.1.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What goes into a package besides the artefacts that its manifest lists."""

    name: str
    manifest: bytes
    signature: bytes  # of the manifest
    key: SigningKey  # the one that signed it
    sealing: Sealing
    custody: Sequence[Line]
    roots: bytes  # PEM; b"" where no authority was asked
    rolls: Sequence[Roll] = ()  # that bear the case's captures and were stamped


def custody_lines(lines: Sequence[Line]) -> bytes:
    """Lines of one case as JSON Lines. Where numbers are left out stood lines of other cases.

    Every row has the same fields: `wacz validate` takes JSON Lines for a table.
    """
    return b"".join(canonical(asdict(line)) + b"\n" for line in lines)


def write_package(store: SnapshotStore, written: Written, path: Path) -> str:
    """Write the package, whole or not at all; gives the SHA-256 of the file.

    Raises Problem where an artefact is gone from the store or was changed there.
    """
    own = own_files(written)
    manifest = json.loads(written.manifest)
    stored = [stored_entry(store, row) for row in manifest["artefacts"]]
    files = sorted([*stored, *(entry_of(*one) for one in own.items())], key=lambda one: one.path)
    head = head_of(written.name, manifest)
    speaks_of = Sealed(
        manifest=written.manifest,
        key_id=written.key.id,
        sealing=written.sealing,
        rolls=written.rolls,
    )
    seal = seal_of(speaks_of, head, files)
    own |= {SEAL: seal, SEAL_SIGNATURE: written.key.sign(seal)}
    first = [entry_of(name, own[name]) for name in (SEAL, SEAL_SIGNATURE)]
    described, digest = datapackage(head, [*first, *files])
    own |= {"datapackage.json": described, "datapackage-digest.json": digest}
    last = [entry_of(name, own[name]) for name in ("datapackage.json", "datapackage-digest.json")]
    return pour(store, [*first, *files, *last], own, path)


def own_files(written: Written) -> dict[str, bytes]:
    found = {
        MANIFEST: written.manifest,
        MANIFEST_SIGNATURE: written.signature,
        PUBLIC_KEY: written.key.public_pem,
        CUSTODY: custody_lines(written.custody),
    }
    if written.roots:
        found[ROOTS] = written.roots
    for number, roll in enumerate(written.rolls, 1):
        found[f"evidence/roll-{number}.json"] = roll.data
    for number, token in enumerate(tokens_of(written.sealing, written.rolls), 1):
        found[f"evidence/tsr-{number}.tsr"] = token
    return found


def head_of(name: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """What `datapackage.json` says besides its list."""
    return {
        "wacz_version": WACZ_VERSION,
        "title": name,
        "created": manifest["made_at"][:19] + "Z",
        "software": manifest["software"],
    }


def stored_entry(store: SnapshotStore, row: dict[str, Any]) -> Entry:
    entry = measured(store, row["sha256"], row["path"])
    if entry is None:
        raise Problem(
            f"存储中的文件 {row['sha256']} 被改动过，没有写证据包。请从备份恢复。",
            f"The stored file {row['sha256']} was changed; no package was written. Restore it from "
            "a backup.",
        )
    return entry


def pour(store: SnapshotStore, entries: list[Entry], own: dict[str, bytes], path: Path) -> str:
    digest = hashlib.sha256()
    with whole(path) as file:
        for part, entry, data in layout(entries):
            blocks = contents(store, entry, own) if entry and part == "data" else [data]
            for block in blocks:
                digest.update(block)
                file.write(block)
    return digest.hexdigest()


def contents(store: SnapshotStore, entry: Entry, own: dict[str, bytes]) -> Iterator[bytes]:
    if entry.path in own:
        yield own[entry.path]
        return
    with store.opened(entry.sha256) as file:
        while block := file.read(BLOCK):
            yield block
