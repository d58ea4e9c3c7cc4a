"""`certsweep train`: what an office decided is learned from, and never at the price of the rest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

import cli
from classifiers.eye import load_eye
from classifiers.judge import Judge, known_rules, told_as
from classifiers.learned import WEIGHTS, BadModel, Weights, load, save
from classifiers.look import Look
from classifiers.shape import measures
from classifiers.text_features import grams
from door.office_judge import office_judge
from door.own_model import own_model
from door.settings import Settings, read_settings
from learning import office
from learning.corpus import Labelled, read_part
from learning.everyday import everyday
from learning.fit import TooFew, author, fit
from learning.office import LEAST, office_texts
from sampleweb.decisions import REVIEWER
from storage.bilingual import Problem
from storage.cases import decide, get_case, split
from storage.database import open_database
from storage.decided import decided_posts
from storage.records import Verdict
from tests.makers import decision, flagged, post, sight

SHIPPED = load()
RULE = Path(__file__).parents[1] / "docs" / "b4_99_office_example.yaml"


@pytest.fixture
def settings(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    shutil.copy(sqlite_template, tmp_path / "certsweep.db")
    found = read_settings({"CERTSWEEP_HOME": str(tmp_path)})
    monkeypatch.setattr("commands.train.SETTINGS", found)
    return found


@pytest.fixture
def store(settings: Settings) -> Iterator[Engine]:
    opened = open_database(settings.database_url, settings.home)
    yield opened
    opened.dispose()


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the fitting give these weights at once, tried on a tenth of the pinned texts."""
    pinned = read_part("test")[::10]
    monkeypatch.setattr(office, "read_part", lambda part: pinned)
    monkeypatch.setattr(office, "texts", lambda eye: [])
    given: list[list[Labelled]] = []

    def will_be(weights: Weights) -> list[list[Labelled]]:
        def stand_in(eye: Any, rows: list[Labelled], facts: Any, tell: Any) -> Weights:
            given.append(rows)
            rules = [rule.name for rule in eye.rules]
            return replace(weights, facts={**facts, "rules": rules})

        monkeypatch.setattr(office, "fit", stand_in)
        return given

    will_be(SHIPPED)
    return will_be


def decided(store: Engine, offending: int, clean: int, by: str = "李审核") -> None:
    """One case a text, decided by a person; into an empty store."""
    for number in range(offending + clean):
        said = f"第{number}班月嫂证免考包过" if number < offending else f"第{number}期考试通知"
        address = f"http://school.example/{number}"
        sight(store, flagged(post(address, text=said), seed=1_000 + number))
        verdict = Verdict.VIOLATION if number < offending else Verdict.CLEAN
        decide(store, decision(number + 1, verdict, by=by))


def run(*words: str) -> str:
    shown = CliRunner().invoke(cli.build_app("train"), ["train", *words])
    if shown.exception is not None and not isinstance(shown.exception, SystemExit):
        raise shown.exception
    assert shown.exit_code == 0, shown.output
    return shown.output


def judge_of(settings: Settings) -> Judge:
    return office_judge(settings)


# --- whose decisions ----------------------------------------------------------------------------


def test_verdicts_of_people_are_learned_from_and_doubts_are_not(store: Engine) -> None:
    for number, verdict in enumerate(Verdict):
        sight(store, flagged(post(f"http://a.example/{number}"), seed=10 + number))
        decide(store, decision(number + 1, verdict))
    said = {one.url[-1]: one.offending for one in decided_posts(store)}
    order = list(Verdict)
    assert said == {
        str(order.index(Verdict.VIOLATION)): True,
        str(order.index(Verdict.CLEAN)): False,
    }


def test_the_last_word_on_a_case_counts(store: Engine) -> None:
    sight(store, flagged(post("http://a.example/1")))
    first = decide(store, decision(1))
    decide(store, decision(1, Verdict.CLEAN, supersedes=first))
    assert [one.offending for one in decided_posts(store)] == [False]


def test_a_case_that_waits_again_teaches_nothing_yet(store: Engine) -> None:
    sight(store, flagged(post("http://a.example/1")))
    decide(store, decision(1))
    sight(store, flagged(post("http://a.example/2")))
    assert list(decided_posts(store)) == []


def test_posts_split_off_are_not_covered_by_the_decision(store: Engine) -> None:
    sight(store, flagged(post("http://a.example/1")), flagged(post("http://a.example/2")))
    decide(store, decision(1))
    split(store, 1, [get_case(store, 1).posts[0].row], "李审核")
    assert len(list(decided_posts(store))) == 1


def test_an_offices_texts_are_several_authors_so_that_one_can_be_left_out(store: Engine) -> None:
    decided(store, 6, 4)
    rows = office_texts(decided_posts(store))
    assert len(rows) == 10
    assert sum(row.offending for row in rows) == 6
    assert len({row.id.partition("-")[0] for row in rows}) == 5
    assert len({row.id for row in rows}) == 10


# --- the command --------------------------------------------------------------------------------


@pytest.mark.parametrize(("offending", "clean"), [(0, 0), (LEAST - 2, 1), (LEAST, 0), (0, LEAST)])
def test_too_few_decisions_or_of_one_kind_train_nothing(
    offending: int, clean: int, settings: Settings, store: Engine, fitted: Any
) -> None:
    decided(store, offending, clean)
    with pytest.raises(Problem) as caught:
        run()
    assert f"只有 {offending + clean} 件" in caught.value.text.zh
    assert f"至少 {LEAST} 件" in caught.value.text.zh
    assert not own_model(settings).exists()


def test_the_samples_reviewer_teaches_nothing(
    settings: Settings, store: Engine, fitted: Any
) -> None:
    decided(store, LEAST, LEAST, by=REVIEWER)
    with pytest.raises(Problem, match="Only 0 decided posts"):
        run()
    assert not own_model(settings).exists()


def test_a_good_model_is_kept_and_used_by_the_next_judge(
    settings: Settings, store: Engine, fitted: Any
) -> None:
    rows = fitted(SHIPPED)
    decided(store, LEAST, 5)
    before = judge_of(settings)
    said = run()
    assert f"已用 {LEAST + 5} 件决定更新模型" in said
    assert "原模型查准率" in said
    assert [row.offending for row in rows[0]] == [True] * LEAST + [False] * 5
    after = judge_of(settings)
    assert after.weights is not None
    assert after.weights.facts["decided"] == LEAST + 5
    assert after.engine != before.engine
    own_model(settings).unlink()
    assert judge_of(settings).engine == before.engine


def test_a_dry_run_reports_and_replaces_nothing(
    settings: Settings, store: Engine, fitted: Any
) -> None:
    decided(store, LEAST, 5)
    said = run("--dry-run")
    assert "新模型" in said
    assert "只作报告" in said
    assert not own_model(settings).exists()


@pytest.mark.parametrize("bias", [-60.0, 60.0], ids=["blind", "sees guilt everywhere"])
def test_a_worse_model_is_refused_and_nothing_replaced(
    bias: float, settings: Settings, store: Engine, fitted: Any
) -> None:
    decided(store, LEAST, 5)
    own = own_model(settings)
    own.parent.mkdir()
    save(SHIPPED, own)
    before = own.read_bytes()
    fitted(replace(SHIPPED, bias=bias))
    with pytest.raises(Problem) as caught:
        run()
    assert "变差，已放弃，仍用原模型" in caught.value.text.zh
    assert own.read_bytes() == before
    assert [path.name for path in own.parent.iterdir()] == [own.name]


def test_too_little_to_learn_from_is_told_and_nothing_replaced(
    settings: Settings, store: Engine, fitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_few(*_: Any) -> Weights:
        raise TooFew

    monkeypatch.setattr(office, "fit", too_few)
    decided(store, LEAST, 5)
    with pytest.raises(Problem, match="Not enough to learn from"):
        run()
    assert not own_model(settings).exists()


def test_a_broken_model_of_the_office_is_told_not_passed_over(
    settings: Settings, store: Engine, fitted: Any
) -> None:
    own = own_model(settings)
    own.parent.mkdir()
    own.write_bytes(WEIGHTS.read_bytes()[:5_000])
    decided(store, LEAST, 5)
    with pytest.raises(BadModel) as caught:
        judge_of(settings)
    assert "删去本单位训练的模型" in caught.value.text.zh
    with pytest.raises(BadModel):
        run()
    assert own.stat().st_size == 5_000


def test_the_model_tried_is_weighed_as_it_will_be_used(
    settings: Settings, store: Engine, fitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An office's rule that the new model was made with has its say through the model alone."""
    (settings.home / "rules").mkdir()
    shutil.copy(RULE, settings.home / "rules")
    decided(store, LEAST, 5)
    tried: list[frozenset[str]] = []
    monkeypatch.setattr(
        office, "evaluate", lambda judge, rows: tried.append(judge.learned_rules) or _Report()
    )
    run()
    assert RULE.stem not in tried[0]
    assert RULE.stem in tried[1]
    assert judge_of(settings).learned_rules == tried[1]


class _Report:
    """Of an evaluation that found everything."""

    overall = type("Perfect", (), {"precision": 1.0, "recall": 1.0, "f1": 1.0})()


# --- fitting itself -----------------------------------------------------------------------------

EYE = load_eye()


@pytest.fixture(scope="module")
def texts() -> list[Labelled]:
    """Few enough to be quick, of three authors and three codes."""
    written = [row for row in read_part("train") if author(row) in {"w1", "w3", "w9"}]
    return [*map(of_few_codes, written[::6]), *everyday(10)]


def of_few_codes(row: Labelled) -> Labelled:
    kept = (label for label in row.labels if label.code in {"B4-02", "C4-02", "B4-99"})
    return replace(row, labels=tuple(kept))


@pytest.fixture(scope="module")
def learned(texts: list[Labelled]) -> Weights:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("learning.fit.PRECISION", 0.8)  # a few texts reach no more
        return fit(EYE, texts, {"corpus": "some"}, lambda _: None)


def total(weights: Weights, look: Look) -> float:
    shown, told = grams(look.document.text), measures(look)
    words = float(weights.grams[shown.features] @ shown.values)
    return words + sum(value * weights.measures.get(name, 0.0) for name, value in told.items())


def test_what_was_learned_ranks_texts_of_authors_never_read(learned: Weights) -> None:
    seen = [(row, EYE.look(row.subject)) for row in read_part("tune")[::4]]
    guilty = [total(learned, look) for row, look in seen if look and row.offending]
    honest = [total(learned, look) for row, look in seen if look and not row.offending]
    pairs = np.subtract.outer(guilty, honest)
    assert (pairs > 0).mean() > 0.7  # chance: one half


def test_the_weights_say_what_they_were_made_of_and_can_be_kept(
    learned: Weights, texts: list[Labelled], tmp_path: Path
) -> None:
    assert learned.facts["corpus"] == "some"
    assert learned.facts["texts"] == len(texts)
    assert set(learned.facts["rules"]) == {told_as(rule) for rule in EYE.rules}
    assert 0 < learned.backed_threshold < learned.threshold < 1
    save(learned, tmp_path / "model.npz")
    assert load(tmp_path / "model.npz").threshold == learned.threshold


def test_the_same_texts_give_the_same_weights(
    learned: Weights, texts: list[Labelled], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("learning.fit.PRECISION", 0.8)
    save(learned, tmp_path / "one.npz")
    save(fit(EYE, texts, {"corpus": "some"}, lambda _: None), tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


@pytest.mark.parametrize("kind", ["no text", "one kind", "one author"])
def test_what_is_too_little_is_said(kind: str, texts: list[Labelled]) -> None:
    chosen = {
        "no text": [],
        "one kind": [row for row in texts if not row.offending],
        "one author": [row for row in texts if row.id.startswith("w1-")],
    }
    with pytest.raises(TooFew):
        fit(EYE, chosen[kind], {}, lambda _: None)


def test_a_rule_changed_since_the_model_was_made_speaks_for_itself(learned: Weights) -> None:
    first, *others = (rule for rule in EYE.rules if not (rule.directory or rule.hosts))
    changed = replace(EYE, rules=(replace(first, version=first.version + 1), *others))
    assert first.name in known_rules(EYE, learned)
    assert known_rules(changed, learned) == known_rules(EYE, learned) - {first.name}
