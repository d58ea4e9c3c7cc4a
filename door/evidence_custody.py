"""Whether the chain of custody holds, also against what signed manifests say of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from door.evidence_parts import Proof
from evidence.signing import holds
from storage.bilingual import Problem
from storage.custody import Broken, every_line, first_broken, head
from storage.database import read
from storage.packages import Package, every_package


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    lines: int
    broken: Broken | None
    anchors: int  # signed manifests that the chain was held against
    unproved: tuple[str, ...]  # packages whose manifest is gone, changed or not signed by a key


def check_chain(proof: Proof) -> ChainState:
    """Walk the whole chain. A chain alone cannot show that its end was cut off; manifests can."""
    with read(proof.engine) as connection:
        packages = every_package(connection)
    anchors, unproved = {}, []
    keys = proof.ring.public_keys()
    for package in packages:
        anchor = anchor_of(proof, package, keys)
        if anchor is None:
            unproved.append(package.name)
        else:
            anchors[anchor[0]] = anchor[1]
    with read(proof.engine) as connection:
        broken = first_broken(every_line(connection), anchors.items())
        last = head(connection)
    return ChainState(
        lines=last.seq if last else 0,
        broken=broken,
        anchors=len(anchors),
        unproved=tuple(unproved),
    )


def anchor_of(proof: Proof, package: Package, keys: dict[str, bytes]) -> tuple[int, str] | None:
    try:
        manifest = proof.store.get(package.manifest_sha256)
    except Problem:
        return None
    signed = holds(keys.get(package.key_id, b""), package.signature, manifest)
    if not signed or hashlib.sha256(manifest).hexdigest() != package.manifest_sha256:
        return None
    anchor = json.loads(manifest)["custody"]
    return anchor["seq"], anchor["hash"]
