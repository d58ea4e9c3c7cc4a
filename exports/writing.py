"""Where a paper goes: a folder that is made, a name that is not taken."""

from __future__ import annotations

from pathlib import Path

from storage.bilingual import Problem
from storage.database import file_problem


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
