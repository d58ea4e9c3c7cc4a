"""The takedown list as CSV: UTF-8 with BOM (Excel in Chinese opens nothing else), CRLF, all quoted.

RFC 4180 but for the BOM. One header row, one row a URL; an empty list says so in its last column.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from exports.cells import csv_cell
from exports.takedown_rows import ListHead, TakedownRow
from storage.whole_files import whole_file

FORMAT = "csv"
SUFFIX = ".csv"


def write(rows: Iterable[TakedownRow], path: Path, head: ListHead) -> int:
    """Write the list to `path`, whole or not at all; gives the number of rows. Raises Problem."""
    with (
        whole_file(path) as draft,
        draft.open("w", encoding="utf-8-sig", newline="") as stream,
    ):
        lines = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        lines.writerow(head.header())
        count = 0
        for row in rows:
            lines.writerow([csv_cell(cell) for cell in row.cells(head.columns)])
            count += 1
        if not count:
            lines.writerow([*[""] * (len(head.columns) - 1), head.empty_note()])
    return count
