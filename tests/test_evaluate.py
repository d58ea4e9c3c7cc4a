"""Measuring: the arithmetic on a judge by hand, and what `certsweep evaluate` says of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import cli
from door.evaluation_report import percent
from door.settings import read_settings
from learning.corpus import BadCorpus
from learning.evaluate import Counts, calibration, covered, evaluate, recall_at
from storage.bilingual import Problem
from tests.labelled import HandJudge, row, tried

SOLD = row("焊工证包过，免考", ("B4-02", "包过"), ("C4-02", "免考"))
HIDDEN = row("人不用来，证寄给你", ("C4-02", "人不用来"), stratum="implied")
NOTICE = row("严查包过", stratum="hard")
PLAIN = row("今天天气好")
ROWS = [SOLD, HIDDEN, NOTICE, PLAIN]
HAND = HandJudge(
    {
        SOLD.subject.text: (0.95, (("B4-02", "证包"), ("D1-02", "焊工"))),
        NOTICE.subject.text: (0.65, (("B4-02", "包过"),)),
    }
)


def report(*rows: Any, judge: HandJudge = HAND) -> Any:
    return evaluate(judge, list(rows or ROWS))  # type: ignore[arg-type]  # a judge by hand


# --- arithmetic ---------------------------------------------------------------------------------


def test_found_missed_false_and_quiet_are_told_apart() -> None:
    assert report().overall == Counts(found=1, missed=1, false=1, quiet=1)
    assert (report().overall.precision, report().overall.recall, report().overall.f1) == (
        0.5,
        0.5,
        0.5,
    )


def test_where_nothing_was_flagged_precision_is_unknown_not_zero() -> None:
    silent = report(judge=HandJudge())
    assert silent.overall.precision is None
    assert silent.overall.recall == 0.0
    assert (silent.right_clause, silent.right_quote, silent.words_covered) == (None, None, None)
    assert percent(None) == "—"


def test_where_nothing_offends_recall_is_unknown() -> None:
    honest = report(PLAIN, judge=HandJudge())
    assert (honest.overall.recall, honest.overall.f1, honest.recall_at_98) == (None, None, None)


def test_an_empty_file_divides_by_nothing() -> None:
    assert evaluate(HAND, []).texts == 0  # type: ignore[arg-type]
    assert evaluate(HAND, []).calibration_error == 0.0  # type: ignore[arg-type]


def test_strata_are_counted_apart_in_the_order_they_come() -> None:
    strata = report().strata
    assert list(strata) == ["plain", "implied", "hard", "ordinary"]
    assert strata["implied"] == Counts(missed=1)
    assert strata["hard"] == Counts(false=1)
    assert strata["ordinary"].precision is None


def test_texts_of_the_grey_zone_are_left_out_but_counted() -> None:
    grey = replace(NOTICE, grey=True)
    found = report(SOLD, grey)
    assert (found.texts, found.grey, found.overall.false) == (1, 1, 0)


def test_a_clause_is_found_where_its_finding_stands_in_a_text_labelled_with_it() -> None:
    clauses = report().clauses
    assert list(clauses) == ["一", "二", "三", "四"]
    assert clauses["二"] == Counts(found=1, false=1, quiet=2)
    assert clauses["三"] == Counts(missed=2, quiet=2)
    assert clauses["四"] == Counts(false=1, quiet=3)
    assert clauses["一"] == Counts(quiet=4)


def test_texts_whose_offence_is_not_labelled_say_nothing_of_clauses() -> None:
    unlabelled = replace(SOLD, labels=())
    assert report(unlabelled).clauses["二"] == Counts()
    assert report(unlabelled).overall.found == 1
    assert report(unlabelled).right_clause is None


def test_the_strongest_finding_must_name_the_clause() -> None:
    assert report().right_clause == 1.0
    turned = HandJudge({SOLD.subject.text: (0.9, (("D1-02", "焊工"), ("B4-02", "包过")))})
    assert report(judge=turned).right_clause == 0.0


@pytest.mark.parametrize(
    ("quote", "right"), [("包过", True), ("证包", True), ("过，免", True), ("焊工证", False)]
)
def test_one_common_character_is_an_overlap_and_a_neighbour_is_none(
    quote: str, right: bool
) -> None:
    judge = HandJudge({SOLD.subject.text: (0.9, (("B4-02", quote),))})
    assert report(judge=judge).right_quote == float(right)


def test_words_of_another_field_overlap_nothing() -> None:
    elsewhere = replace(SOLD, labels=tuple(replace(one, field="title") for one in SOLD.labels))
    assert report(elsewhere).right_quote == 0.0
    assert report(elsewhere).words_covered == 0.0


def test_covered_words_are_counted_once_however_often_they_are_labelled() -> None:
    twice = row("焊工证包过", ("B4-02", "包过"), ("A1-99", "包过"))
    assert covered([tried(twice, 0.9, ("B4-02", "包过"))]) == 1.0
    assert covered([tried(twice, 0.9, ("B4-02", "证包"))]) == 0.5
    assert covered([]) is None


def test_errors_are_the_misses_and_the_false_ones() -> None:
    assert [one.row for one in report().errors] == [HIDDEN, NOTICE]


def test_a_tenth_of_the_scores_tells_what_was_foretold_and_what_was_so() -> None:
    low, middle, high = calibration(
        [
            tried(PLAIN, 0.0),
            tried(HIDDEN, 0.05),
            tried(NOTICE, 0.65, ("B4-02", "包过")),
            tried(SOLD, 1.0, ("B4-02", "包过")),
            tried(SOLD, 0.9, ("B4-02", "包过")),
        ]
    )
    assert (low.low, low.texts, low.offending) == (0.0, 2, 0.5)
    assert low.mean_score == pytest.approx(0.025)
    assert (middle.low, middle.texts, middle.offending) == (0.6, 1, 0.0)
    assert (high.low, high.texts, high.offending) == (0.9, 2, 1.0)


def test_the_calibration_error_is_the_mean_distance_weighed_by_texts() -> None:
    # bins: 0.0 (HIDDEN, PLAIN: half offend), 0.65 (none), 0.95 (all)
    assert report().calibration_error == pytest.approx((2 * 0.5 + 0.65 + 0.05) / 4)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=30))
def test_every_text_falls_into_one_tenth(drawn: list[tuple[bool, float]]) -> None:
    texts = [tried(SOLD if offends else PLAIN, score) for offends, score in drawn]
    assert sum(one.texts for one in calibration(texts)) == len(texts)


def ranked(*pairs: tuple[bool, float]) -> list[Any]:
    return [tried(SOLD if offends else PLAIN, score) for offends, score in pairs]


def test_recall_at_a_precision_takes_the_lowest_threshold_that_keeps_it() -> None:
    texts = ranked((True, 0.9), (True, 0.8), (False, 0.7), (True, 0.6), (True, 0.1))
    assert recall_at(texts, 1.0) == 0.5
    assert recall_at(texts, 0.8) == 1.0
    assert recall_at(texts, 0.75) == 1.0


def test_texts_of_one_score_are_taken_together_or_not_at_all() -> None:
    for pairs in (((True, 0.9), (False, 0.9)), ((False, 0.9), (True, 0.9))):
        assert recall_at(ranked(*pairs), 0.98) == 0.0
        assert recall_at(ranked(*pairs), 0.5) == 1.0


def test_recall_of_no_offenders_is_unknown_and_of_no_precision_is_none() -> None:
    assert recall_at(ranked((False, 0.9)), 0.98) is None
    assert recall_at([], 0.98) is None
    assert recall_at(ranked((False, 0.9), (True, 0.1)), 0.98) == 0.0


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.3])), min_size=1))
def test_recall_at_a_precision_is_that_of_the_best_threshold(
    drawn: list[tuple[bool, float]],
) -> None:
    texts = ranked(*drawn)
    offending = sum(offends for offends, _ in drawn)
    best = 0
    for threshold in (0.1, 0.2, 0.3):
        taken = [offends for offends, score in drawn if score >= threshold]
        if taken and sum(taken) / len(taken) >= 0.7:
            best = max(best, sum(taken))
    assert recall_at(texts, 0.7) == (best / offending if offending else None)


# --- the command --------------------------------------------------------------------------------


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def speaking(lang: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("door.speech.SETTINGS", read_settings({"CERTSWEEP_LANG": lang}))
    return lang


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.evaluate.office_judge", lambda _: HAND)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    lines = [
        {"id": SOLD.id, "text": SOLD.subject.text, "labels": [{"code": "B4-02", "quote": "包过"}]},
        {"id": NOTICE.id, "text": NOTICE.subject.text, "hard": True, "label": 0},
        {"id": "grey", "text": "两可", "label": 1, "grey": True},
        {"id": HIDDEN.id, "text": HIDDEN.subject.text, "label": 1, "stratum": "implied"},
    ]
    path = tmp_path / "some.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    return path


def run(*words: str) -> str:
    shown = CliRunner().invoke(cli.build_app("evaluate"), ["evaluate", *words])
    if shown.exception is not None and not isinstance(shown.exception, SystemExit):
        raise shown.exception
    assert shown.exit_code == 0, shown.output
    return shown.stdout


def test_the_answer_for_machines_is_one_object_with_everything(by_hand: None, corpus: Path) -> None:
    answer = json.loads(run(str(corpus), "--json"))
    assert answer["files"] == [str(corpus)]
    assert (answer["texts"], answer["grey"]) == (3, 1)
    overall = {"found": 1, "missed": 1, "false": 1, "quiet": 0}
    assert answer["overall"] == overall | {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert set(answer["strata"]) == {"plain", "hard", "implied"}
    assert answer["strata"]["implied"]["precision"] is None
    assert set(answer["clauses"]) == {"一", "二", "三", "四"}
    assert answer["right_quote"] == 1.0
    assert [one["id"] for one in answer["errors"]] == [NOTICE.id, HIDDEN.id]
    assert answer["errors"][0]["findings"] == [
        {"rule": "rule_B4-02", "code": "B4-02", "quote": "包过"}
    ]
    assert [one["low"] for one in answer["calibration"]] == [0.0, 0.6, 0.9]


def test_the_tables_speak_the_readers_language(by_hand: None, corpus: Path, speaking: str) -> None:
    said = run(str(corpus))
    words = {
        "zh": (
            "查准率",
            "查全率",
            "易误判",
            "（二）",
            "共 3 条，另有 1 条",
            "校准误差",
            "误报 w0-严查",
        ),
        "en": (
            "precision",
            "recall",
            "hard",
            "3 texts; 1 grey",
            "calibration error",
            "false w0-严",
        ),
    }
    assert [word for word in words[speaking] if word not in said] == []
    other = words["en" if speaking == "zh" else "zh"]
    assert [word for word in other if word in said] == []
    assert "50.0%" in said


def test_errors_not_shown_are_counted(by_hand: None, corpus: Path) -> None:
    said = run(str(corpus), "--errors", "1")
    assert NOTICE.id in said
    assert HIDDEN.id not in said
    assert "另有 1 处未列出" in said
    assert "未列出" not in run(str(corpus), "--errors", "0")


def test_a_folder_is_all_its_files_in_order(by_hand: None, corpus: Path) -> None:
    (corpus.parent / "more.jsonl").write_text('{"id": "m", "text": "好", "label": 0}', "utf-8")
    (corpus.parent / "notes.txt").write_text("no corpus", "utf-8")
    assert json.loads(run(str(corpus.parent), "--json"))["texts"] == 4


def test_signs_of_a_terminal_in_a_text_are_not_passed_on(by_hand: None, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text(json.dumps({"id": "x", "text": "证\x1b[31m红[bold]", "label": 1}), "utf-8")
    said = run(str(path))
    assert "\x1b" not in said
    assert "[bold]" in said


def test_a_file_that_is_not_there_is_told(by_hand: None, tmp_path: Path) -> None:
    with pytest.raises(BadCorpus) as caught:
        run(str(tmp_path / "none.jsonl"))
    assert "none.jsonl" in caught.value.text.zh
    assert "请检查路径" in caught.value.text.zh


def test_an_empty_folder_and_an_empty_file_are_told(by_hand: None, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    for path in (tmp_path, tmp_path / "empty.jsonl"):
        with pytest.raises(Problem, match="No texts to measure on"):
            run(str(path))


def test_a_bad_line_is_told_before_anything_is_judged(by_hand: None, corpus: Path) -> None:
    corpus.write_text(corpus.read_text("utf-8") + "\n{", "utf-8")
    with pytest.raises(BadCorpus, match=r"some\.jsonl, line 5"):
        run(str(corpus))
