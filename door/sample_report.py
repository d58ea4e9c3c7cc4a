"""What the sample says at its end: the judge against the truth, decisions, files."""

from __future__ import annotations

from typing import Any

from door.sample_run import SampleResult
from door.speech import out, t
from door.truth_score import TruthReport, score_table
from sampleweb.decisions import REVIEWER

SHOWN = 10  # pages of one kind named on the screen; the JSON has all


def sample_json(sample: SampleResult) -> dict[str, Any]:
    return {
        "truth": {
            row.name or "all": {
                "wanted": row.wanted,
                "flagged": row.flagged,
                "right": row.right,
                "recall": row.recall,
                "precision": row.precision,
            }
            for row in sample.truth.scores
        },
        "truth_unread": list(sample.truth.unread),
        "truth_missed": list(sample.truth.missed),
        "truth_wrong": list(sample.truth.wrong),
        "decided_by_sample": sample.decided,
        "waiting": sample.waiting,
        "files": [str(path) for path in sample.files],
    }


def show_sample(sample: SampleResult) -> None:
    out.print(score_table(sample.truth))
    show_differences(sample.truth)
    out.print(
        t(
            f"样例自带的书面意见已由“{REVIEWER}”记入 {sample.decided} 件"
            f"（仅限样例；真实巡查一律由人审核）。待审案件 {sample.waiting} 件。",
            f"The sample recorded its own written decisions in {sample.decided} cases, as "
            f"{REVIEWER} (the sample alone does so; everywhere else people decide). "
            f"{sample.waiting} cases are waiting.",
        ),
        markup=False,
    )
    for path in sample.files:
        out.print(t("处置清单：", "Takedown list: ") + str(path), markup=False)


def show_differences(report: TruthReport) -> None:
    rows = (
        (report.missed, t("漏报", "missed")),
        (report.wrong, t("误报", "false alarm")),
        (report.unread, t("未读到", "not read")),
    )
    for urls, word in rows:
        for url in urls[:SHOWN]:
            out.print(f"  {word}  {url}", markup=False)
        rest = len(urls) - SHOWN
        if rest > 0:
            more = t(f"另有 {rest} 页，见 --json 的 truth_*", f"{rest} more, see truth_* of --json")
            out.print(f"  {word}  {more}", markup=False)
