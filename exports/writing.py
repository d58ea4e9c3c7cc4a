"""A file that is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.bilingual import Problem
from storage.database import file_problem


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Lend a path beside `path` to write to; it takes the name `path` only when all went well.

    Raises Problem for a full disk and any other trouble with files; nothing half written stays.
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


def refuse_overwriting(path: Path) -> None:
    """Raise Problem where the name is taken: a list that left the house is never replaced."""
    if path.exists() or path.is_symlink():
        raise Problem(
            f"文件已经存在，没有覆盖它：{path}。请换一个文件夹，或先移走它。",
            f"The file is there already and was not replaced: {path}. Choose another folder or "
            "move it away first.",
        )


def made_folder(folder: Path) -> None:
    """Make the folder and those above it; raises Problem where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise file_problem(error) from error
