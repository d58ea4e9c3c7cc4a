"""`certsweep train`: learn from this office's decisions; never to get worse."""

from __future__ import annotations

from typing import Annotated

import typer

from classifiers.learned import save
from door.evaluation_report import percent
from door.office_judge import office_judge
from door.own_model import own_model
from door.settings import SETTINGS
from door.speech import err, say, t
from learning.fit import TooFew
from learning.office import LEAST, office_texts, train
from sampleweb.decisions import REVIEWER
from storage.bilingual import Problem
from storage.database import open_database, ready
from storage.decided import decided_posts

HELP = t(
    "用本单位的处理决定训练判读模型；在固定语料上变差则不替换。",
    "Learn from the office's decisions; a model that does worse on the pinned texts is refused.",
)


def command(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=t("只报告，不替换", "report only, replace nothing"))
    ] = False,
) -> None:
    """Fit the model anew with the decided posts and keep it if it is no worse."""
    engine = open_database(SETTINGS.database_url, SETTINGS.home)
    ready(engine)
    decided = office_texts(decided_posts(engine, frozenset({REVIEWER})))
    kinds = {one.offending for one in decided}
    if len(decided) < LEAST or len(kinds) < 2:
        raise Problem(
            f"已决定的材料只有 {len(decided)} 件（至少 {LEAST} 件，且违规、不违规都要有），"
            "暂不训练。请先多审一些案件；样例审核员的决定不算。",
            f"Only {len(decided)} decided posts (at least {LEAST}, of both kinds, are needed); "
            "nothing was trained. Decide more cases first; the sample's reviewer does not count.",
        )
    try:
        trained = train(office_judge(SETTINGS), decided, progress)
    except TooFew as few:
        raise Problem(
            "材料不足以训练，模型未变。请多审一些案件后再试。",
            "Not enough to learn from; the model is as it was. Decide more cases and try again.",
        ) from few
    say(
        f"固定语料：原模型查准率 {percent(trained.before.precision)}、查全率 "
        f"{percent(trained.before.recall)}；新模型 {percent(trained.after.precision)}、"
        f"{percent(trained.after.recall)}。",
        f"Pinned texts: precision {percent(trained.before.precision)}, recall "
        f"{percent(trained.before.recall)} before; {percent(trained.after.precision)}, "
        f"{percent(trained.after.recall)} after.",
    )
    if trained.worse:
        raise Problem(
            "新模型在固定语料上变差，已放弃，仍用原模型。请检查决定是否前后一致。",
            "The new model does worse on the pinned texts and was dropped; the old one stays. "
            "See whether the decisions agree with each other.",
        )
    if dry_run:
        say("只作报告，模型未替换。", "A report only; the model was not replaced.")
        return
    path = own_model(SETTINGS)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(trained.weights, path)
    say(
        f"已用 {trained.learned} 件决定更新模型：{path}。删去该文件即恢复随程序的模型。",
        f"The model now knows {trained.learned} decisions: {path}. "
        "Remove the file to return to the shipped one.",
    )


def progress(step: str) -> None:
    err.print(t(f"训练：{step}", f"training: {step}"), markup=False)
