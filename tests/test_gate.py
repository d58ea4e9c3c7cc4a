"""The gate: the shipped judge does on the test part what was pinned, and pins hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning import gate
from learning.corpus import fingerprint
from learning.evaluate import evaluate
from learning.gate import (
    CEILINGS,
    FLOORS,
    MARGIN,
    NAMES,
    GateFault,
    Measured,
    Pinned,
    fallen,
    faults,
    figures_of,
    hash_of,
    main,
    measure,
    pin,
    read_floors,
    write_floors,
)
from tests.labelled import HandJudge, row

FIGURES = dict.fromkeys(NAMES, 0.9) | dict.fromkeys(CEILINGS, 0.05)
MEASURED = Measured(corpus="c1", weights="w1", figures=FIGURES, made_of="c1")


def figures(**changes: float) -> Measured:
    return replace(MEASURED, figures=FIGURES | changes)


def pinned(**changes: float) -> Pinned:
    return Pinned(corpus="c1", weights="w1", bounds=FIGURES | changes)


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let `main` measure what it is told."""

    def told(measured: Measured) -> None:
        monkeypatch.setattr(gate, "measure", lambda: measured)

    told(MEASURED)
    return told


# --- the check itself ---------------------------------------------------------------------------


def test_the_shipped_judge_does_what_it_was_pinned_to() -> None:
    said = [fault.text.zh for fault in faults(read_floors(), measure())]
    assert not said, "\n".join(said)


# --- what it notices ----------------------------------------------------------------------------


def test_a_corpus_that_changed_without_pinning_is_told_with_what_to_do() -> None:
    (fault,) = faults(pinned(), replace(MEASURED, corpus="c2"))
    assert "语料已改变" in fault.text.zh
    assert "请运行 python -m learning.gate --pin" in fault.text.zh
    assert "The corpus changed (pinned c1, now c2)" in fault.text.en


def test_weights_that_changed_without_pinning_are_told_with_what_to_do() -> None:
    (fault,) = faults(pinned(), replace(MEASURED, weights="w2"))
    assert "模型权重已改变" in fault.text.zh
    assert "Run python -m learning.gate --pin" in fault.text.en


@pytest.mark.parametrize("name", NAMES)
def test_each_figure_has_a_bound_that_can_be_missed(name: str) -> None:
    by = 0.0001 if name in CEILINGS else -0.0001
    (fault,) = faults(pinned(), figures(**{name: FIGURES[name] + by}))
    assert name in fault.text.zh
    assert ("上限" if name in CEILINGS else "下限") in fault.text.zh
    assert "--lower" in fault.text.en
    assert faults(pinned(), figures(**{name: FIGURES[name] - by})) == []


def test_a_figure_at_its_bound_holds() -> None:
    assert faults(pinned(), MEASURED) == []


# --- pinning ------------------------------------------------------------------------------------


def test_the_first_pin_leaves_a_small_margin() -> None:
    bounds = pin(MEASURED, None, lower=False).bounds
    assert bounds["recall"] == pytest.approx(0.9 - MARGIN)
    assert bounds["false_hard"] == pytest.approx(0.05 + MARGIN)
    assert set(bounds) == set(NAMES)


def test_pinning_raises_what_got_better_and_leaves_the_rest() -> None:
    better = figures(recall=0.95, false_hard=0.01)
    after = pin(better, pinned(), lower=False)
    assert after.bounds["recall"] == pytest.approx(0.95 - MARGIN)
    assert after.bounds["false_hard"] == pytest.approx(0.01 + MARGIN)
    assert after.bounds["precision"] == 0.9
    assert faults(after, better) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_bound_is_loosened_without_being_asked(name: str) -> None:
    by = 0.1 if name in CEILINGS else -0.1
    worse = figures(**{name: FIGURES[name] + by})
    with pytest.raises(GateFault, match=name):
        pin(worse, pinned(), lower=False)
    after = pin(worse, pinned(), lower=True)
    assert faults(after, worse) == []
    others = set(NAMES) - {name}
    assert {one: after.bounds[one] for one in others} == {one: FIGURES[one] for one in others}


@given(st.fixed_dictionaries({name: st.floats(0, 1) for name in NAMES}), st.booleans())
def test_what_is_pinned_holds_at_once_and_again(drawn: dict[str, float], lower: bool) -> None:
    measured = figures(**{name: round(value, 4) for name, value in drawn.items()})
    before = pinned()
    if fallen(before, measured) and not lower:
        with pytest.raises(GateFault):
            pin(measured, before, lower=False)
        return
    after = pin(measured, before, lower=lower)
    assert faults(after, measured) == []
    assert all(0 <= bound <= 1 for bound in after.bounds.values())
    assert pin(measured, after, lower=False) == after


# --- the figures --------------------------------------------------------------------------------


def test_figures_are_those_of_the_report() -> None:
    rows = [
        row("包过证", ("B4-02", "包过")),
        row("苞过证", ("B4-02", "苞过"), stratum="disguised"),
        row("人不来", ("C4-02", "人不来"), stratum="implied"),
        row("严查包过", stratum="hard"),
        row("红包过期", stratum="ordinary"),
        row("天气好", stratum="ordinary"),
    ]
    judge = HandJudge(
        {
            "包过证": (0.9, (("B4-02", "包过"),)),
            "人不来": (0.9, (("B4-02", "不来"),)),
            "红包过期": (0.9, (("B4-02", "包过"),)),
        }
    )
    found = figures_of(evaluate(judge, rows))  # type: ignore[arg-type]  # a judge by hand
    assert found == {
        "precision": 0.6667,
        "recall": 0.6667,
        "recall_plain": 1.0,
        "recall_disguised": 0.0,
        "recall_implied": 1.0,
        "false_hard": 0.0,
        "false_ordinary": 0.5,
        "right_clause": 0.5,
        "right_quote": 1.0,
    }


def test_a_stratum_without_texts_is_no_figure_of_zero() -> None:
    with pytest.raises(GateFault, match="recall_plain") as caught:
        figures_of(evaluate(HandJudge(), [row("天气好")]))  # type: ignore[arg-type]
    assert "learning/corpus/test" in caught.value.text.zh


# --- the file and the command -------------------------------------------------------------------


def test_the_floors_in_the_repository_are_as_pinning_writes_them(tmp_path: Path) -> None:
    write_floors(read_floors(), tmp_path / "floors.json")
    assert (tmp_path / "floors.json").read_bytes() == FLOORS.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["floors.json"]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"bounds": {}}', "[" * 100_000]
    + [
        json.dumps({"corpus": "c", "weights": "w", "bounds": FIGURES | {"recall": bad}})
        for bad in (None, "0.9", float("nan"), -1, 2, True)
    ],
    ids=lambda content: content[-30:],
)
def test_floors_that_are_none_are_told(content: str, tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text(content, "utf-8")
    with pytest.raises(GateFault, match=r"floors\.json cannot be read"):
        read_floors(path)


def test_checking_says_every_figure_and_changes_nothing(
    measuring: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "floors.json"
    write_floors(pinned(), path)
    before = path.read_bytes()
    assert main([], path) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in NAMES)
    measuring(figures(recall=0.5))
    assert main([], path) == 1
    assert "recall is 0.5000 and misses its floor of 0.9000" in capsys.readouterr().out
    assert path.read_bytes() == before


def test_pinning_goes_up_by_itself_and_down_only_when_told(
    measuring: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "floors.json"
    write_floors(pinned(), path)
    measuring(replace(figures(recall=0.95), corpus="c2", weights="w2"))
    assert main(["--pin"], path) == 0
    assert (read_floors(path).corpus, read_floors(path).weights) == ("c2", "w2")
    raised = path.read_bytes()
    measuring(figures(recall=0.5))
    assert main(["--pin"], path) == 1
    assert "Nothing was pinned: recall" in capsys.readouterr().out
    assert path.read_bytes() == raised
    assert main(["--pin", "--lower"], path) == 0
    assert read_floors(path).bounds["recall"] == pytest.approx(0.5 - MARGIN)


def test_floors_that_were_lost_are_made_again_only_when_told(
    measuring: Any, tmp_path: Path
) -> None:
    path = tmp_path / "floors.json"
    assert main([], path) == main(["--pin"], path) == 1
    assert not path.exists()
    assert main(["--pin", "--lower"], path) == 0
    assert main([], path) == 0


def test_lowering_without_pinning_is_a_mistake(measuring: Any, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--lower"], tmp_path / "floors.json")
    assert caught.value.code == 2


def test_weights_of_another_corpus_are_mentioned_but_no_fault(
    measuring: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "floors.json"
    write_floors(pinned(), path)
    measuring(replace(MEASURED, made_of="c0"))
    assert main([], path) == 0
    assert "learning.build" in capsys.readouterr().out


def test_fingerprints_follow_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("1", "utf-8")
    first = fingerprint(tmp_path), hash_of(tmp_path / "a.jsonl")
    (tmp_path / "a.jsonl").write_text("2", "utf-8")
    second = fingerprint(tmp_path), hash_of(tmp_path / "a.jsonl")
    assert first[0] != second[0]
    assert first[1] != second[1]
