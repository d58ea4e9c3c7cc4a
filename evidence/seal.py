"""The seal: whether a package is sealed, and if not, exactly what is pending or failed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from cryptography.x509 import Certificate

from evidence.layout import Entry
from evidence.signing import holds
from evidence.timestamps import FAILED, PENDING, token_holds
from storage.bilingual import Bilingual
from storage.canonical import canonical
from storage.custody import stamp_of
from storage.stamps import Stamp

FORMAT = "certsweep-seal/1"
SEALED, PENDING_STATE, FAILED_STATE = "sealed", "pending", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One timestamp as the seal tells it."""

    authority: str
    state: str  # "granted", "pending" or "failed"
    reason: str  # "" for a granted one, or a word of timestamps.PENDING or FAILED
    token: bytes = b""
    stamped_at: str = ""
    tries: int = 0

    def told(self) -> Bilingual:
        """Why it is not granted."""
        words = PENDING.get(self.reason) or FAILED.get(self.reason)
        zh, en = (words.zh, words.en) if words else (self.reason, self.reason)
        return Bilingual(f"{self.authority}：{zh}", f"{self.authority}: {en}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A roll of captures and its timestamps, all of them granted and proved."""

    data: bytes
    stamps: tuple[Stamp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What a package is worth, and why."""

    state: str  # "sealed", "pending" or "failed"
    standings: tuple[Standing, ...]
    why: tuple[Bilingual, ...]  # what is pending or failed; empty for a sealed one


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a seal speaks of besides the files."""

    manifest: bytes
    key_id: str
    sealing: Sealing
    rolls: Sequence[Roll] = ()


def sealing(
    manifest: bytes,
    signed: tuple[bytes, bytes],
    authorities: Sequence[str],
    stamps: Sequence[Stamp],
    roots: Sequence[Certificate],
) -> Sealing:
    """Sealed only if the signature and a timestamp of every authority hold now.

    `signed`: the signature over the manifest and the public key in PEM.
    """
    by_url = {stamp.authority: stamp for stamp in stamps}
    sha256 = hashlib.sha256(manifest).hexdigest()
    standings = tuple(standing(url, by_url.get(url), sha256, roots) for url in authorities)
    why = [one.told() for one in standings if one.state != "granted"]
    states = {one.state for one in standings}
    if not authorities:
        why.append(NO_AUTHORITY)
        states.add(PENDING_STATE)
    if not holds(signed[1], signed[0], manifest):
        why.insert(0, BAD_SIGNATURE)
        states.add(FAILED_STATE)
    worst = next((one for one in (FAILED_STATE, PENDING_STATE) if one in states), SEALED)
    return Sealing(state=worst, standings=standings, why=tuple(why))


NO_AUTHORITY = Bilingual(
    "没有配置时间戳机构，请管理员配置（CERTSWEEP_TSA）",
    "no timestamp authority is set: ask an administrator (CERTSWEEP_TSA)",
)
BAD_SIGNATURE = Bilingual("清单的签名不成立", "the signature of the manifest does not hold")


def standing(url: str, stamp: Stamp | None, sha256: str, roots: Sequence[Certificate]) -> Standing:
    if stamp is None:
        return Standing(authority=url, state=PENDING_STATE, reason="")
    if stamp.token is None:
        state = FAILED_STATE if stamp.reason in FAILED else PENDING_STATE
        return Standing(authority=url, state=state, reason=stamp.reason, tries=stamp.tries)
    if not token_holds(stamp.token, sha256, roots):
        return Standing(authority=url, state=FAILED_STATE, reason="untrusted", tries=stamp.tries)
    told = stamp_of(stamp.stamped_at) if stamp.stamped_at else ""
    return Standing(authority=url, state="granted", reason="", token=stamp.token, stamped_at=told)


def tokens_of(sealed: Sealing, rolls: Sequence[Roll]) -> list[bytes]:
    """Every answer of an authority, in the order of their files tsr-1.tsr, tsr-2.tsr, …"""
    over_manifest = [one.token for one in sealed.standings if one.token]
    return over_manifest + [stamp.token or b"" for roll in rolls for stamp in roll.stamps]


def seal_of(written: Sealed, head: dict[str, Any], files: Sequence[Entry]) -> bytes:
    """The canonical bytes of `seal.json`; `files` are all but the four that follow from it."""
    names = (f"evidence/tsr-{number}.tsr" for number in count(1))
    told = {
        "format": FORMAT,
        "manifest": hashlib.sha256(written.manifest).hexdigest(),
        "key": written.key_id,
        "state": written.sealing.state,
        "head": head,
        "timestamps": [
            {
                "authority": one.authority,
                "state": one.state,
                "reason": one.reason,
                "file": next(names) if one.token else "",
                "stamped_at": one.stamped_at,
            }
            for one in written.sealing.standings
        ],
        "rolls": [
            {
                "file": f"evidence/roll-{number}.json",
                "timestamps": [
                    {"authority": stamp.authority, "file": next(names)} for stamp in roll.stamps
                ],
            }
            for number, roll in enumerate(written.rolls, 1)
        ],
        "files": [
            {"path": one.path, "size": one.size, "sha256": one.sha256, "crc32": one.crc32}
            for one in files
        ],
    }
    return canonical(told)
