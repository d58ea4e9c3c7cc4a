"""A sweep judges with plain arrays: scikit-learn and scipy are for training alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.source_tree import ROOT, imported, modules, ours

HEAVY = {"sklearn", "scipy"}
TRAINS = {"commands.train", "learning.build", "learning.office"}


def reached(name: str) -> set[str]:
    """All modules of ours that importing one brings in, itself too."""
    found, waiting = set(), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += ours(modules()[one])
    return found


def heavy(name: str) -> set[str]:
    return {wanted.partition(".")[0] for wanted in imported(modules()[name])} & HEAVY


def test_only_learning_and_what_is_measured_beside_the_judge_import_them() -> None:
    rooms = {module.room for name, module in modules().items() if heavy(name)}
    assert rooms == {"learning", "benchmarks"}


def test_only_what_trains_reaches_the_fitting() -> None:
    reaching = {name for name in modules() if "learning.fit" in reached(name)}
    assert reaching == TRAINS | {"learning.fit"}


@pytest.mark.parametrize("command", ["sweep", "check", "cases", "export", "evaluate", "doctor"])
def test_nothing_that_a_command_imports_needs_them(command: str) -> None:
    assert [name for name in sorted(reached(f"commands.{command}")) if heavy(name)] == []


def test_a_machine_without_them_sweeps_and_judges() -> None:
    lines = (
        "import sys",
        *(f"sys.modules[{name!r}] = None" for name in sorted(HEAVY)),
        "import commands.sweep, commands.check, commands.evaluate, learning.gate",
        "from classifiers.judge import load_judge",
        "from classifiers.subject import Subject",
        "judge = load_judge()",
        "assert judge.weights is not None",
        "assert judge.judge(Subject(text='焊工证免考包过，加微信13800000000。')).flagged",
        "assert not judge.judge(Subject(text='今天天气好，培训班放假。')).flagged",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
