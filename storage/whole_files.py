"""Large files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from storage.database import explained


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Lend a file to write to; it takes the name `path` only when all went well.

    The folder is made where it is not. A full disk and other trouble with files is a Problem, and
    nothing half written stays; what had the name before is replaced at the very end.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    with explained():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
