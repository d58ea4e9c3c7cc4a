"""Whether the chain of custody holds, also against what else tells of it.

Whoever owns the database can cut the chain off or make it anew. What speaks against him lies in
other tables, in the folder of the keys, and in packages that were handed out.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from door.evidence_parts import Proof
from evidence.signing import holds
from evidence.verifier import examine
from storage.bilingual import Problem
from storage.custody import Broken, Line, every_line, first_broken, head
from storage.database import explained, read
from storage.packages import Package, every_package
from storage.rolls import every_roll
from storage.stamps import every_granted

TOLD_APART = frozenset({"signed", "packaged", "stamped", "gathered"})


@dataclass(frozen=True, slots=True)
class Apart:
    """One thing that the chain tells and something else does not, or the other way round."""

    what: str  # a key of evidence_words.APART
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    lines: int
    broken: Broken | None
    anchors: int  # signed statements of single lines that the chain was held against
    unproved: tuple[str, ...]  # packages whose manifest is gone, changed or not signed by a key
    apart: tuple[Apart, ...] = ()

    @property
    def holds(self) -> bool:
        return self.broken is None and not self.apart


@dataclass
class Anchors:
    """What signed statements say of single lines, and which manifests they are of."""

    lines: dict[int, str] = field(default_factory=dict)
    manifests: set[str] = field(default_factory=set)
    apart: list[Apart] = field(default_factory=list)

    def take(self, manifest: str, seq: int, said: str) -> None:
        self.manifests.add(manifest)
        if self.lines.setdefault(seq, said) != said:
            self.apart.append(Apart("two_anchors", f"manifest:{manifest}"))


def check_chain(proof: Proof, files: Sequence[Path] = ()) -> ChainState:
    """Walk the whole chain. `files`: packages of ours, wherever they come back from."""
    with read(proof.engine) as connection:
        packages = every_package(connection)
    anchors, keys = Anchors(), proof.ring.public_keys()
    unproved = [one.name for one in packages if not anchored(proof, one, keys, anchors)]
    for note in proof.ring.signed_notes():
        anchors.take(note["manifest"], note["seq"], note["hash"])
    for path in files:
        anchored_by_file(path, keys, anchors)
    acts: dict[str, dict[str, str]] = defaultdict(dict)
    with read(proof.engine) as connection:
        broken = first_broken(told(every_line(connection), acts), anchors.lines.items())
        last = head(connection)
        # Of a chain that breaks only its beginning was read.
        apart = [] if broken else list(against_tables(connection, packages, acts, anchors))
    return ChainState(
        lines=last.seq if last else 0,
        broken=broken,
        anchors=len(anchors.lines),
        unproved=tuple(unproved),
        apart=(*anchors.apart, *apart),
    )


def told(lines: Iterable[Line], acts: dict[str, dict[str, str]]) -> Iterator[Line]:
    """The lines as they are; on the way the newest hash of each subject, by what was done."""
    for line in lines:
        if line.what in TOLD_APART:
            subject = f"{line.subject} {line.sha256}" if line.what == "stamped" else line.subject
            acts[line.what][subject] = line.sha256
        yield line


def anchored(proof: Proof, package: Package, keys: dict[str, bytes], anchors: Anchors) -> bool:
    """Take what the package's manifest says; False where it is not there as it was signed."""
    try:
        manifest = proof.store.get(package.manifest_sha256)
    except Problem:
        return False
    signed = holds(keys.get(package.key_id, b""), package.signature, manifest)
    if not signed or hashlib.sha256(manifest).hexdigest() != package.manifest_sha256:
        return False
    anchor = json.loads(manifest)["custody"]
    anchors.take(package.manifest_sha256, anchor["seq"], anchor["hash"])
    return True


def anchored_by_file(path: Path, keys: dict[str, bytes], anchors: Anchors) -> None:
    with explained():
        report = examine(path, known=keys)
    if report.code == 1 or report.whose != "own":
        anchors.apart.append(Apart("not_ours", path.name))
        return
    anchor = report.facts["manifest"]["custody"]
    anchors.take(report.facts["seal"]["manifest"], anchor["seq"], anchor["hash"])


def against_tables(
    connection: Connection,
    packages: Sequence[Package],
    acts: dict[str, dict[str, str]],
    anchors: Anchors,
) -> Iterator[Apart]:
    known = {f"manifest:{one.manifest_sha256}" for one in packages}
    signed = acts["signed"].keys() | {f"manifest:{one}" for one in anchors.manifests}
    yield from (Apart("no_package", one) for one in sorted(signed - known))
    yield from (Apart("not_signed", one) for one in sorted(known - acts["signed"].keys()))
    for package in packages:
        if package.sha256 != acts["packaged"].get(f"package:{package.name}", ""):
            yield Apart("not_packaged", f"package:{package.name}")
    stamps = {f"hash:{one} {token}" for one, token in every_granted(connection)}
    yield from (Apart("not_stamped", one) for one in sorted(stamps - acts["stamped"].keys()))
    yield from (Apart("no_stamp", one) for one in sorted(acts["stamped"].keys() - stamps))
    rolls = {f"roll:{one}" for one in every_roll(connection)}
    gathered = {one for one in acts["gathered"] if one.startswith("roll:")}
    yield from (Apart("roll", one) for one in sorted(rolls ^ gathered))
