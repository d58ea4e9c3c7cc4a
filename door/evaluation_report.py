"""An evaluation as tables, and as one JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.table import Table

from door.printable import printable
from door.speech import out, t
from learning.evaluate import Counts, Report, Tried

STRATA = {
    "plain": ("明说", "plain"),
    "disguised": ("变形", "disguised"),
    "implied": ("暗示", "implied"),
    "hard": ("易误判", "hard"),
    "ordinary": ("普通", "ordinary"),
    "trap": ("含相近词", "trap"),
}
CUT = 70  # characters of a text shown with an error


def stratum(name: str) -> str:
    """In the reader's language; a file may name strata of its own."""
    return t(*STRATA.get(name, (name, name)))


def percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def counts_json(counts: Counts) -> dict[str, Any]:
    return asdict(counts) | {
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
    }


def report_json(report: Report, names: list[str]) -> dict[str, Any]:
    return {
        "files": names,
        "texts": report.texts,
        "grey": report.grey,
        "overall": counts_json(report.overall),
        "strata": {name: counts_json(one) for name, one in report.strata.items()},
        "clauses": {name: counts_json(one) for name, one in report.clauses.items()},
        "right_clause": report.right_clause,
        "right_quote": report.right_quote,
        "words_covered": report.words_covered,
        "recall_at_precision_98": report.recall_at_98,
        "calibration": [asdict(one) for one in report.calibration],
        "calibration_error": report.calibration_error,
        "errors": [error_json(one) for one in report.errors],
    }


def error_json(one: Tried) -> dict[str, Any]:
    return {
        "id": one.row.id,
        "stratum": one.row.stratum,
        "offending": one.row.offending,
        "score": one.judgement.score,
        "stance": one.judgement.stance,
        "codes": sorted({label.code for label in one.row.labels}),
        "findings": [
            {"rule": each.rule, "code": each.code, "quote": each.evidence[0].quote}
            for each in one.judgement.findings
        ],
        "text": one.row.subject.text,
    }


def show_report(report: Report, errors: int) -> None:
    rows = {t("全部", "all"): report.overall}
    rows |= {stratum(name): one for name, one in report.strata.items()}
    out.print(table(t("类别", "stratum"), rows))
    clauses = {t(f"（{name}）", name): one for name, one in report.clauses.items()}
    if any(one.found + one.missed for one in report.clauses.values()):
        out.print(table(t("条款", "clause"), clauses))
    for line in lines(report):
        out.print(line, markup=False)
    for one in report.errors[:errors]:
        out.print(error_line(one), markup=False)
    left = len(report.errors) - errors
    if errors and left > 0:
        out.print(
            t(f"另有 {left} 处未列出（--errors）。", f"{left} more (--errors)."), markup=False
        )


def table(head: str, rows: Mapping[str, Counts]) -> Table:
    shown = Table()
    shown.add_column(head)
    heads = (
        t("找到", "found"),
        t("漏掉", "missed"),
        t("误报", "false"),
        t("无误", "quiet"),
        t("查准率", "precision"),
        t("查全率", "recall"),
        "F1",
    )
    for each in heads:
        shown.add_column(each, justify="right")
    for name, one in rows.items():
        figures = (one.found, one.missed, one.false, one.quiet)
        rates = (percent(one.precision), percent(one.recall), percent(one.f1))
        shown.add_row(name, *map(str, figures), *rates)
    return shown


def lines(report: Report) -> list[str]:
    found = [
        t(
            f"共 {report.texts} 条，另有 {report.grey} 条两可的不计。",
            f"{report.texts} texts; {report.grey} grey ones are left out.",
        ),
        t(
            f"找到的：条款正确 {percent(report.right_clause)}，引文重合 "
            f"{percent(report.right_quote)}，标注字数覆盖 {percent(report.words_covered)}。",
            f"Of those found: right clause {percent(report.right_clause)}, quote overlaps "
            f"{percent(report.right_quote)}, labelled words covered "
            f"{percent(report.words_covered)}.",
        ),
        t(
            f"查准率不低于 98% 时的查全率：{percent(report.recall_at_98)}；"
            f"校准误差 {report.calibration_error:.3f}。",
            f"Recall at precision .98: {percent(report.recall_at_98)}; "
            f"calibration error {report.calibration_error:.3f}.",
        ),
    ]
    bins = "  ".join(
        f"{one.low:.1f}–: {one.mean_score:.2f}/{one.offending:.2f} ({one.texts})"
        for one in report.calibration
    )
    return [*found, t("评分／实际（条数）：", "score/actual (texts): ") + bins]


def error_line(one: Tried) -> str:
    kind = t("漏掉", "missed") if one.row.offending else t("误报", "false")
    text = printable(one.row.subject.title + " " + one.row.subject.text)[:CUT]
    said = "、".join(dict.fromkeys(each.code for each in one.judgement.findings))
    return (
        f"{kind} {one.row.id} [{stratum(one.row.stratum)}] {one.judgement.score:.2f} {said} {text}"
    )
