"""`certsweep evaluate`: how well the judge does on labelled texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from door.evaluation_report import report_json, show_report
from door.office_judge import office_judge
from door.settings import SETTINGS
from door.speech import err, out, t
from learning.corpus import Labelled, read_file
from learning.evaluate import evaluate
from storage.bilingual import Problem

HELP = t(
    "在有标注的语料上衡量判读：查准率、查全率、逐条款、逐类、校准、错例。",
    "Measure the judge on labelled texts: precision, recall, clauses, strata, errors.",
)


def command(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar=t("文件…", "FILE…"),
            help=t("JSONL 文件，或装有它们的文件夹", "JSON Lines files, or folders of them"),
        ),
    ],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help=t("输出一个 JSON 对象", "print one JSON object"))
    ] = False,
    errors: Annotated[
        int, typer.Option(min=0, help=t("列出的错例数", "errors shown one by one"))
    ] = 20,
) -> None:
    """Judge labelled texts and say how it went."""
    rows = read_all(files)
    judge = office_judge(SETTINGS)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(t("判读", "judging"), total=len(rows))
        report = evaluate(judge, rows, lambda: bar.advance(task))
    if as_json:
        found = report_json(report, [str(path) for path in files])
        out.print(json.dumps(found, ensure_ascii=False), markup=False, soft_wrap=True)
    else:
        show_report(report, errors)


def read_all(files: list[Path]) -> list[Labelled]:
    """Raises Problem for a path that is not there and for a folder or files without texts."""
    paths = [
        path
        for given in files
        for path in (sorted(given.glob("*.jsonl")) if given.is_dir() else [given])
    ]
    rows = [row for path in paths for row in read_file(path)]
    if not rows:
        raise Problem(
            "没有可衡量的语料：文件为空，或文件夹里没有 .jsonl。",
            "No texts to measure on: the files are empty, or the folder has no .jsonl.",
        )
    return rows
