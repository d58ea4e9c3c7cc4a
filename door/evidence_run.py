"""From a case to its evidence package: gather, sign, stamp, write, and verify what was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection

from door.evidence_parts import Proof
from door.evidence_stamps import roll_captures, work_off
from evidence.contents import Gathered, gather
from evidence.custody import enrolled, lines_of_case, rotations_told
from evidence.decisions import decision_paper
from evidence.manifest import Origin, artefact_rows, capture_sha256, manifest_of, package_name
from evidence.measuring import measure
from evidence.package import Written, write_package
from evidence.pieces import Basket, Lack
from evidence.report import Report
from evidence.seal import FAILED_STATE, Roll, Sealing, sealing
from evidence.signing import SigningKey
from evidence.timestamps import token_holds
from evidence.verifier import examine
from storage.bilingual import Problem
from storage.canonical import canonical_sha256
from storage.captures import captures_of_case
from storage.casefiles import CaseFile, read_case
from storage.cases import get_case
from storage.custody import Act, Line, lines_numbered, record
from storage.database import explained, read, write
from storage.packages import Package, packages_of, packages_with, register, written
from storage.records import Capture
from storage.rolls import rolls_of
from storage.splits import locked
from storage.stamps import Stamp, stamps_over, want

TRIES = 5  # times a package is written again that others write too


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A package as it was written just now."""

    package: Package
    path: Path
    sealing: Sealing
    lacks: tuple[Lack, ...]
    made_good: tuple[Lack, ...] = ()  # that a later capture made good


class Contents(NamedTuple):
    """What a package will hold, as it was gathered."""

    case: CaseFile
    basket: Basket
    captures: Sequence[Capture]


def nobody_asks() -> None:
    """Nobody can change their mind."""


def package_case(
    proof: Proof,
    case_id: int,
    folder: Path,
    by: str,
    still_wanted: Callable[[], None] = nobody_asks,
) -> Packed:
    """Make the package of a case and write it into `folder`.

    `still_wanted` is called right before anything is signed and may raise Problem: then there is
    no package. Afterwards there is one, whatever happens.

    Authorities that do not answer leave it unsealed and their timestamps queued. Raises Problem
    for a case that is not there, and for trouble with keys and files.
    """
    now, key = datetime.now(UTC), proof.ring.current()
    case = get_case(proof.engine, case_id)
    with read(proof.engine) as connection:
        captures = captures_of_case(connection, case_id)
    basket = Basket(proof.store, now)
    gather(basket, Gathered(case=case, captures=captures), proof.mask)
    origin = Origin(
        case_id=case_id,
        made_at=now,
        made_by=by,
        software=proof.software,
        key_id=key.id,
        authorities=proof.authorities,
    )
    still_wanted()
    roll_captures(proof)
    package = signed(proof, origin, Contents(case, basket, captures), key, folder.absolute())
    with read(proof.engine) as connection:
        rolls = rolls_of(connection, map(capture_sha256, captures))
    work_off(proof, only={package.manifest_sha256, *rolls})
    return write_again(proof, package, folder, by)


def refuse_changed(connection: Connection, gathered: CaseFile) -> None:
    """Nothing is signed that tells of a decision what is not so any more, or shows a post that was
    taken out of the case.

    Until the caller's transaction is over nobody decides or splits it: a decision that comes
    meanwhile waits, and is later than the package.
    """
    now = read_case(connection, locked(connection, gathered.id))
    gone = {one.row for one in gathered.posts} - {one.row for one in now.posts}
    if gone or decision_paper(gathered) != decision_paper(now):
        raise Problem(
            f"制作期间案件 {now.id} 的决定或所含帖子有变化，没有制作证据包。请重新制作。",
            f"What is decided of case {now.id}, or what stands in it, changed while its package "
            "was being made; there is none. Make it again.",
        )


def signed(
    proof: Proof,
    origin: Origin,
    got: Contents,
    key: SigningKey,
    folder: Path,
) -> Package:
    """Write the manifest, sign it and queue its timestamps: all of it, or nothing. Raises Problem
    where the case has changed since it was gathered.

    `folder`: where the package is to lie, noted now so that it is written there whatever becomes of
    this process.
    """
    basket, captures = got.basket, got.captures
    rows, case = artefact_rows(basket.pieces), f"case:{origin.case_id}"
    with write(proof.engine) as connection:
        refuse_changed(connection, got.case)
        rotations_told(connection, proof.ring, origin.made_at)
        enrolled(connection, captures, origin.made_by, origin.made_at)
        gathered = act(origin, "gathered", case, canonical_sha256(rows))
        packages = packages_of(connection, origin.case_id)
        before = lines_of_case(connection, origin.case_id, captures, packages)
        anchor = record(connection, gathered)
        manifest = manifest_of(origin, rows, basket.lacks, captures, anchor, before)
        kept = proof.store.put(manifest, "manifest", "", origin.made_at)
        record(connection, act(origin, "signed", f"manifest:{kept.sha256}", kept.sha256))
        package = Package(
            case_id=origin.case_id,
            name=package_name(origin.case_id, kept.sha256),
            manifest_sha256=kept.sha256,
            signature=key.sign(manifest),
            key_id=key.id,
            made_at=origin.made_at,
            made_by=origin.made_by,
            folder=str(folder),
        )
        register(connection, package)
        want(connection, kept.sha256, origin.authorities, origin.made_at)
    proof.ring.note_signed(kept.sha256, anchor.seq, anchor.hash)
    return package


def act(origin: Origin, what: str, subject: str, sha256: str) -> Act:
    return Act(who=origin.made_by, what=what, subject=subject, sha256=sha256, at=origin.made_at)


def write_again(proof: Proof, package: Package, folder: Path, by: str) -> Packed:
    """Write a registered package with the timestamps it has by now, and verify the file.

    Where another process writes the same one meanwhile, whoever is later writes it once more: the
    file that stays holds what the database holds.
    """
    for _ in range(TRIES):
        packed = write_once(proof, package, folder, by)
        if packed is not None:
            return packed
        with read(proof.engine) as connection:
            (package,) = packages_with(connection, [package.manifest_sha256])
    raise Problem(
        f"证据包 {package.name} 正由别的进程写入，请稍后再试。",
        f"{package.name} is being written by other processes; try again later.",
    )


def write_once(proof: Proof, package: Package, folder: Path, by: str) -> Packed | None:
    """None where another process was faster."""
    manifest = proof.store.get(package.manifest_sha256)
    if hashlib.sha256(manifest).hexdigest() != package.manifest_sha256:
        raise Problem(
            f"证据包 {package.name} 的清单在存储中被改动过。请从备份恢复。",
            f"The manifest of {package.name} was changed in the store. Restore it from a backup.",
        )
    told = json.loads(manifest)
    content = content_of(proof, package, manifest, told)
    path = folder.absolute() / package.name
    refuse_strangers(path, package)
    sha256 = write_package(proof.store, content, path)
    report = check_written(path, package, content.sealing)
    with write(proof.engine) as connection:
        subject, now = f"package:{package.name}", datetime.now(UTC)
        if not written(connection, package, content.sealing.state, path.parent, sha256):
            return None
        record(connection, Act(who=by, what="packaged", subject=subject, sha256=sha256, at=now))
    return Packed(
        package=package,
        path=path,
        sealing=content.sealing,
        lacks=tuple(Lack(what=what, of=of, why=why) for what, of, why in report.missing),
        made_good=tuple(
            Lack(what=what, of=of, why=why, made_good_by=by)
            for what, of, why, by in report.made_good
        ),
    )


def content_of(proof: Proof, package: Package, manifest: bytes, told: dict[str, Any]) -> Written:
    key = proof.ring.current()
    if key.id != package.key_id:
        raise Problem(
            f"证据包 {package.name} 由已更换的密钥签名，不能补写。"
            f"请到“证据包”页重新制作（命令行：certsweep evidence package {package.case_id}）。",
            f"{package.name} was signed with a key that was rotated since and cannot be completed. "
            f"Make it again on their page (command line: certsweep evidence package "
            f"{package.case_id}).",
        )
    with read(proof.engine) as connection:
        # Timestamps before custody: a line is there for each that was read.
        stamps = stamps_over(connection, [package.manifest_sha256])
        captures = captures_of_case(connection, package.case_id)
        rolls = rolls_of(connection, map(capture_sha256, captures))
        dated = stamps_over(connection, rolls)
        lines = lines_shown(connection, package, captures, told["custody"])
    signed_with = (package.signature, key.public_pem)
    return Written(
        name=package.name,
        manifest=manifest,
        signature=package.signature,
        key=key,
        sealing=sealing(manifest, signed_with, told["authorities"], stamps, proof.roots),
        custody=lines,
        roots=proof.roots_pem if told["authorities"] else b"",
        rolls=[found for one in rolls if (found := dated_roll(proof, one, dated)).stamps],
    )


def lines_shown(
    connection: Connection, package: Package, captures: Sequence[Capture], anchor: dict[str, Any]
) -> list[Line]:
    """The lines that the manifest names, and all about the case that came after them."""
    packages = packages_of(connection, package.case_id)
    lines = lines_of_case(connection, package.case_id, captures, packages)
    if "lines" not in anchor:  # a manifest of before November 2026
        return lines
    before = lines_numbered(connection, [number for number, _ in anchor["lines"]])
    return before + [line for line in lines if line.seq >= anchor["seq"]]


def dated_roll(proof: Proof, sha256: str, stamps: Sequence[Stamp]) -> Roll:
    """The roll with those of its timestamps that hold."""
    mine = [one for one in stamps if one.sha256 == sha256 and one.token is not None]
    good = tuple(one for one in mine if token_holds(one.token or b"", sha256, proof.roots))
    return Roll(data=proof.store.get(sha256), stamps=good)


def refuse_strangers(path: Path, package: Package) -> None:
    """Replace nothing but our own earlier writing of this very package."""
    if (not path.exists() and not path.is_symlink()) or is_ours(path, package):
        return
    raise Problem(
        f"同名文件已经存在且不是本系统所写，没有覆盖它：{path}",
        f"A file of that name is there that was not written by us; it was not replaced: {path}",
    )


def is_ours(path: Path, package: Package) -> bool:
    """As the database notes it; or, where a process was killed before it could note it, as its own
    seal proves: signed with the key of this package, over its manifest, whole.
    """
    with explained():
        with path.open("rb") as file:
            if measure(file, "").sha256 == package.sha256:
                return True
        report = examine(path, package.key_id)
    manifest = report.facts.get("seal", {}).get("manifest")
    return report.code != 1 and manifest == package.manifest_sha256


def check_written(path: Path, package: Package, sealed: Sealing) -> Report:
    """What its verifier says. A package that it does not accept is never handed out."""
    with explained():
        report = examine(path, package.key_id)
    if report.code == 1 and sealed.state != FAILED_STATE:
        path.unlink(missing_ok=True)
        bad = [check.name for check in report.checks if check.result == "disproved"]
        raise Problem(
            f"刚写好的证据包没有通过验证（{'、'.join(bad[:5])}），已删除它。请检查磁盘和密钥。",
            f"The package just written does not verify ({', '.join(bad[:5])}) and was deleted. "
            "Check the disk and the keys.",
        )
    return report
