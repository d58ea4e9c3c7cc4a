"""What proof needs, put together: keys, authorities and their roots, the store, the masking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from cryptography.x509 import Certificate
from sqlalchemy import Engine

from door.printable import printable
from door.settings import Settings
from evidence.contents import Mask
from evidence.signing import KeyRing
from evidence.timestamp_wire import is_address
from evidence.timestamps import read_roots
from exports.masking import masked
from storage.bilingual import Problem
from storage.database import explained
from storage.snapshots import SnapshotStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    engine: Engine
    store: SnapshotStore
    ring: KeyRing
    authorities: tuple[str, ...] = ()
    roots: Sequence[Certificate] = ()
    roots_pem: bytes = b""
    mask: Mask = masked
    software: str = ""


def proof_of(settings: Settings, engine: Engine) -> Proof:
    """Raises Problem for an authority that is no address, and where authorities are named without
    the roots that their answers need."""
    pem, roots = b"", []
    for url in settings.tsa:
        if not is_address(url):
            shown = printable(url.rpartition("@")[2][:200])
            raise Problem(
                f"CERTSWEEP_TSA 里的「{shown}」不是时间戳机构的网址（须以 http:// 或 https:// "
                "开头，不带密码）。请管理员改正后再运行；什么都没有做。",
                f"“{shown}” in CERTSWEEP_TSA is no address of an authority (http:// or https://, "
                "no password in it). Mend it and run again; nothing was done.",
            )
    if settings.tsa and not settings.tsa_roots:
        raise Problem(
            "设置了时间戳机构 CERTSWEEP_TSA，却没有设置根证书文件 CERTSWEEP_TSA_ROOTS，"
            "无法核对它们的答复。请管理员设置。",
            "CERTSWEEP_TSA names timestamp authorities, but CERTSWEEP_TSA_ROOTS names no file of "
            "roots: their answers could not be verified. An administrator sets it.",
        )
    if settings.tsa_roots:
        roots = read_roots(settings.tsa_roots)
        with explained():
            pem = Path(settings.tsa_roots).read_bytes()
    return Proof(
        engine=engine,
        store=SnapshotStore(settings.snapshot_url, settings.home, lasting=True),
        ring=KeyRing(settings.home / "keys"),
        authorities=settings.tsa,
        roots=roots,
        roots_pem=pem,
        software=f"certsweep {version('certsweep')}",
    )
