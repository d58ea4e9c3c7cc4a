"""Evidence files: the name is the hash, written once, never changed."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from storage.bilingual import Problem
from storage.database import explained
from storage.records import Snapshot

SHA256 = re.compile(r"[0-9a-f]{64}")
TEMPORARY = ".part-"  # a name that no hash has; what a killed process left is never read


def missing(sha256: str) -> Problem:
    return Problem(
        f"快照 {sha256} 的文件不在存储中。请从备份恢复。",
        f"The file of snapshot {sha256} is not in the store. Restore it from a backup.",
    )


def parents(folder: str) -> tuple[str, str]:
    """The two folders above that a first file may have made."""
    above = folder.rsplit("/", 1)[0]
    return above, above.rsplit("/", 1)[0]


class SnapshotStore:
    """Content-addressed files under an fsspec URL, "" meaning the folder `home/snapshots`.

    `lasting`: wait until each file is on the disk. A row that names a file outlives a power cut,
    and so must evidence; a sweep, which would wait some hundred times a minute, fetches again.
    """

    def __init__(self, url: str, home: Path, *, lasting: bool = False) -> None:
        self._lasting = lasting
        filesystem, root = fsspec.core.url_to_fs(url or str(home / "snapshots"))
        self._files: Any = filesystem
        self._root = str(root).rstrip("/")

    def _path(self, sha256: str) -> str:
        if not SHA256.fullmatch(sha256):
            raise Problem(
                f"“{sha256[:80]}”不是快照编号（应为 64 位十六进制小写）。",
                f"“{sha256[:80]}” is no snapshot: 64 lower-case hexadecimal digits are expected.",
            )
        return f"{self._root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def put(self, data: bytes, kind: str, url: str, captured_at: datetime) -> Snapshot:
        """Keep the bytes; what is there already is read and, if it is not the same, put right.

        A full disk is a Problem and leaves nothing half-written under the hash's name.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        snapshot = Snapshot(
            sha256=sha256, kind=kind, size=len(data), captured_at=captured_at, url=url
        )
        path = self._path(sha256)
        with explained():
            if not self._holds(path, data):
                self._write(path, data)
        return snapshot

    def _holds(self, path: str, data: bytes) -> bool:
        """Whether just these bytes are there. A size alone would leave a rotten file for ever."""
        if not (self._files.exists(path) and self._files.size(path) == len(data)):
            return False
        there: bytes = self._files.cat_file(path)
        return there == data

    def _write(self, path: str, data: bytes) -> None:
        folder = path.rsplit("/", 1)[0]
        temporary = f"{folder}/{TEMPORARY}{secrets.token_hex(8)}"
        new = not self._files.exists(folder)
        self._files.makedirs(folder, exist_ok=True)
        try:
            self._files.pipe_file(temporary, data)
            self._settle(temporary)
            self._files.mv(temporary, path)
            self._settle(folder, *(parents(folder) if new else ()))
        except OSError:
            self._discard(temporary)
            raise

    def _settle(self, *paths: str) -> None:
        """Wait until files and folders of this machine are on its disk, if that was asked for."""
        if not (self._lasting and isinstance(self._files, LocalFileSystem)):
            return
        for path in paths:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _discard(self, path: str) -> None:
        if self._files.exists(path):
            self._files.rm_file(path)

    def get(self, sha256: str) -> bytes:
        """The bytes as stored, not verified (see `check`); Problem if there are none."""
        path = self._path(sha256)
        with explained():
            try:
                data: bytes = self._files.cat_file(path)
            except FileNotFoundError:
                raise missing(sha256) from None
        return data

    def check(self, sha256: str) -> bool | None:
        """True: proved, False: disproved (the bytes have changed), None: nothing to check."""
        path = self._path(sha256)
        with explained():
            if not self._files.exists(path):
                return None
            data: bytes = self._files.cat_file(path)
        return hashlib.sha256(data).hexdigest() == sha256

    @contextmanager
    def opened(self, sha256: str) -> Iterator[IO[bytes]]:
        """The file to read from, not verified; Problem if there is none."""
        path = self._path(sha256)
        with explained():
            if not self._files.exists(path):
                raise missing(sha256)
            with self._files.open(path, "rb") as file:
                yield file
