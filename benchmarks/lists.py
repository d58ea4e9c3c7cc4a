"""`python -m benchmarks.lists [--rows 100000]`: the XLSX list beside a bare xlsxwriter loop.

Both write the same cells as strings with constant memory, each in a process of its own, rounds
interleaved. Goals: under 60 MB, at most 1.6 times the bare loop's processor time (1.3 before rows
got their height and empty cells their border: 2026-11-26, 1.24 then, 1.54 since).
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from exports.takedown_list_xlsx import write
from exports.takedown_rows import ListHead, TakedownRow

ROUNDS = 3
HEAD = ListHead(batch_no="CS-20260301-001", made_at=datetime(2026, 3, 1, tzinfo=UTC))


def rows(count: int) -> Iterator[TakedownRow]:
    for number in range(count):
        yield TakedownRow(
            case_no=str(number),
            batch_no=HEAD.batch_no,
            platform="网站",
            content_type="网页",
            url=f"http://peixun{number}.example/ad/{number}.html",
            url_found=f"http://peixun{number}.example/ad/{number}.html?from=home",
            account_name="样例职业技能培训学校",
            title="催乳师证书 包过",
            excerpt_raw="高级催乳师，包过不用考，证书全国联网可查。" * 6,
            hit_terms="包过；不用考；全国联网可查",
            violation_codes="B4-02；B2-05",
            violation_name="涉嫌以“包过”等字样作保证性宣传",
            first_seen="2026-02-28 02:00:00",
            evidence_id="EV-7-0123456789ab",
            requested_action="删除/断开链接",
            legal_basis="《中华人民共和国广告法》（2021年修正）第二十四条第一项",
            sha256="b" * 64,
        )


def bare(count: int, path: Path) -> None:
    """The same cells, no guard, no formats, nothing said about the list."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows(count)):
        for column, cell in enumerate(row.cells(HEAD.columns)):
            if cell:
                sheet.write_string(at, column, cell)
    book.close()


def worker(kind: str, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time()
        bare(count, path) if kind == "bare" else write(rows(count), path, HEAD)
        taken = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": taken, "peak_mb": peak / 1024, "start_mb": before / 1024}))


def run(kind: str, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.lists", "--worker", kind, "--rows", str(count)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(told)
    return found


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--worker", default="")
    given = asked.parse_args()
    if given.worker:
        worker(given.worker, given.rows)
        return
    kinds = ("bare", "certsweep")
    told: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind in kinds:
            told[kind].append(run(kind, given.rows))
    for kind in kinds:
        seconds = statistics.median(one["seconds"] for one in told[kind])
        peak = max(one["peak_mb"] for one in told[kind])
        print(f"{kind:<10} {given.rows} rows {seconds:6.1f} s processor {peak:6.1f} MB at most")
    ratio = statistics.median(
        ours["seconds"] / theirs["seconds"]
        for ours, theirs in zip(told["certsweep"], told["bare"], strict=True)
    )
    print(f"certsweep / bare: {ratio:.2f} (goal at most 1.6; under 60 MB)")


if __name__ == "__main__":
    main()
