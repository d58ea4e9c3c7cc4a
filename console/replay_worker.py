"""The child that cleans one page: `python -m console.replay_worker`, bytes in, UTF-8 out.

The system itself ends it where a page takes too long or too much memory; whoever waits for it is
told by its exit. It knows nothing of the office: no database, no secret, no environment.
"""

from __future__ import annotations

import os
import resource
import sys

from console.replay_clean import decoded, harmless

SECONDS = 3  # of processor time; an honest page of the largest size takes under one
MEMORY = 192 << 20  # bytes of address space, the interpreter's own included
LONGEST = 12 << 20  # bytes of the answer: an attribute may be written longer than it was read


def main() -> None:
    os.nice(10)  # the desk's own work goes first
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer = harmless(decoded(sys.stdin.buffer.read())).encode(errors="replace")
    if len(answer) > LONGEST:
        sys.exit(2)
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
