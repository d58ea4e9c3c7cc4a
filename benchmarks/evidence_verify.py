"""`python -m benchmarks.evidence_verify [MB]`: verifying an evidence package, 50 MB by default.

The package holds ten captures' worth of random bytes, is signed and stamped by two test
authorities, and is verified by the script that lies in it, as a stranger would: a new Python
process, `openssl` for signatures and timestamps, both hashes of every piece. Beside it `sha256sum`
over the same file, in the same round; medians, because a shared machine is never equally quiet.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from evidence.digests import digests_of
from evidence.manifest import Origin, artefact_rows, manifest_of
from evidence.package import Written, write_package
from evidence.pieces import Basket
from evidence.seal import sealing
from evidence.signing import KeyRing
from evidence.standalone import standalone
from evidence.timestamps import ask, read_roots
from evidence.trial_authority import TrialAuthority
from storage.canonical import canonical_sha256
from storage.custody import Act, Line, record
from storage.database import open_database, upgrade, write
from storage.snapshots import SnapshotStore
from storage.stamps import due, granted, stamps_over, want

CAPTURES = 10
ROUNDS = 7
GOAL = 2.0  # seconds
MB = 1 << 20


def package(home: Path, size: int) -> Path:
    """A sealed package of about so many bytes."""
    store, now, ring = SnapshotStore("", home), datetime.now(UTC), KeyRing(home / "keys")
    basket = Basket(store, now)
    for number in range(CAPTURES):
        facts = {"kind": "mhtml", "media_type": "multipart/related", "of": "case:1"}
        basket.make(os.urandom(size // CAPTURES), f"evidence/page-{number}.mhtml", facts)
    rows, key = artefact_rows(basket.pieces), ring.current()
    authority = TrialAuthority(home / "authority")
    roots = read_roots(str(authority.roots))
    engine = open_database("", home)
    upgrade(engine)
    with authority.served() as one, authority.served() as two, write(engine) as connection:
        origin = Origin(
            case_id=1,
            made_at=now,
            made_by="benchmark",
            software="benchmark",
            key_id=key.id,
            authorities=(one, two),
        )
        act = Act(who="b", what="gathered", subject="case:1", sha256=canonical_sha256(rows), at=now)
        line = record(connection, act)
        manifest = manifest_of(origin, rows, (), (), line)
        sha256 = store.put(manifest, "manifest", "", now).sha256
        acts = [("signed", f"manifest:{sha256}", sha256)]
        want(connection, sha256, origin.authorities, now)
        for stamp in due(connection, None):
            answer = ask(stamp.authority, manifest, roots, now)
            granted(connection, stamp, answer.token, answer.stamped_at or now, now)
            acts.append(("stamped", f"hash:{sha256}", digests_of(answer.token).sha256))
        lines = [line, *(recorded(connection, one, now) for one in acts)]
        stamps = stamps_over(connection, [sha256])
    engine.dispose()
    signature = key.sign(manifest)
    written = Written(
        name="EV.wacz",
        manifest=manifest,
        signature=signature,
        key=key,
        sealing=sealing(manifest, (signature, key.public_pem), origin.authorities, stamps, roots),
        custody=lines,
        roots=authority.roots.read_bytes(),
    )
    write_package(store, written, home / "EV.wacz")
    (home / "verify.py").write_bytes(standalone())
    return home / "EV.wacz"


def recorded(connection: Connection, act: tuple[str, str, str], now: datetime) -> Line:
    what, subject, sha256 = act
    return record(connection, Act(who="b", what=what, subject=subject, sha256=sha256, at=now))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(*words: str) -> Callable[[], object]:
    return lambda: subprocess.run(words, check=True, capture_output=True)


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory() as folder:
        path = package(Path(folder), size * MB)
        verify = run(sys.executable, "-I", "-S", str(path.with_name("verify.py")), str(path))
        bare = run("sha256sum", str(path))
        rounds = [(seconds(verify), seconds(bare)) for _ in range(ROUNDS)]
        ours, others = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(
            f"package                  {path.stat().st_size / MB:8.1f} MB, sealed, two timestamps"
        )
        print(
            f"verify.py, new process   {ours:8.3f} s   {'goal' if size == 50 else 'at'} < {GOAL} s"
        )
        print(f"sha256sum alone          {others:8.3f} s")
        print("PASS" if ours < GOAL else "FAIL")


if __name__ == "__main__":
    main()
