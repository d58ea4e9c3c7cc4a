"""Packages as somebody forges them who holds a key, and authorities that stamp what he asks."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from evidence.digests import digests_of
from evidence.layout import (
    CUSTODY,
    MANIFEST,
    MANIFEST_SIGNATURE,
    PUBLIC_KEY,
    SEAL,
    SEAL_SIGNATURE,
    Entry,
    datapackage,
    entry_of,
)
from evidence.layout import layout as laid_out
from evidence.report import Report
from evidence.signing import SigningKey
from evidence.trial_authority import TrialAuthority
from storage.canonical import canonical

Files = dict[str, bytes]
Edit = Callable[[Any], None]
FOLLOW = (SEAL, SEAL_SIGNATURE, "datapackage.json", "datapackage-digest.json")


def files_of(path: Path) -> Files:
    """All files of a package but those that follow from the others, and the seal beside them."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name not in FOLLOW[1:]}


def sealed(files: Files, key: SigningKey, /, **changes: Any) -> bytes:
    """The package of these files, sealed with this key as the writer does it.

    `changes`: what the seal says otherwise than it did.
    """
    contents = {name: data for name, data in files.items() if name != SEAL}
    contents[PUBLIC_KEY] = key.public_pem
    seal = json.loads(files[SEAL])
    entries = [entry_of(name, data) for name, data in sorted(contents.items())]
    rows = [
        {"path": one.path, "size": one.size, "sha256": one.sha256, "crc32": one.crc32}
        for one in entries
    ]
    told = canonical(seal | {"files": rows, "key": key.id} | changes)
    return assembled(told, key.sign(told), seal["head"], entries, contents)


def assembled(
    seal: bytes, signature: bytes, head: Any, entries: list[Entry], contents: Files
) -> bytes:
    own = {SEAL: seal, SEAL_SIGNATURE: signature}
    first = [entry_of(name, data) for name, data in own.items()]
    own["datapackage.json"], own["datapackage-digest.json"] = datapackage(head, [*first, *entries])
    last = [entry_of(name, own[name]) for name in FOLLOW[2:]]
    everything = contents | own
    return b"".join(
        everything[entry.path] if entry and part == "data" else data
        for part, entry, data in laid_out([*first, *entries, *last])
    )


def hashed(line: dict[str, Any]) -> dict[str, Any]:
    """A line of custody with the hash that belongs to it."""
    told = {name: value for name, value in line.items() if name != "hash"}
    return {**told, "hash": hashlib.sha256(canonical(told)).hexdigest()}


def lines_in(files: Files) -> list[dict[str, Any]]:
    return [json.loads(row) for row in files[CUSTODY].splitlines()]


def custody(files: Files, lines: Sequence[dict[str, Any]]) -> None:
    files[CUSTODY] = b"".join(canonical(line) + b"\n" for line in lines)


def stamp(authority: TrialAuthority, data: bytes) -> bytes:
    builder = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    return authority.answer(builder.build().as_bytes())


def signed_anew(files: Files, key: SigningKey, authority: TrialAuthority, edit: Edit) -> Files:
    """The files with another manifest, everything that follows from it made anew: its lines of
    custody, its signature, its timestamps of this moment, and what the seal says of it.
    """
    made, manifest, seal = dict(files), json.loads(files[MANIFEST]), json.loads(files[SEAL])
    edit(manifest)
    manifest["key"], number = key.id, manifest["custody"]["seq"]
    lines = lines_in(files)
    rows = hashlib.sha256(canonical(manifest["artefacts"])).hexdigest()
    anchor = hashed({**next(one for one in lines if one["seq"] == number), "sha256": rows})
    manifest["custody"]["hash"] = anchor["hash"]
    made[MANIFEST] = canonical(manifest)
    made[MANIFEST_SIGNATURE] = key.sign(made[MANIFEST])
    sha256 = hashlib.sha256(made[MANIFEST]).hexdigest()
    acts = [("signed", f"manifest:{sha256}", sha256)]
    for row in seal["timestamps"]:
        made[row["file"]] = stamp(authority, made[MANIFEST])
        acts.append(("stamped", f"hash:{sha256}", digests_of(made[row["file"]]).sha256))
    rolls = [
        one for one in lines if one["what"] == "stamped" and sha_of(files) not in one["subject"]
    ]
    acts += [("stamped", one["subject"], one["sha256"]) for one in rolls]
    after = [anchor]
    for what, subject, digest in acts:
        told = {"what": what, "subject": subject, "sha256": digest, "prev": after[-1]["hash"]}
        after.append(hashed({**anchor, **told, "seq": after[-1]["seq"] + 1}))
    custody(made, [*(one for one in lines if one["seq"] < number), *after])
    made[SEAL] = canonical(seal | {"manifest": sha256})
    return made


def sha_of(files: Files) -> str:
    return hashlib.sha256(files[MANIFEST]).hexdigest()


def relisted(manifest: Any, files: Files, path: str) -> None:
    """Let the manifest's list give this file as it is now."""
    digests = digests_of(files[path])
    for row in manifest["artefacts"]:
        if row["path"] == path:
            row |= {"sha256": digests.sha256, "sm3": digests.sm3, "size": len(files[path])}


def disproved(report: Report) -> set[str]:
    return {check.name for check in report.checks if check.result == "disproved"}


def alone(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Python without site-packages, our tree or an environment; `openssl` is all it finds."""
    openssl = shutil.which("openssl")
    assert openssl is not None
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *words],
        cwd=folder,
        env={"PATH": str(Path(openssl).parent), "PYTHONPATH": ""},
        capture_output=True,
        check=False,
    )
