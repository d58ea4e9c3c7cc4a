"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from storage.database import file_problem


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Lend a path beside `path` to write to; it takes the name `path` only when all went well.

    Raises Problem for a full disk and any other trouble with files; nothing half written stays,
    and what had the name before is replaced at the very end.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield draft
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(path)
    except OSError as error:
        raise file_problem(error) from error
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """The same with an open file, in a folder that is made where it is not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise file_problem(error) from error
    with whole_file(path) as draft, draft.open("wb") as file:
        yield file
