"""`python -m learning.gate`: the shipped judge must do on the test part what it was pinned to.

`floors.json` holds one bound for each figure, with the fingerprints of the corpus and of the
weights they were measured with. `--pin` moves bounds up to what is measured, less a margin; a
bound that the judge no longer reaches is lowered only with `--lower`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.judge import load_judge
from classifiers.learned import WEIGHTS
from learning.corpus import FOLDER, fingerprint, read_part
from learning.evaluate import Report, evaluate
from storage.bilingual import Problem

FLOORS = Path(__file__).with_name("floors.json")
PART = "test"
MARGIN = 0.005
# Of these less is better: the bound is a ceiling.
CEILINGS = frozenset({"false_hard", "false_ordinary"})
NAMES = (
    *("precision", "recall", "recall_plain", "recall_disguised", "recall_implied"),
    *("false_hard", "false_ordinary", "right_clause", "right_quote"),
)
AGAIN = "python -m learning.gate --pin"

Figures = Mapping[str, float]


class GateFault(Problem):
    """The judge, the corpus or the floors are not what was pinned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    corpus: str
    weights: str
    bounds: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    corpus: str
    weights: str
    figures: Figures  # all of NAMES
    made_of: str = ""  # the corpus that the weights say they were made from


def measure(folder: Path = FOLDER, weights: Path = WEIGHTS) -> Measured:
    """Judge the test part; about two seconds. Raises GateFault where a figure has no texts."""
    judge = load_judge(model=weights)
    return Measured(
        corpus=fingerprint(folder),
        weights=hash_of(weights),
        figures=figures_of(evaluate(judge, read_part(PART, folder))),
        made_of=str(judge.weights.facts.get("corpus", "")) if judge.weights else "",
    )


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def figures_of(report: Report) -> Figures:
    strata = report.strata
    honest = {name: strata[name] for name in ("hard", "ordinary") if name in strata}
    offending = {
        name: strata[name].recall for name in ("plain", "disguised", "implied") if name in strata
    }
    found: dict[str, float | None] = {
        "precision": report.overall.precision,
        "recall": report.overall.recall,
        "right_clause": report.right_clause,
        "right_quote": report.right_quote,
        **{f"recall_{name}": recall for name, recall in offending.items()},
        **{f"false_{name}": one.false / (one.false + one.quiet) for name, one in honest.items()},
    }
    known = {name: round(value, 4) for name, value in found.items() if value is not None}
    missing = [name for name in NAMES if name not in known]
    if missing:
        raise GateFault(
            f"测试部分量不出 {'、'.join(missing)}：缺少这一类的语料，或什么都没有判出。"
            "请恢复 learning/corpus/test。",
            f"The test part cannot tell {', '.join(missing)}: texts of that kind are missing, or "
            "nothing at all was flagged. Restore learning/corpus/test.",
        )
    return {name: known[name] for name in NAMES}


def read_floors(path: Path = FLOORS) -> Pinned:
    """Raises GateFault where the file is missing or is not what `--pin` writes."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return _pinned(raw)
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise GateFault(
            f"读不了 {path.name}（{error}）。请恢复该文件；没有旧文件时运行 {AGAIN} --lower。",
            f"{path.name} cannot be read ({error}). Restore it; where there is none to restore, "
            f"run {AGAIN} --lower.",
        ) from error


def _pinned(raw: Mapping[str, Any]) -> Pinned:
    bounds = {name: raw["bounds"][name] for name in NAMES}
    for name, bound in bounds.items():
        if type(bound) not in {int, float} or not 0 <= bound <= 1:
            raise ValueError(f"{name}: {bound!r}")
    return Pinned(corpus=str(raw["corpus"]), weights=str(raw["weights"]), bounds=bounds)


def faults(pinned: Pinned, measured: Measured) -> list[Problem]:
    """Everything that is not as pinned, each with what to do."""
    found: list[Problem] = []
    if pinned.corpus != measured.corpus:
        found.append(_changed("语料", "The corpus", pinned.corpus, measured.corpus))
    if pinned.weights != measured.weights:
        found.append(_changed("模型权重", "The weights", pinned.weights, measured.weights))
    return [*found, *(_fell(name, pinned, measured) for name in fallen(pinned, measured))]


def fallen(pinned: Pinned, measured: Measured) -> list[str]:
    return [name for name in NAMES if worse(name, measured.figures[name], than=pinned.bounds[name])]


def worse(name: str, figure: float, *, than: float) -> bool:
    return figure > than if name in CEILINGS else figure < than


def _changed(zh: str, en: str, before: str, now: str) -> GateFault:
    return GateFault(
        f"{zh}已改变（钉住的是 {before}，现在是 {now}），下限却没有重新钉住。请运行 {AGAIN}。",
        f"{en} changed (pinned {before}, now {now}) and the floors were not pinned again. "
        f"Run {AGAIN}.",
    )


def _fell(name: str, pinned: Pinned, measured: Measured) -> GateFault:
    figure, bound = measured.figures[name], pinned.bounds[name]
    zh, en = ("上限", "ceiling") if name in CEILINGS else ("下限", "floor")
    return GateFault(
        f"{name} 为 {figure:.4f}，过不了{zh} {bound:.4f}。请改好判读；"
        f"确需放宽时运行 {AGAIN} --lower 并说明理由。",
        f"{name} is {figure:.4f} and misses its {en} of {bound:.4f}. Mend the judge; where it "
        f"must be, loosen the bound with {AGAIN} --lower and say why.",
    )


def pin(measured: Measured, before: Pinned | None, *, lower: bool) -> Pinned:
    """New bounds, none looser than before; with `lower` those that are missed are set anew."""
    missed = fallen(before, measured) if before else []
    if missed and not lower:
        raise GateFault(
            f"没有钉住：{'、'.join(missed)} 不如从前。请改好判读；确需放宽时加 --lower。",
            f"Nothing was pinned: {', '.join(missed)} did better before. Mend the judge; where "
            "it must be, add --lower.",
        )
    bounds = {}
    for name, figure in measured.figures.items():
        bound = with_margin(name, figure)
        keep = before is not None and name not in missed
        old = before.bounds[name] if before is not None else bound
        bounds[name] = old if keep and worse(name, bound, than=old) else bound
    return Pinned(corpus=measured.corpus, weights=measured.weights, bounds=bounds)


def with_margin(name: str, figure: float) -> float:
    moved = figure + MARGIN if name in CEILINGS else figure - MARGIN
    return round(min(1.0, max(0.0, moved)), 4)


def write_floors(pinned: Pinned, path: Path = FLOORS) -> None:
    told = {"corpus": pinned.corpus, "weights": pinned.weights, "bounds": dict(pinned.bounds)}
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


def stale(measured: Measured) -> list[str]:
    """No fault: the test part may change, and the weights are none of it."""
    if measured.made_of == measured.corpus:
        return []
    return [
        f"注意：权重由另一版语料（{measured.made_of}）训练；要重新训练请运行 python -m "
        "learning.build，再重新钉住。",
        f"Note: the weights were made from another state of the corpus ({measured.made_of}); to "
        "make them again run python -m learning.build, then pin again.",
    ]


def lines(pinned: Pinned, measured: Measured) -> list[str]:
    """One for each figure: what is measured, what is asked, whether it holds."""
    missed = fallen(pinned, measured)
    return [
        f"{'不过 FAIL' if name in missed else '通过 ok'}\t{name}\t{measured.figures[name]:.4f}\t"
        f"{'≤' if name in CEILINGS else '≥'} {pinned.bounds[name]:.4f}"
        for name in NAMES
    ]


def main(words: Sequence[str] | None = None, floors: Path = FLOORS) -> int:
    """0 where everything is as pinned (or was pinned now), 1 where not."""
    parser = argparse.ArgumentParser(prog="python -m learning.gate", description=__doc__)
    parser.add_argument("--pin", action="store_true", help="把下限提到实测值 / raise the floors")
    parser.add_argument("--lower", action="store_true", help="与 --pin 同用，允许放宽 / allow less")
    asked = parser.parse_args(words)
    if asked.lower and not asked.pin:
        parser.error("--lower 须与 --pin 同用 / --lower needs --pin")
    try:
        measured = measure()
        pinned = _pin(measured, floors, lower=asked.lower) if asked.pin else read_floors(floors)
    except Problem as fault:
        _tell([fault.text.zh, fault.text.en])
        return 1
    found = faults(pinned, measured)
    _tell(lines(pinned, measured))
    _tell(stale(measured))
    _tell([line for fault in found for line in (fault.text.zh, fault.text.en)])
    return int(bool(found))


def _pin(measured: Measured, floors: Path, *, lower: bool) -> Pinned:
    """A file that cannot be read is replaced only with `lower`: it may have asked more."""
    try:
        before = read_floors(floors)
    except GateFault:
        if not lower:
            raise
        before = None
    pinned = pin(measured, before, lower=lower)
    write_floors(pinned, floors)
    return pinned


def _tell(told: Sequence[str]) -> None:
    for line in told:
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
