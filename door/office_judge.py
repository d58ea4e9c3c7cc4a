"""The judge with the office's own rules, which are looked at before anything is begun."""

from __future__ import annotations

from pathlib import Path

from classifiers.directory import Directory
from classifiers.judge import Judge, load_judge
from classifiers.office_rules import look_over, prove
from classifiers.sheets import BadSheet
from door.own_model import model_in_use
from door.settings import Settings
from storage.bilingual import Problem
from storage.machine_words import os_words

DEFAULT = "rules"  # inside the home


def rules_folder(settings: Settings) -> Path | None:
    """Where the office keeps its rules; None where it has none. Raises Problem for a wrong path."""
    if not settings.rules:
        folder = settings.home / DEFAULT
        if not folder.exists():
            return None
    else:
        folder = Path(settings.rules).absolute()
    if folder.is_dir():
        return folder
    raise Problem(
        f"单位规则文件夹 {folder} 不存在或不是文件夹，没有开始。"
        "请建立该文件夹，或更正 CERTSWEEP_RULES。",
        f"The office's rules folder {folder} is not there or no folder; nothing was begun. "
        "Make it, or correct CERTSWEEP_RULES.",
    )


def office_judge(
    settings: Settings, directory: Directory | None = None, *, proved: bool = True
) -> Judge:
    """The house's rules and the office's. Raises one Problem for all that is wrong with these.

    With `proved` each of the office's rules must also find its own hits and leave its misses.
    """
    folder, model = rules_folder(settings), model_in_use(settings)
    if folder is None:
        return load_judge(directory=directory, model=model)
    try:
        look_over(folder)
        judge = load_judge(folder, directory, model=model)
        if proved:
            prove(judge.alone(), folder)
    except BadSheet as fault:
        raise broken(folder, fault) from fault
    except OSError as error:
        raise Problem(
            f"单位规则文件夹 {folder} 读不了：{os_words(error).zh}，没有开始。请检查权限。",
            f"The office's rules folder {folder} cannot be read: {error.strerror}; nothing was "
            "begun. Check its permissions.",
        ) from error
    return judge


def broken(folder: Path, fault: BadSheet) -> Problem:
    return Problem(
        f"单位规则文件夹 {folder} 里有规则用不了，没有开始；请更正，或把文件移出该文件夹：\n"
        f"{fault.text.zh}",
        f"Rules in the office's folder {folder} cannot be used; nothing was begun. Mend them, or "
        f"move the files elsewhere:\n{fault.text.en}",
    )
