"""How much memory the processes below ours hold: the browser and its driver."""

from __future__ import annotations

import os
import re
from pathlib import Path

PROC = Path("/proc")
PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


def children_mb(root: int | None = None, proc: Path = PROC) -> float | None:
    """MB of everything below process `root` (ours), shared pages counted once; None: no telling.

    PSS, not RSS: a browser's processes share most of what they map, and summed RSS would count it
    a dozen times.
    """
    parents = parent_of(proc)
    below = {root or os.getpid()}
    while True:
        more = {pid for pid, parent in parents.items() if parent in below} - below
        if not more:
            break
        below |= more
    below.discard(root or os.getpid())
    sizes = [size for pid in below if (size := pss_kb(proc / str(pid))) is not None]
    return sum(sizes) / 1024 if parents and (sizes or not below) else None


def parent_of(proc: Path) -> dict[int, int]:
    found = {}
    for folder in proc.glob("[0-9]*"):
        try:
            # The name may hold spaces and brackets; what follows its last ")" does not.
            rest = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")
            found[int(folder.name)] = int(rest[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # ended meanwhile
    return found


def pss_kb(folder: Path) -> int | None:
    try:
        found = PSS.search((folder / "smaps_rollup").read_bytes())
    except OSError:
        return None
    return int(found[1]) if found else None
